"""The colours of the picture as a bar whose ends say which level is dark and which bright."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.listen.color_map import color_table
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.listen.picture_model import HIGHEST_DB, LOWEST_DB, Look, PictureModel
from studio.ui.theme import GRID, font_small, tabular, theme

HANDLE = 6
LABEL_GAP = 6  # pixels between two labels
STEP_DB = 2.0


class ColorBar(QWidget):
    """Levels from the quietest to full scale; the picture's range between two handles."""

    def __init__(self, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("color_bar")
        self.setAccessibleName(self.tr("Range of levels"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(15 * GRID)
        self._model = model
        self._drag: str | None = None
        model.look_changed.connect(self._on_changed)
        theme().changed.connect(self.update)
        self._on_changed()

    def sizeHint(self) -> QSize:
        return QSize(30 * GRID, 4 * GRID)

    def _on_changed(self) -> None:
        look = self._model.look
        text = self.tr("{0:.0f} to {1:.0f} dB").format(look.floor_db, look.ceiling_db)
        self.setAccessibleDescription(text.replace("-", MINUS))
        tip = self.tr("Drag an end: levels below the left one are dark, above the right one bright")
        if look.is_locked:
            tip = self.tr("The range is locked: unlock it to change it")
        self.setToolTip(tip)
        self.setStatusTip(tip)
        self.update()

    def _x(self, db: float) -> float:
        share = (db - LOWEST_DB) / (HIGHEST_DB - LOWEST_DB)
        return HANDLE + share * (self.width() - 2 * HANDLE)

    def _db(self, x: float) -> float:
        share = (x - HANDLE) / max(1, self.width() - 2 * HANDLE)
        return round(LOWEST_DB + min(max(share, 0.0), 1.0) * (HIGHEST_DB - LOWEST_DB))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = self._model.look
        left, right = self._x(look.floor_db), self._x(look.ceiling_db)
        band = QRectF(HANDLE, GRID / 2, self.width() - 2 * HANDLE, 1.5 * GRID)
        colors = color_table(look.color_map)
        painter.fillRect(band, int(colors[0]))
        painter.fillRect(
            QRectF(right, band.top(), band.right() - right, band.height()), int(colors[-1])
        )
        strip = np.ascontiguousarray(colors[None, :])
        image = QImage(strip.data, len(colors), 1, QImage.Format.Format_RGB32)
        painter.drawImage(QRectF(left, band.top(), right - left, band.height()), image)
        painter.setPen(QPen(theme().color("border_strong"), 1))
        painter.drawRect(band)
        painter.setFont(tabular(font_small()))
        self._draw_handles(painter, left, right)
        painter.setPen(theme().color("text_muted"))
        texts = [f"{db:.0f} dB".replace("-", MINUS) for db in (look.floor_db, look.ceiling_db)]
        widths = [painter.fontMetrics().horizontalAdvance(text) + 2.0 for text in texts]
        starts = label_starts(left, right, (widths[0], widths[1]), self.width())
        for start, width, text in zip(starts, widths, texts, strict=True):
            box = QRectF(start, 2.5 * GRID - 1, width, 1.5 * GRID)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, text)

    def _draw_handles(self, painter: QPainter, left: float, right: float) -> None:
        role = "border_strong" if self._model.look.is_locked else "accent"
        color = theme().color(role if self.isEnabled() else "border_strong")
        for x in (left, right):
            painter.fillRect(QRectF(x - 2, 1, 4, 2.5 * GRID - 2), color)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        look, x = self._model.look, event.position().x()
        is_low = abs(x - self._x(look.floor_db)) < abs(x - self._x(look.ceiling_db))
        self._drag = "floor_db" if is_low else "ceiling_db"
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._model.change_look(**{self._drag: self._db(event.position().x())})

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        fresh = Look()
        self._model.change_look(floor_db=fresh.floor_db, ceiling_db=fresh.ceiling_db)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        look, change = self._model.look, self._model.change_look
        is_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        name = "ceiling_db" if is_shift else "floor_db"
        now: float = getattr(look, name)
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: change(**{name: now - STEP_DB}),
            Qt.Key.Key_Right: lambda: change(**{name: now + STEP_DB}),
        }
        action = keys.get(event.key())
        if action is None:
            super().keyPressEvent(event)
        else:
            action()


def label_starts(
    left: float, right: float, widths: tuple[float, float], room: float
) -> tuple[float, float]:
    """Where the labels of two handles begin: between them if they fit there, else outside."""
    first, second = left - 2, right + 2 - widths[1]
    if first + widths[0] + LABEL_GAP > second:
        first, second = left + 2 - widths[0], right - 2
    first = min(max(first, 0.0), room - widths[0] - LABEL_GAP - widths[1])
    second = max(min(second, room - widths[1]), first + widths[0] + LABEL_GAP)
    return first, second
