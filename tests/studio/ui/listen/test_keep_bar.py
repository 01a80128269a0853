import csv
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from studio.assistant.live_genre import GenreReading
from studio.audio.file_source import FileSource
from studio.settings import Settings
from studio.ui.listen.keep_choices import KeepChoices, clock, size
from studio.ui.listen.keep_files import file_name, unused
from studio.ui.listen.listen_panel import ListenPanel
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_export import HEIGHT, PICTURE, RATIO, WIDTH

RATE = 16_000
Tone = Callable[..., Path]
Told = list[tuple[str, str, Path | None]]


@pytest.fixture
def panel(qtbot: QtBot, model: ListenViewModel, tmp_path: Path) -> Iterator[ListenPanel]:
    widget = ListenPanel(model)
    qtbot.addWidget(widget)
    widget.resize(1000, 600)
    widget.show()
    widget.keep_bar.choices.choose("folder", str(tmp_path / "music"))
    yield widget
    for thread in threading.enumerate():
        if thread.name == "keep":
            thread.join()
    QCoreApplication.processEvents()


@pytest.fixture
def told(panel: ListenPanel) -> Told:
    said: Told = []
    panel.keep_bar.told.connect(lambda level, text, place: said.append((level, text, place)))
    return said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "music"


def tool(panel: ListenPanel, name: str) -> QToolButton:
    button = panel.findChild(QToolButton, name)
    assert button is not None
    return button


def action(panel: ListenPanel, name: str) -> QAction:
    found = panel.findChild(QAction, name)
    assert found is not None
    return found


def keep(panel: ListenPanel, qtbot: QtBot, told: Told) -> Path:
    QTest.keyClick(panel, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    level, _, place = told[-1]
    assert level == "info"
    assert place is not None
    return place


def test_one_key_keeps_sound_picture_and_readings(
    panel: ListenPanel, model: ListenViewModel, told: Told, qtbot: QtBot,
    hear: Callable[[Path], None], tone: Tone, folder: Path,
) -> None:  # fmt: skip
    path = tone(hz=1000, seconds=3)
    hear(path)
    labels = ("jazz", "rock")
    model.readings.append(GenreReading(RATE, labels, (0.25, 0.75), 1.0))
    place = keep(panel, qtbot, told)
    assert place.parent == folder
    assert str(place) in told[-1][1]
    names = sorted(file.name for file in place.iterdir())
    assert names == [place.name + suffix for suffix in (".csv", ".png", ".wav")]
    assert "tone 1000 3 0.5" in place.name
    found, rate = soundfile.read(place / names[2], dtype="float32")
    heard, _ = soundfile.read(path, dtype="float32")
    assert rate == RATE
    np.testing.assert_array_equal(found, heard[: len(found)])
    assert len(found) == len(heard)
    with (place / names[0]).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["time_s"]) for row in rows] == pytest.approx(np.arange(30) / 10)
    assert {row["note"] for row in rows[1:-1]} == {"B5 +21 ct"}
    assert float(rows[-1]["integrated_lufs"]) == pytest.approx(-9.0, abs=0.3)
    assert {row["peak_dbfs"] for row in rows} == {"-6.0"}
    assert {row["rms_dbfs"] for row in rows} == {"-9.0"}
    assert [row["genre"] for row in rows] == [""] * 10 + ["rock"] * 20
    assert (rows[9]["p jazz"], rows[10]["p jazz"]) == ("", "0.250")


def test_the_picture_shows_the_tone_at_its_place(
    panel: ListenPanel, model: ListenViewModel, told: Told, qtbot: QtBot,
    hear: Callable[[Path], None], tone: Tone,
) -> None:  # fmt: skip
    hear(tone(hz=1000, seconds=3))
    place = keep(panel, qtbot, told)
    image = QImage(str(place / f"{place.name}.png"))
    assert (image.width(), image.height()) == (WIDTH * RATIO, HEIGHT * RATIO)
    x = round((PICTURE.left() + PICTURE.width() / 2) * RATIO)
    top, bottom = round(PICTURE.top() * RATIO), round(PICTURE.bottom() * RATIO)
    column = [image.pixelColor(x, y).value() for y in range(top, bottom)]
    bright = np.flatnonzero(np.array(column) == max(column))
    middle = (bright.mean() + 0.5) / (bottom - top)
    assert panel.view.axis.hz(1 - middle) == pytest.approx(1000, rel=0.02)


def test_what_is_kept_is_chosen_in_the_menu_and_remembered(
    panel: ListenPanel, told: Told, qtbot: QtBot, hear: Callable[[Path], None], tone: Tone
) -> None:
    hear(tone(seconds=12))
    action(panel, "listen_keep_10").trigger()
    action(panel, "listen_keep_flac").trigger()
    assert "10 s" in tool(panel, "listen_keep").text()
    place = keep(panel, qtbot, told)
    (path,) = place.glob("*.flac")
    assert soundfile.info(path).frames == 10 * RATE
    again = KeepChoices()
    assert (again["seconds"], again["sound_format"]) == (10, "flac")
    assert again.folder == place.parent


def test_choices_that_make_no_sense_are_not_taken() -> None:
    store = Settings()
    store.set("keep", {"seconds": -5, "sound_format": "mp3", "folder": 7})
    choices = KeepChoices(store)
    assert (choices["seconds"], choices["sound_format"]) == (60, "wav")
    assert choices.folder.name == "music"


