"""A song: the score, its tracks, and everything of the MIDI file that we don't edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TypeVar

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import KeySignature, Metre, TempoChange, TempoMap, TimeSignature
from studio.score.general_midi import DRUM_CHANNEL
from studio.score.meta_events import (
    key_event,
    key_of,
    name_event,
    program_event,
    tempo_event,
    tempo_of,
    time_signature_event,
    time_signature_of,
)
from studio.score.score import Score
from studio.score.smf import BEFORE_OFFS, Chunk, KeptEvent
from studio.score.song_contents import SongContents
from studio.score.track import Track, free_channel

_Change = TypeVar("_Change", TempoChange, TimeSignature, KeySignature)

NO_RELEASE = -1  # the note ends by a note-on of velocity 0, which carries no release velocity


class Song(SongContents):
    """A score with its tracks. Its notes change through `score`, and only there."""

    def __init__(
        self,
        score: Score,
        tracks: list[Track],
        chunks: list[Chunk],
        *,
        file_type: int = 1,
        warnings: Iterable[str] = (),
    ) -> None:
        super().__init__(tracks, chunks, file_type)
        self.score = score
        self.warnings = list(warnings)
        self.releases: dict[Note, int] = {}  # release velocities that differ from the usual one
        self.usual_release = NO_RELEASE
        self.foreign_chunks: list[bytes] = []

    @classmethod
    def empty(cls) -> Song:
        """One piano track, 120 bpm, 4/4, no note."""
        return cls.from_piece(
            Piece(
                480,
                (),
                (TrackInfo("Piano"),),
                (TempoChange(0, 500_000),),
                (TimeSignature(0, 4, 4),),
            )
        )

    @classmethod
    def from_piece(cls, piece: Piece) -> Song:
        """A song with the notes, tracks, tempo and metre of `piece`; one channel a track."""
        song = cls(Score(piece.notes, ticks_per_beat=piece.ticks_per_beat), [], [])
        events = [KeptEvent(c.tick, BEFORE_OFFS, tempo_event(c)) for c in piece.tempo]
        events += [
            KeptEvent(s.tick, BEFORE_OFFS, time_signature_event(s)) for s in piece.time_signatures
        ]
        events += [KeptEvent(k.tick, BEFORE_OFFS, key_event(k)) for k in piece.key_signatures]
        events.sort(key=lambda event: event.tick)
        song.chunks.append(Chunk(events, events[-1].tick if events else 0))
        for info in piece.tracks:
            song.add_track(info.name, info.program, is_drums=info.is_drums)
        return song

    def add_track(self, name: str, program: int = 0, *, is_drums: bool = False) -> Track:
        """A new track at the end, on the first channel that no other track uses if one is left."""
        channel = DRUM_CHANNEL if is_drums else free_channel(self.tracks)
        track = Track(name, len(self.chunks), channel, program)
        events = [name_event(name)] if name else []
        events.append(program_event(channel, program))
        self.chunks.append(Chunk([KeptEvent(0, BEFORE_OFFS, data) for data in events]))
        self.tracks.append(track)
        self.file_type = 1
        return track

    def copy(self) -> Song:
        """The song as it is now, for a thread or a file: later edits don't reach it."""
        score = Score(self.score.columns, ticks_per_beat=self.ticks_per_beat)
        song = Song(score, list(self.tracks), list(self.chunks), file_type=self.file_type)
        song.releases, song.usual_release = self.releases, self.usual_release
        song.foreign_chunks, song.encoding = self.foreign_chunks, self.encoding
        song.muted = self.muted
        return song

    @property
    def score(self) -> Score:
        """The notes."""
        return self._score

    @score.setter
    def score(self, score: Score) -> None:
        self._score = score
        score.change_song = self.change

    @property
    def ticks_per_beat(self) -> int:
        """The file's resolution."""
        return self.score.ticks_per_beat

    @property
    def end(self) -> int:
        """The tick at which the last note ends."""
        return self.score.end

    def kept_events(self) -> Iterator[KeptEvent]:
        """Every event that is not a note, chunk by chunk."""
        for chunk in self.chunks:
            yield from chunk.events

    def channel_events(self) -> list[KeptEvent]:
        """Programs, controllers, bends and pressures of all channels, in order of time."""
        events = [event for event in self.kept_events() if 0x80 <= event.data[0] < 0xF0]
        return sorted(events, key=lambda event: (event.tick, event.slot))

    @cached_property
    def tempo(self) -> tuple[TempoChange, ...]:
        """The tempo changes of the file, in order; empty means 120 bpm."""
        return self._read(tempo_of)

    @cached_property
    def time_signatures(self) -> tuple[TimeSignature, ...]:
        """The time signatures of the file, in order; empty means 4/4."""
        return self._read(time_signature_of)

    @cached_property
    def key_signatures(self) -> tuple[KeySignature, ...]:
        """The key signatures of the file, in order."""
        return self._read(key_of)

    @cached_property
    def tempo_map(self) -> TempoMap:
        """When each tick sounds."""
        return TempoMap(self.ticks_per_beat, self.tempo)

    @cached_property
    def metre(self) -> Metre:
        """The bar lines."""
        return Metre(self.ticks_per_beat, self.time_signatures)

    def _read(self, meaning: Callable[[int, bytes], _Change | None]) -> tuple[_Change, ...]:
        found = (meaning(event.tick, event.data) for event in self.kept_events())
        return tuple(sorted((x for x in found if x), key=lambda change: change.tick))

    def to_piece(self) -> Piece:
        """What a model is told of the song; notes in order."""
        return Piece(
            self.ticks_per_beat,
            tuple(self.score.notes),
            tuple(TrackInfo(t.name, t.program, t.is_drums) for t in self.tracks),
            self.tempo,
            self.time_signatures,
            self.key_signatures,
        )
