"""Measures how often a genre model calls a genre what is no music, and how often it names music.

    python tests/bench/bench_not_music.py [--former MODEL_FOLDER] [--model MODEL_FOLDER]
                                          [--data FOLDER]

Windows of 3 s that no model learned from: none is made by `models.data.not_music`. Noise of five
colours, mains hum and motors, clicks, a quiet room, silence as a converter gives it, and speech by
espeak-ng or flite where one is installed, else by pulses through formants. Called: the share that
is given a genre with at least the confidence that Listen asks for. With `--data`, the validation
clips too, clean and as a microphone hears them: the share that is named, and named rightly.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import scipy.signal
from numpy.typing import NDArray

import resources
from models.data.audio_dataset import load_audio_dataset
from models.data.audio_files import read_audio
from models.inference.genre import GenreModel, window_starts
from studio.ui.listen.genre_colors import UNSURE_BELOW

RATE, WINDOW_S, EACH = 22_050, 3.0, 20
N = round(RATE * WINDOW_S)
COLOURS = {"white": 0.0, "pink": -0.5, "brown": -1.0, "blue": 0.5, "violet": 1.0}
LSB = 2.0**-15
SENTENCES = (
    "The harbour was empty, and nobody could say where the boats had gone that morning.",
    "Please put the other one on the table, next to the blue box, and close the door.",
    "I was thinking about the meeting on Thursday. Do you know whether she will be there?",
    "Seventeen people wrote to us last year, and only four of them wanted their money back.",
    "Turn left after the bridge, go on for two miles, and you will see the old mill.",
)
VOICES = ("en-us", "en+f3", "de", "fr+f2")
VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (570, 840, 2410), (530, 1840, 2480))

Floats = NDArray[np.float64]
Sounds = dict[str, list[Floats]]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def noise(rng: np.random.Generator, slope: float) -> Floats:
    """Noise whose amplitude goes with frequency to the power of `slope`."""
    hz = np.maximum(np.fft.rfftfreq(N, 1 / RATE), 20.0)
    return np.fft.irfft(np.fft.rfft(rng.standard_normal(N)) * hz**slope, N)


def hum(rng: np.random.Generator) -> Floats:
    """A square, saw or pulse wave of the mains or a motor, softened, over hiss."""
    t = np.arange(N) / RATE
    hz = rng.choice([50.0, 60.0, 100.0, rng.uniform(40, 160)])
    duty = rng.uniform(0.05, 0.5)
    wave = rng.choice([scipy.signal.square(2 * np.pi * hz * t, duty), 2 * (hz * t % 1) - 1])
    low = scipy.signal.butter(2, rng.uniform(200, 4000), fs=RATE, output="sos")
    return scipy.signal.sosfilt(low, wave) + rng.uniform(0.001, 0.05) * rng.standard_normal(N)


def clicks(rng: np.random.Generator) -> Floats:
    """Keys, each a knock and a softer one, at the pace of typing, through a small box."""
    y = np.zeros(N)
    at = np.cumsum(rng.gamma(2, rng.uniform(0.04, 0.3), 80))
    for s in at[at < WINDOW_S - 0.2]:
        y[int(s * RATE)] += rng.uniform(0.3, 1)
        y[int((s + rng.uniform(0.04, 0.1)) * RATE)] += rng.uniform(0.1, 0.4)
    n = int(0.03 * RATE)
    box = rng.standard_normal(n) * np.exp(-np.linspace(0, 8, n))
    return scipy.signal.fftconvolve(y, box)[:N] + 0.003 * noise(rng, 0.0)


def room(rng: np.random.Generator) -> Floats:
    """A room in which nobody is: rumble, hiss and a little mains, 60 dB below full scale."""
    rumble, hiss = noise(rng, -1.0), noise(rng, 0.0)
    mains = np.sin(2 * np.pi * rng.choice([50, 60, 100, 120]) * np.arange(N) / RATE)
    y = rumble / rumble.std() + rng.uniform(0.05, 0.5) * hiss / hiss.std()
    return quantised(0.001 * (y + rng.uniform(0, 0.7) * mains), rng)


def quantised(y: Floats, rng: np.random.Generator) -> Floats:
    """As a 16-bit converter with dither gives it."""
    return np.round(y / LSB + rng.uniform(-0.5, 0.5, len(y))) * LSB


def formants(rng: np.random.Generator) -> Floats:
    """Vowels of one voice, four a second, by pulses through resonators, with pauses."""
    t = np.arange(N) / RATE
    hz = rng.uniform(90, 220) * 2 ** (0.2 * np.sin(2 * np.pi * rng.uniform(0.3, 1) * t))
    phase = np.cumsum(hz) / RATE
    source = scipy.signal.lfilter([1], [1, -0.94], np.diff(np.floor(phase), prepend=0))
    y = np.zeros(N)
    for start in range(0, N, RATE // 4):
        if rng.uniform() < 0.8:
            part = source[start : start + RATE // 5]
            for centre in VOWELS[rng.integers(len(VOWELS))]:
                part = scipy.signal.lfilter(*scipy.signal.iirpeak(centre, 8, RATE), part) + (
                    0.2 * part
                )
            y[start : start + len(part)] = part * scipy.signal.windows.tukey(len(part), 0.4)
    return y + 0.001 * rng.standard_normal(N)


def spoken(program: str) -> Iterator[Floats]:
    """Sentences in a few voices by a speech program, cut into windows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        for sentence in SENTENCES:
            for voice in VOICES:
                if Path(program).name == "flite":
                    command = [program, "-t", sentence, "-o", str(path)]
                else:
                    command = [program, "-v", voice, "-w", str(path), sentence]
                subprocess.run(command, check=True, capture_output=True)
                y = read_audio(path, RATE).astype(np.float64)
                yield from (y[at : at + N] for at in window_starts(len(y), N) if len(y) >= N)


