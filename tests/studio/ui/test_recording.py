"""Recording from keyboards: in time with what was heard, one edit a take, nothing hangs."""

import time
from collections.abc import Iterator

import mido
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from models.notes import Note
from studio.audio.midi_inputs import InputState, MidiInputs, Played
from studio.audio.midi_ports import PortNames
from studio.audio.player import Player
from studio.audio.ring_buffer import RingBuffer
from studio.audio.soundfont import shipped_soundfont
from studio.errors import StudioError
from studio.settings import Settings
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.take_view import TakeView
from studio.ui.midi_view_model import MidiViewModel
from studio.ui.record_view_model import RecordViewModel
from studio.ui.transport_view_model import TransportViewModel
from tests.studio.audio.manual_output import RATE, ManualOutput, drive

BEAT = 480
BAR = 4 * BEAT
PER_BEAT = RATE // 2  # at 120 bpm


class Studio:
    """Everything that recording needs, and hands that play in samples of the output."""

    def __init__(self) -> None:
        self.output = ManualOutput()
        self.score = ScoreViewModel()
        self.player = Player(shipped_soundfont(), open_output=lambda latency_s: (self.output, None))
        self.transport = TransportViewModel(self.score, self.player)
        self.inputs = MidiInputs()
        self.inputs.state = InputState(PortNames(("Keys",)), ("Keys",))
        self.midi = MidiViewModel(self.score, self.transport, Settings(), self.inputs)
        self.record = RecordViewModel(self.score, self.transport, self.midi, Settings())
        self.record.choose("count_in_bars", 0)
        self.said: list[str] = []
        self.record.notice.connect(lambda level, text: self.said.append(text))

    def run(self, beats: float) -> None:
        """So much of the song is heard."""
        drive(self.player, self.output, round(beats * PER_BEAT))
        self.record._look()

    def play(self, kind: str, note: int = 60, velocity: int = 90, ago_s: float = 0.0) -> None:
        """A message that came `ago_s` ago."""
        message = mido.Message(kind, note=note, velocity=velocity)
        self.send(message, ago_s)

    def send(self, message: mido.Message, ago_s: float = 0.0) -> None:
        self.inputs._hear(Played(time.perf_counter() - ago_s, "Keys", message))
        self.midi.drain()

    def key(self, note: int, beats: float) -> None:
        self.play("note_on", note)
        self.run(beats)
        self.play("note_off", note)

    def close(self) -> None:
        self.transport.close()
        self.midi.close()


@pytest.fixture
def studio(qtbot: QtBot) -> Iterator[Studio]:
    made = Studio()
    yield made
    made.close()
    QCoreApplication.processEvents()


def near(notes: list[Note], expected: list[tuple[float, int, float]], within: float = 0.02) -> None:
    """The same pitches, starts and lengths in beats, within 10 ms."""
    assert [n.pitch for n in notes] == [pitch for _, pitch, _ in expected]
    for note, (start, _, length) in zip(notes, expected, strict=True):
        assert note.start / BEAT == pytest.approx(start, abs=within)
        assert note.duration / BEAT == pytest.approx(length, abs=2 * within)


def test_a_take_is_what_was_played_and_one_undo_takes_it_back(studio: Studio) -> None:
    studio.score.request(_adding(Note(4 * BEAT, 40, BAR)))
    studio.record.toggle()
    studio.run(1)
    studio.key(60, 0.5)
    studio.run(0.5)
    studio.key(64, 1)
    studio.record.toggle()
    near(studio.score.score.notes[:2], [(1, 60, 0.5), (2, 64, 1)])
    assert studio.score.score.undo_label == "Record"
    assert studio.transport.is_playing, "the music goes on"
    studio.score.undo()
    assert len(studio.score.score) == 1


def test_it_is_timed_by_what_was_heard_however_late_the_message_is_read(studio: Studio) -> None:
    studio.output.latency = RATE // 10
    studio.record.toggle()
    studio.run(2)
    studio.play("note_on", 60, ago_s=0.25)
    studio.play("note_off", 60)
    studio.record.toggle()
    near(studio.score.score.notes, [(2 - 0.2 - 0.5, 60, 0.5)])


def test_after_a_count_in_the_take_begins_at_the_cursor(studio: Studio) -> None:
    studio.record.choose("count_in_bars", 1)
    studio.transport.seek(BAR)
    studio.record.toggle()
    studio.run(2)
    assert studio.record.state == "counting_in"
    studio.key(50, 0.5)  # while it counts: not in the take
    studio.run(1.4)
    studio.play("note_on", 60)  # a tenth of a beat too early
    studio.run(0.6)
    assert studio.record.state == "recording"
    studio.play("note_off", 60)
    studio.record.toggle()
    near(studio.score.score.notes, [(4, 60, 0.5)])


