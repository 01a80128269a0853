"""Track chunks of MIDI files as bytes, all notes of a chunk at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.score import smf
from studio.score.meta_events import END_OF_TRACK, meta, variable_length
from studio.score.note_keys import Ints
from studio.score.smf import MAX_DELTA, KeptEvent

OFF_RANK, ON_RANK = 1, 3  # kept events take the even ranks around them: slot * 2
SYSTEM = 0xF0
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class NoteEnds:
    """The two ends of notes, an array a field; `on` and `off` are their status bytes.

    `last` is the velocity of the end: the release, or 0 where the end is a note-on.
    """

    start: Ints
    end: Ints
    pitch: Ints
    velocity: Ints
    on: Ints
    off: Ints
    last: Ints


def track_bytes(kept: list[KeptEvent], notes: NoteEnds, end_tick: int) -> bytes:
    """The body of a track chunk: `kept` events and notes in order, with running status.

    Notes on one key that start together are written in the order in which they end, so that the
    first off belongs to the first on when they are read again.
    """
    n_kept, n_notes = len(kept), len(notes.start)
    place = np.arange(n_kept)
    nothing = np.zeros(n_kept, dtype=np.int64)
    rank = np.array([event.slot * 2 for event in kept], dtype=np.int64)
    kept_tick = np.array([event.tick for event in kept], dtype=np.int64)
    tick = np.concatenate([kept_tick, notes.start, notes.end])
    ranks = np.concatenate([rank, np.full(n_notes, ON_RANK), np.full(n_notes, OFF_RANK)])
    first = np.concatenate([place, notes.pitch, notes.pitch])
    second = np.concatenate([nothing, notes.end, notes.start])
    status = np.concatenate([nothing, notes.on, notes.off])
    third = np.concatenate([nothing, notes.velocity, notes.last])
    order = np.lexsort((third, status, second, first, ranks, tick))
    if n_kept:
        status[:n_kept] = [event.data[0] for event in kept]
    return _assembled(kept, order, tick[order], status[order], first[order], third[order], end_tick)


def _assembled(
    kept: list[KeptEvent],
    order: Ints,
    tick: Ints,
    status: Ints,
    pitch: Ints,
    third: Ints,
    end_tick: int,
) -> bytes:
    delta = np.diff(tick, prepend=0)
    is_kept = order < len(kept)
    last = int(tick[-1]) if len(tick) else 0
    if max(int(delta.max(initial=0)), end_tick - last) > MAX_DELTA:  # a wait of weeks
        rows = zip(order.tolist(), status.tolist(), pitch.tolist(), third.tolist(), strict=True)
        events = [kept[i].data if i < len(kept) else bytes(rest) for i, *rest in rows]
        return smf.track_body(list(zip(tick.tolist(), events, strict=True)), end_tick)
    before = np.append(-1, status[:-1]) if len(status) else status
    has_status = (status != before) | (status >= SYSTEM)
    n_delta = np.ones(len(delta), dtype=np.int64)
    for limit in (1 << 7, 1 << 14, 1 << 21):
        n_delta += delta >= limit
    lengths = np.full(len(order), 2, dtype=np.int64)
    lengths[is_kept] = [len(kept[index].data) - 1 for index in order[is_kept].tolist()]
    lengths += has_status + n_delta
    at = np.cumsum(lengths) - lengths
    buffer = np.zeros(int(lengths.sum()), dtype=np.uint8)
    _write_deltas(buffer, at, delta, n_delta)
    at = at + n_delta
    buffer[at[has_status]] = status[has_status]
    at = at + has_status
    is_note = ~is_kept
    buffer[at[is_note]] = pitch[is_note]
    buffer[at[is_note] + 1] = third[is_note]
    for index, where in zip(order[is_kept].tolist(), at[is_kept].tolist(), strict=True):
        data = kept[index].data
        buffer[where : where + len(data) - 1] = np.frombuffer(data, dtype=np.uint8)[1:]
    gap = variable_length(max(0, end_tick - last))
    return buffer.tobytes() + gap + meta(END_OF_TRACK, b"")


def _write_deltas(buffer: Bytes, at: Ints, delta: Ints, n_bytes: Ints) -> None:
    """Waits in seven bits a byte, all but the last of a wait marked by the eighth."""
    for number in range(4):
        rows = np.flatnonzero(n_bytes > number)
        rest = n_bytes[rows] - 1 - number
        part = (delta[rows] >> 7 * rest) & 0x7F
        buffer[at[rows] + number] = part | np.where(rest > 0, 0x80, 0)
