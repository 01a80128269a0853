"""Edits of what a track is: its name and its instrument, as events of the file."""

from __future__ import annotations

from studio.errors import StudioError
from studio.score.meta_events import NAME, meta_payload, name_event, program_event
from studio.score.score import Edit, PlacedEvent
from studio.score.smf import BEFORE_OFFS, KeptEvent
from studio.score.song import Song


def rename_track(song: Song, index: int, name: str) -> Edit:
    """Give a track another name; empty takes the name away.

    Raises StudioError where the file has one name for several tracks, as those of type 0 have.
    """
    track, label = song.tracks[index], "Rename track"
    if name == track.name:
        return Edit(label)
    if sum(other.chunk == track.chunk for other in song.tracks) > 1:
        raise StudioError(
            f"{track.name or 'This track'} shares one name with others in this file, "
            "so it can't be renamed alone."
        )
    events = song.chunks[track.chunk].events
    old = [
        PlacedEvent(track.chunk, at, event)
        for at, event in enumerate(events)
        if meta_payload(event.data, NAME) is not None
    ][:1]
    tick = old[0].event.tick if old else 0
    new = [KeptEvent(tick, BEFORE_OFFS, name_event(name))] if name else []
    return _replaced(label, track.chunk, old, new)


def choose_instrument(song: Song, index: int, program: int) -> Edit:
    """Let a track begin with another instrument; changes on its way stay."""
    track, label = song.tracks[index], "Instrument"
    status = 0xC0 | track.channel
    events = song.chunks[track.chunk].events
    old = [
        PlacedEvent(track.chunk, at, event)
        for at, event in enumerate(events)
        if event.data[0] == status
    ][:1]
    if old and old[0].event.data[1] == program:
        return Edit(label)
    tick = old[0].event.tick if old else 0
    event = KeptEvent(tick, BEFORE_OFFS, program_event(track.channel, program))
    return _replaced(label, track.chunk, old, [event])


def _replaced(label: str, chunk: int, old: list[PlacedEvent], new: list[KeptEvent]) -> Edit:
    """`new` events in the place of `old`, or at the beginning."""
    at = old[0].at if old else 0
    added = frozenset(PlacedEvent(chunk, at, event) for event in new)
    return Edit(label, events_removed=frozenset(old), events_added=added)


def changes_tracks(edit: Edit) -> bool:
    """Whether an edit gives a track another name or instrument."""
    places = edit.events_removed | edit.events_added
    return any(
        place.event.data[0] & 0xF0 == 0xC0 or meta_payload(place.event.data, NAME) is not None
        for place in places
    )
