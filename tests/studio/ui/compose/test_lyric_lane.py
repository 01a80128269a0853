"""The words above the notes: there only where there are some, written by mouse and keys."""

import itertools
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from models.notes import Note
from models.protocol import Piece, TrackInfo
from studio.score.lyrics import LYRIC
from studio.score.meta_events import meta
from studio.score.midi_file import midi_bytes
from studio.score.smf import BEFORE_OFFS, KeptEvent
from studio.score.song import Song
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.lyric_lane import DRIFT, RUN, LyricLane
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import theme

BEAT = 480
WORDS = ("Twin-", "kle", "twin-", "kle", "lit-", "tle", "star")


def song_file(path: Path, *voices: tuple[str, ...], gap: int = BEAT) -> Path:
    infos = tuple(TrackInfo(f"Voice {n}") for n in range(len(voices) + 1))
    song = Song.from_piece(Piece(BEAT, (Note(0, 60, 16 * BEAT),), infos))
    for number, words in enumerate(voices):
        song.chunks[number + 1].events += [
            KeptEvent(at * gap, BEFORE_OFFS, meta(LYRIC, word.encode()))
            for at, word in enumerate(words)
        ]
    path.write_bytes(midi_bytes(song))
    return path


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ComposePanel:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    made = ComposePanel(ScoreViewModel(), None, None)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    return made


def opened(panel: ComposePanel, tmp_path: Path, *voices: tuple[str, ...], gap: int = BEAT) -> None:
    assert panel._view_model.open(song_file(tmp_path / "sung.mid", *voices, gap=gap))
    panel.roll_geometry.pixels_per_tick = 0.1  # a beat is 48 pixels
    panel.roll_geometry.scroll_to_tick(0)


def shown(lane: LyricLane) -> list[str]:
    return [lane.syllables[index].text for index, _ in lane.placed()]


def middle(lane: LyricLane, number: int) -> QPoint:
    return dict(lane.placed())[number].center().toPoint()


def test_it_is_there_only_where_there_are_words(panel: ComposePanel, tmp_path: Path) -> None:
    assert panel.lyrics.isHidden()
    opened(panel, tmp_path, WORDS)
    assert panel.lyrics.isVisible()
    assert shown(panel.lyrics) == list(WORDS)
    panel._view_model.new_song()
    assert panel.lyrics.isHidden()


def test_each_stands_at_its_tick_and_none_covers_another(
    panel: ComposePanel, tmp_path: Path
) -> None:
    opened(panel, tmp_path, WORDS)
    geometry, lane = panel.roll_geometry, panel.lyrics
    for index, rect in lane.placed():
        assert rect.left() == geometry.x_of(index * BEAT)
    crowded = set()
    for pixels in (0.06, 0.03, 0.01):
        geometry.pixels_per_tick = pixels
        placed = list(lane.placed())
        assert all(a.right() <= b.left() for (_, a), (_, b) in itertools.pairwise(placed))
        behind = [rect.left() - geometry.x_of(index * BEAT) for index, rect in placed]
        assert all(0 <= pixels <= DRIFT for pixels in behind)
        crowded.add((max(behind) > 0, len(placed) < len(WORDS)))
    assert {(True, False), (True, True)} <= crowded, "a little behind first, then left out"


def test_scrolling_lets_none_come_and_go_amid_the_view(panel: ComposePanel, tmp_path: Path) -> None:
    opened(panel, tmp_path, tuple(f"syl{n % 7 * 'x'}" for n in range(5 * RUN)), gap=120)
    geometry, lane = panel.roll_geometry, panel.lyrics
    geometry.pixels_per_tick = 0.05
    seen: dict[int, set[bool]] = {}
    for step in range(60):
        geometry.scroll_to_tick(step * 2400)
        drawn = {index for index, _ in lane.placed()}
        for index in range(len(lane.syllables)):
            if geometry.left_tick <= lane.syllables[index].tick <= geometry.right_tick:
                seen.setdefault(index, set()).add(index in drawn)
    assert all(len(states) == 1 for states in seen.values())
    assert {True} in seen.values()
    assert {False} in seen.values()


def test_a_double_click_writes_one_anew_in_one_edit(
    qtbot: QtBot, panel: ComposePanel, tmp_path: Path
) -> None:
    opened(panel, tmp_path, WORDS)
    lane, model = panel.lyrics, panel._view_model
    before = midi_bytes(model.song)
    qtbot.mouseDClick(lane, Qt.MouseButton.LeftButton, pos=middle(lane, 6))
    assert lane.field.text() == "star"
    lane.field.setText("moon")
    qtbot.keyClick(lane.field, Qt.Key.Key_Return)
    assert shown(lane) == [*WORDS[:-1], "moon"]
    assert lane.field.isHidden()
    model.undo()
    assert midi_bytes(model.song) == before
    assert shown(lane) == list(WORDS)


def test_esc_leaves_it_as_it_was(qtbot: QtBot, panel: ComposePanel, tmp_path: Path) -> None:
    opened(panel, tmp_path, WORDS)
    lane = panel.lyrics
    qtbot.mouseDClick(lane, Qt.MouseButton.LeftButton, pos=middle(lane, 0))
    lane.field.setText("moon")
    qtbot.keyClick(lane.field, Qt.Key.Key_Escape)
    assert (shown(lane), lane.field.isHidden()) == (list(WORDS), True)
    assert not panel._view_model.is_dirty


def test_by_keys_alone(qtbot: QtBot, panel: ComposePanel, tmp_path: Path) -> None:
    opened(panel, tmp_path, WORDS)
    lane = panel.lyrics
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(lane, key)
    assert (lane.chosen, lane.accessibleDescription()) == (1, "kle")
    qtbot.keyClick(lane, Qt.Key.Key_Return)
    lane.field.setText("ter")
    qtbot.keyClick(lane.field, Qt.Key.Key_Return)
    qtbot.keyClick(lane, Qt.Key.Key_Right)
    qtbot.keyClick(lane, Qt.Key.Key_Delete)
    assert shown(lane) == ["Twin-", "ter", "kle", "lit-", "tle", "star"]
    assert lane.chosen == 2, "keys go on from there"


def test_walking_goes_where_the_words_are(
    qtbot: QtBot, panel: ComposePanel, tmp_path: Path
) -> None:
    opened(panel, tmp_path, tuple("abcdefghijklmnopqrstuvwxyz") * 2)
    lane, geometry = panel.lyrics, panel.roll_geometry
    for _ in range(50):
        qtbot.keyClick(lane, Qt.Key.Key_Right)
    assert geometry.left_tick <= 49 * BEAT < geometry.right_tick


def test_a_track_with_words_shows_its_own(panel: ComposePanel, tmp_path: Path) -> None:
    opened(panel, tmp_path, WORDS, ("Ah",))
    lane, model = panel.lyrics, panel._view_model
    model.set_active_track(1)
    assert shown(lane) == ["Ah"]
    model.set_active_track(0)
    assert shown(lane) == list(WORDS)
    model.set_active_track(2)
    assert len(lane.syllables) == len(WORDS) + 1, "it has none: all are shown"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_they_can_be_read(panel: ComposePanel, tmp_path: Path, mode: str) -> None:
    theme().set_mode(mode)  # type: ignore[arg-type]
    opened(panel, tmp_path, WORDS)
    ink = theme().color("text").name()
    image = panel.lyrics.grab().toImage()
    drawn = {image.pixelColor(x, y).name() for x in range(60) for y in range(4, 16)}
    assert ink in drawn
