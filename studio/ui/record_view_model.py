"""Recording: keys that are struck while the song runs, or step by step, become notes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from models.notes import Note
from studio.analysis.singing import Microphone, Singing
from studio.audio.input_stream import MicrophoneSource
from studio.audio.midi_inputs import Played
from studio.audio.playhead import Stretch
from studio.errors import StudioError
from studio.score.edits import replacing
from studio.score.quantise import Quantising, quantise
from studio.score.take import Region, StepInput, Take
from studio.settings import Settings
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.listen.input_choice import InputChoice
from studio.ui.midi_view_model import MidiViewModel
from studio.ui.transport_view_model import TransportViewModel

_STORE = "recording"
LOOK_MS = 20  # how often the end of the region and the loop is looked for
EARLY_BEATS = 0.25  # who comes in a little early means the first beat
SUSTAIN, PEDAL_DOWN = 64, 64

State = Literal["off", "counting_in", "recording"]


class RecordViewModel(QObject):
    """A take begins and ends here, and becomes one edit of the score."""

    changed = Signal()  # recording or not, step input, a choice
    notes_changed = Signal()  # of the take that is being recorded
    notice = Signal(str, str)

    def __init__(
        self,
        score: ScoreViewModel,
        transport: TransportViewModel,
        midi: MidiViewModel,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._score, self._transport, self._midi = score, transport, midi
        self._settings = settings
        self.grid_ticks: Callable[[], float] = lambda: score.song.ticks_per_beat / 4
        self.choices: dict[str, Any] = {
            "count_in_bars": 1,
            "replaces": False,
            "quantises": False,
            "punch": False,
            "sings": False,
            **_stored(settings),
        }
        self.open_microphone: Callable[[], Microphone] = _microphone
        self._singing: Singing | None = None
        self.take: Take | None = None
        self.step_input: StepInput | None = None
        self.heard_tick = 0.0  # where the song was when it was last looked
        self._stretch: Stretch | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        midi.played.connect(self._on_played)
        transport.state_changed.connect(self._on_transport)
        score.song_changed.connect(self._on_song_changed)

    @property
    def state(self) -> State:
        """What is true now."""
        if self.take is None:
            return "off"
        return "recording" if self.heard_tick >= self.take.region.start else "counting_in"

    def choose(self, name: str, value: Any) -> None:
        """Choose something anew, and remember it."""
        self.choices[name] = value
        self._settings.set(_STORE, self.choices)
        self.changed.emit()

    @Slot()
    def toggle(self) -> None:
        """Record from the playhead; or end the take, and play on."""
        if self.take is not None:
            self.finish()
        elif self.choices["sings"]:
            self._begin_singing()
        elif not self._midi.state.open:
            self.notice.emit("warning", self._why_not())
        else:
            self._begin()

    def _begin_singing(self) -> None:
        try:
            self._singing = Singing(self.open_microphone())
        except StudioError as error:
            self.notice.emit("warning", str(error))
        else:
            self._begin()

    def _why_not(self) -> str:
        state = self._midi.state
        if state.trouble:
            return state.trouble
        if state.names.inputs:
            return self.tr("No MIDI keyboard is chosen: tick one in the MIDI menu.")
        return self.tr("No MIDI keyboard is connected. Plug one in; it is heard at once.")

    def _begin(self) -> None:
        transport, score = self._transport, self._score
        self.set_step_input(False)
        start = max(0.0, transport.position_ticks())
        loop = transport.loop
        if loop and not loop[0] <= start < loop[1]:
            start = float(loop[0])
        region = Region(*loop) if loop and not transport.is_playing else Region(round(start))
        if loop and self.choices["punch"]:
            region = Region(*loop)
            start = float(self._bar_before(loop[0]))
        early = round(EARLY_BEATS * score.song.ticks_per_beat)
        self.take = Take(region, track=score.active_track, early=early)
        self.heard_tick, self._stretch = -1e18, None
        if self.choices["punch"]:
            transport.player.set_loop(None)  # it only says where to record
        transport.player.set_plays_on(True)
        if not transport.is_playing:
            transport.play_from(start, self.choices["count_in_bars"])
        self._timer.start()
        self.changed.emit()

    def _bar_before(self, tick: int) -> int:
        metre = self._score.song.metre
        return max(0, metre.bar_start(metre.bar_of(tick) - 1))

    def _on_played(self, played: list[Played]) -> None:
        for each in played:
            if self.take is not None:
                self._record(self.take, each)
            elif self.step_input is not None:
                self._step(self.step_input, each)

    def _record(self, take: Take, played: Played) -> None:
        tick = self._tick_at(played.at_s)
        message = played.message
        if tick is None:
            return
        if message.type == "note_on" and message.velocity:
            take.note_on(message.note, message.velocity, tick)
        elif message.type in ("note_on", "note_off"):
            take.note_off(message.note, tick)
        elif message.type == "control_change" and message.control == SUSTAIN:
            take.pedal(message.value >= PEDAL_DOWN, tick)
        self.notes_changed.emit()

    def _tick_at(self, at_s: float) -> float | None:
        """Where the song was for whoever heard it at that moment; ends a pass where it jumped."""
        heard = self._transport.player.heard(max(0.0, time.perf_counter() - at_s))
        if heard is None and self._stretch is None:  # nothing of it has been heard yet
            return None if self.choices["count_in_bars"] else self._transport.position_ticks()
        if heard is None:
            return self.heard_tick
        tick = heard.tick
        if self._stretch is not heard.stretch:
            has_jumped = self._stretch is not None and tick < self.heard_tick - 1
            self._stretch = heard.stretch
            if has_jumped:
                self._end_pass()
        self.heard_tick = tick
        return tick

    def _end_pass(self) -> None:
        take, loop = self.take, self._transport.loop
        if take is None:
            return
        take.end_pass(float(loop[1]) if loop else self.heard_tick)
        song = self._score.snapshot()
        song.score.apply(take.edit(song.score, "", replaces=self.choices["replaces"]))
        self._transport.play_instead(song)
        self.notes_changed.emit()

    def _take_sung(self) -> None:
        """Write down what was sung meanwhile, where it was heard with the song."""
        if self._singing is None or self.take is None:
            return
        now = time.perf_counter()
        for note in self._singing.take():
            began = self._transport.player.heard(now - note.began_at_s)
            if began is None:
                continue
            sequence, rate = began.stretch.sequence, began.stretch.sequence.sample_rate
            length = (note.ended_at_s - note.began_at_s) * rate
            end = sequence.tick_of(began.position + length)
            self.take.add(note.pitch, note.velocity, began.tick, end)
            self.notes_changed.emit()

    def _look(self) -> None:
        """See whether the song has jumped, begun or left the region."""
        self._take_sung()
        before = self.state
        tick = self._tick_at(time.perf_counter())
        take = self.take
        if take is None or tick is None:
            return
        end = take.region.end
        if end is not None and tick >= end and not self._transport.player.loop:
            self.finish()
        elif self.state != before:
            self.changed.emit()
        elif take.sounding:
            self.notes_changed.emit()

    def _on_transport(self) -> None:
        if self.take is not None and not self._transport.is_playing:
            self.finish()
        elif self.take is not None and self.choices["punch"]:
            self._transport.player.set_loop(None)  # the region may be dragged meanwhile

    @Slot()
    def finish(self) -> None:
        """End the take; what was played becomes one edit, a quantise after it another."""
        self._midi.drain()
        if self._singing is not None:
            self._singing.stop()
            self._take_sung()
            self._singing = None
        take, self.take = self.take, None
        if take is None:
            return
        self._timer.stop()
        take.finish(max(self.heard_tick, 0.0))
        self._transport.player.set_plays_on(False)
        self._transport.player.set_loop(*(self._transport.loop or (None, None)))
        self._transport.play_instead(None)
        edit = take.edit(self._score.score, self.tr("Record"), replaces=self.choices["replaces"])
        if self._score.request(edit):
            self._score.select(take.notes)
            if self.choices["quantises"]:
                present = [note for note in take.notes if note in self._score.score]
                metre, how = self._score.song.metre, Quantising(self.grid_ticks())
                self._score.request(quantise(self._score.score, present, metre, how))
        self.changed.emit()
        self.notes_changed.emit()

    def _on_song_changed(self) -> None:
        if self.take is not None and self.take.track >= self._score.n_tracks:
            self.take = None
            self.changed.emit()
        self.set_step_input(False)

    def set_step_input(self, is_on: bool) -> None:
        """Write what is struck at the playhead, a grid step at a time, while nothing plays."""
        if is_on != (self.step_input is not None):
            self.step_input = StepInput() if is_on else None
            self.changed.emit()

    def _step(self, step: StepInput, played: Played) -> None:
        message = played.message
        if self._transport.is_playing:
            return
        if message.type == "note_on" and message.velocity:
            step.note_on(message.note, message.velocity)
        elif message.type in ("note_on", "note_off"):
            chord = step.note_off(message.note)
            if chord:
                self._write_step(chord)
        elif message.type == "control_change" and message.control == SUSTAIN and message.value:
            self._write_step([])  # the pedal is a rest

    def _write_step(self, chord: list[tuple[int, int]]) -> None:
        start = max(0, round(self._transport.position_ticks()))
        grid = max(1, round(self.grid_ticks()))
        track = self._score.active_track
        notes = [Note(start, pitch, grid, velocity, track) for pitch, velocity in chord]
        self._score.request(replacing(self.tr("Step input"), self._score.score, (), notes))
        self._transport.seek(start + grid)


def _microphone() -> Microphone:
    return MicrophoneSource(InputChoice().find())


def _stored(settings: Settings) -> dict[str, Any]:
    stored = settings.get(_STORE)
    return stored if isinstance(stored, dict) else {}