def sounds() -> Sounds:
    rng = np.random.default_rng(20)
    found: Sounds = {
        f"{name} noise": [noise(rng, slope) for _ in range(EACH)] for name, slope in COLOURS.items()
    }
    makers: dict[str, Callable[[np.random.Generator], Floats]] = {
        "hum": hum,
        "clicks": clicks,
        "room tone": room,
        "speech by formants": formants,
    }
    found |= {name: [make(rng) for _ in range(EACH)] for name, make in makers.items()}
    found["dither"] = [quantised(np.zeros(N), rng) for _ in range(EACH)]
    found["digital silence"] = [np.zeros(N)]
    program = shutil.which("espeak-ng") or shutil.which("espeak") or shutil.which("flite")
    if program:
        found[f"speech by {Path(program).name}"] = list(spoken(program))
    return found


def called(model: GenreModel, windows: list[Floats]) -> float:
    """The share of windows given a genre with confidence."""
    best = [max(model.classify(_at_level(y), RATE).values()) for y in windows]
    return float(np.mean(np.array(best) >= UNSURE_BELOW))


def _at_level(y: Floats) -> NDArray[np.float32]:
    peak = np.abs(y).max()
    return (y * (0.5 / peak) if peak > 0.01 else y).astype(np.float32)


def degraded(y: NDArray[np.float32], how: str, rng: np.random.Generator) -> NDArray[np.float32]:
    """Through 15 dB of white noise, in a room of 0.5 s, or without what is above 4 kHz."""
    if how == "noise":
        hiss = rng.standard_normal(len(y))
        y = y + hiss * y.std() / 10 ** (15 / 20)
    elif how == "room":
        t = np.arange(int(0.5 * RATE))
        tail = rng.standard_normal(len(t)) * 10 ** (-3 * t / len(t))
        tail[0] = np.sqrt(np.square(tail).sum())  # as strong as all that comes back
        y = scipy.signal.fftconvolve(y, tail)[: len(y)]
    elif how == "low-pass":
        y = scipy.signal.sosfilt(scipy.signal.butter(8, 4000, fs=RATE, output="sos"), y)
    return np.asarray(y, np.float32)


def music(model: GenreModel, data: Path, how: str) -> tuple[float, float, float]:
    """Shares of validation clips: named rightly, called any genre, and named rightly of those."""
    rng = np.random.default_rng(0)
    right, sure = [], []
    for clip in load_audio_dataset(data).split("valid"):
        y = degraded(read_audio(clip.path, RATE), how, rng)
        windows = [list(model.classify(y[at : at + N], RATE).values()) for at in starts(y)]
        mean = np.mean(windows, axis=0)
        right.append(model.labels[int(mean.argmax())] == clip.genre)
        sure.append(bool(mean.max() >= UNSURE_BELOW))
    hits, is_sure = np.array(right), np.array(sure)
    return float(hits.mean()), float(is_sure.mean()), float(hits[is_sure].mean())


def starts(y: NDArray[np.float32]) -> list[int]:
    return window_starts(len(y), N)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, default=resources.path("models", "genre-cnn"))
    parser.add_argument("--former", type=Path)
    parser.add_argument("--data", type=Path)
    args = parser.parse_args()
    models = [GenreModel.load(folder) for folder in (args.model, args.former) if folder]
    say(f"Given a genre with {UNSURE_BELOW:.0%} or more: {' | former: '.join(_names(models))}")
    total = np.zeros(len(models))
    made = sounds()
    for name, windows in made.items():
        shares = [called(model, windows) for model in models]
        total += shares
        say(f"{name:22} {' | '.join(f'{share:5.0%}' for share in shares)}  of {len(windows)}")
    say(f"{'mean of the kinds':22} {' | '.join(f'{s / len(made):5.0%}' for s in total)}")
    if args.former and total[1]:
        say(f"{total[0] / total[1]:.2f} x as often as the former model")
    for how in ("clean", "noise", "room", "low-pass") if args.data else ():
        rows = [music(model, args.data, how) for model in models]
        shown = [f"{r:.3f} right, {s:.0%} called, {p:.3f} of those right" for r, s, p in rows]
        say(f"music, {how:15} {' | '.join(shown)}")


def _names(models: list[GenreModel]) -> list[str]:
    return [f"{model.card.name} {model.card.version}" for model in models]


if __name__ == "__main__":
    main()
