"""Edits of what a track is: its name and its instrument, as events of the file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.errors import StudioError
from studio.score.general_midi import DRUM_CHANNEL
from studio.score.meta_events import NAME, meta_payload, name_event, program_event
from studio.score.note_batch import as_set
from studio.score.note_columns import NoteColumns
from studio.score.score import Edit, PlacedEvent
from studio.score.smf import BEFORE_OFFS, KeptEvent
from studio.score.song import Song
from studio.score.track import Lineup, Track, free_channel


def add_track(song: Song, name: str, program: int = 0, *, is_drums: bool = False) -> Edit:
    """One more track at the end, in a chunk of its own."""
    channel = DRUM_CHANNEL if is_drums else free_channel(song.tracks)
    track = Track(name, len(song.chunks), channel, program)
    events = [name_event(name)] if name else []
    events.append(program_event(channel, program))
    added = frozenset(
        PlacedEvent(track.chunk, at, KeptEvent(0, BEFORE_OFFS, data))
        for at, data in enumerate(events)
    )
    after = Lineup((*song.tracks, track), len(song.chunks) + 1, 1)
    return Edit("Add track", events_added=added, lineup=(song.lineup, after))


def delete_track(song: Song, index: int) -> Edit:
    """A track goes, with its notes and all that its channel is told; others move up.

    What belongs to the whole song, tempo and marks, stays. Raises StudioError for the last track.
    """
    track, before = song.tracks[index], song.lineup
    if len(song.tracks) == 1:
        raise StudioError("A song has at least one track. Delete its notes, or start a new song.")
    is_alone = sum(other.chunk == track.chunk for other in song.tracks) == 1
    gone = frozenset(
        PlacedEvent(track.chunk, at, event)
        for at, event in enumerate(song.chunks[track.chunk].events)
        if _is_of(event, track, with_name=is_alone)
    )
    tracks = before.tracks[:index] + before.tracks[index + 1 :]
    after = Lineup(tracks, before.n_chunks, before.file_type)
    columns = song.score.columns
    later = columns.where(columns.track > index)
    start, pitch, duration, velocity, number = later.fields
    moved = NoteColumns.from_rows(start, pitch, duration, velocity, np.asarray(number) - 1)
    removed = as_set(columns.where(columns.track >= index))
    return Edit("Delete track", removed, as_set(moved), gone, lineup=(before, after))


def _is_of(event: KeptEvent, track: Track, *, with_name: bool) -> bool:
    status = event.data[0]
    if 0x80 <= status < 0xF0:
        return status & 0x0F == track.channel
    return with_name and meta_payload(event.data, NAME) is not None


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


def choose_color(song: Song, index: int, color: int | None) -> Edit:
    """Give a track a colour of the palette; None: that of its number again."""
    before = song.lineup
    track = replace(before.tracks[index], color=color)
    tracks = (*before.tracks[:index], track, *before.tracks[index + 1 :])
    after = replace(before, tracks=tracks)
    return Edit("Track colour", lineup=(before, after) if after != before else None)


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
