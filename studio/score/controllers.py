"""Controllers, pitch bend and the pedal: read as points, changed by edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.score.score import Edit, PlacedEvent
from studio.score.smf import BEFORE_OFFS, KeptEvent
from studio.score.song import Song
from studio.score.track import Track

CONTROL, BEND = 0xB0, 0xE0


@dataclass(frozen=True, slots=True)
class Controller:
    """Something that is moved while notes sound. Values run from 0 to `highest`."""

    name: str
    status: int
    number: int
    highest: int = 127
    neutral: int = 0  # what it is where nothing is said
    is_switch: bool = False

    def data(self, channel: int, value: int) -> bytes:
        """The event that sets it."""
        value = min(self.highest, max(0, value))
        if self.status == BEND:
            return bytes((BEND | channel, value & 0x7F, value >> 7))
        return bytes((CONTROL | channel, self.number, value))

    def value(self, channel: int, data: bytes) -> int | None:
        """What an event sets it to, None where it is about something else."""
        if data[0] != self.status | channel:
            return None
        if self.status == BEND:
            return data[1] | data[2] << 7
        return data[2] if data[1] == self.number else None


CONTROLLERS: tuple[Controller, ...] = (
    Controller("Pitch bend", BEND, 0, highest=16383, neutral=8192),
    Controller("Modulation", CONTROL, 1),
    Controller("Volume", CONTROL, 7, neutral=100),
    Controller("Pan", CONTROL, 10, neutral=64),
    Controller("Expression", CONTROL, 11, neutral=127),
    Controller("Sustain", CONTROL, 64, is_switch=True),
)


@dataclass(frozen=True, slots=True)
class Point:
    """From `tick` on, the controller is at `value`."""

    tick: int
    value: int
    place: PlacedEvent


def points_of(song: Song, track: Track, controller: Controller) -> list[Point]:
    """The points of a controller on a track, in order of time; of those at a tick the last counts.

    Events of the track's channel in other chunks of the file are not its own and are left out.
    """
    if track.chunk >= len(song.chunks):
        return []
    points = []
    for at, event in enumerate(song.chunks[track.chunk].events):
        value = controller.value(track.channel, event.data)
        if value is not None:
            points.append(Point(event.tick, value, PlacedEvent(track.chunk, at, event)))
    return sorted(points, key=lambda point: point.tick)


def draw_points(
    song: Song,
    track: Track,
    controller: Controller,
    values: Mapping[int, int],
    first: int,
    last: int,
) -> Edit:
    """The edit that puts `values` (by tick) in the place of all points from `first` to `last`."""
    gone = [
        point.place
        for point in points_of(song, track, controller)
        if first <= point.tick <= last or point.tick in values
    ]
    new = [
        KeptEvent(tick, BEFORE_OFFS, controller.data(track.channel, value))
        for tick, value in sorted(values.items())
    ]
    if [place.event for place in gone] == new:
        return Edit(controller.name)
    left = {place.at for place in gone}
    kept = [e for at, e in enumerate(song.chunks[track.chunk].events) if at not in left]
    return Edit(
        controller.name,
        events_removed=frozenset(gone),
        events_added=frozenset(_placed(track.chunk, kept, new)),
    )


def _placed(chunk: int, kept: list[KeptEvent], new: list[KeptEvent]) -> list[PlacedEvent]:
    """Where `new` events stand among `kept` ones: behind those of their tick."""
    placed: list[PlacedEvent] = []
    at = 0
    for event in new:
        while at - len(placed) < len(kept) and kept[at - len(placed)].tick <= event.tick:
            at += 1
        placed.append(PlacedEvent(chunk, at, event))
        at += 1
    return placed
