"""Draws the picture as it is at the scale of this process, and prints what differs from its law."""

from __future__ import annotations

import json
import math
import sys

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from studio.analysis.history import SpectrogramHistory
from studio.analysis.spectrogram import Columns
from studio.app import make_qt_application
from studio.ui.listen.frequency_axis import octave_hz, pitch_to_hz
from studio.ui.listen.keyboard_axis import KeyboardAxis
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.spectrogram_image import SpectrogramImage
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.theme import theme

A4 = 69
MARKS_HEIGHT = 24  # where the seconds are written
OFFSET = (7, 5)  # odd, so that it is no whole device pixel at 1.25 and 1.5
SIZES = ((600, 320), (601, 333), (477, 201))
Pixels = NDArray[np.uint32]


def pixels(image: QImage) -> Pixels:
    """What an image shows, shape (height, width), as 0xFFRRGGBB."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint32)
    return flat.reshape(image.height(), -1)[:, : image.width()].copy()


def fill_with_noise(model: ListenViewModel) -> None:
    """Put noise in the history, so that every column and row differs from its neighbours."""
    settings = model.settings
    model.history = SpectrogramHistory(settings.n_rows, 200, seconds=20)
    db = np.random.default_rng(5).uniform(-90, -10, (1200, settings.n_rows))
    positions = settings.hop_length * np.arange(1, 1201, dtype=np.int64)
    model.history.append(Columns(db.astype(np.float32), positions))
    model.picture_changed.emit()


def expected(view: SpectrogramView, model: ListenViewModel, width: int, height: int) -> Pixels:
    """The picture drawn anew, one pixel of the device for each of its own."""
    image = SpectrogramImage(model.history, model.settings)
    per_pixel = view.viewport.span_s * model.sample_rate / width
    first = image.update(width, height, view.axis, per_pixel, view.end_position)
    return np.roll(pixels(image.image), -first, axis=1)


def plain_rows(view: SpectrogramView, ratio: float) -> NDArray[np.intp]:
    """Rows of device pixels over which nothing is drawn; the first may be half outside."""
    rows = np.arange(1, int((view.height() - MARKS_HEIGHT) * ratio))
    lines = [round(view.geometry_.y(hz)) * ratio for hz in octave_hz(view.axis)]
    far = [all(not y - 2 <= row <= y + ratio + 2 for y in lines) for row in rows]
    return rows[np.array(far)]


def differing(view: SpectrogramView, model: ListenViewModel, frame: QWidget) -> int:
    """How many pixels are not what the picture says, over some frames as it scrolls."""
    ratio, count = view.devicePixelRatioF(), 0
    size = (view.width(), view.height())
    left, top = (math.floor(at * ratio) for at in OFFSET)
    right, bottom = (math.ceil((at + n) * ratio) for at, n in zip(OFFSET, size, strict=True))
    for end in range(500_000, 512_000, 4_111):
        model.shown_position = end
        rows = plain_rows(view, ratio)
        wanted = expected(view, model, *(math.ceil(n * ratio) for n in size))
        alone = pixels(view.grab().toImage())
        count += int(np.count_nonzero(alone[rows] != wanted[rows, : alone.shape[1]]))
        wanted = expected(view, model, right - left, bottom - top)
        inside = pixels(frame.grab().toImage())[top:bottom, left:right]
        count += int(np.count_nonzero((inside != wanted)[rows, 1:-1]))
    return count


def key_height(keys: KeyboardAxis) -> float:
    """How far the middle of the marked key lies from its pitch, in device pixels."""
    plain = pixels(keys.grab().toImage())
    keys.point_at(pitch_to_hz(A4))
    marked = pixels(keys.grab().toImage())
    keys.point_at(None)
    rows = np.flatnonzero((plain != marked)[:, -20:].any(axis=1))
    middle = (rows[0] + rows[-1] + 1) / 2
    return float(abs(middle - keys._y(pitch_to_hz(A4)) * keys.devicePixelRatioF()))


def main() -> None:
    """Print the ratio and the worst of each law for both themes."""
    app = make_qt_application("dark")
    model = ListenViewModel(None)
    frame = QWidget()
    view = SpectrogramView(model, frame)
    fill_with_noise(model)
    keys = KeyboardAxis(view.viewport)
    view.move(*OFFSET)
    wrong, off = 0, 0.0
    for mode in ("dark", "light"):
        theme().set_mode(mode)
        for width, height in SIZES:
            view.resize(width, height)
            frame.resize(width + 20, height + 20)
            keys.resize(keys.width(), height)
            wrong += differing(view, model, frame)
            off = max(off, key_height(keys))
    sys.stdout.write(json.dumps({"ratio": view.devicePixelRatioF(), "wrong": wrong, "off": off}))
    app.quit()


if __name__ == "__main__":
    main()
