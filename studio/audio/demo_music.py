"""Makes the demo music that ships: `python -m studio.audio.demo_music OUT_DIR`.

Composed by the rules of `composer.py` and played by our own synthesizer with our own SoundFont.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import soundfile

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import KeySignature, TempoChange, TimeSignature
from studio.audio import composer
from studio.audio.composer import BAR, BEAT, Harmony
from studio.audio.render import render_samples, render_song
from studio.audio.soundfont import shipped_soundfont
from studio.score.midi_file import write_midi
from studio.score.song import Song

SEED = 7
N_SCORES = 14
CLIPS_PER_CLASS = 8
CLIP_S = 3.6
CLIP_RATE = 22050

PIANO, ELECTRIC_PIANO, NYLON, FINGER_BASS, SYNTH_BASS = 0, 4, 24, 33, 38
VIOLIN, STRINGS, CHOIR, FLUTE, SAW_LEAD = 40, 48, 52, 73, 81


def _piece(
    notes: Iterable[Note],
    tracks: Sequence[TrackInfo],
    harmony: Harmony,
    bpm: float,
    slower: Sequence[tuple[int, float]] = (),
) -> Piece:
    changes = [(0, bpm), *slower]
    return Piece(
        BEAT,
        tuple(composer.untangled(notes)),
        tuple(tracks),
        tuple(TempoChange(tick, round(60e6 / tempo)) for tick, tempo in changes),
        (TimeSignature(0, 4, 4),),
        (KeySignature(0, harmony.key),),
    )


def _later(notes: Iterable[Note], bars: int) -> list[Note]:
    return [
        Note(note.start + bars * BAR, note.pitch, note.duration, note.velocity, note.track)
        for note in notes
    ]


def first_song(seed: int = SEED) -> Piece:
    """The song of the first start: a verse and a refrain of 8 bars, half a verse, a farewell."""
    rng = random.Random(seed)
    verse = Harmony(2, False, (1, 5, 6, 4, 1, 4, 5, 1))  # D major
    refrain = Harmony(2, False, (4, 5, 3, 6, 2, 5, 1, 1))
    ending = Harmony(2, False, (6, 4, 5, 1))
    verse_tune = composer.melody(rng, verse, 8, track=0, low=66, high=84)
    broken = composer.broken_chords(rng, composer.voiced(verse, 8, 62), track=1)
    notes = [*verse_tune, *broken]
    notes += _later((note for note in (*verse_tune, *broken) if note.start < 4 * BAR), 16)
    notes += _later(composer.melody(rng, refrain, 8, track=0, low=69, high=86), 8)
    notes += _later(composer.comped_chords(rng, composer.voiced(refrain, 8, 62), track=1), 8)
    strings = composer.held_chords(composer.voiced(refrain, 8, 67), track=2, velocity=54)
    notes += _later(strings, 8)
    for at, harmony, bars, groove in ((0, verse, 8, 0), (8, refrain, 8, 1), (16, verse, 4, 0)):
        notes += _later(composer.bass_line(rng, harmony, bars, track=3), at)
        notes += composer.drum_part(rng, bars, track=4, first_bar=at, groove=groove)
    notes += _later(_ending(rng, ending), 20)
    tracks = (
        TrackInfo("Melody", FLUTE),
        TrackInfo("Chords", ELECTRIC_PIANO),
        TrackInfo("Strings", STRINGS),
        TrackInfo("Bass", FINGER_BASS),
        TrackInfo("Drums", 0, is_drums=True),
    )
    slower = ((22 * BAR, 96.0), (23 * BAR, 84.0))
    return _piece(notes, tracks, verse, 104, slower)


def _ending(rng: random.Random, harmony: Harmony) -> list[Note]:
    chords = composer.voiced(harmony, 4, 62)
    notes = composer.held_chords(chords, track=1, velocity=66)
    notes += composer.held_chords(composer.voiced(harmony, 4, 67), track=2, velocity=56)
    notes += composer.melody(rng, harmony, 4, track=0, low=66, high=84)
    return notes + composer.bass_line(rng, harmony, 4, track=3, busy=False)


def tune(seed: int = SEED) -> Piece:
    """A melody alone, eight bars in C major."""
    rng = random.Random(seed + 1)
    harmony = composer.period(rng, 0, is_minor=False)
    notes = composer.melody(rng, harmony, 8, track=0, low=62, high=81)
    return _piece(notes, (TrackInfo("Melody", PIANO),), harmony, 100)


def listening_piece(seed: int = SEED) -> Piece:
    """What Listen plays first: a minor song with drums, for the eye as much as for the ear."""
    rng = random.Random(seed + 2)
    harmony = Harmony(9, True, (1, 6, 3, 7, 1, 4, 5, 1))
    chords = composer.voiced(harmony, 12, 60, 4)
    notes = composer.melody(rng, harmony, 12, track=0, low=69, high=88)
    notes += composer.comped_chords(rng, chords, track=1)
    notes += composer.held_chords(chords[4:], track=2, velocity=52, first_bar=4)
    notes += composer.bass_line(rng, harmony, 12, track=3)
    notes += composer.drum_part(rng, 12, track=4, groove=1)
    tracks = (
        TrackInfo("Melody", VIOLIN),
        TrackInfo("Chords", PIANO),
        TrackInfo("Choir", CHOIR),
        TrackInfo("Bass", FINGER_BASS),
        TrackInfo("Drums", 0, is_drums=True),
    )
    return _piece(notes, tracks, harmony, 112)


def small_score(seed: int) -> Piece:
    """Eight bars of melody, chords and bass: a piece of the tiny training set."""
    rng = random.Random(seed)
    harmony = composer.period(rng, rng.randrange(12), is_minor=rng.random() < 0.4)
    chords = composer.voiced(harmony, 8, 60)
    accompany = rng.choice((composer.broken_chords, composer.comped_chords))
    notes = composer.melody(rng, harmony, 8, track=0, low=66, high=84)
    notes += accompany(rng, chords, track=1)
    notes += composer.bass_line(rng, harmony, 8, track=2, busy=rng.random() < 0.5)
    tracks = (TrackInfo("Melody", FLUTE), TrackInfo("Chords", NYLON), TrackInfo("Bass", 32))
    return _piece(notes, tracks, harmony, rng.randrange(84, 132, 4))


def _piano_clip(rng: random.Random, harmony: Harmony) -> Piece:
    chords = composer.voiced(harmony, 4, 55)
    notes = composer.melody(rng, harmony, 4, track=0, low=66, high=86)
    notes += composer.broken_chords(rng, chords, track=0)
    return _piece(notes, (TrackInfo("Piano", PIANO),), harmony, rng.randrange(76, 120, 4))


def _strings_clip(rng: random.Random, harmony: Harmony) -> Piece:
    notes = composer.held_chords(composer.voiced(harmony, 4, 66, 4), track=0, velocity=84)
    notes += composer.bass_line(rng, harmony, 4, track=1, busy=False)
    tracks = (TrackInfo("Strings", STRINGS), TrackInfo("Cellos", STRINGS))
    return _piece(notes, tracks, harmony, rng.randrange(96, 152, 4))


def _drums_clip(rng: random.Random, harmony: Harmony) -> Piece:
    notes = composer.drum_part(rng, 4, track=0)
    notes += composer.bass_line(rng, harmony, 4, track=1)
    notes += composer.comped_chords(rng, composer.voiced(harmony, 4, 64), track=2, velocity=50)
    tracks = (
        TrackInfo("Drums", 0, is_drums=True),
        TrackInfo("Bass", rng.choice((FINGER_BASS, SYNTH_BASS))),
        TrackInfo("Lead", SAW_LEAD),
    )
    return _piece(notes, tracks, harmony, rng.randrange(100, 144, 4))


STYLES: dict[str, Callable[[random.Random, Harmony], Piece]] = {
    "drums-and-bass": _drums_clip,
    "piano": _piano_clip,
    "strings": _strings_clip,
}


def make_all(out: Path, seed: int = SEED) -> None:
    """Compose, play and write all of it under `out`."""
    out.mkdir(parents=True, exist_ok=True)
    write_midi(Song.from_piece(first_song(seed)), out / "song.mid")
    write_midi(Song.from_piece(tune(seed)), out / "melody.mid")
    listening = Song.from_piece(listening_piece(seed))
    render_song(listening, out / "demo_listen.ogg", soundfont=shipped_soundfont())
    make_scores(out / "training_scores", N_SCORES, seed)
    make_clips(out / "training_genre", CLIPS_PER_CLASS, seed)


def make_scores(folder: Path, count: int, seed: int = SEED) -> None:
    """Write `count` small scores."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        piece = small_score(seed * 1000 + number)
        write_midi(Song.from_piece(piece), folder / f"piece{number:02d}.mid")


def make_clips(folder: Path, per_class: int, seed: int = SEED) -> None:
    """Write a folder for each style with `per_class` clips of some seconds."""
    for index, (style, compose) in enumerate(STYLES.items()):
        (folder / style).mkdir(parents=True, exist_ok=True)
        for number in range(1, per_class + 1):
            rng = random.Random(seed * 100_000 + index * 1000 + number)
            harmony = composer.period(rng, rng.randrange(12), is_minor=rng.random() < 0.5)
            _write_clip(compose(rng, harmony), folder / style / f"clip{number:02d}.ogg")


def _write_clip(piece: Piece, path: Path) -> None:
    portions = render_samples(
        Song.from_piece(piece), sample_rate=CLIP_RATE, soundfont=shipped_soundfont()
    )
    y = np.concatenate([portion.mean(axis=1) for portion in portions])[: round(CLIP_S * CLIP_RATE)]
    y *= 0.5 / np.abs(y).max()
    soundfile.write(path, y, CLIP_RATE, format="OGG", subtype="VORBIS", compression_level=0.6)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    make_all(parser.parse_args(arguments).out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
