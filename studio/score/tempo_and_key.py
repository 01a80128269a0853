"""The edit that gives a whole song another tempo and another key."""

from __future__ import annotations

from collections.abc import Callable

from models.tempo_map import KeySignature, TempoChange
from studio.score.meta_events import key_event, key_of, tempo_event, tempo_of
from studio.score.score import Edit, PlacedEvent
from studio.score.smf import BEFORE_OFFS, KeptEvent
from studio.score.song import Song


def tempo_and_key_edit(
    song: Song, label: str, *, bpm: float | None = None, key: str | None = None
) -> Edit:
    """One step that sets the tempo, the key, or both, from the song's beginning to its end.

    What is None stays. The edit is empty where the song is like that already.
    """
    new: list[bytes] = []
    is_old: list[Callable[[int, bytes], object]] = []
    if bpm is not None:
        change = TempoChange(0, round(60e6 / bpm))
        if song.tempo != (change,):
            new.append(tempo_event(change))
            is_old.append(tempo_of)
    if key is not None:
        signature = KeySignature(0, key)
        if song.key_signatures != (signature,):
            new.append(key_event(signature))
            is_old.append(key_of)
    if not song.chunks or not new:
        return Edit(label)
    removed = frozenset(
        PlacedEvent(chunk, index, event)
        for chunk, part in enumerate(song.chunks)
        for index, event in enumerate(part.events)
        if any(meaning(event.tick, event.data) for meaning in is_old)
    )
    added = frozenset(
        PlacedEvent(0, index, KeptEvent(0, BEFORE_OFFS, data)) for index, data in enumerate(new)
    )
    return Edit(label, events_removed=removed, events_added=added)