def test_it_is_kept_after_the_stop_as_well(
    panel: ListenPanel, model: ListenViewModel, told: Told, qtbot: QtBot,
    hear: Callable[[Path], None], tone: Tone,
) -> None:  # fmt: skip
    hear(tone())
    model.stop()
    place = keep(panel, qtbot, told)
    assert len(list(place.iterdir())) == 3


def test_what_is_being_kept_when_the_window_closes_is_kept(
    panel: ListenPanel, hear: Callable[[Path], None], tone: Callable[..., Path], folder: Path
) -> None:
    hear(tone(seconds=4))
    QTest.keyClick(panel, Qt.Key.Key_K)
    panel.keep_bar.keeping.close()
    (kept,) = folder.iterdir()
    assert {path.suffix for path in kept.iterdir()} == {".wav", ".png", ".csv"}


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_left(
    panel: ListenPanel, told: Told, qtbot: QtBot, hear: Callable[[Path], None],
    tone: Tone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    hear(tone())
    blocked = tmp_path / "a file"
    blocked.write_text("no folder")
    panel.keep_bar.choices.choose("folder", str(blocked / "music"))
    QTest.keyClick(panel, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert told[-1][0] == "error"
    assert "can't be made" in told[-1][1]
    told.clear()
    music = tmp_path / "music"
    panel.keep_bar.choices.choose("folder", str(music))

    def full(*arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("studio.ui.listen.keep_files.save_sound", full)
    QTest.keyClick(panel, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert "can't be written: No space left on device." in told[-1][1]
    assert list(music.iterdir()) == []
    assert tool(panel, "listen_keep").isEnabled()


def test_before_anything_is_heard_the_keys_say_what_to_do(panel: ListenPanel, told: Told) -> None:
    assert not tool(panel, "listen_keep").isEnabled()
    assert not tool(panel, "listen_record").isEnabled()
    for key in (Qt.Key.Key_K, Qt.Key.Key_R):
        QTest.keyClick(panel, key)
        level, text, place = told.pop()
        assert (level, place) == ("info", None)
        assert "start a source first" in text


def test_a_recording_holds_all_that_was_heard_meanwhile(
    panel: ListenPanel, model: ListenViewModel, told: Told, qtbot: QtBot, tone: Tone,
    folder: Path, paced: None,
) -> None:  # fmt: skip
    model.open_file(tone(seconds=20))
    button = tool(panel, "listen_record")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.isChecked()
    length = panel.findChild(QLabel, "listen_recorded")
    assert length is not None
    assert length.isVisible()
    qtbot.waitUntil(lambda: panel.keep_bar.recording.seconds > 0.5, timeout=20_000)
    qtbot.waitUntil(lambda: "0.0 MB" not in length.text(), timeout=20_000)
    QTest.keyClick(panel, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert not button.isChecked()
    assert length.isHidden()
    (path,) = folder.glob("*.wav")
    assert told[-1][0] == "info"
    assert str(path) in told[-1][1]
    found, _ = soundfile.read(path, dtype="float32")
    expected, _ = soundfile.read(model.file.path if model.file else path, dtype="float32")
    first = np.flatnonzero(np.isclose(expected[: 8 * RATE], found[0], atol=1e-4))
    assert any(np.array_equal(expected[at : at + len(found)], found) for at in first)


def test_a_recording_ends_with_its_source(
    panel: ListenPanel, model: ListenViewModel, told: Told, qtbot: QtBot, tone: Tone,
    folder: Path, paced: None,
) -> None:  # fmt: skip
    model.open_file(tone(seconds=20))
    QTest.keyClick(panel, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: panel.keep_bar.recording.seconds > 0.2, timeout=20_000)
    source = model.source
    assert isinstance(source, FileSource)
    model.stop()
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    (path,) = folder.glob("*.wav")
    assert soundfile.info(path).duration > 0.2
    assert not panel.keep_bar.recording.is_on


def test_two_recordings_in_the_same_second_are_two_files(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    assert unused(tmp_path, "a", ".wav") == tmp_path / "a 2.wav"
    (tmp_path / "a 2.wav").touch()
    assert unused(tmp_path, "a", ".wav") == tmp_path / "a 3.wav"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('Monitor of "HDMI" / USB: 2', "Monitor of HDMI USB 2"),
        ("..\\..\\etc/passwd", "etc passwd"),
        ("tab\tand\nline", "tab and line"),
        ("Für Elise…", "Für Elise…"),
        ("x" * 300, "x" * 60),
        ("", ""),
    ],
)
def test_every_name_is_one_a_disk_takes(tmp_path: Path, source: str, name: str) -> None:
    made = file_name(datetime(2026, 11, 21, 7, 5, 9), source)
    assert made == f"2026-11-21 07.05.09 {name}".strip()
    (tmp_path / made).mkdir()


def test_lengths_and_sizes_are_short() -> None:
    assert [clock(s) for s in (0, 61.9, 3723)] == ["0:00", "1:01", "1:02:03"]
    assert [size(n) for n in (0, 4_600_000, 2_340_000_000)] == ["0.0 MB", "4.6 MB", "2.34 GB"]
