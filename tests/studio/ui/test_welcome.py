from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QIcon
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.drop_files import FileDropFilter, local_files
from studio.ui.place_rail import PlaceRail
from studio.ui.welcome import WelcomeBar


@pytest.mark.parametrize(
    ("button", "signal"),
    [
        ("welcome_play", "play_song"),
        ("welcome_listen", "play_sound"),
        ("welcome_suggest", "ask_model"),
    ],
)
def test_each_first_step_is_one_click(qtbot: QtBot, button: str, signal: str) -> None:
    bar = WelcomeBar()
    qtbot.addWidget(bar)
    bar.show()
    found = bar.findChild(QPushButton, button)
    assert found is not None
    assert found.accessibleName()
    assert found.toolTip()
    with qtbot.waitSignal(getattr(bar, signal)):
        qtbot.mouseClick(found, Qt.MouseButton.LeftButton)
    assert bar.isVisible()


def test_the_welcome_goes_and_says_so(qtbot: QtBot) -> None:
    bar = WelcomeBar()
    qtbot.addWidget(bar)
    bar.show()
    close = bar.findChild(QToolButton, "welcome_close")
    assert close is not None
    with qtbot.waitSignal(bar.dismissed):
        qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_the_rail_chooses_a_place_or_opens_it_beside(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rail = PlaceRail([(name, QAction(QIcon(), f"&{name}")) for name in ("listen", "train")])
    qtbot.addWidget(rail)
    rail.show()
    button = rail.findChild(QToolButton, "rail_train")
    assert button is not None
    assert button.text() == "train"
    for key, beside in ((Qt.KeyboardModifier.NoModifier, False), (_SHIFT, True)):
        monkeypatch.setattr(QApplication, "keyboardModifiers", lambda key=key: key)
        with qtbot.waitSignal(rail.chosen) as chosen:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert chosen.args == ["train", beside]
    rail.mark({"listen"})
    assert not button.isChecked()


_SHIFT = Qt.KeyboardModifier.ShiftModifier


def dragged(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


def test_only_local_files_are_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    drop = FileDropFilter(widget)
    file = tmp_path / "größer 1.mid"
    data = dragged(QUrl.fromLocalFile(str(file)).toString(), "https://example.org/song.mid")
    assert local_files(data) == [file]
    assert widget.acceptDrops()
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    with qtbot.waitSignal(drop.dropped) as dropped:
        assert drop.eventFilter(widget, QDropEvent(QPointF(1, 1), copy, data, left, keys))
    assert dropped.args == [[file]]
    remote = dragged("https://example.org/song.mid")
    for mime, is_taken in ((data, True), (remote, False)):
        event = QDragEnterEvent(QPoint(1, 1), copy, mime, left, keys)
        assert drop.eventFilter(widget, event) == is_taken
