"""The demo music: what ships is what the command composes, and it keeps to its own rules."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import soundfile

import resources
from models.notes import Note
from models.protocol import Piece
from studio.audio import composer, demo_music
from studio.audio.composer import BAR, Harmony
from studio.score.midi_file import midi_bytes, read_midi
from studio.score.song import Song

PIECES = {
    "song": demo_music.first_song(),
    "melody": demo_music.tune(),
    "listen": demo_music.listening_piece(),
    **{f"score {n}": demo_music.small_score(n) for n in range(6)},
}


def test_the_shipped_scores_are_what_the_command_composes(tmp_path: Path) -> None:
    demo = resources.path("demo")
    assert (demo / "song.mid").read_bytes() == midi_bytes(Song.from_piece(demo_music.first_song()))
    assert (demo / "melody.mid").read_bytes() == midi_bytes(Song.from_piece(demo_music.tune()))
    demo_music.make_scores(tmp_path, demo_music.N_SCORES)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    shipped = {path.name: path.read_bytes() for path in (demo / "training_scores").glob("*.mid")}
    assert made == shipped
    assert len(set(made.values())) == len(made) == 14


def test_the_first_song_says_what_it_is() -> None:
    song = read_midi(resources.path("demo", "song.mid"))
    assert song.warnings == []
    assert [track.name for track in song.tracks] == ["Melody", "Chords", "Strings", "Bass", "Drums"]
    assert [track.is_drums for track in song.tracks] == [False] * 4 + [True]
    assert song.key_signatures[0].key == "D"
    assert len(song.tempo) == 3
    assert 23 * BAR < song.end <= 24 * BAR


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_is_playable(name: str) -> None:
    piece = PIECES[name]
    assert {note.track for note in piece.notes} == set(range(len(piece.tracks)))
    of_key: dict[tuple[int, int], list[Note]] = {}
    for note in piece.notes:
        of_key.setdefault((note.track, note.pitch), []).append(note)
    for notes in of_key.values():
        ordered = sorted(notes)
        assert all(a.end <= b.start for a, b in itertools.pairwise(ordered))


def tuned(piece: Piece) -> list[Note]:
    return [note for note in piece.notes if not piece.tracks[note.track].is_drums]


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_keeps_to_its_key(name: str) -> None:
    piece = PIECES[name]
    key = piece.key_signatures[0].key
    is_minor = key.endswith("m")
    names = composer.MINOR_NAMES if is_minor else composer.NAMES
    tonic = names.index(key)
    allowed = set(Harmony(tonic, is_minor, (1,)).scale) | (
        {(tonic + 11) % 12} if is_minor else set()
    )
    assert {note.pitch % 12 for note in tuned(piece)} <= allowed
    last = max(tuned(piece), key=lambda note: (note.track == 0, note.end))
    assert last.pitch % 12 == tonic  # the tune comes home


def test_chords_move_by_small_steps() -> None:
    chords = composer.voiced(Harmony(0, False, (1, 5, 6, 4, 1, 4, 5, 1)), 8, 60)
    for before, after in itertools.pairwise(chords):
        assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) <= 9


def test_the_sound_to_listen_to_is_long_and_loud_enough() -> None:
    y, rate = soundfile.read(resources.path("demo", "demo_listen.ogg"))
    assert len(y) / rate >= 20
    assert 0.15 < np.abs(y).max() < 0.99
    assert np.sqrt(np.mean(y**2)) > 0.03


def test_every_style_has_its_clips_and_they_are_small() -> None:
    folder = resources.path("demo", "training_genre")
    clips = {style: sorted((folder / style).glob("*.ogg")) for style in demo_music.STYLES}
    assert {style: len(found) for style, found in clips.items()} == dict.fromkeys(
        demo_music.STYLES, 8
    )
    files = [path for found in clips.values() for path in found]
    assert sum(path.stat().st_size for path in files) < 800_000
    assert all(3 <= soundfile.info(path).duration <= 4 for path in files)


def test_new_clips_differ_from_each_other(tmp_path: Path) -> None:
    demo_music.make_clips(tmp_path, 2, seed=1)
    paths = sorted(tmp_path.rglob("*.ogg"))
    assert len(paths) == 6
    sounds = [soundfile.read(path)[0] for path in paths]
    for index, y in enumerate(sounds):
        assert 0.3 < np.abs(y).max() < 0.8
        assert not any(np.array_equal(y, other) for other in sounds[index + 1 :])
