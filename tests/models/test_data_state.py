import os
import shutil
from pathlib import Path

import pytest

from models import data_state as module
from models.data.audio_files import SOUND_SUFFIXES
from models.data.scores import SUFFIXES
from models.data_state import data_state, has_changed, times_of
from models.split_file import splits_path, splits_table


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    for name in ("jazz/a.wav", "jazz/b.wav", "rock/c.mid", "manifest.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
        os.utime(folder / name, ns=(10**18, 10**18))
    return folder


def touch(path: Path) -> None:
    os.utime(path, ns=(2 * 10**18, 2 * 10**18))


def test_whatever_can_be_learned_from_counts() -> None:
    assert {*SOUND_SUFFIXES, *SUFFIXES, ".csv", ".npz"} == module.SUFFIXES


def test_untouched_data_are_known_without_reading_them(data: Path) -> None:
    kept = data_state(data)
    assert (kept["n_files"], kept["n_bytes"]) == (4, 4 * 10 + 2)

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} was read")

    assert not has_changed(kept, log=refuse)
    touch(data / "jazz/a.wav")
    (data / "jazz/a.wav").write_text("longer than it was")
    assert has_changed(kept, log=refuse), "another size is enough"


def test_touched_data_are_read_once_more(data: Path) -> None:
    kept, read = data_state(data), list[str]()
    touch(data / "rock/c.mid")
    assert not has_changed(kept, log=read.append)
    assert sorted(read) == ["jazz/a.wav", "jazz/b.wav", "manifest.csv", "rock/c.mid"]
    (data / "rock/c.mid").write_text("other note")  # as long as before
    assert has_changed(kept)


@pytest.mark.parametrize("name", ["jazz/new.wav", "new/x.flac", "x.MID"])
def test_a_new_file_is_a_change(data: Path, name: str) -> None:
    kept = data_state(data)
    (data / name).parent.mkdir(exist_ok=True)
    (data / name).write_text("x")
    assert has_changed(kept)


def test_a_file_gone_or_in_another_genre_is_a_change(data: Path) -> None:
    kept = data_state(data)
    (data / "jazz/a.wav").rename(data / "rock/a.wav")
    assert has_changed(kept)
    (data / "rock/a.wav").unlink()
    assert has_changed(kept)


@pytest.mark.parametrize("name", ["notes.txt", ".hidden.wav", "cover.jpg"])
def test_what_nobody_learns_from_is_no_change(data: Path, name: str) -> None:
    kept = data_state(data)
    (data / name).write_text("x")
    assert not has_changed(kept)


def test_a_copy_elsewhere_has_the_same_hashes(data: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "copy")
    one, other = data_state(data), data_state(copy)
    assert one.pop("folder") != other.pop("folder")
    assert one == other


def test_no_name_is_kept(data: Path) -> None:
    assert "jazz" not in str({**data_state(data), "folder": ""})


def test_one_file_is_data_too(data: Path) -> None:
    kept = data_state(data / "rock/c.mid")
    assert kept["n_files"] == 1
    assert not has_changed(kept)
    (data / "rock/c.mid").write_text("x")
    assert has_changed(kept)


def test_data_that_are_gone_are_told(data: Path) -> None:
    kept = data_state(data)
    shutil.rmtree(data)
    with pytest.raises(FileNotFoundError):
        has_changed(kept)
    with pytest.raises(ValueError, match="no state"):
        has_changed({})


def test_of_too_much_only_names_sizes_and_times_count(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_READ_BYTES", 10)
    kept = data_state(data)
    assert kept["content"] is None
    assert not has_changed(kept)


def test_whoever_is_asked_can_stop_the_reading(data: Path) -> None:
    def stop(name: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        data_state(data, stop)


def test_a_link_to_nothing_is_no_file_and_a_file_nobody_may_read_is_one(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = data_state(data)
    (data / "gone.wav").symlink_to(data / "nowhere.wav")
    assert not has_changed(kept)

    def refuse(path: str, mode: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    touch(data / "jazz/a.wav")
    monkeypatch.setattr("builtins.open", refuse)
    assert has_changed(kept)


def split(data: Path, rows: dict[str, str]) -> None:
    splits_path(data).write_bytes(splits_table(rows))


@pytest.fixture(params=["folder", "zip"])
def set_of(request: pytest.FixtureRequest, data: Path) -> Path:
    """The data set as a folder, whose table of splits lies in it, and as a zip, where beside."""
    if request.param == "zip":
        return Path(shutil.make_archive(str(data), "zip", data))
    return data


@pytest.mark.parametrize("limit", [module.MAX_READ_BYTES, 0])
def test_files_in_other_splits_are_a_change(
    set_of: Path, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_READ_BYTES", limit)
    as_drawn = data_state(set_of)
    split(set_of, {"jazz/a.wav": "train", "jazz/b.wav": "test"})
    kept = data_state(set_of)
    assert has_changed(as_drawn)
    assert not has_changed(kept)
    split(set_of, {"jazz/a.wav": "valid", "jazz/b.wav": "test"})  # a table as long as before
    assert has_changed(kept)
    splits_path(set_of).unlink()
    assert has_changed(kept)
    assert not has_changed(as_drawn)


def test_how_the_table_of_splits_is_written_is_no_change(data: Path) -> None:
    split(data, {"jazz/a.wav": "train", "rock/c.mid": "test"})
    kept = data_state(data)
    (data / "splits.csv").write_text("note,split,path\n,test ,rock/c.mid\nx,train,jazz/a.wav\n")

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} was read")

    assert not has_changed(kept, log=refuse)


def test_a_broken_table_of_splits_is_a_change(data: Path) -> None:
    kept = data_state(data)
    (data / "splits.csv").write_text("poem")
    assert has_changed(kept)


def test_models_of_before_had_the_table_among_their_files(data: Path) -> None:
    split(data, {"jazz/a.wav": "train"})
    files = list(module._files(data, has_table=True))
    kept = {"folder": str(data), **module._counts(files), "content": module._content(files, str)}
    assert not has_changed(kept)
    assert times_of(kept) == kept["times"] != times_of(data_state(data))
    split(data, {"jazz/a.wav": "valid"})
    assert has_changed(kept)
