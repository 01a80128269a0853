import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

import resources
from models.cache_folder import cache_folder
from models.data import data_zip
from models.data.audio_dataset import load_audio_dataset
from models.data.data_zip import data_folder, unpack
from models.data.inspect import inspect
from models.data.scores import list_files
from models.errors import ModelError

RATE = 8000


def tone(path: Path, hz: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    t = np.arange(RATE) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hz * t), RATE)
    return path


def zip_of(folder: Path, path: Path, below: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, below + file.relative_to(folder).as_posix())
    return path


def zip_with(path: Path, name: str, content: bytes = b"RIFF", mode: int = 0) -> Path:
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    info.external_attr = mode << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, content)
    return path


@pytest.fixture
def music(tmp_path: Path) -> Path:
    for number in range(6):
        tone(tmp_path / "music" / ("low", "high")[number % 2] / f"{number}.wav", 200 + 90 * number)
    return tmp_path / "music"


@pytest.mark.parametrize("below", ["", "my music/", "a/b/"])
def test_a_zip_is_the_folder_it_was_made_of(tmp_path: Path, music: Path, below: str) -> None:
    packed = load_audio_dataset(zip_of(music, tmp_path / "set.zip", below))
    whole = load_audio_dataset(music)
    assert [(c.name, c.genre, c.split) for c in packed.clips] == [
        (c.name, c.genre, c.split) for c in whole.clips
    ]
    assert packed.digest() == whole.digest()
    assert [c.path.read_bytes() for c in packed.clips] == [c.path.read_bytes() for c in whole.clips]


def test_a_manifest_may_be_in_it(tmp_path: Path, music: Path) -> None:
    rows = ["path,genre,split", "low/0.wav,bass,train", "high/1.wav,treble,test"]
    (music / "manifest.csv").write_text("\n".join(rows))
    dataset = load_audio_dataset(zip_of(music, tmp_path / "set.zip", "top/"))
    assert [(c.genre, c.split) for c in dataset.clips] == [("bass", "train"), ("treble", "test")]
    assert dataset.has_split


def test_it_is_looked_over_under_its_own_name(tmp_path: Path, music: Path) -> None:
    path = zip_of(music, tmp_path / "set.zip")
    packed, whole = inspect(path), inspect(music)
    assert packed["path"] == str(path)
    told = ("n_items", "seconds", "classes", "splits", "durations_s", "warnings")
    assert [packed[key] for key in told] == [whole[key] for key in told]


def test_scores_may_come_in_a_zip(tmp_path: Path) -> None:
    folder = resources.path("demo", "training_scores")
    path = zip_of(folder, tmp_path / "pieces.zip", "pieces/")
    packed, whole = list_files(path), list_files(folder)
    assert [f.path.read_bytes() for f in packed] == [f.path.read_bytes() for f in whole]
    report = inspect(path)
    assert (report["kind"], report["n_items"]) == ("score", len(whole))
    assert report["broken"] == []


def test_the_same_bytes_are_unpacked_once(tmp_path: Path, music: Path) -> None:
    first = unpack(zip_of(music, tmp_path / "one.zip"))
    inode = first.stat().st_ino
    (tmp_path / "two.zip").write_bytes((tmp_path / "one.zip").read_bytes())
    assert unpack(tmp_path / "two.zip") == first
    assert first.stat().st_ino == inode
    tone(music / "low" / "more.wav", 300)
    assert unpack(zip_of(music, tmp_path / "one.zip")) != first


def test_what_is_no_zip_is_left_alone(tmp_path: Path, music: Path) -> None:
    assert data_folder(music) == music
    assert data_folder(tmp_path / "gone.zip") == tmp_path / "gone.zip"


def test_a_zip_with_the_slashes_of_windows_is_the_folder_too(tmp_path: Path, music: Path) -> None:
    """Some programs there write them, against the format's own rule."""
    path = zip_of(music, tmp_path / "set.zip", "top/")
    names = [info.filename.encode() for info in zipfile.ZipFile(path).infolist()]
    data = path.read_bytes()
    for name in names:
        data = data.replace(name, name.replace(b"/", b"\\"))
    path.write_bytes(data)
    whole = load_audio_dataset(music)
    assert [c.name for c in load_audio_dataset(path).clips] == [c.name for c in whole.clips]


