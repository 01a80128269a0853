"""The tuner's needle, and the trace of the last seconds below it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.analysis.tuning import TunedNote
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.theme import GRID, font_small, tabular, theme

IN_TUNE_CENTS = 5.0
LIMIT_CENTS = 50.0
NEEDLE_HEIGHT = 4 * GRID
TRACE_HEIGHT = 6 * GRID
MARKS_CENTS = (-50, -25, 0, 25, 50)
MOST_LINES = 9  # semitones: of a wider trace only the Cs are marked
DOT = 2.0  # pixels: a reading in the trace
TRACE_SEMITONES = 2.0  # at least so much is shown of the trace


class TunerDial(QWidget):
    """A scale of fifty cents to each side of the note."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tuner_dial")
        self.setAccessibleName(self.tr("Tuner needle"))
        self.setToolTip(self.tr("Green within 5 cents. Below: the pitch of the last 6 seconds"))
        self.setStatusTip(self.toolTip())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._note: TunedNote | None = None
        self._trace: Sequence[float | None] = ()
        self._length = 1
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(24 * GRID, NEEDLE_HEIGHT + TRACE_HEIGHT + GRID)

    def show_note(self, note: TunedNote | None, trace: Sequence[float | None], length: int) -> None:
        """Show a note and MIDI pitches, oldest first, of which `length` fill the width."""
        if (note, trace) != (self._note, self._trace):
            self._note, self._trace, self._length = note, trace, length
            self.update()

    def x_of(self, cents: float) -> float:
        """Where `cents` lie on the scale; beyond its ends, at them."""
        room = self.width() - 4 * GRID
        share = (min(max(cents, -LIMIT_CENTS), LIMIT_CENTS) + LIMIT_CENTS) / (2 * LIMIT_CENTS)
        return 2 * GRID + room * share

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_scale(painter)
        self._draw_needle(painter)
        self._draw_trace(painter)

    def _ink(self, cents: float) -> QColor:
        return theme().color("success" if abs(cents) <= IN_TUNE_CENTS else "warning")

    def _draw_scale(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("surface_sunken"))
        left, right = self.x_of(-LIMIT_CENTS), self.x_of(LIMIT_CENTS)
        painter.drawRoundedRect(QRectF(left, 4, right - left, GRID), 3, 3)
        painter.setBrush(theme().color("border_strong"))
        left, right = self.x_of(-IN_TUNE_CENTS), self.x_of(IN_TUNE_CENTS)
        painter.drawRect(QRectF(left, 4, right - left, GRID))
        painter.setFont(tabular(font_small()))
        painter.setPen(theme().color("text_muted"))
        for cents in MARKS_CENTS:
            box = QRectF(self.x_of(cents) - 2 * GRID, 2 * GRID, 4 * GRID, 2 * GRID)
            text = f"{cents:+d}".replace("-", MINUS) if cents else "0"
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_needle(self, painter: QPainter) -> None:
        if self._note is None:
            return
        x = self.x_of(self._note.cents)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ink(self._note.cents))
        painter.drawRoundedRect(QRectF(x - 2, 0, 4, 2 * GRID), 2, 2)

    def _draw_trace(self, painter: QPainter) -> None:
        """The pitch over time about the present note, whole semitones as lines."""
        box = QRectF(0, NEEDLE_HEIGHT + GRID, self.width(), TRACE_HEIGHT)
        painter.fillRect(box, theme().color("surface_sunken"))
        heard = np.array([np.nan if pitch is None else pitch for pitch in self._trace])
        if not np.isfinite(heard).any():
            return
        low, high = trace_range(heard)
        scale = box.height() / (high - low)
        lines = 1 if high - low <= MOST_LINES else 12
        for pitch in range(int(np.ceil(low / lines)) * lines, int(high) + 1, lines):
            y = box.bottom() - (pitch - low) * scale
            painter.fillRect(QRectF(0, round(y), box.width(), 1), theme().color("grid_beat"))
        step = box.width() / self._length
        left = box.right() - step * len(heard)
        index = np.flatnonzero(np.isfinite(heard))
        height = (heard[index] - low) * scale
        places = np.stack((left + step * index - DOT / 2, box.bottom() - height - DOT / 2), axis=1)
        painter.setClipRect(box)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # round dots cost ten times
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("accent"))
        painter.drawRects([QRectF(x, y, DOT, DOT) for x, y in places.tolist()])


def trace_range(pitches: NDArray[np.float64]) -> tuple[float, float]:
    """The lowest and highest pitch to show of a trace: nearly all of it, at least two semitones."""
    low, high = np.nanpercentile(pitches, (3, 97))
    spare = max(0.5, (TRACE_SEMITONES - (high - low)) / 2)
    return float(low - spare), float(high + spare)
