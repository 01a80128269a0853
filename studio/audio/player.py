"""Plays a song through the sound card, while it is edited.

A thread of the player's own renders ahead into a ring; the driver's thread empties it in C. Whoever
calls the player only leaves a request: no call waits for sound.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from studio.audio.master import SoundSettings
from studio.audio.midi_ports import Message
from studio.audio.output import Output, SilentOutput, open_output
from studio.audio.player_engine import PlayerEngine
from studio.audio.playhead import Heard
from studio.audio.request_thread import OnNotice, RequestThread
from studio.audio.ring_buffer import RingBuffer
from studio.audio.sequence import Playable
from studio.audio.soundfont import shipped_soundfont
from studio.audio.synth import Synth
from studio.errors import StudioError
from studio.score.song import Song

_POLL_S = 0.004  # how often the ring is looked at


class PlayerThread:
    """The thread that renders, and the engine on it, built when it is first needed."""

    def __init__(
        self,
        soundfont: Path | None = None,
        *,
        open_output: Callable[[float], tuple[Output, str | None]] = open_output,
        on_notice: OnNotice = lambda level, text: None,
    ) -> None:
        self.is_playing = self.has_clipped = False
        self.underruns = 0
        self.peak = self.rms = 0.0  # of the block that was last rendered
        self.muted: frozenset[int] = frozenset()
        self.soundfont = soundfont  # that plays; None: the usual one, not loaded yet
        self._open_output = open_output
        self._thread = RequestThread("player", self._serve, self._end)
        self._thread.on_notice = on_notice
        self._song = Playable.of(Song.empty())
        self.loop: tuple[int, int] | None = None
        self._sound = SoundSettings()
        self._plays_on = False
        self._resting_tick = 0.0
        self._starting = threading.Lock()
        self._engine: PlayerEngine | None = None
        self._trouble = ""  # why there is no sound, '' while there is

    @property
    def on_notice(self) -> OnNotice:
        """Who is told, on the player's thread, what the user should know."""
        return self._thread.on_notice

    @on_notice.setter
    def on_notice(self, on_notice: OnNotice) -> None:
        self._thread.on_notice = on_notice

    @property
    def is_started(self) -> bool:
        """Whether a device was opened, or is about to be."""
        return self._thread.is_started

    def wait(self, timeout_s: float = 5.0) -> bool:
        """Wait until all that was asked for so far is done; False if that took too long."""
        return self._thread.wait(timeout_s)

    def close(self) -> None:
        """Stop, and give the device back."""
        self.is_playing = False
        self._thread.close()

    def _ask(self, request: Callable[[PlayerEngine], None]) -> None:
        self._thread.ask(lambda: request(self._engine_now()))

    def _ask_running(self, request: Callable[[PlayerEngine], None]) -> None:
        """For what a player that has not begun yet learns when it does."""
        if self._thread.is_started:
            self._ask(request)

    def _engine_now(self) -> PlayerEngine:
        """The engine, built when it is first needed; on the player's thread only."""
        if self._engine is None:
            output, trouble = self._open_output(self._sound.buffer_ms / 1000)
            if trouble and trouble != self._trouble:
                self.on_notice("warning", trouble)
            self._trouble = trouble or ""
            synth = _synth(self.soundfont, output.sample_rate, self.on_notice)
            self.soundfont = synth.path
            self._engine = PlayerEngine(synth, output, self._song, self._thread.ask)
            self._engine.set_loop(self.loop)
            self._engine.set_sound(self._sound)
            self._engine.plays_on = self._plays_on
            self._engine.playback.set_muted(self.muted)
        return self._engine

    def _engine_with_sound(self) -> PlayerEngine:
        """The engine; where there was no sound, it may be there by now."""
        if self._trouble and self._engine is not None:
            self._engine.close()
            self._engine = None
        return self._engine_now()

    def _reopen(self, engine: PlayerEngine) -> None:
        """Open the output anew, with what is set now, and go on where it was."""
        heard = engine.playhead.heard() if self.is_playing else None
        engine.close()
        self._engine = None
        if self.is_playing:
            self._engine_now().play(self._resting_tick if heard is None else max(0.0, heard.tick))

    def _serve(self) -> float | None:
        engine = self._engine
        if engine is None:
            return None
        engine.fill_ahead()
        engine.output.tend()
        self.peak, self.rms, self.underruns = engine.peak, engine.rms, engine.lead.underruns
        self.has_clipped = engine.has_clipped
        with self._starting:
            if engine.has_ended and self._thread.is_idle:
                self._resting_tick = engine.end_tick
                self.is_playing = False
                engine.stop()
        if engine.output.is_lost():
            self._trouble = "The sound device is gone. The playhead runs without sound."
            self.on_notice("warning", self._trouble)
            engine.use_output(SilentOutput(engine.output.sample_rate))
        return None if engine.is_resting else _POLL_S

    def _end(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None


class Player(PlayerThread):
    """The transport's engine. All methods return at once and may be called from any thread."""

    def play(self, tick: float | None = None, count_in_bars: int = 0) -> None:
        """Play from `tick`, or from where it is, after so many bars of the metronome alone."""
        if tick is not None:
            self._resting_tick = tick
        start = self._resting_tick if tick is None else tick
        with self._starting:
            self.is_playing = True
            self._thread.ask(lambda: self._engine_with_sound().play(start, count_in_bars))

    def pause(self) -> None:
        """Stop and stay there."""
        self._resting_tick = max(0.0, self.position_ticks())
        self._halt(PlayerEngine.stop)

    def stop(self, tick: float | None = None) -> None:
        """Stop; go to `tick` if it is given."""
        self._resting_tick = max(0.0, self.position_ticks()) if tick is None else tick
        self._halt(PlayerEngine.stop)

    def panic(self) -> None:
        """Stop, and cut everything that sounds at once: no note can hang after it."""
        self._resting_tick = max(0.0, self.position_ticks())
        self._halt(PlayerEngine.panic)

    def _halt(self, how: Callable[[PlayerEngine], None]) -> None:
        self.is_playing = False
        self._ask_running(how)

    def seek(self, tick: float) -> None:
        """Go to `tick`; play on from there if it plays."""
        self._resting_tick = tick
        if self.is_playing:
            self._ask(lambda engine: engine.play(tick))

    def set_loop(self, start_tick: int | None, end_tick: int | None = None) -> None:
        """Repeat from one tick to another; None: play through."""
        is_loop = start_tick is not None and end_tick is not None and end_tick > start_tick
        self.loop = (start_tick or 0, end_tick or 0) if is_loop else None
        self._ask_running(lambda engine: engine.set_loop(self.loop))

    def set_song(self, song: Song) -> None:
        """Play `song` as it is now; what plays goes on at its place."""
        self._song = Playable.of(song)
        self._ask_running(lambda engine: engine.set_song(self._song))

    def set_muted(self, tracks: frozenset[int]) -> None:
        """Silence `tracks` and no other."""
        self.muted = tracks
        self._ask_running(lambda engine: engine.set_muted(tracks))

    def set_sound(self, settings: SoundSettings) -> None:
        """Volume, room, chorus, metronome, delay of the loudspeaker, buffer of the device."""
        is_other_buffer = settings.buffer_ms != self._sound.buffer_ms
        self._sound = settings
        self._ask_running(lambda engine: engine.set_sound(settings))
        if is_other_buffer:
            self._ask_running(self._reopen)

    def reset_clip(self) -> None:
        """Forget that it was too loud."""
        self._ask_running(lambda engine: setattr(engine, "has_clipped", False))

    def set_plays_on(self, plays_on: bool) -> None:
        """Play on past the end of the song, because something is being recorded."""
        self._plays_on = plays_on
        self._ask_running(lambda engine: setattr(engine, "plays_on", plays_on))

    def set_soundfont(
        self, path: Path, on_loaded: Callable[[Path], None] = lambda path: None
    ) -> None:
        """Play another SoundFont; a bad one is told as a notice, and the last one kept."""

        def load(engine: PlayerEngine) -> None:
            engine.synth.load(path)
            self.soundfont = path
            on_loaded(path)

        self._ask(load)

    def preview_note(
        self, pitch: int, velocity: int = 90, *, program: int = 0, is_drums: bool = False
    ) -> None:
        """Sound one note briefly, as when it is drawn."""
        self._ask(lambda engine: engine.preview(pitch, velocity, program, is_drums=is_drums))

    def play_live(self, message: Message, *, program: int = 0, is_drums: bool = False) -> None:
        """Sound what is played on a keyboard now."""
        self._ask(lambda engine: engine.play_live(message, program, is_drums=is_drums))

    @property
    def sample_rate(self) -> int:
        """The output's rate in Hz. Opens the output: not for the window's thread."""
        self._ask(lambda engine: None)
        self.wait()
        engine = self._engine
        if engine is None:
            raise StudioError("The player could not be started; the log says more.")
        return engine.output.sample_rate

    def set_tap(self, ring: RingBuffer | None) -> None:
        """Write what is played from now on into `ring`, too; None: no more."""
        self._ask_running(lambda engine: setattr(engine, "tap", ring))

    def heard(self, ago_s: float = 0.0) -> Heard | None:
        """What of the song is heard now, or was `ago_s` ago; None if nothing."""
        engine = self._engine
        return engine.playhead.heard(ago_s) if engine is not None else None

    def position_ticks(self) -> float:
        """The tick that is heard now, by the output's own clock; below 0 in a count-in."""
        heard = self.heard() if self.is_playing else None
        return self._resting_tick if heard is None else heard.tick


def _synth(soundfont: Path | None, sample_rate: int, on_notice: OnNotice) -> Synth:
    """A synthesizer with `soundfont`; with the built-in one where that can't be used."""
    try:
        return Synth(soundfont, sample_rate=sample_rate)
    except StudioError as error:
        on_notice("warning", f"{error} The built-in sounds play instead.")
        return Synth(shipped_soundfont(), sample_rate=sample_rate)
