"""Measures the spectrogram and its picture against baselines, on one machine in one run.

    QT_QPA_PLATFORM=offscreen python tests/bench/bench_spectrogram.py [seconds_of_sound]

Columns: librosa's `stft`, magnitude and `amplitude_to_db` of the same sound, hop by hop as a
microphone delivers it, and all at once. Painting: pyqtgraph's `ImageItem` with the same picture set
anew at each frame. Prints the best of several runs, and ratios.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["STUDIO_HOME"] = tempfile.mkdtemp()
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import librosa
import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication, QWidget

from studio.analysis.history import SpectrogramHistory, to_levels
from studio.analysis.scales import SCALES, Scale
from studio.analysis.spectrogram import Columns, Spectrogram, SpectrogramSettings
from studio.ui.listen.color_map import color_table
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.spectrogram_view import SpectrogramView

RATE, N_FFT, HOP = 48_000, 4096, 512
WIDTH, HEIGHT, FRAMES = 1200, 400, 200
SETTINGS = SpectrogramSettings(RATE, n_fft=N_FFT, hop_length=HOP)


def cpu_seconds(work: Callable[[], object], repeat: int = 5) -> float:
    """The least processor time of `work`, all threads together."""
    taken = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def say(text: str, value: float, unit: str, note: str = "") -> None:
    sys.stdout.write(f"{text:<58}{value:10.3f} {unit}  {note}\n")
    sys.stdout.flush()


def some_sound(seconds: float) -> NDArray[np.float32]:
    """Noise and a gliding tone."""
    t = np.arange(round(seconds * RATE)) / RATE
    noise = 0.05 * np.random.default_rng(0).standard_normal(len(t))
    return (noise + 0.3 * np.sin(2 * np.pi * (200 + 50 * t) * t)).astype(np.float32)


def ours(sound: NDArray[np.float32], block: int = HOP) -> Columns:
    """Block by block, as it arrives."""
    spectrogram = Spectrogram(SETTINGS)
    parts = [spectrogram.push(sound[at : at + block]) for at in range(0, len(sound), block)]
    db = np.concatenate([part.db for part in parts])
    return Columns(db, np.concatenate([part.positions for part in parts]))


def librosa_db(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Decibels of linear bins, shape (n_bins, n): the spectrogram of librosa's manual."""
    spectrum = librosa.stft(sound, n_fft=N_FFT, hop_length=HOP, center=False)
    return np.asarray(librosa.amplitude_to_db(np.abs(spectrum), ref=1.0), dtype=np.float32)


