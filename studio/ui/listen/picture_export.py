"""The picture of a stretch of sound as an image to keep: axes, keyboard, colours and settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from studio.analysis.history import SpectrogramHistory, to_db
from studio.analysis.spectrogram import Columns, SpectrogramSettings
from studio.ui.listen.color_map import color_table
from studio.ui.listen.frequency_axis import MINUS, FrequencyAxis
from studio.ui.listen.keyboard_axis import WIDTH as KEYBOARD_WIDTH
from studio.ui.listen.keyboard_axis import KeyboardAxis
from studio.ui.listen.picture_model import Look
from studio.ui.listen.spectrogram_image import SpectrogramImage
from studio.ui.listen.viewport import Viewport
from studio.ui.theme import (
    GRID,
    SPACE_L,
    SPACE_M,
    SPACE_S,
    font_bold,
    font_small,
    tabular,
    theme,
)

WIDTH, HEIGHT, RATIO = 1600, 900, 2  # the image, in logical pixels, and how many real ones each is
TITLE_HEIGHT, TIME_HEIGHT, CAPTION_HEIGHT = 4 * GRID, 3 * GRID, 4 * GRID
BAR_WIDTH, BAR_LABELS = 2 * GRID, 6 * GRID
PICTURE = QRectF(
    SPACE_L + KEYBOARD_WIDTH,
    SPACE_M + TITLE_HEIGHT,
    WIDTH - 2 * SPACE_L - KEYBOARD_WIDTH - SPACE_L - BAR_WIDTH - BAR_LABELS,
    HEIGHT - 2 * SPACE_M - TITLE_HEIGHT - TIME_HEIGHT - CAPTION_HEIGHT,
)
N_COLUMNS, N_ROWS = round(PICTURE.width() * RATIO), round(PICTURE.height() * RATIO)
BITE = 64  # columns at a time: about a millisecond
STEPS_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0)
MOST_STEPS = 16
STEP_DB = 10


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an image shows, copied from what goes on changing.

    `history` has one column for each column of pixels, at the positions 0, 1, 2 …
    """

    history: SpectrogramHistory
    settings: SpectrogramSettings
    look: Look
    axis: FrequencyAxis
    keyboard: QImage
    seconds: float
    title: str
    caption: str


def copy_columns(
    history: SpectrogramHistory, settings: SpectrogramSettings, start: int, end: int
) -> Iterator[SpectrogramHistory | None]:
    """Copy the columns from position `start` to `end`, bite by bite; the last item is the copy.

    The thread that owns `history` runs it, with time for its other work between the items.
    """
    edges = np.rint(np.linspace(start, end, N_COLUMNS + 1)).astype(np.int64)
    copy = SpectrogramHistory(history.n_rows, N_COLUMNS, 1.0)
    for first in range(0, N_COLUMNS, BITE):
        after = min(first + BITE, N_COLUMNS)
        levels, is_there = history.between(edges[first : after + 1], 3 * settings.hop_length)
        copy.append(Columns(to_db(levels[is_there]), first + np.flatnonzero(is_there)))
        yield None
    yield copy


def keyboard_image(viewport: Viewport) -> QImage:
    """The keyboard of the range of pitches that is shown, as high as the picture."""
    axis = KeyboardAxis(viewport)
    axis.resize(KEYBOARD_WIDTH, round(PICTURE.height()))
    image = QImage(axis.size() * RATIO, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(RATIO)
    axis.render(image, QPoint())
    axis.deleteLater()
    return image


def paint(snapshot: Snapshot) -> QImage:
    """The image. Any thread may call it."""
    image = QImage(WIDTH * RATIO, HEIGHT * RATIO, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(RATIO)
    image.fill(theme().color("surface"))
    painter = QPainter(image)
    try:
        _draw_sound(painter, snapshot)
        painter.drawImage(QPointF(SPACE_L, PICTURE.top()), snapshot.keyboard)
        _draw_words(painter, snapshot)
        _draw_time(painter, snapshot.seconds)
        _draw_colors(painter, snapshot.look)
    finally:
        painter.end()
    return image


def _draw_sound(painter: QPainter, snapshot: Snapshot) -> None:
    # one pixel is one position here, so gaps between columns are gaps
    picture = SpectrogramImage(snapshot.history, replace(snapshot.settings, hop_length=1))
    look = snapshot.look
    picture.color_map = look.color_map
    picture.floor_db, picture.ceiling_db = look.floor_db, look.ceiling_db
    picture.update(N_COLUMNS, N_ROWS, snapshot.axis, 1.0, N_COLUMNS)
    painter.drawImage(PICTURE, picture.image, QRectF(0, 0, N_COLUMNS, N_ROWS))


def _draw_words(painter: QPainter, snapshot: Snapshot) -> None:
    width = WIDTH - 2 * SPACE_L
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setPen(theme().color("text"))
    painter.setFont(font_bold())
    title = QRectF(SPACE_L, SPACE_M, width, TITLE_HEIGHT)
    painter.drawText(title, middle, snapshot.title)
    painter.setPen(theme().color("text_muted"))
    painter.setFont(tabular(font_small()))
    caption = QRectF(SPACE_L, HEIGHT - SPACE_M - CAPTION_HEIGHT, width, CAPTION_HEIGHT)
    painter.drawText(caption, middle, snapshot.caption)


def _draw_time(painter: QPainter, seconds: float) -> None:
    painter.setFont(tabular(font_small()))
    step = next((s for s in STEPS_S if seconds <= s * MOST_STEPS), STEPS_S[-1])
    for index in range(int(seconds / step + 1e-9) + 1):
        x = PICTURE.left() + PICTURE.width() * index * step / seconds
        tick = QRectF(round(x), PICTURE.bottom(), 1, SPACE_S)
        painter.fillRect(tick, theme().color("border_strong"))
        box = QRectF(x - 4 * GRID, PICTURE.bottom() + SPACE_S, 8 * GRID, TIME_HEIGHT - SPACE_S)
        painter.setPen(theme().color("text_muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _clock(index * step, step))


def _clock(seconds: float, step: float) -> str:
    """'1:05', or where steps are smaller than a second '1:05.20'."""
    minutes, rest = divmod(round(seconds * 100), 6000)
    whole, hundredths = divmod(rest, 100)
    return f"{minutes}:{whole:02d}" + (f".{hundredths:02d}" if step < 1 else "")


def _draw_colors(painter: QPainter, look: Look) -> None:
    """The colours with their levels, the loudest on top."""
    left = PICTURE.right() + SPACE_L
    table = np.ascontiguousarray(color_table(look.color_map)[::-1])
    bar = QImage(table.data, 1, len(table), 4, QImage.Format.Format_RGB32)
    painter.drawImage(QRectF(left, PICTURE.top(), BAR_WIDTH, PICTURE.height()), bar)
    painter.setFont(tabular(font_small()))
    span = look.ceiling_db - look.floor_db
    for db in range(int(look.floor_db), int(look.ceiling_db) + 1):
        if db % STEP_DB:
            continue
        y = PICTURE.top() + PICTURE.height() * (look.ceiling_db - db) / span
        line = QRectF(left + BAR_WIDTH, round(y), SPACE_S, 1)
        painter.fillRect(line, theme().color("border_strong"))
        box = QRectF(left + BAR_WIDTH + SPACE_M, y - GRID, BAR_LABELS, 2 * GRID)
        painter.setPen(theme().color("text_muted"))
        text = f"{db} dB".replace("-", MINUS)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
