"""A song as a synthesizer plays it: every event at its sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.tempo_map import Metre, TempoMap
from studio.score.note_batch import columns_of
from studio.score.note_columns import NoteColumns
from studio.score.smf import KeptEvent
from studio.score.song import Song
from studio.score.track import Track

Ints = NDArray[np.int64]

# kinds of events, in the order in which those of one sample happen
NOTE_OFF, PROGRAM, CONTROL, BEND, NOTE_ON = range(5)
_KIND_OF_STATUS = {0xB0: CONTROL, 0xC0: PROGRAM, 0xE0: BEND}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing for the synthesizer to do at sample `position`; `track` is its channel too."""

    position: int
    kind: int
    track: int
    value: int  # pitch, program, controller, or the whole bend
    amount: int  # velocity, controller's value; 1 for a program of drums


@dataclass(frozen=True, eq=False)
class Playable:
    """What of a song is heard, as it is at one moment: safe to hand to another thread."""

    columns: NoteColumns
    tracks: tuple[Track, ...]
    events: tuple[tuple[KeptEvent, ...], ...]  # of each chunk
    tempo_map: TempoMap
    metre: Metre

    @classmethod
    def of(cls, song: Song) -> Playable:
        """The song as it is now; costs little, because its columns are values already."""
        events = tuple(tuple(chunk.events) for chunk in song.chunks)
        columns = song.score.columns
        if song.muted:
            columns = columns.where(~columns.is_in(columns_of(song.muted)))
        return cls(columns, tuple(song.tracks), events, song.tempo_map, song.metre)


@dataclass(frozen=True, eq=False)
class Sequence:
    """The events of a song as sorted columns. A value: an edited song makes another."""

    sample_rate: int
    tempo_map: TempoMap
    metre: Metre
    position: Ints
    kind: Ints
    track: Ints
    value: Ints
    amount: Ints
    note_end: Ints  # of a note-on: the sample of its note-off
    channels: tuple[int, ...]  # the MIDI channel of each track

    def __len__(self) -> int:
        return len(self.position)

    @property
    def n_tracks(self) -> int:
        """How many tracks there are."""
        return len(self.channels)

    @classmethod
    def from_song(cls, song: Song, sample_rate: int = 44100) -> Sequence:
        """The events of `song`. Every track has a channel of its own, however many there are."""
        return cls.of(Playable.of(song), sample_rate)

    @classmethod
    def of(cls, song: Playable, sample_rate: int) -> Sequence:
        """The events of a song as it was at one moment."""
        seconds = _Seconds(song.tempo_map)
        notes = _note_rows(song, seconds, sample_rate)
        others = _other_rows(song, seconds, sample_rate)
        rows = np.concatenate((notes, others))
        rows = rows[np.lexsort((rows[:, 3], rows[:, 2], rows[:, 1], rows[:, 0]))]
        position, kind, track, value, amount, note_end = rows.T.copy()
        columns = (position, kind, track, value, amount, note_end)
        channels = tuple(track.channel for track in song.tracks)
        return cls(sample_rate, song.tempo_map, song.metre, *columns, channels)

    @property
    def end(self) -> int:
        """The sample at which the last note has ended."""
        offs = self.position[self.kind == NOTE_OFF]
        return int(offs[-1]) if len(offs) else 0

    @property
    def n_notes(self) -> int:
        """How many notes there are."""
        return int(np.count_nonzero(self.kind == NOTE_ON))

    def position_of(self, tick: float) -> int:
        """The sample at which `tick` sounds."""
        return round(self.tempo_map.ticks_to_seconds(tick) * self.sample_rate)

    def tick_of(self, position: float) -> float:
        """The (fractional) tick that sounds at `position`."""
        return self.tempo_map.seconds_to_ticks(position / self.sample_rate)

    def index_at(self, position: int) -> int:
        """The first event at `position` or later."""
        return int(np.searchsorted(self.position, position, side="left"))

    def event(self, index: int) -> Event:
        """The event at `index`."""
        columns = (self.position, self.kind, self.track, self.value, self.amount)
        return Event(*(int(column[index]) for column in columns))

    def state_at(self, position: int) -> Iterator[Event]:
        """What sets every channel as it is just before `position`: programs, controllers, bends.

        Each of them once, with the value it has then: what a seek must tell the synthesizer.
        """
        before = np.flatnonzero(
            (self.position < position) & (self.kind != NOTE_ON) & (self.kind != NOTE_OFF)
        )
        which = np.where(self.kind[before] == CONTROL, self.value[before], 0)
        keys = (self.track[before] * 8 + self.kind[before]) * 128 + which
        last = len(before) - 1 - np.unique(keys[::-1], return_index=True)[1]
        for index in before[np.sort(last)]:
            yield self.event(int(index))

    def has_note_over(self, track: int, pitch: int, position: int) -> bool:
        """Whether a note of `track` at `pitch` began before `position` and has not ended there."""
        over = (
            (self.kind == NOTE_ON)
            & (self.track == track)
            & (self.value == pitch)
            & (self.position < position)
            & (self.note_end > position)
        )
        return bool(over.any())


