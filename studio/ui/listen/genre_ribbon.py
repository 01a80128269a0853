"""What was heard when: a ribbon under the picture, on the same clock."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.analysis.listeners import GENRE_INTERVAL_S
from studio.assistant.genre_session import SILENCE, UNSURE, what_is_said
from studio.ui.listen.genre_colors import UNSURE_BELOW, genre_color, soft
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.pace import Pace
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.theme import GRID, SPACE_S, font_small, theme

HEIGHT = 3 * GRID
EDGE = 3
RIBBON_MS = 30
HATCH = Qt.BrushStyle.BDiagPattern
GAP_INTERVALS = 3  # a longer silence between two readings is left empty


class GenreRibbon(QWidget):
    """A band for each reading, from the one before to the end of its window."""

    def __init__(self, view_model: ListenViewModel, view: SpectrogramView) -> None:
        super().__init__()
        self.setObjectName("genre_ribbon")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below shows
        self.setAccessibleName(self.tr("Genres over time"))
        self.setStatusTip(
            self.tr(
                "The genre heard at each moment; hatched where it was unsure, a line in silence"
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._view_model, self._view = view_model, view
        view_model.genre_changed.connect(self.update)
        self._pace = Pace(RIBBON_MS)
        view.viewport.time_changed.connect(self._on_time_changed)
        theme().changed.connect(self.update)

    def _on_time_changed(self) -> None:
        """Follow a hand at once, the sound thirty times a second."""
        if not self._view.viewport.is_live or self._pace.is_due():
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(100, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().color("surface_sunken"))
        painter.setFont(font_small())
        for left, right, said in self._bands():
            self._draw_band(painter, left, right, said)

    def _bands(self) -> list[tuple[float, float, str]]:
        """Left and right in pixels, and what was said; neighbours that say the same are one."""
        interval = GENRE_INTERVAL_S * self._view_model.sample_rate
        bands: list[tuple[float, float, str]] = []
        before = 0.0
        for reading in self._view_model.readings:
            said = what_is_said(reading, UNSURE_BELOW)
            start = max(before, reading.position - GAP_INTERVALS * interval)
            left, right = self._x(start), self._x(reading.position)
            before = reading.position
            if right < 0 or left > self.width():
                continue
            if bands and bands[-1][2] == said and abs(bands[-1][1] - left) < 1:
                left, _, _ = bands.pop()
            bands.append((left, right, said))
        return bands

    def _x(self, position: float) -> float:
        return self.width() - (self._view.end_position - position) / self._view.samples_per_pixel

    def _draw_band(self, painter: QPainter, left: float, right: float, said: str) -> None:
        """A genre in its colour, hatched where it was unsure, a thin line for silence."""
        box = QRectF(left, 0, right - left - 1, self.height())
        if said == SILENCE:
            line = theme().color("border_strong")
            painter.fillRect(QRectF(box.left(), box.height() - 1, box.width(), 1), line)
            self._draw_word(painter, box, self.tr("silence"), "text_muted")
        elif said == UNSURE:
            painter.fillRect(box, QBrush(theme().color("border_strong"), HATCH))
            self._draw_word(painter, box, self.tr("unsure"))
        else:
            color = genre_color(said, self._view_model.readings[-1].labels)
            painter.fillRect(box, soft(color))
            painter.fillRect(QRectF(box.left(), 0, box.width(), EDGE), color)
            self._draw_word(painter, box, said)

    def _draw_word(self, painter: QPainter, box: QRectF, text: str, role: str = "text") -> None:
        """Write `text` in the middle of what is seen of a band, if there is room."""
        seen = box.intersected(QRectF(self.rect()))
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 4 * SPACE_S
        if width < seen.width():
            middle = seen.center().x()
            word = QRectF(middle - width / 2, EDGE, width, self.height() - EDGE)
            painter.setPen(theme().color(role))
            painter.drawText(word, Qt.AlignmentFlag.AlignCenter, text)
