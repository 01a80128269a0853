"""A track's own colour: chosen by mouse or keys, one undo step, seen wherever its notes are."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from models.notes import Note
from studio.score.project import Project, parse_project, project_bytes
from studio.score.score import Edit
from studio.score.track import N_COLORS
from studio.score.track_edits import choose_color, delete_track
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.track_colors import NAMES, TrackColorButton, TrackColorMenu
from studio.ui.theme import TRACK_COLORS, theme

GREEN = 2


@pytest.fixture
def score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScoreViewModel:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    made = ScoreViewModel()
    made.add_track("Bass")
    notes = frozenset({Note(0, 60, 480, 127), Note(0, 64, 960, 127, track=1)})
    made.request(Edit("Start", added=notes))
    return made


@pytest.fixture
def panel(qtbot: QtBot, score: ScoreViewModel) -> ComposePanel:
    made = ComposePanel(score, None, None)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def test_a_colour_has_a_name_for_each_of_the_palette() -> None:
    assert len(NAMES) == len(set(NAMES)) == len(TRACK_COLORS) == len(set(TRACK_COLORS)) == N_COLORS


def test_the_menu_chooses_in_one_edit_that_can_be_undone(
    qtbot: QtBot, score: ScoreViewModel
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    ticked = lambda: [  # noqa: E731
        action.objectName()
        for action in TrackColorMenu(score, 1, parent).actions()
        if action.isChecked()
    ]
    assert ticked() == ["track_color_by_number"]
    menu = TrackColorMenu(score, 1, parent)
    action = menu.findChild(QAction, f"track_color_{GREEN}")
    assert action is not None
    action.trigger()
    assert score.color_number(1) == GREEN
    assert ticked() == [f"track_color_{GREEN}"]
    score.undo()
    assert (score.color_number(1), ticked()) == (1, ["track_color_by_number"])
    score.redo()
    assert ticked() == [f"track_color_{GREEN}"]


def test_the_same_colour_again_is_no_edit(score: ScoreViewModel) -> None:
    assert not choose_color(score.song, 0, None)
    score.request(choose_color(score.song, 0, 3))
    assert not choose_color(score.song, 0, 3)


def test_a_choice_keeps_selection_and_rows(panel: ComposePanel, score: ScoreViewModel) -> None:
    score.select([Note(0, 60, 480, 127)])
    button = panel.tracks.findChild(TrackColorButton, "track_1_color")
    assert button is not None
    score.request(choose_color(score.song, 0, GREEN))
    assert score.selection == {Note(0, 60, 480, 127)}
    assert panel.tracks.findChild(TrackColorButton, "track_1_color") is button
    assert button.accessibleName() == "Colour of Piano: Green"


def test_by_keys_alone(qtbot: QtBot, panel: ComposePanel, score: ScoreViewModel) -> None:
    button = panel.tracks.findChild(TrackColorButton, "track_2_color")
    assert button is not None
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.keyClick(button, Qt.Key.Key_Space)
    menu = button.findChild(TrackColorMenu)
    assert menu is not None
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(menu, key)
    assert score.color_number(1) == GREEN


def colors_in(widget: QWidget) -> set[str]:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
    return {QColor(int(value)).name() for value in np.unique(pixels)}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_is_seen_wherever_the_track_is(
    qtbot: QtBot, panel: ComposePanel, score: ScoreViewModel, mode: str
) -> None:
    theme().set_mode(mode)  # type: ignore[arg-type]
    color = theme().track_color(GREEN).name()
    shown = (panel.roll, panel.overview, panel.tracks, panel.lane)
    assert not any(color in colors_in(widget) for widget in shown)
    score.request(choose_color(score.song, score.active_track, GREEN))
    for widget in shown:
        qtbot.waitUntil(lambda widget=widget: color in colors_in(widget), timeout=2000)


def test_a_track_that_is_not_active_has_it_too(panel: ComposePanel, score: ScoreViewModel) -> None:
    other = 1 - score.active_track
    before = colors_in(panel.roll)
    score.request(choose_color(score.song, other, GREEN))
    assert colors_in(panel.roll) != before
    assert theme().track_color(GREEN).name() not in colors_in(panel.roll)  # paler: not active


def test_a_project_keeps_it_and_what_can_be_undone(score: ScoreViewModel) -> None:
    score.request(choose_color(score.song, 1, GREEN))
    song = parse_project(project_bytes(Project(score.song)), "a.studio").song
    assert [track.color for track in song.tracks] == [None, GREEN]
    assert song.score.undo_label == "Track colour"
    song.score.undo()
    assert [track.color for track in song.tracks] == [None, None]


def test_it_survives_a_crash(score: ScoreViewModel) -> None:
    score.request(choose_color(score.song, 0, GREEN))
    score._journal.close()  # the process ends here
    after = ScoreViewModel()
    assert after.recover()
    assert after.color_number(0) == GREEN


def test_it_goes_and_comes_with_its_track(score: ScoreViewModel) -> None:
    score.request(choose_color(score.song, 1, GREEN))
    score.request(delete_track(score.song, 0))
    assert [track.color for track in score.tracks] == [GREEN]
    score.undo()
    assert [track.color for track in score.tracks] == [None, GREEN]
