import os
from pathlib import Path

import pytest

from studio.errors import StudioError
from studio.score.midi_file import write_midi
from studio.score.song import Song
from studio.settings import Settings, data_dir, write_atomically


def test_what_is_set_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    Settings(path).set("colours", "dark")
    assert Settings(path).get("colours") == "dark"


def test_two_who_keep_settings_do_not_undo_each_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    one, other = Settings(path), Settings(path)
    one.set("colours", "dark")
    other.set("a4_hz", 442)
    one.set("colours", "light")
    again = Settings(path)
    assert (again.get("colours"), again.get("a4_hz")) == ("light", 442)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_a_broken_file_means_the_defaults(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert Settings(path).get("colours", "system") == "system"


def test_studio_home_holds_everything(studio_home: Path) -> None:
    assert data_dir() == studio_home / "data"


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(b"old")

    def fail(descriptor: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_as_readable_as_any_other_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")
    write_atomically(tmp_path / "song.mid", b"new")
    modes = [(tmp_path / name).stat().st_mode for name in ("song.mid", "other")]
    assert modes[0] == modes[1]


def held(times: int, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Another program holds the file for so many tries; returns how long was waited between."""
    waited: list[float] = []
    tries, replace = iter(range(times)), os.replace

    def refusing(source: str, target: Path) -> None:
        if next(tries, None) is not None:
            raise PermissionError(13, "Permission denied")
        replace(source, target)

    monkeypatch.setattr("studio.settings.os.replace", refusing)
    monkeypatch.setattr("studio.settings.time.sleep", waited.append)
    return waited


def test_a_file_that_another_program_holds_for_a_moment_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = held(2, monkeypatch)
    write_atomically(tmp_path / "song.mid", b"new")
    assert (tmp_path / "song.mid").read_bytes() == b"new"
    assert 0 < sum(waited) < 0.5


def test_a_file_that_stays_held_is_left_as_it_was_and_the_way_out_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(b"old")
    held(99, monkeypatch)
    with pytest.raises(StudioError, match="Close what else has it open, or choose another name"):
        write_midi(Song.empty(), path)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]
