"""Keys are data: shown, found by name and changed in one place, and kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QTextEdit
from pytestqt.qtbot import QtBot

from studio.settings import Settings
from studio.ui.command_palette import fitting
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.roll_key_table import ROLL_KEYS
from studio.ui.compose.roll_targets import mouse_rows
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.keymap import Command, Keymap, keymap
from studio.ui.main_window import MainWindow, Place
from studio.ui.place_keys import WINDOW_KEYS
from studio.ui.shortcuts import BINDINGS

DUPLICATE = next(row for row in ROLL_KEYS if row.command == "duplicate")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def window(
    qtbot: QtBot, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    model = ScoreViewModel()
    panel = ComposePanel(model, None, None)
    places = [Place("compose", "Compose", panel)]
    places += [Place(name, name.title(), QTextEdit()) for name in ("listen", "train")]
    window = MainWindow(places, QLabel("transport"), settings)
    window.commands += panel.commands()
    window.mouse_rows = mouse_rows()
    panel.roll.keys.add(WINDOW_KEYS, window)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    keymap().reset()
    model.close()


def panel_of(window: MainWindow) -> ComposePanel:
    panel = window.findChild(ComposePanel)
    assert isinstance(panel, ComposePanel)
    return panel


def named(window: MainWindow, name: str) -> Command:
    return next(command for command in window.commands if command.row.name == name)


def test_the_users_keys_are_kept_and_reset(settings: Settings) -> None:
    first, second = Keymap(), Keymap()
    first.load(settings)
    first.set_keys(DUPLICATE, ("Ctrl+B",))
    second.load(Settings(settings.path))
    assert second.keys(DUPLICATE) == ("Ctrl+B",)
    assert second.is_own(DUPLICATE)
    second.reset(DUPLICATE)
    third = Keymap()
    third.load(Settings(settings.path))
    assert third.keys(DUPLICATE) == DUPLICATE.keys


@pytest.mark.parametrize("broken", [7, ["x"], {"open": 3}, {"open": [1, None]}])
def test_broken_settings_are_no_keys(settings: Settings, broken: object) -> None:
    settings.set("keys", broken)
    keys = Keymap()
    keys.load(settings)
    assert all(isinstance(key, str) for row in BINDINGS for key in keys.keys(row))


def test_every_command_has_words_and_a_name_of_its_own(window: MainWindow) -> None:
    names = [command.row.name for command in window.commands]
    assert len(names) == len(set(names))
    assert all(command.text and command.place for command in window.commands)


def test_no_two_commands_of_a_place_share_a_key(window: MainWindow) -> None:
    for place in {command.place for command in window.commands}:
        keys = [
            key
            for command in window.commands
            if command.place == place
            for key in keymap().keys(command.row)
        ]
        assert len(keys) == len(set(keys)), place
        assert all(QKeySequence(key).count() for key in keys)


def test_the_palette_finds_and_runs(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_name["palette"].trigger()
    palette = window.palette_window
    assert palette.isVisible()
    qtbot.keyClicks(palette.field, "draw no")
    item = palette.list.topLevelItem(0)
    assert item is not None
    assert item.text(0) == "Draw notes"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert panel_of(window).state.tool == "draw"


def test_the_palette_is_walked_by_keys_and_left_by_escape(qtbot: QtBot, window: MainWindow) -> None:
    palette = window.palette_window
    palette.open()
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentItem() is palette.list.topLevelItem(1)
    qtbot.keyClicks(palette.field, "there is no such thing")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


@given(st.text(alphabet="abcdefg -", max_size=6))
def test_what_is_found_has_the_letters_in_their_order(typed: str) -> None:
    commands = [Command(row, row.text, "Roll", lambda: None) for row in ROLL_KEYS]
    for command in fitting(commands, typed):
        for word in typed.split():
            letters = iter(command.text.lower())
            assert all(letter in letters for letter in word)
    assert fitting(commands, "") == commands


def test_the_question_mark_shows_every_key_from_the_tables(
    qtbot: QtBot, window: MainWindow
) -> None:
    roll = panel_of(window).roll
    qtbot.keyClick(roll, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    keys = window.keys_window
    assert keys is not None
    groups = [keys.tree.topLevelItem(i) for i in range(keys.tree.topLevelItemCount())]
    rows = [
        (g.child(i).text(0), g.child(i).text(1)) for g in groups if g for i in range(g.childCount())
    ]
    for command in window.commands:
        assert (command.text, command.shown_keys) in rows
    assert ("Draw round notes to select them", "Alt · on paper, selecting") in rows
    keys.close()


def test_a_key_changed_in_the_window_works_at_once_and_its_old_owner_is_told(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.show_keys()
    keys, panel = window.keys_window, panel_of(window)
    assert keys is not None
    keys.field.setText("draw notes")
    group = keys.tree.topLevelItem(0)
    assert group is not None
    keys.tree.setCurrentItem(group.child(0))
    keys.edit.setKeySequence(QKeySequence("V"))
    keys.use.click()
    assert "Select notes" in keys.told.text()
    qtbot.keyClick(panel.roll, Qt.Key.Key_V)
    assert panel.state.tool == "draw"
    assert named(window, "roll.select_tool").shown_keys == ""
    keys.field.setText("draw notes")
    keys.reset.click()
    qtbot.keyClick(panel.roll, Qt.Key.Key_B)
    assert named(window, "roll.draw_tool").shown_keys == "B"
    keys.close()


def test_the_windows_actions_take_other_keys_too(window: MainWindow) -> None:
    row = next(row for row in BINDINGS if row.name == "save")
    keymap().set_keys(row, ("F2",))
    action = window.actions_by_name["save"]
    assert action.shortcut() == QKeySequence("F2")
    assert action.toolTip().endswith("(F2)")
