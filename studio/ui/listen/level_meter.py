"""The level of the moment: RMS as a bar, peak as a mark, a light that stays on after clipping."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.analysis.level import FLOOR_DBFS, LevelReading
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.theme import GRID, font_small, tabular, theme

LOWEST_DB = -60.0
CLIP_WIDTH = 10
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
        middle, bar = self.height() / 2, self.width() - TEXT_WIDTH - CLIP_WIDTH - GRID
        trough = QRectF(0, middle - 4, bar, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("surface_sunken"))
        painter.drawRoundedRect(trough, 2, 2)
        is_warm = self._reading.peak_dbfs > WARM_DB
        painter.setBrush(theme().color("warning" if is_warm else "success"))
        painter.drawRoundedRect(
            QRectF(0, middle - 4, bar * _share(self._reading.rms_dbfs), 8), 2, 2
        )
        painter.setBrush(theme().color("text"))
        peak = bar * _share(self._reading.peak_dbfs)
        if peak > 2:
            painter.drawRect(QRectF(peak - 2, middle - 5, 2, 10))
        painter.setBrush(theme().color("error" if self._has_clipped else "surface_sunken"))
        painter.drawRoundedRect(QRectF(bar + 4, middle - 4, CLIP_WIDTH - 2, 8), 2, 2)
        painter.setFont(tabular(font_small()))
        painter.setPen(theme().color("text_muted"))
        text = QRectF(self.width() - TEXT_WIDTH, 0, TEXT_WIDTH, self.height())
        painter.drawText(
            text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._text()
        )

    def _text(self) -> str:
        peak = self._reading.peak_dbfs
        return f"{MINUS}∞ dB" if peak <= FLOOR_DBFS else f"{peak:.0f} dB".replace("-", MINUS)


def _share(dbfs: float) -> float:
    return min(1.0, max(0.0, 1 - dbfs / LOWEST_DB))
