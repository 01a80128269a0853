"""A data set as points, alike beside alike; what is unlike its class is ringed, a click plays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from studio.ui.listen.genre_colors import genre_color
from studio.ui.theme import GRID, SPACE_M, SPACE_S, theme
from studio.ui.train.map_legend import DOT, LEGEND_WIDTH, RING, draw_legend
from studio.ui.train.picking_view import PickingView

SMALL_DOT = 2.0  # of more than so many points
MANY = 1500
MOST_SHOWN = 3000  # more would be a carpet
REACH = 12.0  # how near a click must be


class DataMapView(PickingView[int]):
    """Points by class; `item_chosen` says which was clicked, by its number."""

    item_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data_map")
        self.setStatusTip(
            self.tr("Click a point to hear it; arrow keys walk the ringed ones, Return plays")
        )
        self._items: Sequence[dict[str, Any]] = ()
        self._labels: list[str] = []
        self._xy = np.zeros((0, 2))
        self._shown: list[int] = []  # of very many every so manieth, and all that are ringed
        self._unusual: list[int] = []
        self._current = -1
        self._picture: QPixmap | None = None
        self._rename()
        theme().changed.connect(self._redraw)

    def show_items(self, items: Sequence[dict[str, Any]]) -> None:
        """Show the items of a report; those without a place are left out."""
        self._items = items
        self._labels = sorted({item["class"] for item in items})
        self._unusual = [i for i, item in enumerate(items) if item["unusual"]]
        nowhere = float("nan")
        places = [
            (item["x"], item["y"]) if item["x"] is not None else (nowhere, nowhere)
            for item in items
        ]
        self._xy = np.array(places, dtype=float).reshape(-1, 2)
        evenly = range(0, len(items), max(1, -(-len(items) // MOST_SHOWN)))
        self._shown = sorted({*evenly, *self._unusual})
        self._current, self._hovered = -1, None
        self._rename()
        self._redraw()

    @property
    def n_shown(self) -> int:
        """How many of the items are drawn."""
        return len(self._shown)

    @property
    def unusual(self) -> list[int]:
        """The numbers of the items that are ringed."""
        return self._unusual

    def set_current(self, index: int) -> None:
        """Mark the item that is heard; -1 for none."""
        self._current = index
        self._rename()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(60 * GRID, 34 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(36 * GRID, 22 * GRID)

    def place_of(self, index: int) -> QPointF | None:
        """Where an item is drawn; None if it has no place."""
        x, y = self._places()[index]
        return None if np.isnan(x) else QPointF(float(x), float(y))

    def _places(self) -> NDArray[np.float64]:
        """Where each item is in the widget, shape (n, 2); no number where it has no place."""
        area = self._area()
        x = area.left() + (self._xy[:, 0] + 1) / 2 * area.width()
        y = area.bottom() - (self._xy[:, 1] + 1) / 2 * area.height()
        return np.column_stack([x, y])

    def _area(self) -> QRectF:
        room = RING + SPACE_S
        return QRectF(self.rect()).adjusted(room, room, -room - LEGEND_WIDTH, -room)

    def part_at(self, place: QPointF) -> int | None:
        """The nearest item within reach, ringed ones first."""
        if not self._shown:
            return None
        away = np.square(self._places()[self._shown] - (place.x(), place.y())).sum(axis=1)
        is_ringed = np.isin(self._shown, self._unusual)
        away = np.where(np.isnan(away), np.inf, np.where(is_ringed, away / 2, away))
        nearest = int(np.argmin(away))
        return self._shown[nearest] if away[nearest] < REACH * REACH else None

    def words(self, part: int) -> str:
        """What there is to say of an item."""
        item = self._items[part]
        text = self.tr("{0} ({1})").format(item["path"], item["class"])
        if item.get("like"):
            return self.tr("{0}: rather like {1}").format(text, item["like"])
        return self.tr("{0}: unlike the others").format(text) if item["unusual"] else text

    def choose(self, part: int) -> None:
        """Mark an item; `item_chosen` follows."""
        self.set_current(part)
        self.item_chosen.emit(part)

    def _rename(self) -> None:
        words = self.tr("Map of {0} files, {1} of them unlike the others of their class").format(
            len(self._items), len(self._unusual)
        )
        if 0 <= self._current < len(self._items):
            words = f"{words}. {self.words(self._current)}"
        self.setAccessibleName(words)

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        scale = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != scale:
            self._picture = self._drawn(scale)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self._area().adjusted(-RING, -RING, RING, RING)
        painter.setPen(QPen(theme().color("border"), 1))
        painter.drawRoundedRect(frame, SPACE_S, SPACE_S)
        painter.drawPixmap(0, 0, self._picture)
        for index, role in ((self._hovered, "text_muted"), (self._current, "playhead")):
            if index is None or not 0 <= index < len(self._items):
                continue
            at = self.place_of(index)
            if at is not None:
                painter.setPen(QPen(theme().color(role), 2))
                painter.drawEllipse(at, RING + 2, RING + 2)
        if self.hasFocus():
            painter.setPen(QPen(theme().color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, SPACE_S, SPACE_S)

    def _drawn(self, scale: float) -> QPixmap:
        """Everything that does not change while the pointer moves."""
        picture = QPixmap(self.size() * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = DOT if len(self._shown) <= MANY else SMALL_DOT
        painter.setPen(Qt.PenStyle.NoPen)
        colors = {label: genre_color(label, self._labels) for label in self._labels}
        places = self._places()
        for index in self._shown:
            x, y = places[index]
            if not np.isnan(x):
                painter.setBrush(colors[self._items[index]["class"]])
                painter.drawEllipse(QPointF(x, y), radius, radius)
        self._draw_rings(painter)
        ringed = [self.tr("unlike the others")] * bool(self._unusual)
        draw_legend(painter, self.width() - LEGEND_WIDTH + SPACE_M, colors, ringed)
        painter.end()
        return picture

    def _draw_rings(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().color("warning"), 2))
        for index in self._unusual:
            at = self.place_of(index)
            if at is not None:
                painter.drawEllipse(at, RING, RING)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        walked = self._unusual or list(range(len(self._items)))
        if step and walked:
            at = walked.index(self._current) + step if self._current in walked else 0
            self.set_current(walked[at % len(walked)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.item_chosen.emit(self._current)
        else:
            super().keyPressEvent(event)
