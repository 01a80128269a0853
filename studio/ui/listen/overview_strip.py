"""The whole file as a strip: where it is loud, where one is, and the stretch that is looped."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.audio.file_source import FileSource
from studio.audio.overview import Overview
from studio.ui.theme import GRID, theme

HEIGHT = 4 * GRID
SHORTEST_DRAG = 4  # pixels
STEP_S = 5.0
QUIETEST = 0.05  # a file that is quieter than this all over looks quiet


class OverviewStrip(QWidget):
    """Click or drag to go somewhere; drag with Shift to loop a stretch."""

    loop_chosen = Signal(float, float)  # seconds
    seek_chosen = Signal(float)  # seconds

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("listen_seek")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below shows
        self.setAccessibleName(self.tr("Place in the file"))
        tip = self.tr("Click to go to another place. Shift+drag: loop a stretch. Arrows: 5 s")
        self.setToolTip(tip)
        self.setStatusTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._file: FileSource | None = None
        self._overview: Overview | None = None
        self._loop_from: float | None = None
        self._seen: tuple[int, float, object] = (0, -1.0, None)
        self._lines: list[QLineF] = []
        self._lines_key: tuple[object, ...] = ()
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, HEIGHT)

    def show_file(self, file: FileSource | None) -> None:
        """Show another file, or none."""
        if self._overview is not None:
            self._overview.stop()
        self._file = file
        self._overview = Overview(file.path) if file is not None else None
        self._lines_key = ()
        self.update()

    def follow(self) -> None:
        """Repaint if the place, or what is known of the file, has moved by a pixel."""
        file, overview = self._file, self._overview
        if file is not None and overview is not None:
            seen = (round(self._x(file.time_s)), overview.progress, file.loop)
            if seen != self._seen:
                before, self._seen = self._seen, seen
                if before[1:] == seen[1:]:  # only the playhead has moved
                    left, right = sorted((before[0], seen[0]))
                    self.update(left - 2, 0, right - left + 4, self.height())
                else:
                    self.update()

    def _seconds(self, x: float) -> float:
        duration_s = self._file.duration_s if self._file else 0.0
        return min(max(x / max(1, self.width()), 0.0), 1.0) * duration_s

    def _x(self, seconds: float) -> float:
        duration_s = self._file.duration_s if self._file else 0.0
        return self.width() * seconds / max(1e-6, duration_s)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("surface_sunken"))
        file, overview = self._file, self._overview
        if file is None or overview is None:
            return
        now = self._x(file.time_s)
        self._draw_loop(painter, file.loop)
        self._draw_wave(painter, overview, round(now), event.rect())
        painter.fillRect(QRectF(round(now) - 1, 0, 2, self.height()), theme().color("playhead"))
        if self.hasFocus():
            painter.setPen(theme().color("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw_loop(self, painter: QPainter, loop: tuple[float, float] | None) -> None:
        if loop is None:
            return
        left, right = (self._x(seconds) for seconds in loop)
        band = QRectF(left, 0, max(1.0, right - left), self.height())
        painter.fillRect(band, theme().color("accent_soft"))
        for x in (band.left(), band.right() - 2):
            painter.fillRect(QRectF(x, 0, 2, self.height()), theme().color("accent"))

    def _draw_wave(self, painter: QPainter, overview: Overview, now: int, part: QRect) -> None:
        """The wave before `now` in the accent's colour, the rest in a quiet one."""
        lines = self._wave_lines(overview)
        left, right = max(0, part.left()), part.right() + 1
        for role, first, after in (
            ("accent", left, min(now, right)),
            ("border_strong", max(now, left), right),
        ):
            shown = lines[first:after] if after > first else []
            if shown:
                painter.setPen(QPen(theme().color(role), 1))
                painter.drawLines(shown)

    def _wave_lines(self, overview: Overview) -> list[QLineF]:
        """A line for each column of pixels, made anew when the size or what is known changes."""
        key = (self.width(), self.height(), overview.progress)
        if key != self._lines_key:
            middle, half = self.height() / 2, self.height() / 2 - 2
            n_bins = len(overview.lows)
            first = np.arange(self.width()) * n_bins // max(1, self.width())
            loudest = max(QUIETEST, float(overview.highs.max()), -float(overview.lows.min()))
            lows = np.minimum.reduceat(overview.lows, first) * half / loudest
            highs = np.maximum.reduceat(overview.highs, first) * half / loudest
            ends = zip(lows.tolist(), highs.tolist(), strict=True)
            self._lines = [
                QLineF(x + 0.5, middle - high, x + 0.5, middle - low + 1)
                for x, (low, high) in enumerate(ends)
            ]
            self._lines_key = key
        return self._lines

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._loop_from = at.x()
        else:
            self._seek(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._loop_from is None:
            self._seek(event.position())
        elif abs(event.position().x() - self._loop_from) >= SHORTEST_DRAG:
            ends = sorted((self._loop_from, event.position().x()))
            self.loop_chosen.emit(self._seconds(ends[0]), self._seconds(ends[1]))
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._loop_from = None

    def _seek(self, at: QPointF) -> None:
        self.seek_chosen.emit(self._seconds(at.x()))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -STEP_S, Qt.Key.Key_Right: STEP_S}
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._file is None:
            super().keyPressEvent(event)
        else:
            self.seek_chosen.emit(min(max(self._file.time_s + step, 0.0), self._file.duration_s))
            self.update()
