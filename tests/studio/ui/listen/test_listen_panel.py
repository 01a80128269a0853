from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from studio.audio.file_source import FileSource
from studio.audio.input_stream import NoInputError
from studio.ui.listen.input_choice import InputChoice
from studio.ui.listen.listen_panel import ListenPanel
from studio.ui.listen.listen_view_model import ListenViewModel

Tone = Callable[..., Path]
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def panel(qtbot: QtBot, model: ListenViewModel) -> ListenPanel:
    widget = ListenPanel(model)
    qtbot.addWidget(widget)
    widget.resize(1000, 600)
    widget.show()
    return widget


def part(panel: ListenPanel, name: str) -> QWidget:
    found = panel.findChild(QWidget, name)
    assert found is not None, name
    return found


def click(panel: ListenPanel, name: str) -> None:
    QTest.mouseClick(part(panel, name), LEFT)


def playing(model: ListenViewModel) -> FileSource:
    assert model.file is not None
    return model.file


def drop(panel: ListenPanel, *paths: Path) -> bool:
    """Drop files; False if they were not even let in."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy = Qt.DropAction.CopyAction
    entering = QDragEnterEvent(QPoint(50, 50), copy, data, LEFT, NONE)
    QApplication.sendEvent(panel, entering)
    if not entering.isAccepted():
        return False
    event = QDropEvent(QPointF(50, 50), copy, data, LEFT, NONE, QEvent.Type.Drop)
    QApplication.sendEvent(panel, event)
    return True


def test_where_nothing_sounds_the_card_offers_three_ways_to_begin(panel: ListenPanel) -> None:
    assert part(panel, "listen_empty").isVisible()
    assert not part(panel, "spectrogram").isVisible()
    for name in ("listen_start_microphone", "listen_open_file", "listen_play_demo"):
        assert part(panel, name).isVisible()
    for name in ("listen_pause", "listen_stop", "listen_seek"):
        assert not part(panel, name).isVisible()


def test_a_dropped_file_plays_in_place_of_the_card(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    path = tone()
    assert drop(panel, path)
    assert playing(model).path == path
    assert part(panel, "spectrogram").isVisible()
    assert not part(panel, "listen_empty").isVisible()
    name = part(panel, "listen_source_name")
    assert isinstance(name, QLabel)
    assert "16 kHz" in name.text()


def test_the_demo_plays_from_the_card(
    panel: ListenPanel, model: ListenViewModel, paced: None
) -> None:
    click(panel, "listen_play_demo")
    assert playing(model).path.name == "demo_listen.ogg"


def test_pause_stands_still_and_plays_on(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, qtbot: QtBot, paced: None
) -> None:
    model.open_file(tone(seconds=20))
    qtbot.waitUntil(lambda: playing(model).time_s > 0, timeout=10_000)
    click(panel, "listen_pause")
    assert playing(model).is_paused
    qtbot.wait(80)  # the block under way
    stood = playing(model).time_s
    qtbot.wait(150)
    assert playing(model).time_s == stood
    click(panel, "listen_pause")
    qtbot.waitUntil(lambda: playing(model).time_s > stood, timeout=10_000)


def test_a_click_in_the_overview_goes_there_even_while_paused(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, qtbot: QtBot, paced: None
) -> None:
    model.open_file(tone(seconds=20))
    click(panel, "listen_pause")
    strip = part(panel, "listen_seek")
    QTest.mouseClick(strip, LEFT, pos=QPoint(strip.width() // 2, 10))
    assert playing(model).time_s == pytest.approx(10, abs=0.1)
    time = part(panel, "listen_time")
    assert isinstance(time, QLabel)
    assert time.text() in ("0:09 / 0:20", "0:10 / 0:20")
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert playing(model).time_s == pytest.approx(15, abs=0.1)


def test_shift_and_a_drag_loop_a_stretch(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    model.open_file(tone(seconds=20))
    strip = part(panel, "listen_seek")
    start, end = QPoint(strip.width() // 4, 10), QPoint(strip.width() // 2, 10)
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mousePress(strip, LEFT, shift, start)
    QTest.mouseMove(strip, end)
    QTest.mouseRelease(strip, LEFT, shift, end)
    assert playing(model).loop == pytest.approx((5, 10), abs=0.1)
    QTest.keyClick(panel, Qt.Key.Key_O)
    assert playing(model).loop is None
    click(panel, "listen_loop")
    assert playing(model).loop == pytest.approx((5, 10), abs=0.1)


def test_the_overview_is_that_of_the_file_that_plays(
    qtbot: QtBot, panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    strip = panel.transport.overview
    pictures = []
    for amplitude in (0.5, 0.01):
        model.open_file(tone(seconds=20, amplitude=amplitude))
        overview = strip._overview
        assert overview is not None
        assert overview.wait(20)
        model.toggle_pause()
        playing(model).seek(0.0)
        pictures.append(strip.grab().toImage())
    assert pictures[0] != pictures[1]


def test_a_muted_file_plays_on_unheard(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    model.open_file(tone(seconds=20))
    volume = part(panel, "listen_volume")
    assert isinstance(volume, QAbstractSlider)
    volume.setValue(50)
    assert playing(model).volume == pytest.approx(0.25)
    QTest.keyClick(panel, Qt.Key.Key_M)
    assert playing(model).volume == 0
    volume.setValue(80)
    assert playing(model).volume == 0
    model.open_file(tone(seconds=21))
    assert playing(model).volume == 0
    click(panel, "listen_mute")
    assert playing(model).volume == pytest.approx(0.64)
    assert not playing(model).is_paused


def test_backspace_goes_back_to_the_start(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    model.open_file(tone(seconds=20))
    model.toggle_pause()
    playing(model).seek(12.0)
    QTest.keyClick(panel, Qt.Key.Key_Backspace)
    assert playing(model).time_s < 1


def test_speed_pause_and_place_have_keys(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    model.open_file(tone(seconds=20))
    QTest.keyClick(panel, Qt.Key.Key_BracketLeft)
    assert playing(model).speed == 0.9
    QTest.keyClick(panel, Qt.Key.Key_BracketRight)
    assert playing(model).speed == 1.0
    QTest.keyClick(panel, Qt.Key.Key_Space)
    assert playing(model).is_paused
    QTest.keyClick(panel, Qt.Key.Key_Period)
    assert 5 <= playing(model).time_s < 7
    QTest.keyClick(panel, Qt.Key.Key_Comma)
    assert playing(model).time_s < 2
    QTest.keyClick(panel, Qt.Key.Key_Space)
    assert not playing(model).is_paused


def test_a_file_that_is_over_plays_again(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, qtbot: QtBot, paced: None
) -> None:
    model.open_file(tone(seconds=0.3))
    qtbot.waitUntil(lambda: not playing(model).is_active, timeout=10_000)
    click(panel, "listen_pause")
    assert playing(model).is_active
    assert playing(model).time_s < 0.3


def test_stop_ends_it_and_keeps_the_picture(
    panel: ListenPanel, model: ListenViewModel, hear: Callable[[Path], None], tone: Tone
) -> None:
    hear(tone())
    click(panel, "listen_stop")
    assert not model.is_running
    assert part(panel, "spectrogram").isVisible()
    assert not part(panel, "listen_stop").isVisible()


def test_without_an_input_the_card_says_what_is_missing(
    qtbot: QtBot, panel: ListenPanel, model: ListenViewModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(self: InputChoice) -> None:
        raise NoInputError("No microphone was found. Plug one in.")

    monkeypatch.setattr(InputChoice, "find", none)
    with qtbot.waitSignal(model.no_input, timeout=20_000):
        click(panel, "listen_start_microphone")
    text = part(panel, "listen_card_text")
    assert isinstance(text, QLabel)
    assert text.text() == "No microphone was found. Plug one in."
    assert part(panel, "listen_empty").isVisible()
    assert part(panel, "listen_play_demo").isVisible()


def test_a_very_long_name_does_not_widen_the_window(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, qtbot: QtBot, paced: None
) -> None:
    short = tone()
    model.open_file(short)
    long = short.with_name("a symphony in four movements " * 7 + ".wav")
    long.write_bytes(short.read_bytes())
    model.open_file(long)
    qtbot.wait(20)  # layouts follow a change by an event
    assert panel.minimumSizeHint().width() < 1000
    name = part(panel, "listen_source_name")
    assert long.name in name.toolTip()


def test_keys_work_where_a_list_has_the_focus(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    model.open_file(tone(seconds=60))
    scale = part(panel, "picture_scale")
    assert isinstance(scale, QComboBox)
    before, kept = scale.currentText(), []
    panel.keep_bar.told.connect(lambda *words: kept.append(words))
    for key in (Qt.Key.Key_M, Qt.Key.Key_BracketLeft, Qt.Key.Key_H, Qt.Key.Key_N):
        QTest.keyClick(scale, key)
    assert scale.currentText() == before
    assert part(panel, "listen_mute").isChecked()  # type: ignore[attr-defined]
    assert playing(model).speed == 0.9
    assert panel.view.marks.has_harmonics


def test_keys_of_the_picture_work_where_something_else_has_the_focus(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None, qtbot: QtBot
) -> None:
    model.open_file(tone(seconds=60))
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.setFocus()
    span = panel.view.viewport.span_s
    QTest.keyClick(panel, Qt.Key.Key_Minus)
    assert panel.view.viewport.span_s != span
    box = part(panel, "tuner_a4")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert panel.view.hasFocus()
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_C)
    assert panel.view.hasFocus()
    assert panel.view.readout()


def test_a_click_leaves_the_focus_so_that_space_still_pauses(panel: ListenPanel) -> None:
    for name in ("listen_source", "picture_scale", "listen_speed", "listen_keep"):
        assert part(panel, name).focusPolicy() == Qt.FocusPolicy.TabFocus, name


def test_a_key_held_down_switches_once(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    model.open_file(tone(seconds=60))
    for is_repeat in (False, True, True, True):
        press = QEvent.Type.KeyPress
        QApplication.sendEvent(panel, QKeyEvent(press, Qt.Key.Key_M, NONE, "m", is_repeat))
    assert part(panel, "listen_mute").isChecked()  # type: ignore[attr-defined]


def test_the_wheel_turns_no_box_that_only_lies_under_it(panel: ListenPanel) -> None:
    for name in ("tuner_a4", "picture_scale"):
        box = part(panel, name)
        at = QPointF(box.rect().center())
        event = QWheelEvent(
            at,
            QPointF(box.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            NONE,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        before = box.property("value"), box.property("currentIndex")
        QApplication.sendEvent(box, event)
        assert (box.property("value"), box.property("currentIndex")) == before, name
