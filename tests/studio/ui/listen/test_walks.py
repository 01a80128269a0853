"""Listen without a mouse, and for a screen reader."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.ui.listen.listen_panel import ListenPanel
from studio.ui.listen.listen_view_model import ListenViewModel

Tone = Callable[..., Path]
CONTROLS = (QAbstractButton, QComboBox, QAbstractSlider, QAbstractSpinBox, QLineEdit)
PAINTED = ("spectrogram", "color_bar", "listen_seek", "keyboard_axis")
MOST_TABS = 200


@pytest.fixture
def panel(qtbot: QtBot, model: ListenViewModel, tone: Tone, paced: None) -> ListenPanel:
    """Listen with a file playing and every drawer open."""
    widget = ListenPanel(model)
    qtbot.addWidget(widget)
    widget.resize(1280, 800)
    widget.show()
    widget.activateWindow()
    assert model.open_file(tone(seconds=60))
    more = widget.findChild(QToolButton, "picture_more")
    assert more is not None
    more.click()
    qtbot.wait(50)  # layouts follow by events
    return widget


def controls(panel: ListenPanel) -> list[QWidget]:
    """What one can work with, not the parts that Qt makes of it."""
    found = []
    for widget in panel.findChildren(QWidget):
        is_part = widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar)
        parent = widget.parentWidget()
        is_part = is_part or isinstance(parent, (QComboBox, QAbstractSpinBox))
        is_control = isinstance(widget, CONTROLS) or widget.objectName() in PAINTED
        if is_control and not is_part and widget.isVisibleTo(panel):
            found.append(widget)
    return found


def named(widgets: list[QWidget]) -> set[str]:
    return {widget.objectName() or repr(widget) for widget in widgets}


def walked(panel: ListenPanel, key: Qt.Key) -> set[str]:
    """Where the focus comes with a key until it is back where it was."""
    start = QApplication.focusWidget() or panel
    seen: list[QWidget] = []
    widget = start
    while widget not in seen and len(seen) < MOST_TABS:
        seen.append(widget)
        QTest.keyClick(widget, key)
        widget = QApplication.focusWidget()
        assert widget is not None
    return named(seen)


def test_tab_reaches_every_control_and_shift_tab_too(panel: ListenPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(panel.isActiveWindow)
    first = panel.findChild(QWidget, "listen_source")
    assert first is not None
    first.setFocus()
    wanted = {
        widget.objectName()
        for widget in controls(panel)
        if widget.isEnabled() and widget.objectName() != "keyboard_axis"  # the picture has its keys
    }
    assert {"spectrogram", "listen_record", "listen_keep", "listen_seek"} <= wanted
    assert wanted - walked(panel, Qt.Key.Key_Tab) == set()
    first.setFocus()
    assert wanted - walked(panel, Qt.Key.Key_Backtab) == set()


def test_every_control_has_its_names_and_says_what_it_does(panel: ListenPanel) -> None:
    widgets = controls(panel)
    assert len(widgets) > 15
    for text in (QWidget.objectName, QWidget.accessibleName, QWidget.statusTip):
        assert named([w for w in widgets if not text(w)]) == set(), text.__name__
    # a tip that pops up would hide the picture: its help stands in the status bar
    bare = named([w for w in widgets if not w.toolTip()])
    assert bare - {"spectrogram", "keyboard_axis"} == set()


def test_no_two_controls_have_the_same_name(panel: ListenPanel) -> None:
    for text in (QWidget.objectName, QWidget.accessibleName):
        names = [text(widget) for widget in controls(panel)]
        assert sorted(set(names)) == sorted(names)


def test_a_program_that_reads_the_screen_gets_the_reading_under_the_pointer(
    panel: ListenPanel, model: ListenViewModel, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: model.history.count > 30, timeout=20_000)
    view = panel.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_C)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert "Hz" in view.accessibleDescription()