class _Seconds:
    """The tempo map for whole columns of ticks, with the same arithmetic and so the same result."""

    def __init__(self, tempo_map: TempoMap) -> None:
        changes = tempo_map.changes
        self._ticks = np.array([change.tick for change in changes])
        self._starts = np.array([tempo_map.ticks_to_seconds(change.tick) for change in changes])
        self._us_per_beat = np.array([change.us_per_beat for change in changes])
        self._us_of_beats = tempo_map.ticks_per_beat * 1e6

    def __call__(self, ticks: Ints) -> NDArray[np.float64]:
        at = np.maximum(np.searchsorted(self._ticks, ticks, side="right") - 1, 0)
        passed = (ticks - self._ticks[at]) * self._us_per_beat[at] / self._us_of_beats
        seconds: NDArray[np.float64] = self._starts[at] + passed
        return seconds


def _note_rows(song: Playable, seconds: _Seconds, sample_rate: int) -> Ints:
    columns = song.columns
    starts = np.rint(seconds(columns.start) * sample_rate).astype(np.int64)
    ends = np.rint(seconds(columns.ends) * sample_rate).astype(np.int64)
    ends = np.maximum(ends, starts + 1)  # an off before its on would leave the note hanging
    n = len(starts)
    ons = _rows(starts, NOTE_ON, columns.track, columns.pitch, columns.velocity, ends)
    offs = _rows(ends, NOTE_OFF, columns.track, columns.pitch, np.zeros(n, np.int64), ends)
    return np.concatenate((ons, offs))


def _rows(position: Ints, kind: int, track: Ints, value: Ints, amount: Ints, end: Ints) -> Ints:
    kinds = np.full(len(position), kind, dtype=np.int64)
    return np.stack((position, kinds, track, value, amount, end), axis=1)


def _other_rows(song: Playable, seconds: _Seconds, sample_rate: int) -> Ints:
    rows: list[tuple[int, int, int, int, int]] = []
    for index, track in enumerate(song.tracks):
        rows.append((0, PROGRAM, index, track.program, int(track.is_drums)))
        rows += _kept_rows(song, track, index)
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    positions = np.rint(seconds(table[:, 0]) * sample_rate).astype(np.int64)
    return np.column_stack((positions, table[:, 1:], np.zeros(len(table), np.int64)))


def _kept_rows(song: Playable, track: Track, index: int) -> list[tuple[int, int, int, int, int]]:
    """Programs, controllers and bends of a track: its chunk's own, else those of its channel."""
    rows: list[tuple[int, int, int, int, int]] = []
    for status, kind in _KIND_OF_STATUS.items():
        wanted = status | track.channel
        own = [e for e in song.events[track.chunk] if e.data[0] == wanted]
        for event in own or (e for chunk in song.events for e in chunk if e.data[0] == wanted):
            value, amount = event.data[1], event.data[2] if len(event.data) > 2 else 0
            if kind == BEND:
                value, amount = value | amount << 7, 0
            if kind == PROGRAM:
                amount = int(track.is_drums)
            rows.append((event.tick, kind, index, value, amount))
    return rows
