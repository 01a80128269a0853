"""The window with all its places: one table of keys, and what is wired between the places."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app import StudioApp
from studio.ui.keymap import keymap


@pytest.fixture
def app(qtbot: QtBot) -> Iterator[StudioApp]:
    """The window, not shown; its worker is not started."""
    app = StudioApp()
    qtbot.addWidget(app.window)
    yield app
    keymap().reset()
    app.close()


def test_every_place_is_in_the_one_table_of_keys(app: StudioApp) -> None:
    names = [command.row.name for command in app.window.commands]
    assert len(names) == len(set(names))
    assert {"save", "roll.duplicate", "roll.play_toggle", "listen.mute", "picture.go_live"} <= set(
        names
    )


def test_no_key_means_two_things_where_both_could_be_meant(app: StudioApp) -> None:
    areas: dict[str, list[str]] = {}
    for command in app.window.commands:
        areas.setdefault(command.area, []).extend(keymap().keys(command.row))
    twice = {
        (area, key)
        for area, keys in areas.items()
        for key in keys
        if keys.count(key) > 1 or (area and key in areas[""])
    }
    assert twice == {("compose", key) for key in ("Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y")}, (
        "undo and redo are the window's, and the roll's where it stands alone"
    )


def test_listen_s_keys_are_found_and_shown(app: StudioApp) -> None:
    palette = app.window.palette_window
    palette.open()
    palette.field.setText("mute the file")
    item = palette.list.topLevelItem(0)
    assert item is not None
    assert (item.text(0), item.text(1)) == ("Mute the file, or let it sound", "M")
    palette.close()
    question = Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(app.listen_panel.view, *question)
    keys = app.window.keys_window
    assert keys is not None
    groups = [keys.tree.topLevelItem(at) for at in range(keys.tree.topLevelItemCount())]
    titles = [group.text(0) for group in groups if group is not None]
    assert {"Listen", "Picture in Listen", "Cursor in the picture"} <= set(titles)
    keys.close()


def test_the_ruler_knows_whether_the_loop_is_punched_into(app: StudioApp) -> None:
    assert not app.compose.ruler.is_punch()
    app.record.choose("punch", True)
    assert app.compose.ruler.is_punch()
