"""A picture kept from one repaint to the next, as long as what it depends on stays the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget


class PaperCache:
    """What lies under the notes: drawn anew on scrolling and zooming, but not on every edit."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._key: Hashable = None
        self._pixmap = QPixmap()

    def paint(
        self, painter: QPainter, rect: QRectF, key: Hashable, draw: Callable[[QPainter], None]
    ) -> None:
        """Copy `rect` of the picture for `key`; where there is none yet, `draw` makes it."""
        ratio = self._widget.devicePixelRatioF()
        key = (key, self._widget.width(), self._widget.height(), ratio)
        if key != self._key:
            self._key = key
            self._pixmap = QPixmap(self._widget.size() * ratio)
            self._pixmap.setDevicePixelRatio(ratio)
            with QPainter(self._pixmap) as paper:
                draw(paper)
        # whole pixels of the screen, however it is scaled: else a strip may lose a line
        area = QRectF(rect.topLeft() * ratio, rect.size() * ratio).toAlignedRect()
        source = QRectF(area & self._pixmap.rect())
        target = QRectF(source.topLeft() / ratio, source.size() / ratio)
        painter.drawPixmap(target, self._pixmap, source)
