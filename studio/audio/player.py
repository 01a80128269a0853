"""Plays a song through the sound card, while it is edited.

A thread of the player's own renders ahead into a ring; the driver's callback only copies out of
it. Whoever calls the player only leaves a request: no call waits for sound.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from studio.audio.output import Output, SilentOutput, open_output
from studio.audio.player_engine import PlayerEngine, Request
from studio.audio.ring_buffer import RingBuffer
from studio.audio.sequence import Playable
from studio.audio.soundfont import shipped_soundfont
from studio.audio.synth import Synth
from studio.errors import StudioError
from studio.score.song import Song

_POLL_S = 0.004  # how often the ring is looked at


class Player:
    """The transport's engine. All methods return at once and may be called from any thread."""

    def __init__(
        self,
        soundfont: Path | None = None,
        *,
        open_output: Callable[[], tuple[Output, str | None]] = open_output,
        on_notice: Callable[[str, str], None] = lambda level, text: None,
    ) -> None:
        self.is_playing = False
        self.underruns = 0
        self.peak = self.rms = 0.0  # of the block that was last rendered
        self.on_notice = on_notice
        self._soundfont = soundfont
        self._open_output = open_output
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._song = Playable.of(Song.empty())
        self._muted: frozenset[int] = frozenset()
        self._loop: tuple[int, int] | None = None
        self._resting_tick = 0.0
        self._starting = threading.Lock()
        self._engine: PlayerEngine | None = None

    def play(self, tick: float | None = None) -> None:
        """Play from `tick`, or from where it is."""
        if tick is not None:
            self._resting_tick = tick
        start = self._resting_tick if tick is None else tick
        with self._starting:
            self.is_playing = True
            self._ask(lambda: self._engine_now().play(start))

    def pause(self) -> None:
        """Stop and stay there."""
        self._resting_tick = self.position_ticks()
        self._halt()

    def stop(self, tick: float | None = None) -> None:
        """Stop; go to `tick` if it is given."""
        self._resting_tick = self.position_ticks() if tick is None else tick
        self._halt()

    def _halt(self) -> None:
        self.is_playing = False
        if self._thread is not None:
            self._ask(lambda: self._engine_now().stop())

    def seek(self, tick: float) -> None:
        """Go to `tick`; play on from there if it plays."""
        self._resting_tick = tick
        if self.is_playing:
            self._ask(lambda: self._engine_now().play(tick))

    def set_loop(self, start_tick: int | None, end_tick: int | None = None) -> None:
        """Repeat from one tick to another; None: play through."""
        is_loop = start_tick is not None and end_tick is not None and end_tick > start_tick
        self._loop = (start_tick or 0, end_tick or 0) if is_loop else None
        self._ask_running(lambda engine: engine.set_loop(self._loop))

    def set_song(self, song: Song) -> None:
        """Play `song` as it is now; what plays goes on at its place."""
        self._song = Playable.of(song)
        self._ask_running(lambda engine: engine.set_song(self._song))

    def set_muted(self, tracks: frozenset[int]) -> None:
        """Silence `tracks` and no other."""
        self._muted = tracks
        self._ask_running(lambda engine: engine.playback.set_muted(tracks))

    def set_soundfont(self, path: Path) -> None:
        """Play another SoundFont; a bad one is told as a notice, and the last one kept."""
        self._soundfont = path
        self._ask_running(lambda engine: engine.playback.synth.load(path))

    def preview_note(
        self, pitch: int, velocity: int = 90, *, program: int = 0, is_drums: bool = False
    ) -> None:
        """Sound one note briefly, as when it is drawn."""
        self._ask(lambda: self._engine_now().preview(pitch, velocity, program, is_drums))

    @property
    def sample_rate(self) -> int:
        """The output's rate in Hz. Opens the output: not for the window's thread."""
        self._ask(lambda: _touch(self._engine_now()))
        self.wait()
        engine = self._engine
        if engine is None:
            raise StudioError("The player could not be started; the log says more.")
        return engine.output.sample_rate

    def set_tap(self, ring: RingBuffer | None) -> None:
        """Write what is played from now on into `ring`, too; None: no more."""
        self._ask_running(lambda engine: setattr(engine, "tap", ring))

    def position_ticks(self) -> float:
        """The tick that is heard now, by the output's own clock."""
        engine = self._engine
        if not self.is_playing or engine is None:
            return self._resting_tick
        tick = engine.heard_tick()
        return self._resting_tick if tick is None else tick

    def wait(self, timeout_s: float = 5.0) -> bool:
        """Wait until all that was asked for so far is done; False if that took too long."""
        done = threading.Event()
        if self._thread is not None:
            self._requests.put(done.set)
        return self._thread is None or done.wait(timeout_s)

    def close(self) -> None:
        """Stop, and give the device back."""
        self.is_playing = False
        if self._thread is not None:
            self._requests.put(None)
            self._thread.join(timeout=3.0)
            self._thread = None

    def _ask(self, request: Request) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="player", daemon=True)
            self._thread.start()
        self._requests.put(request)

    def _ask_running(self, request: Callable[[PlayerEngine], None]) -> None:
        """For what a player that has not begun yet learns when it does."""
        if self._thread is not None:
            self._ask(lambda: request(self._engine_now()))

    def _engine_now(self) -> PlayerEngine:
        """The engine, built when it is first needed; on the player's thread only."""
        if self._engine is None:
            output, trouble = self._open_output()
            if trouble:
                self.on_notice("warning", trouble)
            synth = _synth(self._soundfont, output.sample_rate, self.on_notice)
            self._engine = PlayerEngine(synth, output, self._song, self._ask)
            self._engine.set_loop(self._loop)
            self._engine.playback.set_muted(self._muted)
        return self._engine

    def _run(self) -> None:
        while self._take_requests():
            engine = self._engine
            if engine is not None:
                self._serve(engine)
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _serve(self, engine: PlayerEngine) -> None:
        engine.fill_ahead()
        self.peak, self.rms, self.underruns = engine.peak, engine.rms, engine.underruns
        with self._starting:
            if engine.has_ended and self._requests.empty():
                self._resting_tick = engine.end_tick
                self.is_playing = False
                engine.stop()
        if engine.output.is_lost():
            self.on_notice("warning", "The sound device is gone. The playhead runs without sound.")
            engine.use_output(SilentOutput(engine.output.sample_rate))

    def _take_requests(self) -> bool:
        """Do what was asked for; False when it is time to end. Waits a little, or long at rest."""
        is_resting = self._engine is None or self._engine.is_resting
        timeout = None if is_resting else _POLL_S
        try:
            request = self._requests.get(timeout=timeout)
            while request is not None:
                _attempt(request, self.on_notice)
                request = self._requests.get_nowait()
        except queue.Empty:
            return True
        return False


def _touch(engine: PlayerEngine) -> None:
    """Nothing: the engine was built by asking for it."""


def _attempt(request: Request, on_notice: Callable[[str, str], None]) -> None:
    """Do what was asked for; the player goes on, whatever becomes of it."""
    try:
        request()
    except StudioError as error:
        on_notice("warning", str(error))
    except Exception:
        logging.getLogger(__name__).exception("the player could not do what it was asked for")
        on_notice("error", "The player had a problem; the log says more.")


def _synth(
    soundfont: Path | None, sample_rate: int, on_notice: Callable[[str, str], None]
) -> Synth:
    """A synthesizer with `soundfont`; with the built-in one where that can't be used."""
    try:
        return Synth(soundfont, sample_rate=sample_rate)
    except StudioError as error:
        on_notice("warning", f"{error} The built-in sounds play instead.")
        return Synth(shipped_soundfont(), sample_rate=sample_rate)
