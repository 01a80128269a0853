"""The level of the moment: RMS as a bar, peak as a mark, a light that stays on after clipping."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.analysis.level import FLOOR_DBFS, LevelReading
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.theme import GRID, font_small, tabular, theme

LOWEST_DB = -60.0
CLIP_WIDTH = 12
TEXT_WIDTH = 56
WARM_DB = -12.0  # above this the bar warns, before it clips


class LevelMeter(QWidget):
    """Draws a `LevelReading`; a click puts the clip light out."""

    clip_reset = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("level_meter")
        self.setAccessibleName(self.tr("Input level"))
        self.setToolTip(
            self.tr("Level: RMS as a bar, peak as a mark. Click: put the clip light out")
        )
        self.setStatusTip(self.tr("How loud the sound is, in dB below full scale"))
        self._reading = LevelReading()
        self._has_clipped = False
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(22 * GRID, 2 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(TEXT_WIDTH + 8 * GRID, 2 * GRID)

    def set_reading(self, reading: LevelReading, has_clipped: bool) -> None:
        """Show another level."""
        if (reading, has_clipped) != (self._reading, self._has_clipped):
            self._reading, self._has_clipped = reading, has_clipped
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clip_reset.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, bar = self.height() / 2, self.width() - TEXT_WIDTH - GRID
        place = QRectF(0, middle - 4, bar, 8)
        draw_level(painter, place, self._reading, has_clipped=self._has_clipped)
        painter.setFont(tabular(font_small()))
        painter.setPen(theme().color("text_muted"))
        text = QRectF(self.width() - TEXT_WIDTH, 0, TEXT_WIDTH, self.height())
        painter.drawText(
            text,
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            self.tr("{0} dB").format(peak_text(self._reading)),
        )


def draw_level(
    painter: QPainter, place: QRectF, reading: LevelReading, *, has_clipped: bool
) -> None:
    """RMS as a bar, the peak as a mark, the clip light at the right end."""
    trough = place.adjusted(0, 0, -CLIP_WIDTH, 0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("surface_sunken"))
    painter.drawRoundedRect(trough, 2, 2)
    is_warm = reading.peak_dbfs > WARM_DB
    painter.setBrush(theme().color("warning" if is_warm else "success"))
    length = trough.width() * share(reading.rms_dbfs)
    painter.drawRoundedRect(QRectF(trough.topLeft(), QSizeF(length, trough.height())), 2, 2)
    painter.setBrush(theme().color("text"))
    peak = trough.width() * share(reading.peak_dbfs)
    if peak > 2:
        painter.drawRect(QRectF(peak - 2 + place.x(), place.y() - 1, 2, place.height() + 2))
    painter.setBrush(theme().color("error" if has_clipped else "surface_sunken"))
    light = QRectF(trough.right() + 4, place.y(), CLIP_WIDTH - 4, place.height())
    painter.drawRoundedRect(light, 2, 2)


def peak_text(reading: LevelReading) -> str:
    """The peak in whole dB below full scale, without its unit."""
    peak = reading.peak_dbfs
    return f"{MINUS}∞" if peak <= FLOOR_DBFS else f"{peak:.0f}".replace("-", MINUS)


def share(dbfs: float) -> float:
    """How far along the meter a level stands, 0 to 1."""
    return min(1.0, max(0.0, 1 - dbfs / LOWEST_DB))