def librosa_streaming(sound: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The same, one window at each hop."""
    return [librosa_db(sound[at : at + N_FFT]) for at in range(0, len(sound) - N_FFT + 1, HOP)]


def measure_columns(sound: NDArray[np.float32]) -> None:
    ways: dict[str, Callable[[NDArray[np.float32]], object]] = {
        "columns, ours, hop by hop": ours,
        "columns, librosa, hop by hop": librosa_streaming,
        "columns, ours, all at once": lambda y: ours(y, len(y)),
        "columns, librosa, all at once": librosa_db,
    }
    taken = []
    for name, way in ways.items():
        way(sound[: 2 * RATE])  # numba and the plans of the FFT
        taken.append(1e3 * cpu_seconds(lambda way=way: way(sound)) * RATE / len(sound))
        say(name, taken[-1], "ms CPU per second of sound")
    say("ours / librosa, hop by hop", taken[0] / taken[1], "times")
    say("ours / librosa, all at once", taken[2] / taken[3], "times")


def librosa_views(sound: NDArray[np.float32]) -> dict[Scale, Callable[[], object]]:
    """What librosa has for each scale, the whole sound at once; it has no log or note rows."""
    from librosa.feature import melspectrogram

    mel = {"n_fft": N_FFT, "hop_length": HOP, "n_mels": 128, "sr": RATE}
    cqt = {"sr": RATE, "hop_length": HOP, "bins_per_octave": 36, "n_bins": 296, "fmin": 27.5}
    return {
        "linear": lambda: librosa_db(sound),
        "mel": lambda: librosa.power_to_db(melspectrogram(y=sound, **mel)),
        "constant-q": lambda: librosa.amplitude_to_db(np.abs(librosa.cqt(sound, **cqt))),
    }


def measure_views(sound: NDArray[np.float32]) -> None:
    """CPU of each view, hop by hop, beside what librosa takes for the whole sound at once."""
    seconds = len(sound) / RATE
    theirs = librosa_views(sound)
    for scale in SCALES:
        spectrogram = Spectrogram(replace(SETTINGS, scale=scale))
        took = 1e3 * cpu_seconds(lambda s=spectrogram: stream(s, sound), 3) / seconds
        say(f"columns, {scale}, hop by hop", took, "ms CPU per second of sound")
        if scale in theirs:
            theirs[scale]()
            batch = 1e3 * cpu_seconds(theirs[scale], 3) / seconds
            say(f"ours hop by hop / librosa {scale} at once", took / batch, "times")


def stream(spectrogram: Spectrogram, sound: NDArray[np.float32]) -> None:
    spectrogram.reset(0)
    for at in range(0, len(sound), HOP):
        spectrogram.push(sound[at : at + HOP])


def measure_channels(sound: NDArray[np.float32], n_channels: int = 8) -> None:
    """Eight microphones at once: seconds of one core for a second of sound."""
    channels = [Spectrogram(SETTINGS) for _ in range(n_channels)]

    def all_of_them() -> None:
        for spectrogram in channels:
            stream(spectrogram, sound)

    took = cpu_seconds(all_of_them, 3) * RATE / len(sound)
    say(f"{n_channels} channels at once / real time", took, "times (1 would be too late)")


class Stage(ListenViewModel):
    """A view-model whose history the bench fills by hand."""

    def take(self, columns: Columns) -> None:
        self.settings = SETTINGS
        self.history = SpectrogramHistory(SETTINGS.n_rows, RATE / HOP)
        self.history.append(columns)
        self.started.emit()
        self.go_on(Columns(columns.db[:0], columns.positions[:0]))

    def go_on(self, columns: Columns) -> None:
        self.history.append(columns)
        self.shown_position = self.history.last_position
        self.ticked.emit(len(columns.positions))


def frames(widget: QWidget, step: Callable[[], object]) -> float:
    """Median milliseconds to take a step and paint the widget into a pixmap."""
    taken = []
    for _ in range(FRAMES):
        start = time.perf_counter()
        step()
        widget.grab()
        taken.append(time.perf_counter() - start)
    return 1e3 * float(np.median(taken))


def paint_ours(columns: Columns) -> float:
    stage = Stage(None)
    view = SpectrogramView(stage)
    view.resize(WIDTH, HEIGHT)
    half = len(columns.db) // 2
    stage.take(Columns(columns.db[:half], columns.positions[:half]))
    arriving = iter(range(half, len(columns.db) - 2, 2))  # 94 columns a second at 60 frames

    def step() -> None:
        at = next(arriving)
        stage.go_on(Columns(columns.db[at : at + 2], columns.positions[at : at + 2]))

    return frames(view, step)


def paint_pyqtgraph(columns: Columns) -> float:
    plot = pyqtgraph.PlotWidget()
    plot.resize(WIDTH, HEIGHT)
    item = pyqtgraph.ImageItem()
    table = color_table()
    rgb = np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=1).astype(np.uint8)
    item.setLookupTable(rgb)
    plot.addItem(item)
    levels = to_levels(columns.db)
    shown = round(10 * RATE / HOP)
    starts = iter(range(0, len(levels), 2))

    def step() -> None:
        at = next(starts)
        item.setImage(levels[at : at + shown], autoLevels=False, levels=(0, 255))

    return frames(plot, step)


def measure_painting(columns: Columns) -> None:
    app = QApplication.instance() or QApplication([])
    mine = paint_ours(columns)
    theirs = paint_pyqtgraph(columns)
    say(f"a frame of SpectrogramView, {WIDTH} x {HEIGHT}", mine, "ms, median")
    say(f"a frame of pyqtgraph's ImageItem, {WIDTH} x {HEIGHT}", theirs, "ms")
    say("ours / pyqtgraph", mine / theirs, "times")
    app.quit()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    sound = some_sound(seconds)
    sys.stdout.write(f"{Path(__file__).name}: {seconds:g} s of sound at {RATE} Hz\n")
    measure_columns(sound)
    measure_views(sound)
    measure_channels(sound)
    measure_painting(ours(sound))


if __name__ == "__main__":
    main()
