"""What can be done to chosen notes in one step: functions from notes to an `Edit`.

They work on columns, so that all notes of a symphony are changed as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set

import numpy as np
from numpy.typing import NDArray

from models.notes import Note
from studio.score.edits import replacing
from studio.score.note_batch import as_set, columns_of
from studio.score.note_columns import NoteColumns
from studio.score.note_keys import Ints
from studio.score.score import Edit, Score

Floats = NDArray[np.float64]


def with_fields(
    columns: NoteColumns,
    *,
    start: Ints | None = None,
    pitch: Ints | None = None,
    duration: Ints | None = None,
    velocity: Ints | None = None,
) -> NoteColumns:
    """`columns` with some of their fields replaced, sorted anew."""
    return NoteColumns.from_rows(
        columns.start if start is None else start,
        columns.pitch if pitch is None else pitch,
        columns.duration if duration is None else duration,
        columns.velocity if velocity is None else velocity,
        columns.track,
    )


def _changed(
    label: str, score: Score, notes: Iterable[Note], change: Callable[[NoteColumns], NoteColumns]
) -> Edit:
    before = columns_of(notes)
    return replacing(label, score, as_set(before), as_set(change(before)))


def stretched(
    columns: NoteColumns, ticks: int, *, from_start: bool = False, shortest: int = 1
) -> NoteColumns:
    """Notes with their ends (or starts) moved by `ticks`, none shorter than `shortest` or before.

    A note that was shorter than `shortest` may stay so.
    """
    least = np.minimum(shortest, columns.duration)
    if not from_start:
        return with_fields(columns, duration=np.maximum(least, columns.duration + ticks))
    start = np.minimum(np.maximum(0, columns.start + ticks), columns.ends - least)
    return with_fields(columns, start=start, duration=columns.ends - start)


def stretch(score: Score, notes: Iterable[Note], ticks: int, shortest: int) -> Edit:
    """Make notes longer or shorter."""
    return _changed("Resize", score, notes, lambda c: stretched(c, ticks, shortest=shortest))


def move(score: Score, notes: Iterable[Note], ticks: int, semitones: int = 0) -> Edit:
    """Move notes in time and pitch, as far as all of them can go: they keep their shape."""
    label = "Transpose" if semitones and not ticks else "Move"
    return _changed(label, score, notes, lambda c: c.moved(*c.room(ticks, semitones)))


def transpose(score: Score, notes: Iterable[Note], semitones: int) -> Edit:
    """Move notes up or down, all by as much as the highest or lowest can."""
    return move(score, notes, 0, semitones)


def nudge(score: Score, notes: Iterable[Note], ticks: int) -> Edit:
    """Move notes right or left."""
    return _changed("Nudge", score, notes, lambda c: c.moved(*c.room(ticks, 0)))


def duplicate(score: Score, notes: Iterable[Note], grid: int) -> tuple[Edit, Set[Note]]:
    """Copy notes to just after themselves, in whole grid steps; the copies come with the edit."""
    columns = columns_of(notes)
    if not len(columns):
        return Edit("Duplicate"), frozenset()
    span = columns.end - int(columns.start[0])
    copies = as_set(columns.moved(-(-span // grid) * grid, 0))
    return replacing("Duplicate", score, (), copies), copies


def with_velocities(columns: NoteColumns, velocities: Floats | Ints) -> NoteColumns:
    """Notes as loud as `velocities` say, within 1..127."""
    return with_fields(columns, velocity=_audible(velocities))


def _audible(velocities: Floats | Ints) -> Ints:
    return np.clip(np.rint(velocities), 1, 127).astype(np.int64)


def add_velocity(score: Score, notes: Iterable[Note], amount: int) -> Edit:
    """Make notes louder or softer by the same amount."""
    return _changed("Velocity", score, notes, lambda c: with_velocities(c, c.velocity + amount))


def set_velocity(score: Score, notes: Iterable[Note], velocity: int) -> Edit:
    """Make notes equally loud."""
    return _changed(
        "Velocity", score, notes, lambda c: with_velocities(c, np.full(len(c), velocity))
    )


def legato(score: Score, notes: Iterable[Note]) -> Edit:
    """Let each note sound until the next one of its track begins; the last stays as it is."""

    def joined(columns: NoteColumns) -> NoteColumns:
        duration = columns.duration.copy()
        for track in np.unique(columns.track).tolist():
            mine = np.flatnonzero(columns.track == track)
            starts = np.unique(columns.start[mine])
            following = np.searchsorted(starts, columns.start[mine], side="right")
            has_next = following < len(starts)
            rows = mine[has_next]
            duration[rows] = starts[following[has_next]] - columns.start[rows]
        return with_fields(columns, duration=duration)

    return _changed("Legato", score, notes, joined)


def humanise(score: Score, notes: Iterable[Note], ticks: float, velocity: float, seed: int) -> Edit:
    """Shift starts and velocities by chance, `ticks` and `velocity` in the mean; lengths stay."""
    dice = np.random.default_rng(seed)

    def loosened(columns: NoteColumns) -> NoteColumns:
        late = np.rint(dice.normal(0.0, ticks, len(columns))).astype(np.int64)
        start = np.maximum(0, columns.start + late)
        velocities = columns.velocity + dice.normal(0.0, velocity, len(columns))
        return with_fields(columns, start=start, velocity=_audible(velocities))

    return _changed("Humanise", score, notes, loosened)


def split(score: Score, notes: Iterable[Note], tick: int) -> Edit:
    """Cut the notes that sound at `tick` in two there."""
    columns = columns_of(notes)
    cut = columns.where((columns.start < tick) & (columns.ends > tick))
    length = tick - cut.start
    first = with_fields(cut, duration=length)
    second = with_fields(cut, start=cut.start + length, duration=cut.duration - length)
    return replacing("Split", score, as_set(cut), as_set(first) | as_set(second))


def join(score: Score, notes: Iterable[Note]) -> Edit:
    """Make one note of the chosen ones of a pitch and track; one alone takes the next to it."""
    groups: dict[tuple[int, int], list[Note]] = {}
    for note in columns_of(notes).all_notes():
        groups.setdefault((note.track, note.pitch), []).append(note)
    for group in groups.values():
        if len(group) == 1:
            group += _next_like(score, group[0])
    parts = [group for group in groups.values() if len(group) > 1]
    whole = [
        Note(g[0].start, g[0].pitch, max(n.end for n in g) - g[0].start, g[0].velocity, g[0].track)
        for g in parts
    ]
    return replacing("Join", score, [note for group in parts for note in group], whole)


def _next_like(score: Score, note: Note) -> list[Note]:
    columns = score.columns
    is_like = (columns.pitch == note.pitch) & (columns.track == note.track)
    later = np.flatnonzero(is_like & (columns.start > note.start))
    return columns.notes(later[:1])
