from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.ui.doctor_window import DoctorWindow, report_text

WELL = {"name": "Python", "ok": True, "detail": "3.11", "remedy": ""}


@pytest.fixture
def window(qtbot: QtBot) -> DoctorWindow:
    window = DoctorWindow()
    qtbot.addWidget(window)
    return window


def looked(qtbot: QtBot, window: DoctorWindow) -> str:
    """All words of the window after it has looked."""
    with qtbot.waitSignal(window.finished, timeout=60_000):
        window.look()
    return "\n".join(label.text() for label in window.findChildren(QLabel))


def test_it_shows_and_reports_what_the_command_finds(
    qtbot: QtBot, window: DoctorWindow, studio_home: Path
) -> None:
    broken = studio_home / "data" / "models" / "mine"
    broken.mkdir(parents=True)
    (broken / "card.json").write_text("{")
    words = looked(qtbot, window)
    for name in ("Python", "SoundFont", "models", "mine", "not well", "Delete or replace"):
        assert name in words
    assert "BAD models" in window.report.toPlainText()
    assert "ok  Python" in window.report.toPlainText()


def test_looking_again_replaces_what_was_found(qtbot: QtBot, window: DoctorWindow) -> None:
    looked(qtbot, window)
    qtbot.wait(1)  # the old rows go with the next turn of the event loop
    words = looked(qtbot, window)
    qtbot.wait(1)
    shown = [label for label in window.findChildren(QLabel) if label.text() == "Python"]
    assert len(shown) == 1
    assert "Looking" not in "\n".join(label.text() for label in window.findChildren(QLabel)), words


def test_a_command_that_ends_early_is_told(
    qtbot: QtBot, window: DoctorWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.ui.doctor_window.COMMAND", ("-c", "raise SystemExit(3)"))
    assert "could not look" in looked(qtbot, window)


def test_what_the_user_took_out_of_the_report_is_not_saved(
    window: DoctorWindow, tmp_path: Path
) -> None:
    window.report.setPlainText("only this")
    window.save_report(tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_text() == "only this"


def test_a_folder_that_is_not_there_is_named(window: DoctorWindow, tmp_path: Path) -> None:
    window.save_report(tmp_path / "none" / "report.txt")
    told = window.findChild(QLabel, "doctor_told")
    assert told is not None
    assert str(tmp_path / "none" / "report.txt") in told.text()


def test_the_report_does_not_name_the_user() -> None:
    home = str(Path.home())
    found = {**WELL, "detail": f"{home}/models"}
    text = report_text([found], [f"could not open {home}/song.mid"])
    assert home not in text
    assert "~/models" in text
    assert "~/song.mid" in text
