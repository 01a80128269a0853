"""The keys of Listen are rows of tables: each does what it says, is found by name and changed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.keymap import Command, keymap
from studio.ui.keys_window import KeysWindow
from studio.ui.listen.key_rows import (
    AXIS_KEYS,
    CURSOR_KEYS,
    GO_LIVE,
    LISTEN_KEYS,
    MUTE,
    PICTURE_KEYS,
)
from studio.ui.listen.listen_panel import ListenPanel
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.place_keys import PlaceKey

Tone = Callable[..., Path]
GROUPS = (LISTEN_KEYS, PICTURE_KEYS, CURSOR_KEYS, AXIS_KEYS)


@pytest.fixture
def panel(qtbot: QtBot, model: ListenViewModel) -> Iterator[ListenPanel]:
    widget = ListenPanel(model)
    qtbot.addWidget(widget)
    widget.resize(1000, 600)
    widget.show()
    yield widget
    keymap().reset()


def part(panel: ListenPanel, name: str) -> QWidget:
    found = panel.findChild(QWidget, name)
    assert found is not None, name
    return found


def press(widget: QWidget, keys: str) -> None:
    combination = QKeySequence(keys)[0]  # type: ignore[index]
    QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())


class Heard:
    """Commands that do nothing but tell that they were asked for."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.has_cursor = False

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *amount: self.told.append((name, *amount))


@pytest.mark.parametrize("rows", GROUPS, ids=lambda rows: rows[0].place)
def test_every_key_of_every_row_does_it(
    panel: ListenPanel, rows: tuple[PlaceKey, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard()
    heard.has_cursor = rows is CURSOR_KEYS
    panel.keys.__dict__.update({name: getattr(heard, name) for name in vars(panel.keys)})
    monkeypatch.setattr(panel.view._keys, "_commands", heard)
    monkeypatch.setattr(panel._axis_gestures, "commands", heard)
    focus = panel._axis if rows is AXIS_KEYS else panel.view
    for row in rows:
        heard.told.clear()
        for keys in row.keys:
            press(focus, keys)
        amount = [row.amount] if row.amount else []
        assert heard.told == [(row.command, *amount)] * len(row.keys), row.name


def test_names_are_for_good_and_keys_are_clear(panel: ListenPanel) -> None:
    commands = panel.commands()
    names = [command.row.name for command in commands]
    assert len(names) == len(set(names)) == sum(map(len, GROUPS))
    for area in {command.area for command in commands}:
        keys = [key for c in commands if c.area == area for key in c.row.keys]
        assert len(keys) == len(set(keys)), area


def test_a_key_that_is_changed_works_at_once_and_is_told(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    model.open_file(tone(seconds=60))
    mute = part(panel, "listen_mute")
    assert "(M)" in mute.toolTip()
    keymap().set_keys(MUTE, ("Ctrl+Y",))
    press(panel, "M")
    assert not mute.isChecked()  # type: ignore[attr-defined]
    press(panel, "Ctrl+Y")
    assert mute.isChecked()  # type: ignore[attr-defined]
    assert "(Ctrl+Y)" in mute.toolTip()
    assert "(Ctrl+Y)" in mute.accessibleName()
    keymap().set_keys(MUTE, ())
    assert "(" not in mute.toolTip()
    keymap().set_keys(GO_LIVE, ("Z",))
    assert "Now (Z)" in panel.view.statusTip()


def test_what_is_found_by_name_is_done(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    model.open_file(tone(seconds=60))
    by_name = {command.row.name: command for command in panel.commands()}
    assert by_name["listen.mute"].text == "Mute the file, or let it sound"
    by_name["listen.mute"].run()
    assert part(panel, "listen_mute").isChecked()  # type: ignore[attr-defined]
    by_name["picture_cursor.climb.8"].run()
    assert panel.view.readout(), "the cursor comes up where it is asked to move"
    by_name["picture_cursor.leave_cursor"].run()
    assert not panel.view.readout()
    by_name["picture_cursor.leave_cursor"].run()
    assert not panel.view.readout(), "leaving twice brings nothing back"


def test_a_question_mark_shows_all_keys(panel: ListenPanel) -> None:
    shown = []
    panel.keys.show_keys = lambda: shown.append(1)
    QTest.keyClick(panel.view, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    assert shown == [1]


def test_signs_with_shift_mean_the_same_but_letters_do_not(
    panel: ListenPanel, model: ListenViewModel, tone: Tone, paced: None
) -> None:
    model.open_file(tone(seconds=60))
    span = panel.view.viewport.span_s
    press(panel, "Shift++")
    assert panel.view.viewport.span_s < span
    press(panel, "Shift+M")
    assert not part(panel, "listen_mute").isChecked()  # type: ignore[attr-defined]


def test_what_has_the_focus_elsewhere_keeps_its_letters(qtbot: QtBot, panel: ListenPanel) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    shown = part(panel, "show_spectrum").isChecked()  # type: ignore[attr-defined]
    event = QKeyEvent(
        QKeyEvent.Type.ShortcutOverride, Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, "s"
    )
    QApplication.sendEvent(panel, event)
    QTest.keyClick(field, Qt.Key.Key_S)
    assert field.text() == "s"
    assert part(panel, "show_spectrum").isChecked() == shown  # type: ignore[attr-defined]


def test_a_key_taken_elsewhere_is_not_lost_here(qtbot: QtBot, panel: ListenPanel) -> None:
    roll = PlaceKey(("D",), "Do it in the roll", "do_it")
    window = PlaceKey((), "Do it everywhere", "do_all", place="window")
    commands = [
        Command(roll, "Do it in the roll", "Roll", lambda: None, "compose"),
        Command(window, "Do it everywhere", "Everywhere", lambda: None),
        *panel.commands(),
    ]
    keys = KeysWindow(lambda: commands, list)
    qtbot.addWidget(keys)

    def give(text: str, key: str) -> None:
        keys.field.setText(text)
        group = keys.tree.topLevelItem(0)
        assert group is not None
        keys.tree.setCurrentItem(group.child(0))
        keys.edit.setKeySequence(QKeySequence(key))
        keys.use.click()

    give("do it in the roll", "M")
    assert keymap().keys(MUTE) == ("M",), "the roll's keys are another area"
    give("do it everywhere", "M")
    assert keymap().keys(MUTE) == ()
    assert "Mute the file" in keys.told.text()
