"""What no zip may do, whoever reads it: data sets, projects, models, music."""

import io
import ntpath
import posixpath
import stat
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.zip_members import RefusedMemberError, checked_files, is_outside, parts_of

_PIECES = ["..", ".", "/", "\\", ":", " ", "C:", "a", "Ä", "\0", "~", "CON", "nul", "\n", "?", "//"]
NAMES = st.lists(st.sampled_from(_PIECES), max_size=7).map("".join) | st.text(max_size=12)


def member(name: str, kind: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("placeholder")
    info.filename = info.orig_filename = name
    info.external_attr = kind << 16
    return info


def is_taken(name: str) -> bool:
    with suppress(RefusedMemberError):
        return bool(checked_files([member(name)]))
    return False


@given(NAMES, st.sampled_from([lambda part: part, lambda part: part.rstrip(" ")]))
def test_no_name_that_is_taken_leads_out_of_the_folder(
    name: str, shorten: Callable[[str], str]
) -> None:
    """By the rules of POSIX, and by those of Windows, which drops spaces at the end of a name."""
    if not is_taken(name):
        return
    assert posixpath.normpath(posixpath.join("/data/set", name)).startswith("/data/set/")
    there = ntpath.join("D:\\data\\set", name).replace("/", "\\")
    there = ntpath.normpath("\\".join(map(shorten, there.split("\\"))))
    assert there.startswith("D:\\data\\set\\")
    assert ":" not in there[2:]
    devices = {"CON", "NUL"}
    assert not devices & {part.split(".")[0].strip().upper() for part in there.split("\\")}


@given(NAMES)
def test_a_path_of_a_table_that_is_taken_stays_inside(name: str) -> None:
    if not is_outside(name):
        assert posixpath.normpath(posixpath.join("/data/set", name)).startswith("/data/set/")
        there = ntpath.normpath(ntpath.join("D:\\data\\set", name))
        assert there.startswith("D:\\data\\set\\")


@given(st.lists(NAMES, max_size=4))
def test_files_that_are_taken_go_to_places_of_their_own(names: list[str]) -> None:
    with suppress(RefusedMemberError):
        files = checked_files([member(name) for name in names])
        places = {tuple(parts_of(info.filename)) for info in files}
        assert len(places) == len(files)
        assert () not in places


@pytest.mark.parametrize(
    "name",
    [
        r".",
        r"./",
        r"/",
        r"/a",
        r"../a",
        r"a/../b",
        r"a/../../b",
        r"..",
        r"\a",
        r"a\..\b",
        r"C:\a",
        r"c:a",
        r"\\server\share\a",
        r"//server/a",
        "",
        "a\x00b",
        "a/.. /b",
    ],
)
def test_names_that_lead_out_are_known(name: str) -> None:
    assert is_outside(name)


@pytest.mark.parametrize(
    "name", ["a", "a/b", "..a/b..", "...", "ä b/c.mid", "a/", "low/a..b.wav", "./a", "a/b: c.wav"]
)
def test_names_that_stay_inside_are_taken(name: str) -> None:
    assert not is_outside(name)


@pytest.mark.parametrize("name", ["low/Who?.wav", "low/a\N{NO-BREAK SPACE}b.wav", "low\\a.wav"])
def test_names_that_musicians_give_are_taken(name: str) -> None:
    assert is_taken(name)


@pytest.mark.parametrize(
    "name", ["low/NUL.wav", "aux/a.wav", "low/com1", "low/con .wav", "a\nb", "low/... "]
)
def test_names_that_some_system_has_no_file_for_are_refused(name: str) -> None:
    assert not is_taken(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("low/a.wav", "low/A.wav"),
        ("low/ä.wav", "low/a\N{COMBINING DIAERESIS}.wav"),
        ("low/a.wav", "low//a.wav"),
        ("low/a.wav", "./low\\a.wav"),
        ("low/a", "low/a. "),
    ],
)
def test_what_some_system_takes_for_one_file_is_refused(one: str, other: str) -> None:
    checked_files([member(one), member("low/other.wav")])
    with pytest.raises(RefusedMemberError, match="twice"):
        checked_files([member(one), member(other)])


def test_folders_are_no_files_and_no_links() -> None:
    folders = [member("./"), member("low/", stat.S_IFDIR), member("low\\sub\\")]
    assert checked_files([*folders, member("low/a.wav", stat.S_IFREG)])[0].filename == "low/a.wav"
    for bad in (member("low/", stat.S_IFLNK), member("../low/"), member("a", stat.S_IFDIR)):
        with pytest.raises(RefusedMemberError):
            checked_files([bad])


def test_a_name_that_is_cut_at_a_zero_byte_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("low/a.wav?.txt", b"1")
    cut = io.BytesIO(content.getvalue().replace(b"?", b"\0"))
    with zipfile.ZipFile(cut) as archive, pytest.raises(RefusedMemberError, match="name"):
        checked_files(archive.infolist())
