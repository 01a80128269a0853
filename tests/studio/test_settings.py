import os
from pathlib import Path

import pytest

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
