"""Measures tempo and key against librosa and Krumhansl's profiles, on scores that we render.

    python tests/bench/bench_music_facts.py [folder_with_scores] [n_pieces_of_each_set]

Thirty seconds each of pieces that no figure here was fitted to (the sets' valid and test parts),
played by our synthesizer: pop (POP909, its own tempo), folk tunes (Nottingham, at a tempo drawn
from 70 to 180 bpm, because all its files say 120) and classical pieces with one tempo and one key
signature (Mutopia). In compound metres the beat is the dotted quarter.

Tempo: Accuracy 1 (within 4 %) and 2 (or a half, third, double, triple), Gouyon et al. 2006.
Key: share told exactly, and the weighted score of MIREX (fifth 0.5, relative 0.3, parallel 0.2).
"""

from __future__ import annotations

import csv
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import librosa
import numpy as np
from numpy.typing import NDArray

from studio.analysis.key import Chroma, estimate_key
from studio.analysis.tempo import OnsetStrength, estimate_tempo
from studio.audio.render import render_samples
from studio.score.midi_file import parse_midi
from studio.score.song import Song
from studio.score.tempo_and_key import tempo_and_key_edit

RATE, SECONDS = 22_050, 30
SHARPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
KRUMHANSL = (
    np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]),
    np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]),
)
Sound = NDArray[np.float32]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def songs(folder: Path, n: int) -> list[tuple[str, Song]]:
    """`n` pieces of each set, with one tempo."""
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] != "train"]
    rng = random.Random(0)
    rng.shuffle(rows)
    found: dict[str, list[Song]] = defaultdict(list)
    for row in rows:
        kind = row["dataset"]
        if kind not in ("pop909", "nottingham", "mutopia") or float(row["seconds"]) < SECONDS:
            continue
        song = parse_midi((folder / row["path"]).read_bytes(), row["path"])
        has_one_key = kind == "pop909" or len(song.key_signatures) == 1
        if len(found[kind]) < n and len(song.tempo) == 1 and has_one_key:
            if kind == "nottingham":
                bpm = rng.uniform(70, 180)
                song.score.apply(tempo_and_key_edit(song, "tempo", bpm=bpm))
            found[kind].append(song)
    return [(kind, song) for kind, several in found.items() for song in several]


def rendered(song: Song) -> Sound:
    parts, n = [], 0
    for part in render_samples(song, sample_rate=RATE):
        parts.append(part.mean(axis=1))
        n += len(part)
        if n >= SECONDS * RATE:
            break
    return np.concatenate(parts)[: SECONDS * RATE].astype(np.float32)


def true_bpm(song: Song) -> float:
    signature = song.metre.signature_at(0)
    is_compound = signature.denominator == 8 and signature.numerator in (6, 9, 12)
    return song.tempo[0].bpm * (2 / 3 if is_compound else 1)


def our_bpm(sound: Sound) -> float:
    onsets = OnsetStrength(RATE)
    reading = estimate_tempo(onsets.push(sound), onsets.frame_rate)
    return reading.bpm if reading else 0.0


def librosa_bpm(sound: Sound) -> float:
    return float(librosa.feature.tempo(y=sound, sr=RATE)[0])


def our_key(sound: Sound) -> tuple[int, bool]:
    reading = estimate_key(Chroma(RATE).push(sound).mean(axis=0))
    return pitch_class(reading.key) if reading else (0, False)


def krumhansl_key(sound: Sound) -> tuple[int, bool]:
    """Librosa's chroma under Krumhansl and Kessler's profiles: what one would write at first."""
    chroma = librosa.feature.chroma_cqt(y=sound, sr=RATE).mean(axis=1)
    fits = {
        (tonic, is_minor): float(np.corrcoef(np.roll(KRUMHANSL[is_minor], tonic), chroma)[0, 1])
        for is_minor in (False, True)
        for tonic in range(12)
    }
    return max(fits, key=lambda key: fits[key])


def pitch_class(key: str) -> tuple[int, bool]:
    letter, rest = key[0], key[1:].rstrip("m")
    return (SHARPS[letter] + {"#": 1, "b": -1, "": 0}[rest]) % 12, key.endswith("m")


def tempo_scores(bpm: float, truth: float) -> tuple[float, float]:
    def fits(factor: float) -> bool:
        return abs(bpm / (truth * factor) - 1) <= 0.04

    return float(fits(1)), float(any(fits(factor) for factor in (1, 2, 3, 1 / 2, 1 / 3)))


def key_scores(told: tuple[int, bool], truth: tuple[int, bool]) -> tuple[float, float]:
    (tonic, is_minor), (true_tonic, is_truly_minor) = told, truth
    interval = (tonic - true_tonic) % 12
    if is_minor == is_truly_minor:
        return float(interval == 0), {0: 1.0, 7: 0.5}.get(interval, 0.0)
    relative = 3 if is_truly_minor else 9
    return 0.0, {relative: 0.3, 0: 0.2}.get(interval, 0.0)


def table(
    title: str,
    ways: dict[str, Callable[[Sound], tuple[float, float]]],
    sounds: list[tuple[str, Song, Sound]],
    score: Callable[[object, Song], tuple[float, float]],
) -> None:
    seconds = {}
    for name, way in ways.items():
        results: dict[str, list[tuple[float, float]]] = defaultdict(list)
        started = time.process_time()
        told = [way(sound) for _, _, sound in sounds]
        seconds[name] = (time.process_time() - started) / len(sounds) / SECONDS
        for (kind, song, _), value in zip(sounds, told, strict=True):
            results[kind].append(score(value, song))
            results["all"].append(score(value, song))
        shares = ", ".join(f"{k} {np.mean(v, axis=0).round(3)}" for k, v in results.items())
        say(f"{title}, {name}: {shares}; {1000 * seconds[name]:.1f} ms CPU a second of sound")
    ours, theirs = seconds.values()
    say(f"{title}: {ours / theirs:.2f} x the CPU time of {list(ways)[1]}")


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/scores")
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    sounds = [(kind, song, rendered(song)) for kind, song in songs(folder, n)]
    librosa_bpm(sounds[0][2])  # compiles at its first call
    krumhansl_key(sounds[0][2])
    say(f"{len(sounds)} pieces of {SECONDS} s")
    table(
        "tempo (accuracy 1, accuracy 2)",
        {"ours": our_bpm, "librosa.feature.tempo": librosa_bpm},
        sounds,
        lambda bpm, song: tempo_scores(bpm, true_bpm(song)),
    )
    table(
        "key (exact, MIREX)",
        {"ours": our_key, "librosa's chroma with Krumhansl": krumhansl_key},
        [each for each in sounds if each[1].key_signatures],
        lambda key, song: key_scores(key, pitch_class(song.key_signatures[0].key)),
    )


if __name__ == "__main__":
    main()
