"""What can be done to chosen notes in one step: functions from notes to an `Edit`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from models.notes import Note
from studio.score.edits import replacing
from studio.score.note_columns import NoteColumns
from studio.score.score import Edit, Score


def moved(notes: Collection[Note], ticks: int, semitones: int) -> list[Note]:
    """`notes` further right and up, in order of start.

    They go as far as all of them can go, so that they keep their shape.
    """
    columns = NoteColumns.from_notes(notes)
    return columns.moved(*columns.room(ticks, semitones)).all_notes()


def stretched(
    notes: Iterable[Note], ticks: int, *, from_start: bool = False, shortest: int = 1
) -> list[Note]:
    """`notes` with their ends (or starts) moved by `ticks`, none shorter than `shortest`."""
    return [_stretched(note, ticks, from_start, min(shortest, note.duration)) for note in notes]


def _stretched(note: Note, ticks: int, from_start: bool, shortest: int) -> Note:
    if not from_start:
        return replace(note, duration=max(shortest, note.duration + ticks))
    start = min(max(0, note.start + ticks), note.end - shortest)
    return replace(note, start=start, duration=note.end - start)


def move(score: Score, notes: Collection[Note], ticks: int, semitones: int = 0) -> Edit:
    """Move notes in time and pitch."""
    label = "Transpose" if semitones and not ticks else "Move"
    return replacing(label, score, notes, moved(notes, ticks, semitones))


def transpose(score: Score, notes: Collection[Note], semitones: int) -> Edit:
    """Move notes up or down, all by as much as the highest or lowest can."""
    return replacing("Transpose", score, notes, moved(notes, 0, semitones))


def nudge(score: Score, notes: Collection[Note], ticks: int) -> Edit:
    """Move notes right or left."""
    return replacing("Nudge", score, notes, moved(notes, ticks, 0))


def duplicate(score: Score, notes: Collection[Note], grid: int) -> tuple[Edit, list[Note]]:
    """Copy notes to just after themselves, in whole grid steps; the copies come with the edit."""
    if not notes:
        return Edit("Duplicate"), []
    span = max(note.end for note in notes) - min(note.start for note in notes)
    copies = moved(notes, -(-span // grid) * grid, 0)
    return replacing("Duplicate", score, (), copies), copies


def quantise(score: Score, notes: Collection[Note], grid: float, strength: float = 1.0) -> Edit:
    """Pull the starts of notes to the grid: all the way, or by a part (`strength`, 0..1)."""

    def pulled(note: Note) -> Note:
        target = round(note.start / grid) * grid
        return replace(note, start=max(0, round(note.start + strength * (target - note.start))))

    return replacing("Quantise", score, notes, map(pulled, notes))


def set_velocities(
    score: Score, notes: Collection[Note], velocity_of: Callable[[Note], float]
) -> Edit:
    """Give each note the velocity that `velocity_of` says, within 1..127."""
    changed = (replace(note, velocity=min(127, max(1, round(velocity_of(note))))) for note in notes)
    return replacing("Velocity", score, notes, changed)


def add_velocity(score: Score, notes: Collection[Note], amount: int) -> Edit:
    """Make notes louder or softer by the same amount."""
    return set_velocities(score, notes, lambda note: note.velocity + amount)
