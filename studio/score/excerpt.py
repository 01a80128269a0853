"""Notes of a song as a song of their own, and notes of another song put into one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import KeySignature, TempoChange, TimeSignature
from studio.score.song import Song


def excerpt(song: Song, notes: Collection[Note]) -> Song:
    """A song of `notes` alone, from the beginning of the bar in which they begin.

    It has their tracks, and the tempo, metre and key that they have.
    """
    first = min((note.start for note in notes), default=0)
    start = song.metre.bar_start(song.metre.bar_of(first))
    tracks = sorted({note.track for note in notes})
    infos = [song.tracks[track] for track in tracks]
    moved = (
        replace(note, start=note.start - start, track=tracks.index(note.track)) for note in notes
    )
    return Song.from_piece(
        Piece(
            song.ticks_per_beat,
            tuple(sorted(moved)),
            tuple(TrackInfo(info.name, info.program, info.is_drums) for info in infos),
            _tempo(song, start),
            _metre(song, start),
            _keys(song, start),
        )
    )


def _tempo(song: Song, start: int) -> tuple[TempoChange, ...]:
    first = replace(song.tempo_map.change_at(start), tick=0)
    later = (replace(c, tick=c.tick - start) for c in song.tempo_map.changes if c.tick > start)
    return (first, *later)


def _metre(song: Song, start: int) -> tuple[TimeSignature, ...]:
    first = replace(song.metre.signature_at(start), tick=0)
    later = (replace(s, tick=s.tick - start) for s in song.metre.signatures if s.tick > start)
    return (first, *later)


def _keys(song: Song, start: int) -> tuple[KeySignature, ...]:
    before = [key for key in song.key_signatures if key.tick <= start]
    later = (replace(k, tick=k.tick - start) for k in song.key_signatures if k.tick > start)
    return (*(replace(key, tick=0) for key in before[-1:]), *later)


def fitted(
    notes: Iterable[Note], ticks_per_beat: int, into: Song, start: int, track: int
) -> list[Note]:
    """Notes of another song, beat for beat, from tick `start` of the song `into` on.

    Its first track goes to `track`, the others to those below; the last takes what is left.
    """
    scale = into.ticks_per_beat / ticks_per_beat
    last = len(into.tracks) - 1
    return [
        replace(
            note,
            start=start + round(note.start * scale),
            duration=max(1, round(note.duration * scale)),
            track=min(track + note.track, last),
        )
        for note in notes
    ]
