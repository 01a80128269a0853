"""How loud a track is and where it stands from its beginning on, and edits of that."""

from __future__ import annotations

from dataclasses import dataclass

from studio.score.score import Edit, PlacedEvent
from studio.score.smf import BEFORE_OFFS, KeptEvent
from studio.score.song import Song

VOLUME, PAN = 7, 10
DEFAULTS = {VOLUME: 100, PAN: 64}  # General MIDI's
_CONTROL = 0xB0


@dataclass(frozen=True, slots=True)
class TrackSound:
    """MIDI's numbers, 0..127; a pan of 64 is the middle."""

    volume: int = DEFAULTS[VOLUME]
    pan: int = DEFAULTS[PAN]


def track_sound(song: Song, index: int) -> TrackSound:
    """What track `index` begins with."""
    track = song.tracks[index]
    values = dict(DEFAULTS)
    for controller in values:
        opening = _opening(song, index, bytes((_CONTROL | track.channel, controller)))
        if opening:
            values[controller] = opening[-1].event.data[2]
    return TrackSound(values[VOLUME], values[PAN])


def track_sound_edit(song: Song, index: int, sound: TrackSound, label: str) -> Edit:
    """One step that lets track `index` begin with `sound`; empty where it does already.

    Changes later in the track stay as they are.
    """
    before, channel = track_sound(song, index), song.tracks[index].channel
    removed: set[PlacedEvent] = set()
    data: list[bytes] = []
    for controller, old, new in (
        (VOLUME, before.volume, sound.volume),
        (PAN, before.pan, sound.pan),
    ):
        if new != old:
            head = bytes((_CONTROL | channel, controller))
            removed |= set(_opening(song, index, head))
            data.append(head + bytes((new,)))
    chunk = song.tracks[index].chunk
    added = {
        PlacedEvent(chunk, at, KeptEvent(0, BEFORE_OFFS, event)) for at, event in enumerate(data)
    }
    return Edit(label, events_removed=frozenset(removed), events_added=frozenset(added))


def _opening(song: Song, index: int, head: bytes) -> list[PlacedEvent]:
    """The events that begin with `head` before the track's first note or at it."""
    track, columns = song.tracks[index], song.score.columns
    starts = columns.start[columns.track == index]
    first = int(starts.min()) if len(starts) else 0
    return [
        PlacedEvent(track.chunk, at, event)
        for at, event in enumerate(song.chunks[track.chunk].events)
        if event.tick <= first and event.data.startswith(head)
    ]
