"""A region as a song of its own: it sounds as it did, and comes back as it was."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import resources
from models.notes import Note
from studio.score.excerpt import excerpt, fitted
from studio.score.midi_file import midi_bytes, parse_midi, read_midi
from studio.score.song import Song
from tests.studio.audio.songs import BEAT, make_song

song = read_midi(resources.path("demo", "song.mid"))
BAR = 4 * song.ticks_per_beat


@given(st.integers(0, 22), st.integers(1, 4))
def test_an_excerpt_sounds_as_the_song_does_there(bar: int, length: int) -> None:
    start, end = bar * BAR, (bar + length) * BAR
    notes = [note for note in song.score.notes if start <= note.start < end]
    part = parse_midi(midi_bytes(excerpt(song, notes)), "part.mid")
    first = song.metre.bar_start(song.metre.bar_of(notes[0].start))
    seconds, whole = part.tempo_map.ticks_to_seconds, song.tempo_map.ticks_to_seconds
    here = sorted((n.start, n.pitch, n.velocity) for n in part.score.notes)
    there = sorted((n.start - first, n.pitch, n.velocity) for n in notes)
    assert [rest for _, *rest in here] == [rest for _, *rest in there]
    np.testing.assert_allclose(
        [seconds(start) for start, *_ in here],
        [whole(start + first) - whole(first) for start, *_ in there],
        atol=1e-6,
    )
    instruments = {song.tracks[n.track].instrument for n in notes}
    assert {track.instrument for track in part.tracks} == instruments


def test_nothing_is_an_empty_song() -> None:
    assert len(excerpt(song, []).score) == 0


def test_notes_of_another_resolution_keep_their_beats() -> None:
    into = Song.empty()
    notes = [Note(0, 60, 48, 90, 0), Note(96, 64, 24, 90, 1)]
    assert fitted(notes, 96, into, 3 * BEAT, 0) == [
        Note(3 * BEAT, 60, BEAT // 2, 90, 0),
        Note(4 * BEAT, 64, BEAT // 4, 90, 0),  # there is no second track
    ]


def test_what_was_cut_out_fits_where_it_was() -> None:
    given_song = make_song([Note(4 * BEAT + 10, 60, 100, 90, 0), Note(5 * BEAT, 40, 9, 90, 1)])
    notes = given_song.score.notes
    part = excerpt(given_song, notes)
    assert fitted(part.score.notes, BEAT, given_song, 4 * BEAT, 0) == notes
