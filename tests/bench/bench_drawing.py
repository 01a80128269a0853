"""Measures ways to draw a scrolling spectrogram, on one machine in one run.

    QT_QPA_PLATFORM=offscreen python tests/bench/bench_drawing.py

Every way gets the same history of levels and shows two new columns of pixels a frame, painted into
the same kind of raster surface as a window's. Baseline: pyqtgraph's `ImageItem`, given the levels
of what is in sight anew at each frame. OpenGL is left out: not every machine has it, and the
uploads would be those of the QImage. Prints medians, and ratios.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["STUDIO_HOME"] = tempfile.mkdtemp()
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np
import pyqtgraph
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from studio.analysis.history import SpectrogramHistory
from studio.analysis.spectrogram import Columns, SpectrogramSettings
from studio.ui.listen.color_map import color_table
from studio.ui.listen.frequency_axis import FrequencyAxis
from studio.ui.listen.spectrogram_image import SpectrogramImage

RATE, HOP, FRAMES = 48_000, 512, 150
SETTINGS = SpectrogramSettings(RATE, n_fft=4096, hop_length=HOP)
AXIS = FrequencyAxis(SETTINGS.fmin_hz, SETTINGS.top_hz)
STEP = 2  # new columns of pixels a frame: 10 s on 1200 pixels at 60 frames a second
Frame = Callable[[QPainter, int], None]  # paints the picture that ends at a column of pixels


def some_history(n_columns: int) -> SpectrogramHistory:
    """Noise with a few steady partials."""
    db = np.random.default_rng(0).uniform(-100, -40, (n_columns, SETTINGS.n_rows))
    db[:, 100:600:80] = -20
    positions = HOP * np.arange(1, n_columns + 1, dtype=np.int64)
    history = SpectrogramHistory(SETTINGS.n_rows, RATE / HOP)
    history.append(Columns(db.astype(np.float32), positions))
    return history


class Stage:
    """The history, laid out for a picture of `width` by `height` pixels."""

    def __init__(self, history: SpectrogramHistory, width: int, height: int) -> None:
        self.history, self.width, self.height = history, width, height
        self.per_pixel = 10.0 * RATE / width

    def image(self) -> SpectrogramImage:
        return SpectrogramImage(self.history, SETTINGS)

    def end(self, column: int) -> int:
        return round(column * self.per_pixel) + 1

    def update(self, image: SpectrogramImage, column: int) -> int:
        return image.update(self.width, self.height, AXIS, self.per_pixel, self.end(column))


def ring(stage: Stage) -> Frame:
    """Ours: new columns go into a QImage used as a ring, which is drawn in two pieces."""
    image = stage.image()

    def frame(painter: QPainter, column: int) -> None:
        first = stage.update(image, column)
        width, height = stage.width, stage.height
        split = width - first
        painter.drawImage(0, 0, image.image, first, 0, split, height)
        painter.drawImage(split, 0, image.image, 0, 0, first, height)

    return frame


def shifted(stage: Stage) -> Frame:
    """The whole QImage is moved left in memory, and new columns are put at its right."""
    source = stage.image()
    pixels = np.zeros((stage.height, stage.width), dtype=np.uint32)
    shown = QImage(
        pixels.data, stage.width, stage.height, 4 * stage.width, QImage.Format.Format_RGB32
    )

    def frame(painter: QPainter, column: int) -> None:
        first = stage.update(source, column)
        pixels[:, :-STEP] = pixels[:, STEP:]
        newest = np.arange(first - STEP, first) % stage.width
        pixels[:, -STEP:] = source._pixels[:, newest]
        painter.drawImage(0, 0, shown)

    return frame


def pixmap(stage: Stage) -> Frame:
    """A QPixmap is scrolled, and new columns are painted into it."""
    source = stage.image()
    shown = QPixmap(stage.width, stage.height)
    shown.fill()

    def frame(painter: QPainter, column: int) -> None:
        first = stage.update(source, column)
        shown.scroll(-STEP, 0, shown.rect())
        into = QPainter(shown)
        at = (first - STEP) % stage.width
        into.drawImage(stage.width - STEP, 0, source.image, at, 0, STEP, stage.height)
        into.end()
        painter.drawPixmap(0, 0, shown)

    return frame


def anew(stage: Stage) -> Frame:
    """Everything in sight is drawn from the history at each frame."""

    def frame(painter: QPainter, column: int) -> None:
        image = stage.image()
        first = stage.update(image, column)
        split = stage.width - first
        painter.drawImage(0, 0, image.image, first, 0, split, stage.height)
        painter.drawImage(split, 0, image.image, 0, 0, first, stage.height)

    return frame


def image_item(stage: Stage) -> Frame:
    """pyqtgraph's ImageItem, with its own look-up table and scaling."""
    view = pyqtgraph.GraphicsView()
    box = pyqtgraph.ViewBox(defaultPadding=0)
    item = pyqtgraph.ImageItem(axisOrder="col-major")
    table = color_table()
    item.setLookupTable(
        np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=1).astype(np.uint8)
    )
    box.addItem(item)
    view.setCentralItem(box)
    view.resize(stage.width, stage.height)
    shown = round(10 * RATE / HOP)

    def frame(painter: QPainter, column: int) -> None:
        positions = stage.end(column) - HOP * np.arange(shown)[::-1]
        levels, _ = stage.history.at(positions, HOP)
        item.setImage(levels, autoLevels=False, levels=(0, 255))
        view.render(painter, QRectF(0, 0, stage.width, stage.height))

    return frame


WAYS: dict[str, Callable[[Stage], Frame]] = {
    "a ring in a QImage, drawn in two pieces (ours)": ring,
    "a QImage moved left in memory": shifted,
    "a QPixmap that is scrolled": pixmap,
    "everything drawn anew": anew,
    "pyqtgraph's ImageItem": image_item,
}


def median_ms(stage: Stage, way: Callable[[Stage], Frame]) -> float:
    """The median time of a frame."""
    surface = QImage(stage.width, stage.height, QImage.Format.Format_ARGB32_Premultiplied)
    frame, taken = way(stage), []
    for number in range(FRAMES):
        painter = QPainter(surface)
        start = time.perf_counter()
        frame(painter, 2 * stage.width + number * STEP)
        painter.end()
        taken.append(time.perf_counter() - start)
    return 1e3 * float(np.median(taken[5:]))


def main() -> None:
    app = QApplication.instance() or QApplication([])
    history = some_history(4000)
    for width, height in ((1200, 400), (2400, 800)):
        stage = Stage(history, width, height)
        taken = {name: median_ms(stage, way) for name, way in WAYS.items()}
        baseline = taken["pyqtgraph's ImageItem"]
        sys.stdout.write(f"\na frame of {width} x {height}, {STEP} new columns\n")
        for name, ms in taken.items():
            sys.stdout.write(f"  {name:<48}{ms:8.3f} ms{ms / baseline:9.3f} of pyqtgraph's\n")
    app.quit()


if __name__ == "__main__":
    main()
