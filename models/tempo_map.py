"""Ticks to seconds, ticks to bars, and back. The only place where these units convert."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

DEFAULT_US_PER_BEAT = 500_000  # 120 bpm, what a MIDI file without a tempo means


@dataclass(frozen=True, slots=True)
class TempoChange:
    """From `tick` on, a quarter note lasts `us_per_beat` microseconds."""

    tick: int
    us_per_beat: int

    @property
    def bpm(self) -> float:
        """Quarter notes a minute."""
        return 60e6 / self.us_per_beat


@dataclass(frozen=True, slots=True)
class TimeSignature:
    """From `tick` on, a bar is `numerator` notes of 1/`denominator`."""

    tick: int
    numerator: int
    denominator: int

    def bar_ticks(self, ticks_per_beat: int) -> int:
        """The length of a bar in ticks, at least 1."""
        return max(1, self.numerator * 4 * ticks_per_beat // self.denominator)


@dataclass(frozen=True, slots=True)
class KeySignature:
    """From `tick` on, the key is `key`, as mido spells it: 'C', 'F#m', 'Bb', …."""

    tick: int
    key: str


@dataclass(frozen=True)
class TempoMap:
    """When each tick sounds. A tempo map is a value: to change it, make another.

    Conversions bisect, so they cost O(log changes) each.
    """

    ticks_per_beat: int = 480
    changes: tuple[TempoChange, ...] = ()
    _starts: tuple[float, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        if self.ticks_per_beat < 1:
            raise ValueError(f"{self.ticks_per_beat} ticks per beat: must be at least 1")
        by_tick = {change.tick: change for change in self.changes}  # the last at a tick counts
        changes = tuple(by_tick[tick] for tick in sorted(by_tick))
        if not changes or changes[0].tick > 0:
            changes = (TempoChange(0, DEFAULT_US_PER_BEAT), *changes)
        object.__setattr__(self, "changes", changes)
        starts = [0.0]
        for before, after in itertools.pairwise(changes):
            starts.append(starts[-1] + self._seconds(after.tick - before.tick, before))
        object.__setattr__(self, "_starts", tuple(starts))

    def _seconds(self, ticks: float, change: TempoChange) -> float:
        return ticks * change.us_per_beat / (self.ticks_per_beat * 1e6)

    @cached_property
    def _ticks(self) -> list[int]:
        return [change.tick for change in self.changes]

    def change_at(self, tick: float) -> TempoChange:
        """The tempo in force at `tick`."""
        return self.changes[max(0, bisect_right(self._ticks, tick) - 1)]

    def ticks_to_seconds(self, tick: float) -> float:
        """Seconds from the start of the piece to `tick`."""
        index = max(0, bisect_right(self._ticks, tick) - 1)
        change = self.changes[index]
        return self._starts[index] + self._seconds(tick - change.tick, change)

    def seconds_to_ticks(self, seconds: float) -> float:
        """The (fractional) tick that sounds `seconds` after the start."""
        index = max(0, bisect_right(self._starts, seconds) - 1)
        change = self.changes[index]
        ticks = (seconds - self._starts[index]) * self.ticks_per_beat * 1e6 / change.us_per_beat
        return change.tick + ticks


@dataclass(frozen=True, slots=True)
class BarPosition:
    """Where a tick lies: bar and beat count from 1, `ticks` is what is left of the beat."""

    bar: int
    beat: int
    ticks: int


class Metre:
    """The bar lines of a piece. 4/4 where nothing else is said; a new signature starts a bar."""

    def __init__(self, ticks_per_beat: int = 480, signatures: Iterable[TimeSignature] = ()) -> None:
        by_tick = {signature.tick: signature for signature in signatures}
        if 0 not in by_tick:
            by_tick[0] = TimeSignature(0, 4, 4)
        self.ticks_per_beat = ticks_per_beat
        self.signatures = tuple(by_tick[tick] for tick in sorted(by_tick))
        self._ticks = [signature.tick for signature in self.signatures]
        self._bars = [0]
        for before, after in zip(self.signatures, self.signatures[1:], strict=False):
            length = before.bar_ticks(ticks_per_beat)
            self._bars.append(self._bars[-1] - (before.tick - after.tick) // length)  # rounded up

    def signature_at(self, tick: int) -> TimeSignature:
        """The time signature in force at `tick`."""
        return self.signatures[max(0, bisect_right(self._ticks, tick) - 1)]

    def bar_of(self, tick: int) -> int:
        """The bar that holds `tick`, counted from 0."""
        index = max(0, bisect_right(self._ticks, tick) - 1)
        signature = self.signatures[index]
        return self._bars[index] + (tick - signature.tick) // signature.bar_ticks(
            self.ticks_per_beat
        )

    def bar_start(self, bar: int) -> int:
        """The tick at which bar `bar` (counted from 0) starts."""
        index = max(0, bisect_right(self._bars, bar) - 1)
        signature = self.signatures[index]
        length = signature.bar_ticks(self.ticks_per_beat)
        return signature.tick + (bar - self._bars[index]) * length

    def beats(self, first: float, last: float) -> Iterator[tuple[int, bool]]:
        """The beats from tick `first` up to `last`, and whether each begins a bar.

        Ticks below 0 lie in bars before the piece, as in a count-in.
        """
        bar = self.bar_of(math.floor(first))
        while (start := self.bar_start(bar)) < last:
            beat_ticks = max(1, 4 * self.ticks_per_beat // self.signature_at(start).denominator)
            for tick in range(start, self.bar_start(bar + 1), beat_ticks):
                if first <= tick < last:
                    yield tick, tick == start
            bar += 1

    def position(self, tick: int) -> BarPosition:
        """Bar, beat and rest of `tick`, as a transport shows them. Beats are the metre's own."""
        signature = self.signature_at(tick)
        bar = self.bar_of(tick)
        beat_ticks = max(1, 4 * self.ticks_per_beat // signature.denominator)
        within = tick - self.bar_start(bar)
        return BarPosition(bar + 1, within // beat_ticks + 1, within % beat_ticks)
