"""Measures how well one voice becomes notes, on melodies whose notes are known.

    python tests/bench/bench_transcription.py [--quick]

Every track of our own demo music that has one note at a time is played by our synthesizer alone,
as it is written and by other instruments; its sound becomes notes again. Onsets count if they lie
within 50 ms (mir_eval.onset); notes if their pitch is right, too (mir_eval.transcription, ends not
looked at). The baseline is what librosa gives for the same sounds: its onsets, by its defaults.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import librosa
import mir_eval
import numpy as np
from numpy.typing import NDArray

import resources
from models.notes import Note
from models.protocol import Piece, TrackInfo
from studio.analysis.transcriber import HeardNote, Transcriber
from studio.audio.render import render_samples
from studio.audio.soundfont import shipped_soundfont
from studio.score.general_midi import PROGRAM_NAMES
from studio.score.midi_file import read_midi
from studio.score.song import Song

RATE = 44_100
INSTRUMENTS = (0, 24, 33, 40, 52, 56, 71, 73)  # a choir (52) is no single voice
WITHIN_S = 0.05


def melodies() -> Iterator[tuple[str, Song, list[Note]]]:
    """Every line of our demo music that has one note at a time."""
    demo = resources.path("demo", "song.mid").parent
    paths = [
        demo / "melody.mid",
        demo / "song.mid",
        *sorted((demo / "training_scores").rglob("*.mid")),
    ]
    for path in paths:
        song = read_midi(path)
        for index, track in enumerate(song.tracks):
            notes = [note for note in song.score.notes if note.track == index]
            is_line = all(a.end <= b.start for a, b in pairwise(notes))
            if is_line and not track.is_drums and len(notes) > 8:
                yield f"{path.stem} {track.name}", song, notes


def played(song: Song, notes: list[Note], program: int) -> NDArray[np.float32]:
    """The line alone, by another instrument."""
    line = tuple(replace(note, track=0) for note in notes)
    piece = Piece(
        song.ticks_per_beat, line, (TrackInfo("Line", program),), song.tempo, song.time_signatures
    )
    portions = render_samples(
        Song.from_piece(piece), sample_rate=RATE, soundfont=shipped_soundfont()
    )
    return np.concatenate([portion.mean(axis=1) for portion in portions])


def scores(song: Song, notes: list[Note], heard: list[HeardNote]) -> tuple[float, float]:
    """F1 of the onsets, and of onsets with their pitch."""
    seconds = song.tempo_map.ticks_to_seconds
    true = np.array([(seconds(n.start), seconds(n.end)) for n in notes])
    true_hz = 440 * 2 ** ((np.array([n.pitch for n in notes]) - 69) / 12)
    if not heard:
        return 0.0, 0.0
    found = np.array([(n.onset_s, n.offset_s) for n in heard])
    found_hz = 440 * 2 ** ((np.array([n.pitch for n in heard]) - 69) / 12)
    onset = mir_eval.onset.f_measure(true[:, 0], found[:, 0], window=WITHIN_S)[0]
    note = mir_eval.transcription.precision_recall_f1_overlap(
        true, true_hz, found, found_hz, onset_tolerance=WITHIN_S, offset_ratio=None
    )[2]
    return float(onset), float(note)


def baseline(song: Song, notes: list[Note], sound: NDArray[np.float32]) -> float:
    """F1 of librosa's onsets."""
    found = librosa.onset.onset_detect(y=sound, sr=RATE, units="time")
    true = np.array([song.tempo_map.ticks_to_seconds(n.start) for n in notes])
    return float(mir_eval.onset.f_measure(true, found, window=WITHIN_S)[0])


def transcribed(sound: NDArray[np.float32]) -> list[HeardNote]:
    """In blocks, as it comes from a microphone."""
    transcriber, heard = Transcriber(RATE), []
    for at in range(0, len(sound), 1024):
        heard += transcriber.push(sound[at : at + 1024])
    return heard + transcriber.finish()


def told(what: str, figures: NDArray[np.float64]) -> None:
    """A line of the report."""
    onset, pitch, theirs = figures
    sys.stdout.write(
        f"{what:22} onset F1 {onset:.3f}, with pitch {pitch:.3f}, librosa's onsets {theirs:.3f}\n"
    )


def main() -> None:
    lines = list(melodies())
    if "--quick" in sys.argv:
        lines = lines[:4]
    spent = seconds = 0.0
    all_rows = []
    for program in (None, *INSTRUMENTS):
        rows = []
        for _, song, notes in lines:
            written = song.tracks[notes[0].track].program
            sound = played(song, notes, written if program is None else program)
            began = time.process_time()
            heard = transcribed(sound)
            spent, seconds = spent + time.process_time() - began, seconds + len(sound) / RATE
            rows.append((*scores(song, notes, heard), baseline(song, notes, sound)))
        all_rows += rows
        told("as written" if program is None else PROGRAM_NAMES[program], np.mean(rows, axis=0))
    mean = np.mean(all_rows, axis=0)
    told(f"{len(all_rows)} renderings", mean)
    sys.stdout.write(
        f"ours against librosa: {mean[0] / mean[2]:.2f} x the F1; "
        f"{1000 * spent / seconds:.1f} ms of CPU a second of sound\n"
    )


if __name__ == "__main__":
    main()
