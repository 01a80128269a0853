"""What is true of every zip that is read: projects, models, music."""

import io
import stat
import zipfile
from collections.abc import Callable

import pytest

from studio.bounded_zip import BrokenZipError, copy_member, open_zip, read_member
from studio.errors import StudioError
from studio.score.midi_file import parse_midi
from studio.score.musicxml import parse_musicxml
from studio.score.project import Project, parse_project, project_bytes
from tests.fuzz_targets import BAR, PART

Change = Callable[[zipfile.ZipFile], None]
MIDI = b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\4\0\xff\x2f\0"


def project() -> bytes:
    return project_bytes(Project(parse_midi(MIDI)))


def music() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("score.xml", PART.format(BAR.format(number=1, divisions=2, beats=4)))
    return buffer.getvalue()


READERS: dict[str, tuple[Callable[[], bytes], Callable[[bytes], object]]] = {
    "project": (project, lambda data: parse_project(data, "it.studio")),
    "music": (music, lambda data: parse_musicxml(data, "it.mxl")),
}


def link(archive: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(info, "/etc/passwd")


def path_out(archive: zipfile.ZipFile) -> None:
    archive.writestr("a/../../b", b"x")


def many(archive: zipfile.ZipFile) -> None:
    for number in range(6000):
        archive.writestr(f"{number}", b"")


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("change", "reason"), [(link, "link"), (path_out, "outside"), (many, "more files")]
)
def test_harm_in_a_zip_is_refused_by_whoever_reads_it(
    name: str, change: Change, reason: str
) -> None:
    make, read = READERS[name]
    content = io.BytesIO(make())
    read(content.getvalue())
    with zipfile.ZipFile(content, "a") as archive:
        change(archive)
    with pytest.raises(StudioError, match=reason):
        read(content.getvalue())


@pytest.mark.parametrize("name", READERS)
def test_packing_that_asks_for_much_memory_is_refused(name: str) -> None:
    make, read = READERS[name]
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(make())) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as new,
    ):
        for member in old.namelist():
            new.writestr(member, old.read(member))
    with pytest.raises(StudioError, match="packed in a way"):
        read(content.getvalue())


def test_a_member_is_read_and_copied_up_to_its_limit() -> None:
    buffer, target = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"12345")
    with open_zip(buffer) as archive:
        assert read_member(archive, "a", 5) == b"12345"
        copy_member(archive, "a", target, 5)
        assert target.getvalue() == b"12345"
        for act in (
            lambda: read_member(archive, "a", 4),
            lambda: copy_member(archive, "a", target, 4),
        ):
            with pytest.raises(BrokenZipError, match="larger"):
                act()
    with pytest.raises(BrokenZipError, match="no item named"), open_zip(buffer) as archive:
        read_member(archive, "b", 5)
