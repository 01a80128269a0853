"""The whole piece in a strip, and the part of it that is in sight."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.ui.compose.note_painter import painted_rows
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import theme

HEIGHT = 40
WAIT_MS = 120  # after an edit: nobody looks here while he writes
MARGIN_PITCHES = 3


class OverviewBar(QWidget):
    """Press or drag to go to a place; the wheel zooms there."""

    def __init__(
        self, view_model: ScoreViewModel, geometry: RollGeometry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view_model, self._roll_geometry = view_model, geometry
        self._image: QImage | None = None
        self._range = (0, 127)
        self._grip = 0.0  # ticks from the left edge of the part in sight to where it is held
        self.setObjectName("roll_overview")
        self.setAccessibleName(self.tr("Overview"))
        self.setToolTip(self.tr("The whole piece: press to go there"))
        self.setStatusTip(self.tr("Press or drag to move what is in sight. Wheel: zoom"))
        self.setFixedHeight(HEIGHT)
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self._draw_anew)
        view_model.edited.connect(self._on_edited)
        for signal in (view_model.song_changed, view_model.mix_changed, theme().changed):
            signal.connect(self._draw_anew)
        geometry.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def _on_edited(self, _edit: object) -> None:
        self._timer.start()

    def _draw_anew(self) -> None:
        self._image = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._image = None

    @property
    def _ticks(self) -> float:
        geometry = self._roll_geometry
        return max(1.0, geometry.end_tick, geometry.right_tick)

    def x_of(self, tick: float) -> float:
        """Where `tick` lies on the strip."""
        return tick / self._ticks * self.width()

    def _picture(self) -> QImage:
        """All notes, a pixel row a pitch."""
        width = max(1, round(self.width() * self.devicePixelRatioF()))
        columns = self._view_model.score.columns
        scale = width / max(1, self._roll_geometry.end_tick)
        first = np.minimum((columns.start * scale).astype(np.int64), width - 1)
        last = np.clip((columns.ends * scale).astype(np.int64), first + 1, width)
        row = (127 - columns.pitch) * (width + 1)
        pixels = painted_rows(row + first, row + last, width, self._colors())
        image = QImage(
            pixels.tobytes(), width, 128, width * 4, QImage.Format.Format_ARGB32_Premultiplied
        )
        return image.copy()

    def _colors(self) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
        model, look = self._view_model, theme()
        table = np.array(
            [
                look.track_color(model.color_number(i)).rgba()
                if model.is_audible(i)
                else look.color("note_muted").rgba()
                for i in range(max(1, model.n_tracks))
            ],
            dtype=np.uint32,
        )
        colors: np.ndarray[tuple[int], np.dtype[np.uint32]] = table[model.score.columns.track]
        return colors

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, geometry = QPainter(self), theme(), self._roll_geometry
        painter.fillRect(self.rect(), look.color("surface_sunken"))
        if len(self._view_model.score):
            self._paint_notes(painter)
        left, right = self.x_of(geometry.left_tick), self.x_of(geometry.right_tick)
        seen = QRectF(left, 0.5, max(4.0, right - left) - 1, HEIGHT - 1)
        shade = look.color("surface_sunken")
        shade.setAlphaF(0.55)
        painter.fillRect(QRectF(0, 0, left, HEIGHT), shade)
        painter.fillRect(QRectF(right, 0, self.width() - right, HEIGHT), shade)
        painter.setPen(look.color("accent"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(seen)

    def _paint_notes(self, painter: QPainter) -> None:
        if self._image is None:
            pitch = self._view_model.score.columns.pitch
            low, high = int(pitch.min()) - MARGIN_PITCHES, int(pitch.max()) + MARGIN_PITCHES
            self._range = max(0, low), min(127, high)
            self._image = self._picture()
        low, high = self._range
        source = QRectF(0, 127 - high, self._image.width(), high - low + 1)
        width = self.x_of(self._roll_geometry.end_tick)
        painter.drawImage(QRectF(0, 3, width, HEIGHT - 6), self._image, source)

    def _tick_at(self, x: float) -> float:
        return x / max(1, self.width()) * self._ticks

    def mousePressEvent(self, event: QMouseEvent) -> None:
        geometry, tick = self._roll_geometry, self._tick_at(event.position().x())
        span = geometry.right_tick - geometry.left_tick
        is_inside = geometry.left_tick <= tick <= geometry.right_tick
        self._grip = tick - geometry.left_tick if is_inside else span / 2
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._roll_geometry.scroll_to_tick(self._tick_at(event.position().x()) - self._grip)

    def wheelEvent(self, event: QWheelEvent) -> None:
        geometry = self._roll_geometry
        x = geometry.x_of(self._tick_at(event.position().x()))
        within = min(float(geometry.width), max(0.0, x))
        geometry.zoom_time(1.2 ** (event.angleDelta().y() / 120), within)
        event.accept()
