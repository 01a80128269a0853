"""The real window with a real virtual keyboard: plugged in, recorded, heard, undone."""

from collections.abc import Iterator

import mido
import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from studio.app import StudioApp
from studio.audio.output import SilentOutput
from tests.midi_server import MidiServer

SLOW_MS = 60_000  # two cores may be busy with other work


@pytest.fixture
def app(qtbot: QtBot, midi_server: MidiServer) -> Iterator[StudioApp]:
    app = StudioApp()
    player = app.transport.player
    player._open_output = lambda latency_s: (
        SilentOutput(),
        None,
    )  # the JACK of this test is for MIDI only
    qtbot.addWidget(app.window, before_close_func=lambda window: forget_changes(app))
    app.start()
    qtbot.waitUntil(lambda: app.score.song.end > 0, timeout=SLOW_MS)
    yield app
    app.close()


def forget_changes(app: StudioApp) -> None:
    """Windows are closed before fixtures end: one that asks whether to save would wait for ever."""
    app.score.is_dirty = False


def test_a_keyboard_is_plugged_in_recorded_and_undone(
    qtbot: QtBot, app: StudioApp, midi_server: MidiServer
) -> None:
    keyboard = midi_server.keyboard("Keys")
    qtbot.waitUntil(lambda: len(app.midi.state.open) == 1, timeout=SLOW_MS)
    button = app.window.findChild(QToolButton, "midi_button")
    assert button is not None
    qtbot.waitUntil(lambda: button.toolTip() == "MIDI: Keys:keys is heard", timeout=SLOW_MS)
    before = set(app.score.score.notes)
    app.record.choose("count_in_bars", 0)
    app.window.actions_by_name["record"].trigger()
    qtbot.waitUntil(lambda: app.record.state == "recording", timeout=SLOW_MS)
    began = app.transport.position_ticks()
    keyboard.send(mido.Message("note_on", note=47, velocity=101))
    qtbot.waitUntil(lambda: app.transport.position_ticks() > began + 240, timeout=SLOW_MS)
    keyboard.send(mido.Message("note_off", note=47))
    qtbot.waitUntil(lambda: app.record.take is not None and bool(app.record.take.notes),
                    timeout=SLOW_MS)  # fmt: skip
    app.window.actions_by_name["panic"].trigger()
    assert not app.transport.is_playing
    (note,) = set(app.score.score.notes) - before
    assert (note.pitch, note.velocity, note.track) == (47, 101, app.score.active_track)
    app.score.undo()
    assert set(app.score.score.notes) == before
    engine = app.transport.player._engine
    assert engine is not None
    synth = engine.synth
    app.transport.player.close()
    assert synth.note_ons == synth.note_offs > 0
