"""A level meter for each channel, over one scale."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.analysis.level import LevelReading
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.listen.level_meter import CLIP_WIDTH, draw_level, peak_text, share
from studio.ui.theme import GRID, font_small, tabular, theme

MAX_CHANNELS = 8
NAME_WIDTH, VALUE_WIDTH = 2 * GRID, 4 * GRID
ROW_HEIGHT, LOW_ROW_HEIGHT = 2 * GRID, 12  # few channels, and many
SCALE_HEIGHT = 14
MARKS_DB = (-48, -36, -24, -12, 0)
NO_LEVELS = (LevelReading(),)


class ChannelMeters(QWidget):
    """Draws up to eight `LevelReading`s; a click puts the clip lights out."""

    clip_reset = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("channel_meters")
        self.setAccessibleName(self.tr("Levels of the channels"))
        tip = self.tr(
            "Bar: RMS, as a VU meter moves. Mark: peak, falling 20 dB in 1.7 s. "
            "Red: clipped; click to put it out (X)"
        )
        self.setToolTip(tip)
        self.setStatusTip(tip)
        self._levels: tuple[LevelReading, ...] = NO_LEVELS
        self._clipped: tuple[bool, ...] = (False,)
        theme().changed.connect(self.update)

    @property
    def _row_height(self) -> int:
        return ROW_HEIGHT if len(self._levels) <= 2 else LOW_ROW_HEIGHT

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, len(self._levels) * self._row_height + SCALE_HEIGHT)

    minimumSizeHint = sizeHint

    def set_levels(self, levels: tuple[LevelReading, ...], clipped: tuple[bool, ...]) -> None:
        """Show other levels."""
        levels, clipped = levels[:MAX_CHANNELS], clipped[:MAX_CHANNELS]
        if (levels, clipped) == (self._levels, self._clipped):
            return
        is_other_size = len(levels) != len(self._levels)
        self._levels, self._clipped = levels, clipped
        if is_other_size:
            self.updateGeometry()
        self.update()

    def words(self) -> str:
        """What the meters show, for those who can't see them."""
        row = self.tr("channel {0}: peak {1} dB{2}")
        return ", ".join(
            row.format(number, peak_text(level), self.tr(", clipped") if has_clipped else "")
            for number, (level, has_clipped) in enumerate(
                zip(self._levels, self._clipped, strict=True), 1
            )
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clip_reset.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tabular(font_small()))
        height, n_rows = self._row_height, len(self._levels)
        name_width = NAME_WIDTH if n_rows > 1 else 0
        bar = QRectF(name_width, 0, self.width() - name_width - VALUE_WIDTH, height)
        middle = Qt.AlignmentFlag.AlignVCenter
        for row, (level, has_clipped) in enumerate(zip(self._levels, self._clipped, strict=True)):
            place = bar.translated(0, row * height)
            inset = (height - 8) / 2
            draw_level(painter, place.adjusted(0, inset, 0, -inset), level, has_clipped=has_clipped)
            painter.setPen(theme().color("text_muted"))
            if name_width:
                name = QRectF(0, row * height, name_width, height)
                painter.drawText(name, middle, self._name(row))
            value = QRectF(place.right(), row * height, VALUE_WIDTH, height)
            painter.drawText(value, middle | Qt.AlignmentFlag.AlignRight, peak_text(level))
        self._draw_scale(painter, bar.translated(0, n_rows * height))

    def _name(self, channel: int) -> str:
        if len(self._levels) == 2:
            return (self.tr("L"), self.tr("R"))[channel]
        return str(channel + 1)

    def _draw_scale(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(theme().color("text_muted"))
        for db in MARKS_DB:
            x = place.x() + (place.width() - CLIP_WIDTH) * share(db)
            text = QRectF(x - 20, place.y(), 40, SCALE_HEIGHT)
            painter.drawText(text, Qt.AlignmentFlag.AlignHCenter, f"{db}".replace("-", MINUS))
