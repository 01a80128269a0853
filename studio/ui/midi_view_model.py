"""MIDI as the window sees it: keyboards that are heard, a port that is sent to, and what for."""

from __future__ import annotations

import threading
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from studio.audio.midi_inputs import InputState, MidiInputs, Played
from studio.audio.midi_out import MidiOut
from studio.audio.midi_ports import plain_name
from studio.audio.velocity_curve import curve_named
from studio.errors import StudioError
from studio.settings import Settings
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.transport_view_model import TransportViewModel

_STORE = "midi"
_TRANSPORT_MESSAGES = frozenset({"start", "continue", "stop", "songpos"})
_NO_NEWS = frozenset({"clock", "active_sensing"})  # sent by the dozen: no sign of anybody playing


class MidiViewModel(QObject):
    """Connects ports, player and transport; remembers what was chosen."""

    changed = Signal()  # ports, what is open, or a choice
    ports_changed = Signal()
    played = Signal(list)  # of Played, in the window's thread
    notice = Signal(str, str)
    _woken = Signal()
    _changed = Signal()  # from the thread that looks for ports
    _told = Signal(str, str)

    def __init__(
        self,
        score: ScoreViewModel,
        transport: TransportViewModel,
        settings: Settings,
        inputs: MidiInputs | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._score, self._transport, self._settings = score, transport, settings
        self.inputs = inputs or MidiInputs()
        self.out: MidiOut | None = None
        self.choices: dict[str, Any] = {
            "inputs": None,  # plain names; None: all there are
            "thru": True,
            "channel": None,
            "curve": "linear",
            "output": "",
            "sends_notes": True,
            "sends_clock": False,
            "follows": True,
            **_stored(settings),
        }
        self._sound = (0, False)
        self._is_awake = self._is_connecting = False
        queued = Qt.ConnectionType.QueuedConnection
        self._woken.connect(self._hand_over, queued)
        self._changed.connect(self._on_ports, queued)
        self._told.connect(self.notice, queued)
        for told in (score.mix_changed, score.song_changed, score.edited):
            told.connect(self._note_sound)
        transport.panicked.connect(self._on_panic)
        self._note_sound()
        self._apply()
        self.inputs.on_played = self._on_played
        self.inputs.on_change = self._changed.emit
        self.inputs.on_flood = self._on_flood

    @property
    def state(self) -> InputState:
        """Which inputs there are, which are heard, which refused."""
        return self.inputs.state

    def start(self) -> None:
        """Look for ports from now on."""
        self.inputs.start()

    def choose(self, name: str, value: Any) -> None:
        """Choose something anew, and remember it."""
        self.choices[name] = value
        self._settings.set(_STORE, self.choices)
        self._apply()
        if name in ("output", "sends_notes", "sends_clock"):
            self._connect_output()
        self.changed.emit()

    def toggle_input(self, name: str) -> None:
        """Hear the port `name` (plain), or no longer."""
        all_names = {plain_name(there) for there in self.state.names.inputs}
        wanted = self.choices["inputs"]
        heard = all_names if wanted is None else set(wanted)
        self.choose("inputs", sorted(heard ^ {name}))

    def _apply(self) -> None:
        wanted, inputs = self.choices["inputs"], self.inputs
        inputs.channel = self.choices["channel"]
        inputs.curve = curve_named(self.choices["curve"])
        inputs.choose(None if wanted is None else frozenset(wanted))

    def _note_sound(self, *_values: object) -> None:
        """What the keyboard sounds like: as the track that is written on."""
        tracks, active = self._score.tracks, self._score.active_track
        if active < len(tracks):
            self._sound = (tracks[active].program, tracks[active].is_drums)

    def _on_played(self, played: Played) -> None:
        """On the driver's thread: sound at once, then tell the window when it has time."""
        if self.choices["thru"] and hasattr(played.message, "channel"):
            program, is_drums = self._sound
            self._transport.player.play_live(played.message, program=program, is_drums=is_drums)
        if not self._is_awake:
            self._is_awake = True
            self._woken.emit()

    @Slot()
    def drain(self) -> None:
        """Hand over what was played by now."""
        taken = [p for p in self.inputs.take() if p.message.type not in _NO_NEWS]
        for played in taken:
            if self.choices["follows"] and played.message.type in _TRANSPORT_MESSAGES:
                self._follow(played)
        if taken:
            self.played.emit(taken)

    def _hand_over(self) -> None:
        self._is_awake = False
        self.drain()

    def _follow(self, played: Played) -> None:
        transport, kind = self._transport, played.message.type
        if kind == "songpos":
            transport.seek(played.message.pos * transport.song.ticks_per_beat / 4)
        elif kind == "start":
            transport.play_from(0.0)
        elif transport.is_playing == (kind == "stop"):  # a stop, or to go on
            transport.play_toggle()

    def _on_flood(self, port: str, per_second: int) -> None:
        text = self.tr("{0} sends {1} messages a second: something on it is stuck.")
        self._told.emit("warning", text.format(port, per_second))

    def _on_ports(self) -> None:
        wanted = self.choices["output"]
        is_there = any(plain_name(name) == wanted for name in self.state.names.outputs)
        if wanted and is_there != (self.out is not None):
            self._connect_output()
        for reason in self.state.refused.values():
            self.notice.emit("warning", reason)
        self.ports_changed.emit()
        self.changed.emit()

    def _connect_output(self) -> None:
        """Send to the chosen port; opening takes its time, so not here."""
        if self._is_connecting:
            return
        self._is_connecting = True
        out, self.out = self.out, None
        wanted = self.choices["output"]
        names = [n for n in self.state.names.outputs if plain_name(n) == wanted]

        def connect() -> None:
            if out is not None:
                out.close()
            if names:
                self._open_output(names[0])
            self._is_connecting = False
            self._changed.emit()

        threading.Thread(target=connect, name="midi connect", daemon=True).start()

    def _open_output(self, name: str) -> None:
        player = self._transport.player
        try:
            port = self.inputs.open_output(name)
        except StudioError as error:
            self._told.emit("warning", str(error))
            return
        self.out = MidiOut(
            port,
            player.heard,
            lambda: player.muted,
            sends_notes=self.choices["sends_notes"],
            sends_clock=self.choices["sends_clock"],
        )

    def _on_panic(self) -> None:
        if self.out is not None:
            self.out.panic()

    def close(self) -> None:
        """Give the ports back."""
        if self.out is not None:
            self.out.close()
        self.inputs.close()


def _stored(settings: Settings) -> dict[str, Any]:
    stored = settings.get(_STORE)
    return stored if isinstance(stored, dict) else {}
