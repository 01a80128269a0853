"""Small songs for the tests of sound."""

from collections.abc import Iterable, Sequence

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import TempoChange, TimeSignature
from studio.score.meta_events import program_event
from studio.score.smf import KeptEvent
from studio.score.song import Song

BEAT = 480


def make_song(
    notes: Iterable[Note],
    tracks: Sequence[TrackInfo] = (TrackInfo("Organ", 16), TrackInfo("Drums", 0, is_drums=True)),
    tempo: Sequence[tuple[int, float]] = ((0, 120.0),),
) -> Song:
    changes = tuple(TempoChange(tick, round(60e6 / bpm)) for tick, bpm in tempo)
    signatures = (TimeSignature(0, 4, 4),)
    return Song.from_piece(Piece(BEAT, tuple(notes), tuple(tracks), changes, signatures))


def scale(count: int = 8, *, track: int = 0, first: int = 60) -> list[Note]:
    """`count` notes of a beat each, one after the other."""
    return [Note(i * BEAT, first + i, BEAT - 10, 90, track) for i in range(count)]


def with_event(song: Song, track: int, tick: int, data: bytes) -> Song:
    """`song` with one more kept event in the chunk of `track`."""
    song.chunks[song.tracks[track].chunk].events.append(KeptEvent(tick, 0, data))
    return song


def with_program(song: Song, track: int, tick: int, program: int) -> Song:
    return with_event(song, track, tick, program_event(song.tracks[track].channel, program))
