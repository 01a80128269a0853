"""The ring that the driver's own thread empties in C: nothing in Python can make it stutter."""

from __future__ import annotations

import importlib
import time
from collections import deque
from typing import Any

import numpy as np

from studio.audio.stereo_ring import Samples, fade_out, put

TURN_S = 0.5  # how often the driver is asked when what it plays is heard
AHEAD_S = 0.05  # beyond the latency: a turn must be asked for before the driver comes to it
_FRAME_BYTES = 8  # two channels of float32


class DriverRing:
    """A ring whose reader is C. Written from one thread only.

    Inside, places count every sample that the driver was given, the silence in `missing` too.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.written = self.missing = self.underruns = 0
        self.largest = 0  # block that the driver asked for at once
        size = 1 << (capacity - 1).bit_length()
        self.queue: Any = importlib.import_module("rtmixer").RingBuffer(_FRAME_BYTES, size)
        memory = self.queue.get_write_buffers(size)[1]
        self._samples = np.frombuffer(memory, dtype=np.float32).reshape(size, 2)
        self._samples[:] = 0
        self._given = 0  # what lies before this place the driver may play

    @property
    def place(self) -> int:
        """Where the driver is."""
        return self._given - int(self.queue.read_available)

    @property
    def taken(self) -> int:
        """How many samples of the music the driver has taken."""
        return self.place - self.missing

    def write(self, block: Samples) -> None:
        """Append `block`, shape (n, 2). There must be room for it."""
        place = self.written + self.missing
        late = self.place - place
        if late > 0:  # after a cut the driver was quicker: it played what was silenced
            self.missing += late
            self.underruns += 1
            place += late
        put(self._samples, place, block)
        self.written += len(block)
        more = place + len(block) - self._given
        if more > 0:
            self.queue.advance_write_index(more)
            self._given += more

    def cut(self, keep: int, fade: int) -> None:
        """Silence what lies further ahead than `keep` samples; the last `fade` of those fade out.

        The driver may go on meanwhile: what it was given stays its own, only other samples are
        in it, and the next ones that are written.
        """
        end = self.place + keep
        if end < self.written + self.missing:
            fade_out(self._samples, end, fade)
            put(self._samples, end, np.zeros((self._given - end, 2), dtype=np.float32))
            self.written = end - self.missing


class RingFeed:
    """Has an open rtmixer stream play a ring, in turns: the driver says when each is heard.

    For one thread, but for `heard`, which any may ask.
    """

    def __init__(self, stream: Any, ring: DriverRing) -> None:
        self._stream, self._ring = stream, ring
        self._rate = float(stream.samplerate)
        self._turn: Any = None
        self._next: Any = None
        self._kept: deque[Any] = deque(maxlen=16)  # what C may still look at
        self._first = self._place = 0  # where the feed and this turn began
        self._anchor: tuple[int, float] | None = None  # a place, and when it is or was heard
        self._clock_shift_s = self._due_s = 0.0
        self._blocks = self._underflows = 0  # of this turn, as last seen
        self._has_ended = False
        self.alive_at_s = time.perf_counter()  # when the driver last asked for a block

    def begin(self, settling_s: float) -> None:
        """Play from the next sample on. The stream must have been started."""
        self.alive_at_s = time.perf_counter()
        self._play_on(self._read_clock() + settling_s)

    def end(self) -> None:
        """Play no more. The stream must have been stopped: this is done when it starts again."""
        running = self._stream.actions
        for turn in (self._turn, self._next):
            if turn in running:
                self._cancel(turn, 0.0)
        self._turn = self._next = None

    def heard(self) -> float:
        """The sample of the music that leaves the loudspeaker now."""
        place: float = self._first
        if self._anchor is not None:
            known, at_s = self._anchor
            now = known + (time.perf_counter() - at_s) * self._rate
            place = min(max(now, self._first), self._ring.place)
        return place - self._ring.missing

    def tend(self) -> None:
        """See what the driver did, and ask it for the next turn when it is time."""
        if self._turn is None:
            return
        self._count()
        if self._next is not None and self._next.done_frames:
            self._turn_over()
        elif self._turn not in self._stream.actions:
            if self._has_ended:  # seen twice: the driver may just be going over to the next
                self._begin_anew()
            self._has_ended = True
        elif self._turn.done_frames and self._next is None:
            if self._anchor is None:
                self._set_anchor()
            if time.perf_counter() >= self._due_s:
                self._ask_for_next()

    def _read_clock(self) -> float:
        told = float(self._stream.time)
        self._clock_shift_s = time.perf_counter() - told
        return told

    def _play(self, start: float) -> Any:
        turn = self._stream.play_ringbuffer(self._ring.queue, start=start)
        self._kept.append(turn)
        return turn

    def _cancel(self, turn: Any, at: float) -> None:
        self._kept.append(self._stream.cancel(turn, time=at))

    def _play_on(self, start: float) -> None:
        self._first = self._place = self._ring.place
        self._anchor = None
        self._use(self._play(start))

    def _use(self, turn: Any) -> None:
        self._turn, self._next = turn, None
        self._blocks = self._underflows = 0
        self._has_ended = False

    def _count(self) -> None:
        stats = self._turn.stats
        if stats.blocks != self._blocks:
            self._blocks, self.alive_at_s = stats.blocks, time.perf_counter()
        self._ring.largest = max(self._ring.largest, stats.max_blocksize)
        new = stats.output_underflows - self._underflows
        if new:
            self._underflows += new
            self._ring.underruns += new
            self._due_s = 0.0  # what follows is heard later than was told

    def _set_anchor(self) -> None:
        self._anchor = (self._place, self._turn.actual_time + self._clock_shift_s)

    def _ask_for_next(self) -> None:
        self._due_s = time.perf_counter() + TURN_S
        at = self._read_clock() + self._stream.latency + AHEAD_S
        self._cancel(self._turn, at)
        self._next = self._play(at)

    def _turn_over(self) -> None:
        self._count()
        self._place += self._turn.done_frames
        self._use(self._next)
        self._set_anchor()

    def _begin_anew(self) -> None:
        """It ran out of samples, and so its turn ended: once there are more, they are heard."""
        if self._ring.queue.read_available:
            self._ring.underruns += 1
            if self._next is not None:
                self._cancel(self._next, 0.0)
            self._play_on(0.0)
