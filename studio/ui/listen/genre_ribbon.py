"""What was heard when: a ribbon under the picture, on the same clock."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.analysis.listeners import GENRE_INTERVAL_S
from studio.ui.listen.genre_colors import UNSURE_BELOW, genre_color, soft, top
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
        self.setStatusTip(self.tr("The genre heard at each moment; hatched where it was unsure"))
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
        for left, right, label, p in self._bands():
            self._draw_band(painter, left, right, label, p)

    def _bands(self) -> list[tuple[float, float, str, float]]:
        """Left and right in pixels, genre, probability; neighbours of one genre are one band."""
        interval = GENRE_INTERVAL_S * self._view_model.sample_rate
        bands: list[tuple[float, float, str, float]] = []
        before = 0.0
        for reading in self._view_model.readings:
            ((label, p),) = top(dict(zip(reading.labels, reading.probabilities, strict=True)), 1)
            start = max(before, reading.position - GAP_INTERVALS * interval)
            left, right = self._x(start), self._x(reading.position)
            before = reading.position
            if right < 0 or left > self.width():
                continue
            same = (
                bands
                and bands[-1][2] == label
                and (bands[-1][3] < UNSURE_BELOW) == (p < UNSURE_BELOW)
            )
            if same and abs(bands[-1][1] - left) < 1:
                left, _, _, _ = bands.pop()
            bands.append((left, right, label, p))
        return bands

    def _x(self, position: float) -> float:
        return self.width() - (self._view.end_position - position) / self._view.samples_per_pixel

    def _draw_band(
        self, painter: QPainter, left: float, right: float, label: str, p: float
    ) -> None:
        box = QRectF(left, 0, right - left - 1, self.height())
        color = genre_color(label, self._view_model.readings[-1].labels)
        text = label
        if p < UNSURE_BELOW:
            painter.fillRect(box, QBrush(theme().color("border_strong"), HATCH))
            text = self.tr("unsure")
        else:
            painter.fillRect(box, soft(color))
            painter.fillRect(QRectF(box.left(), 0, box.width(), EDGE), color)
        self._draw_word(painter, box, text)

    def _draw_word(self, painter: QPainter, box: QRectF, text: str) -> None:
        """Write `text` in the middle of what is seen of a band, if there is room."""
        seen = box.intersected(QRectF(self.rect()))
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 4 * SPACE_S
        if width < seen.width():
            middle = seen.center().x()
            word = QRectF(middle - width / 2, EDGE, width, self.height() - EDGE)
            painter.setPen(theme().color("text"))
            painter.drawText(word, Qt.AlignmentFlag.AlignCenter, text)