def test_past_the_end_of_the_song_it_records_on(studio: Studio) -> None:
    studio.score.request(_adding(Note(0, 40, BEAT)))
    studio.record.toggle()
    studio.run(6)
    studio.key(60, 1)
    studio.transport.stop()
    near(studio.score.score.notes[1:], [(6, 60, 1)])
    assert studio.record.state == "off"


def test_each_pass_of_a_loop_is_heard_in_the_next_and_all_is_one_edit(studio: Studio) -> None:
    studio.transport.set_loop(0, BAR)
    studio.record.toggle()
    studio.run(1)
    studio.key(60, 0.5)
    studio.run(2.5)
    studio.run(0.5)  # the second pass
    assert studio.record.take is not None
    assert studio.record.take.passes == 2
    played = studio.player._song.columns.all_notes()
    assert [note.pitch for note in played] == [60], "the first pass is heard now"
    studio.run(1.5)
    studio.key(67, 0.5)
    studio.transport.stop()
    near(studio.score.score.notes, [(1, 60, 0.5), (2, 67, 0.5)])
    studio.score.undo()
    assert len(studio.score.score) == 0


def test_punch_records_the_loop_region_only_and_ends_by_itself(studio: Studio) -> None:
    studio.score.request(_adding(Note(BAR, 40, BEAT), Note(3 * BAR, 41, BEAT)))
    studio.transport.set_loop(BAR, 2 * BAR)
    studio.record.choose("punch", True)
    studio.record.choose("replaces", True)
    studio.record.toggle()
    studio.run(2)
    studio.key(50, 1)  # a bar before it: only heard
    studio.run(2)
    studio.key(60, 1)
    studio.run(3)
    assert studio.record.state == "off"
    assert studio.transport.is_playing, "the music goes on"
    near(studio.score.score.notes, [(5, 60, 1), (12, 41, 1)])


def test_the_region_dragged_while_one_punches_in_makes_no_loop(studio: Studio) -> None:
    studio.score.request(_adding(Note(BAR, 40, BEAT), Note(3 * BAR, 41, BEAT)))
    studio.transport.set_loop(BAR, 2 * BAR)
    studio.record.choose("punch", True)
    studio.record.toggle()
    studio.run(2)
    studio.transport.set_loop(BAR, 3 * BAR)
    assert studio.transport.player.loop is None
    studio.run(7)
    assert studio.record.state == "off", "it ends where it was to end"
    assert studio.transport.player.loop == (BAR, 3 * BAR), "now it is a loop"


def test_quantising_is_an_edit_of_its_own(studio: Studio) -> None:
    studio.record.choose("quantises", True)
    studio.record.toggle()
    studio.run(1.05)
    studio.key(60, 0.5)
    studio.record.toggle()
    assert studio.score.score.notes[0].start == BEAT
    studio.score.undo()
    near(studio.score.score.notes, [(1.05, 60, 0.5)])
    studio.score.undo()
    assert len(studio.score.score) == 0


def test_an_empty_take_is_no_edit(studio: Studio) -> None:
    studio.record.toggle()
    studio.run(1)
    studio.record.toggle()
    assert studio.score.score.undo_label is None


def test_without_a_keyboard_it_says_why(studio: Studio) -> None:
    studio.inputs.state = InputState()
    studio.record.toggle()
    assert studio.record.state == "off"
    assert "No MIDI keyboard is connected" in studio.said[0]


def test_steps_are_written_at_the_playhead_and_the_pedal_is_a_rest(studio: Studio) -> None:
    studio.record.set_step_input(True)
    for pitch in (60, 64):
        studio.play("note_on", pitch)
    for pitch in (60, 64):
        studio.play("note_off", pitch)
    studio.send(mido.Message("control_change", control=64, value=127))
    studio.send(mido.Message("control_change", control=64, value=0))
    studio.play("note_on", 67)
    studio.play("note_on", 67, velocity=0)
    grid = BEAT // 4
    assert studio.score.score.notes == [
        Note(0, 60, grid, 90), Note(0, 64, grid, 90), Note(2 * grid, 67, grid, 90)
    ]  # fmt: skip
    assert studio.transport.position_ticks() == 3 * grid
    studio.score.undo()
    assert len(studio.score.score) == 2


def test_keys_sound_as_the_active_track(studio: Studio) -> None:
    studio.score.add_track("Organ", 16)
    studio.play("note_on", 60)
    studio.play("note_off", 60)
    assert studio.player.wait()
    engine = studio.player._engine
    assert engine is not None
    assert engine.synth._programs[1000] == (16, False)
    studio.midi.choose("thru", False)
    studio.play("note_on", 62)
    assert studio.player.wait()
    assert engine.synth.note_ons == engine.synth.note_offs == 1


