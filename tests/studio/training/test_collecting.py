import os
from pathlib import Path

import pytest

import resources
from studio.errors import StudioError
from studio.settings import music_dir
from studio.training.collecting import (
    OWN_SET,
    add_files,
    class_folder,
    clip_path,
    collection_folder,
)


def test_clips_go_to_the_folder_of_classes_or_to_one_of_our_own(tmp_path: Path) -> None:
    own = music_dir() / OWN_SET
    (tmp_path / "classes" / "jazz").mkdir(parents=True)
    (tmp_path / "listed").mkdir()
    (tmp_path / "listed" / "manifest.csv").write_text("path,genre\n")
    (tmp_path / "set.zip").write_bytes(b"PK")
    assert collection_folder(tmp_path / "classes") == tmp_path / "classes"
    demo = resources.path("demo", "training_genre")
    for data in (None, tmp_path / "listed", tmp_path / "set.zip", demo):
        assert collection_folder(data) == own


def test_files_are_copied_and_none_is_written_over(tmp_path: Path) -> None:
    folder = class_folder(tmp_path / "set", " clap ")
    assert folder == tmp_path / "set" / "clap"
    for number in range(3):
        (tmp_path / "a.wav").write_bytes(b"%d" % number)
        assert add_files(folder, [tmp_path / "a.wav"]) == 1
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert found == {"a.wav": b"0", "a 2.wav": b"1", "a 3.wav": b"2"}
    with pytest.raises(StudioError, match=r"gone\.wav can't be copied"):
        add_files(folder, [tmp_path / "gone.wav"])
    assert len(list(folder.iterdir())) == 3


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = class_folder(tmp_path / "set", "clap")
    (tmp_path / "a.wav").write_bytes(b"sound")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(StudioError, match="No space left"):
        add_files(folder, [tmp_path / "a.wav"])
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["", "  ", "../up", "a/b", "a\\b", ".hidden", "x" * 81, "a:b"])
def test_a_name_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StudioError, match="name"):
        class_folder(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_two_recordings_of_a_second_have_two_names(tmp_path: Path) -> None:
    first = clip_path(tmp_path)
    first.touch()
    assert clip_path(tmp_path) != first
    assert first.suffix == ".wav"
