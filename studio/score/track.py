"""What a track is, and which tracks a song has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.score.general_midi import DRUM_CHANNEL, PROGRAM_NAMES

N_COLORS = 8  # that a track can be given


@dataclass(frozen=True, slots=True)
class Track:
    """A line of music in the roll: the notes of one channel in one chunk of the file.

    `color` is a place in the palette; None lets the number of the track choose it. A MIDI file
    can't say so, a project keeps it.
    """

    name: str
    chunk: int
    channel: int
    program: int = 0
    color: int | None = None

    def __post_init__(self) -> None:
        if self.color is not None and not 0 <= self.color < N_COLORS:
            raise ValueError(f"track {self.name!r} has a colour that there is not: {self.color}")

    @property
    def is_drums(self) -> bool:
        """Whether General MIDI plays this channel on drums."""
        return self.channel == DRUM_CHANNEL

    @property
    def instrument(self) -> str:
        """What the track sounds like, in words."""
        return "Drums" if self.is_drums else PROGRAM_NAMES[self.program]


@dataclass(frozen=True, slots=True)
class Lineup:
    """The tracks of a song, and what of its file goes with their number."""

    tracks: tuple[Track, ...]
    n_chunks: int
    file_type: int

    @property
    def places(self) -> list[tuple[int, int]]:
        """What tells tracks apart: a chunk has one track a channel."""
        return [(track.chunk, track.channel) for track in self.tracks]


def renumbered(before: Lineup, after: Lineup) -> dict[int, int]:
    """Where the tracks from before are now; those that left are not in it."""
    now = {place: index for index, place in enumerate(after.places)}
    return {old: now[place] for old, place in enumerate(before.places) if place in now}


def color_number(tracks: Sequence[Track], index: int) -> int:
    """The place in the palette of track `index`: its own colour's, else that of its number."""
    own = tracks[index].color if index < len(tracks) else None
    return index % N_COLORS if own is None else own


def free_channel(tracks: Sequence[Track]) -> int:
    """The first channel that no track uses, drums aside; a shared one where all are used."""
    used = {track.channel for track in tracks} | {DRUM_CHANNEL}
    free = [channel for channel in range(16) if channel not in used]
    return free[0] if free else len(tracks) % DRUM_CHANNEL
