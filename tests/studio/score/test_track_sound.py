"""A track's volume and pan: heard, undone, and kept in the file."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from models.notes import Note
from studio.audio.render import render_samples
from studio.audio.soundfont import shipped_soundfont
from studio.score.midi_file import midi_bytes, parse_midi, read_midi
from studio.score.song import Song
from studio.score.track_sound import TrackSound, track_sound, track_sound_edit
from tests.studio.audio.songs import BEAT, make_song, with_event

Sounds = st.builds(TrackSound, *(st.integers(0, 127) for _ in range(2)))


def demo() -> Song:
    return read_midi(resources.path("demo", "song.mid"))


@given(st.integers(0, 4), st.lists(Sounds, min_size=1, max_size=4))
def test_what_is_set_is_what_is_there_and_undo_brings_all_back(
    index: int, sounds: list[TrackSound]
) -> None:
    song = demo()
    before, bytes_before = track_sound(song, index), midi_bytes(song)
    others = [track_sound(song, i) for i in range(5) if i != index]
    for sound in sounds:
        edit = track_sound_edit(song, index, sound, "Sound")
        if edit:
            song.score.apply(edit)
        assert track_sound(song, index) == sound
        assert track_sound(parse_midi(midi_bytes(song), "again.mid"), index) == sound
    assert [track_sound(song, i) for i in range(5) if i != index] == others
    while song.score.undo():
        pass
    assert track_sound(song, index) == before
    assert midi_bytes(song) == bytes_before


def test_nothing_new_is_no_edit() -> None:
    song = demo()
    assert not track_sound_edit(song, 0, track_sound(song, 0), "Sound")


def test_changes_in_the_middle_of_a_track_stay() -> None:
    song = make_song([Note(0, 60, BEAT), Note(8 * BEAT, 60, BEAT)])
    head = bytes((0xB0 | song.tracks[0].channel, 7))
    with_event(song, 0, 4 * BEAT, head + b"\x20")
    song.score.apply(track_sound_edit(song, 0, TrackSound(volume=73), "Volume"))
    events = [e for e in song.chunks[song.tracks[0].chunk].events if e.data.startswith(head)]
    assert [(e.tick, e.data[2]) for e in events] == [(0, 73), (4 * BEAT, 0x20)]


def test_the_last_value_before_the_first_note_counts() -> None:
    song = make_song([Note(4 * BEAT, 60, BEAT)])
    for tick, volume in ((0, 30), (BEAT, 90), (5 * BEAT, 10)):
        with_event(song, 0, tick, bytes((0xB0 | song.tracks[0].channel, 7, volume)))
    assert track_sound(song, 0).volume == 90


@pytest.mark.parametrize(("pan", "louder"), [(0, 0), (127, 1)])
def test_volume_and_pan_are_heard(pan: int, louder: int) -> None:
    song = make_song([Note(0, 60, BEAT)])

    def loudness() -> np.ndarray:
        sound = np.concatenate(list(render_samples(song, soundfont=shipped_soundfont())))
        return np.sqrt(np.mean(np.square(sound), axis=0))

    full = loudness()
    song.score.apply(track_sound_edit(song, 0, TrackSound(40, pan), "Sound"))
    soft = loudness()
    assert soft.sum() < 0.6 * full.sum()
    assert soft[louder] > 3 * soft[1 - louder]