def nothing_was_left(tmp_path: Path) -> bool:
    return not any(cache_folder("data").iterdir()) and not (tmp_path / "evil.wav").exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.wav", "outside"),
        ("low/../../evil.wav", "outside"),
        ("/tmp/evil.wav", "outside"),
        ("C:/evil.wav", "outside"),
        ("low\\..\\evil.wav", "outside"),
        ("low/" + "x" * 2000 + ".wav", "name"),
        ("low/\x1b[2J.wav", "name"),
    ],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str, reason: str) -> None:
    path = zip_with(tmp_path / "set.zip", name)
    with pytest.raises(ModelError, match=reason) as error:
        unpack(path)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)
    assert nothing_was_left(tmp_path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    path = zip_with(tmp_path / "set.zip", "low/a.wav", b"/etc/passwd", kind | 0o777)
    with pytest.raises(ModelError, match="link or a device"):
        unpack(path)
    assert nothing_was_left(tmp_path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "set.zip"
    zeros = bytes(1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(2):
            with archive.open(f"low/{number}.wav", "w") as file:
                for _ in range(150):
                    file.write(zeros)
    with pytest.raises(ModelError, match="No music packs so well"):
        unpack(path)
    assert nothing_was_left(tmp_path)


def test_files_that_share_their_bytes_are_counted_as_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty entries that all point at the same packed megabyte of zeros."""
    path = zip_with(tmp_path / "set.zip", "low/00.wav", bytes(1 << 20))
    data = path.read_bytes()
    at = data.index(b"PK\1\2")
    entry, end = data[at : data.index(b"PK\5\6")], data[data.index(b"PK\5\6") :]
    entries = b"".join(entry.replace(b"low/00.wav", b"low/%02d.wav" % n) for n in range(50))
    counts = struct.pack("<HHII", 50, 50, len(entries), at)
    path.write_bytes(data[:at] + entries + end[:8] + counts + end[20:])
    monkeypatch.setattr(data_zip, "MIN_SUSPECT_BYTES", 1 << 20)
    monkeypatch.setattr(data_zip, "MAX_RATIO", 10)
    with pytest.raises(ModelError, match=r"(49|50)-fold"):
        unpack(path)


def test_too_many_files_and_too_much_are_refused(
    tmp_path: Path, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zip_of(music, tmp_path / "set.zip")
    monkeypatch.setattr(data_zip, "MAX_FILES", 5)
    with pytest.raises(ModelError, match="holds 6 files; the most is 5"):
        unpack(path)
    monkeypatch.setattr(data_zip, "MAX_FILES", 6)
    monkeypatch.setattr(data_zip, "MAX_BYTES", 50_000)
    with pytest.raises(ModelError, match="would unpack to"):
        unpack(path)
    monkeypatch.setattr(data_zip, "MAX_BYTES", 1 << 30)
    monkeypatch.setattr(data_zip, "MAX_DIRECTORY_BYTES", 100)
    with pytest.raises(ModelError, match="table of contents is too large"):
        unpack(path)
    monkeypatch.setattr(data_zip, "MAX_DIRECTORY_BYTES", 1 << 20)
    monkeypatch.setattr(data_zip, "SPARE_BYTES", 1 << 60)
    with pytest.raises(ModelError, match="free on the disk"):
        unpack(path)
    assert nothing_was_left(tmp_path)


def test_a_damaged_zip_leaves_nothing(tmp_path: Path, music: Path) -> None:
    path = zip_of(music, tmp_path / "set.zip")
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ModelError, match="damaged"):
        unpack(path)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelError, match="no zip"):
        unpack(path)
    assert nothing_was_left(tmp_path)


def test_a_size_that_lies_gives_no_more_than_it_says(tmp_path: Path) -> None:
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("low/a.wav", bytes(10_000_000))
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<I", 10_000_000), struct.pack("<I", 1000)))
    with pytest.raises(ModelError, match="damaged"):
        unpack(path)
    assert nothing_was_left(tmp_path)


def test_a_password_and_a_name_twice_are_told(tmp_path: Path) -> None:
    locked = zip_with(tmp_path / "locked.zip", "low/a.wav")
    data = bytearray(locked.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    locked.write_bytes(data)
    with pytest.raises(ModelError, match="password"):
        unpack(locked)
    twice = tmp_path / "twice.zip"
    with zipfile.ZipFile(twice, "w") as archive:
        archive.writestr("low/a.wav", b"1")
        archive.writestr("low/A.wav", b"2")
    with pytest.raises(ModelError, match="in it twice"):
        unpack(twice)


def test_the_longest_unused_set_makes_room(
    tmp_path: Path, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = unpack(zip_of(music, tmp_path / "old.zip"))
    tone(music / "low" / "more.wav", 310)
    new = unpack(zip_of(music, tmp_path / "new.zip"))
    tone(music / "low" / "most.wav", 320)
    unpack(tmp_path / "old.zip")  # used again: now `new` is the one unused for longest
    monkeypatch.setattr(data_zip, "KEPT_BYTES", 260_000)
    unpack(zip_of(music, tmp_path / "newest.zip"))
    assert old.is_dir()
    assert not new.is_dir()


def test_a_table_of_scores_names_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "manifest.csv").write_text("path,split\n../secret.mid,train\n")
    with pytest.raises(ModelError, match="outside of its folder"):
        list_files(tmp_path / "set")
