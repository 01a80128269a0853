"""The assistant in the whole window: real keys and clicks, the real worker, the shipped model."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox
from pytestqt.qtbot import QtBot

import resources
from models.notes import Note
from studio.app import StudioApp
from studio.assistant.live_genre import GenreReading
from studio.score.midi_file import midi_bytes
from studio.score.score import Edit
from studio.ui.theme import theme

SLOW_MS = 60_000
BAR = 1920


@pytest.fixture
def app(qtbot: QtBot) -> Iterator[StudioApp]:
    theme().set_mode("light")
    app = StudioApp()
    qtbot.addWidget(app.window, before_close_func=lambda window: forget(app))
    app.window.resize(1280, 800)
    app.start([resources.path("demo", "song.mid")])
    qtbot.waitUntil(lambda: app.score.song.end > 0, timeout=SLOW_MS)
    app.window.show_place("compose")
    form = app.assistant_panel.form
    form.region.choice.setCurrentIndex(form.region.choice.findData("bars"))
    form.region.last.setValue(4)
    yield app
    app.close()


def forget(app: StudioApp) -> None:
    app.score.is_dirty = False  # nothing to ask for when the window is closed


def press(qtbot: QtBot, app: StudioApp, name: str) -> None:
    button = app.window.findChild(QAbstractButton, name)
    assert button is not None
    assert button.isEnabled(), button.toolTip()
    where = QPoint(8, button.height() // 2)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=where)


def choose(app: StudioApp, preset: str) -> None:
    box = app.window.findChild(QComboBox, "assistant_preset")
    assert box is not None
    box.setCurrentIndex(box.findData(preset))


def ask(qtbot: QtBot, app: StudioApp) -> None:
    press(qtbot, app, "assistant_suggest")
    qtbot.waitUntil(lambda: app.suggestions.state != "working", timeout=SLOW_MS)
    assert app.suggestions.state == "ready", app.suggestions.failure


def test_variations_are_browsed_heard_and_taken_with_keys(qtbot: QtBot, app: StudioApp) -> None:
    before, roll = midi_bytes(app.score.song), app.compose.roll
    choose(app, "vary")
    ask(qtbot, app)
    assert len(app.suggestions.variations.all) == 3
    first = app.suggestions.ghosts
    qtbot.keyClick(roll, Qt.Key.Key_BracketRight)
    assert app.suggestions.ghosts != first
    onsets = {(note.track, note.start) for note in app.score.score.notes}
    added = [g.event.note for g in app.suggestions.ghosts if g.event.action == "add"]
    assert added
    assert {(note.track, note.start) for note in added} <= onsets, "the rhythm is kept"
    qtbot.keyClick(roll, Qt.Key.Key_A)
    assert app.transport.is_playing
    assert app.audition.is_after
    assert app.transport.loop is not None
    qtbot.keyClick(roll, Qt.Key.Key_A)
    assert not app.audition.is_after
    assert app.transport.is_playing, "the music goes on"
    app.transport.stop()
    assert midi_bytes(app.score.song) == before, "nothing changes until it is accepted"
    qtbot.keyClick(roll, Qt.Key.Key_Return)
    assert set(added) <= app.score.score.note_set
    app.window.actions_by_name["undo"].trigger()
    assert midi_bytes(app.score.song) == before
    (rate,) = app.suggestions.rates.rates
    assert (rate.preset, rate.share) == ("vary", 1.0)


def test_locked_tracks_and_notes_stay_as_they_are(qtbot: QtBot, app: StudioApp) -> None:
    press(qtbot, app, "track_1_lock")
    chords = [note for note in app.score.score.notes if note.track == 1][:20]
    app.score.select(chords)
    qtbot.keyClick(app.compose.roll, Qt.Key.Key_K)
    app.score.select(())
    melody = [note for note in app.score.score.notes if note.track == 0]
    form = app.assistant_panel.form
    form.add.setValue(20)
    form.remove.setValue(60)
    form.more.key.setCurrentIndex(form.more.key.findData("off"))
    ask(qtbot, app)
    press(qtbot, app, "assistant_take")
    assert [note for note in app.score.score.notes if note.track == 0] == melody
    assert set(chords) <= app.score.score.note_set


def test_what_the_model_expects_follows_edits_and_says_why(qtbot: QtBot, app: StudioApp) -> None:
    expectation, roll = app.expectation, app.compose.roll
    qtbot.keyClick(roll, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: len(expectation.notes) > 50, timeout=SLOW_MS)
    melody = [note for note in app.score.score.notes if note.track == 0]
    right = next(note for note in melody if note.duration >= 480)
    wrong = Note(right.start, right.pitch + 1, right.duration, right.velocity, 0)
    app.score.request(Edit("Wrong note", frozenset({right}), frozenset({wrong})))
    qtbot.waitUntil(lambda: wrong in expectation.notes, timeout=SLOW_MS)
    assert right not in expectation.notes
    judged = expectation.notes[wrong]
    app.score.undo()
    qtbot.waitUntil(lambda: right in expectation.notes, timeout=SLOW_MS)
    assert judged.likelihood < expectation.notes[right].likelihood
    assert judged.rank < expectation.notes[right].rank
    app.compose.show_place(right.start, right.pitch)
    geometry = app.compose.roll_geometry
    y = geometry.y_of(right.pitch) + geometry.row_height // 2
    QTest.mouseMove(roll, QPoint(round(geometry.x_of(right.start + right.duration / 2)), y))
    qtbot.waitUntil(lambda: "most surprising of" in roll._hint, timeout=SLOW_MS)


def test_a_suggestion_given_up_leaves_the_score_and_the_next_one_is_made(
    qtbot: QtBot, app: StudioApp
) -> None:
    before = midi_bytes(app.score.song)
    form = app.assistant_panel.form
    form.region.choice.setCurrentIndex(0)
    form.add.setValue(500)
    form.more.iterations.setValue(1000)
    press(qtbot, app, "assistant_suggest")
    qtbot.waitUntil(lambda: len(app.suggestions.ghosts) > 2, timeout=SLOW_MS)
    qtbot.keyClick(app.assistant_panel.proposals, Qt.Key.Key_Escape)
    assert app.suggestions.state == "ready", "at once, whatever the worker still does"
    qtbot.keyClick(app.compose.roll, Qt.Key.Key_Escape)
    assert app.suggestions.ghosts == ()
    assert midi_bytes(app.score.song) == before
    form.add.setValue(1)
    form.remove.setValue(0)
    ask(qtbot, app)
    assert len(app.suggestions.ghosts) == 1


def test_the_genre_heard_chooses_the_model(qtbot: QtBot, app: StudioApp) -> None:
    form = app.assistant_panel.form
    form.model.setCurrentIndex(form.model.findText("lstm"))
    press(qtbot, app, "assistant_style")
    assert "no genre yet" in app.window.notices.banners[-1].text
    app.listen.readings.append(GenreReading(0, ("classical", "metal"), (0.1, 0.9), 1.0))
    press(qtbot, app, "assistant_style")
    assert "No model has learned from metal" in app.window.notices.banners[-1].text
    app.listen.readings.clear()
    app.listen.readings.append(GenreReading(0, ("classical", "metal"), (0.9, 0.1), 1.0))
    app.listen_panel.tempo_key.use_in_score.emit(97.0, None)
    assert form.folder is not None
    assert f"The assistant uses {form.folder.name}" in app.window.notices.banners[-1].text
    assert "classical" in app.window.notices.banners[-1].text