def test_another_machine_starts_places_and_stops_the_song(studio: Studio) -> None:
    studio.score.request(_adding(Note(0, 40, 8 * BAR)))
    studio.send(mido.Message("start"))
    assert studio.transport.is_playing
    studio.run(2)
    studio.send(mido.Message("stop"))
    assert not studio.transport.is_playing
    assert studio.transport.position_ticks() == pytest.approx(2 * BEAT, abs=5)
    studio.send(mido.Message("songpos", pos=8))
    studio.send(mido.Message("continue"))
    studio.run(1)  # of which the silence that was ready takes 60 ms
    assert studio.transport.position_ticks() == pytest.approx(3 * BEAT, abs=60)
    studio.midi.choose("follows", False)
    studio.send(mido.Message("stop"))
    assert studio.transport.is_playing


def test_choices_are_remembered(studio: Studio) -> None:
    studio.midi.choose("channel", 3)
    studio.record.choose("quantises", True)
    again = MidiViewModel(studio.score, studio.transport, Settings(), MidiInputs())
    assert again.inputs.channel == 3
    record = RecordViewModel(studio.score, studio.transport, again, Settings())
    assert record.choices["quantises"] is True
    again.close()


def _adding(*notes: Note) -> object:
    from studio.score.score import Edit

    return Edit("Add", added=frozenset(notes))


class Voice:
    """A microphone that gives a tone sung a while ago."""

    sample_rate = 22_050
    latency_s = 0.0

    def __init__(self, studio: Studio) -> None:
        self.ring = RingBuffer(1 << 20, 1)
        self._studio = studio
        self.is_open = False

    def start(self) -> None:
        self.is_open = True

    def stop(self) -> None:
        self.is_open = False


def test_what_is_sung_becomes_notes_where_the_song_was(studio: Studio) -> None:
    voice = Voice(studio)
    studio.inputs.state = InputState()  # no keyboard is needed
    studio.record.choose("sings", True)
    studio.record.open_microphone = lambda: voice
    studio.record.toggle()
    assert voice.is_open
    studio.run(4)  # two seconds of music, which are over in no time; from now on time passes
    began_s, heard = time.perf_counter(), studio.output.heard()
    studio.output.heard = lambda: heard + (time.perf_counter() - began_s) * RATE
    rate = voice.sample_rate
    t = np.arange(rate) / rate
    tone = (0.3 * np.sin(2 * np.pi * 440 * t) * np.minimum(1, t / 0.01)).astype(np.float32)
    voice.ring.write(np.concatenate([tone, np.zeros(rate // 2, np.float32)])[:, np.newaxis])
    studio.record.finish()
    assert not voice.is_open
    # it began 1.5 s before now, and a beat lasts 0.5 s; onsets are known to 50 ms
    near(studio.score.score.notes, [(4 - 3, 69, 2)], within=0.1)
    assert studio.score.score.undo_label == "Record"


def test_without_a_microphone_it_says_so_and_does_not_begin(studio: Studio) -> None:
    def nothing() -> Voice:
        raise StudioError("No microphone was found.")

    studio.record.choose("sings", True)
    studio.record.open_microphone = nothing
    studio.record.toggle()
    assert (studio.record.state, studio.said) == ("off", ["No microphone was found."])


def test_what_is_recorded_is_seen_while_it_sounds(qtbot: QtBot, studio: Studio) -> None:
    roll, geometry = QWidget(), RollGeometry(BEAT)
    qtbot.addWidget(roll)
    roll.resize(800, 400)
    geometry.resize(800, 400)
    geometry.show_range(0, BAR, 55, 70)
    view = TakeView(studio.record, geometry, roll, studio.score.color_number)
    roll.show()
    assert view.isHidden()
    studio.score.request(_adding(Note(8 * BAR, 40, BEAT)))
    studio.record.toggle()
    studio.play("note_on", 60)
    studio.run(2)
    inside = QPoint(round(geometry.x_of(BEAT)), geometry.y_of(60) + geometry.row_height // 2)
    seen = view.grab().toImage().pixelColor(inside)
    empty = view.grab().toImage().pixelColor(inside.x(), geometry.y_of(64) + 2)
    assert seen != empty
    studio.play("note_off", 60)
    assert view.grab().toImage().pixelColor(inside) == seen
    studio.record.toggle()
    assert view.isHidden(), "it is in the score now"


def test_a_stuck_keyboard_is_told_and_what_is_played_on_another_is_recorded(
    studio: Studio,
) -> None:
    told: list[str] = []
    studio.midi.notice.connect(lambda level, text: told.append(text))
    studio.midi.choose("thru", False)
    studio.score.request(_adding(Note(8 * BAR, 40, BEAT)))
    studio.record.toggle()
    studio.run(1)
    flood = studio.inputs._listener("Stuck")
    wheel = mido.Message("control_change", control=1, value=3)
    began_s = time.perf_counter()
    studio.play("note_on", 60)
    while time.perf_counter() < began_s + 2.5 and not told:
        for _ in range(50):
            flood(wheel)
        QCoreApplication.processEvents()
    studio.run(1)
    studio.play("note_off", 60)
    studio.record.toggle()
    assert "Stuck sends" in told[0]
    assert studio.inputs.lost == 0
    near(studio.score.score.notes[:1], [(1, 60, 1)])
