"""What is playing: the genre in large letters, the three most likely as bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from studio.analysis.listeners import GENRE_WINDOW_S
from studio.ui.listen.genre_colors import UNSURE_BELOW, genre_color, top
from studio.ui.listen.genre_feed import SMOOTHING_READINGS
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.theme import GRID, SPACE_M, font_large, font_normal, font_small, tabular, theme

N_BARS = 3
ROW_HEIGHT = 4 * GRID


class GenrePanel(QFrame):
    """Shows the genre of the last seconds, how sure the model is, and where that comes from."""

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("genre_panel")
        self.setProperty("kind", "card")
        self._view_model = view_model
        self.headline = QLabel()
        self.headline.setObjectName("genre_name")
        self.headline.setAccessibleName(self.tr("Genre"))
        self.headline.setFont(font_large())
        self.headline.setWordWrap(True)
        self._bars = _Bars()
        self._detail = QLabel()
        self._detail.setObjectName("genre_detail")
        self._detail.setProperty("kind", "muted")
        self._detail.setFont(tabular(font_small()))
        self._detail.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(SPACE_M)
        caption = QLabel(self.tr("Genre"))
        caption.setProperty("kind", "muted")
        for widget in (caption, self.headline, self._bars, self._detail):
            layout.addWidget(widget)
        view_model.genre_changed.connect(self.refresh)
        view_model.started.connect(self.refresh)
        view_model.stopped.connect(self.refresh)
        view_model.ticked.connect(self._on_ticked)
        self.refresh()

    def _on_ticked(self, _n_columns: int) -> None:
        if not self._view_model.readings:
            self.refresh()

    def refresh(self) -> None:
        """Show what the view-model knows now."""
        probabilities = self._view_model.probabilities
        self._bars.show_genres(probabilities)
        self.headline.setText(self._headline(probabilities))
        self._detail.setText(self._details(probabilities))

    def _headline(self, probabilities: dict[str, float]) -> str:
        model = self._view_model
        if probabilities:
            ((label, p),) = top(probabilities, 1)
            return self.tr("unsure") if p < UNSURE_BELOW else label
        if model.genre.failure:
            return self.tr("no genre model")
        return self.tr("listening…") if model.is_running else self.tr("nothing playing")

    def _details(self, probabilities: dict[str, float]) -> str:
        model = self._view_model
        if model.genre.failure:
            return model.genre.failure
        if not probabilities:
            if not model.is_running:
                return self.tr("Start a source: the genre is named after three seconds.")
            heard_s = model.hearing.heard_s if model.hearing else 0.0
            return self.tr("{0:.1f} s of {1:.0f} s heard").format(heard_s, GENRE_WINDOW_S)
        name = model.genre_folder.name if model.genre_folder else ""
        return self.tr(
            "Model {0}, {1:.0f} ms a window of {2:.0f} s\nMean of the last {3} windows"
        ).format(
            name,
            model.readings[-1].ms,
            GENRE_WINDOW_S,
            min(len(model.readings), SMOOTHING_READINGS),
        )


class _Bars(QWidget):
    """The most likely genres: name, percentage, bar."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("genre_bars")
        self._probabilities: dict[str, float] = {}
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(24 * GRID, N_BARS * ROW_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(16 * GRID, N_BARS * ROW_HEIGHT)

    def show_genres(self, probabilities: dict[str, float]) -> None:
        self._probabilities = probabilities
        words = ", ".join(f"{label} {p:.0%}" for label, p in top(probabilities, N_BARS))
        self.setAccessibleName(words or self.tr("No genre yet"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tabular(font_normal()))
        for row, (label, p) in enumerate(top(self._probabilities, N_BARS)):
            y = row * ROW_HEIGHT
            text = QRectF(0, y, self.width(), 20)
            painter.setPen(theme().color("text"))
            painter.drawText(
                text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label
            )
            painter.drawText(
                text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{p:.0%}"
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("surface_sunken"))
            painter.drawRoundedRect(QRectF(0, y + 22, self.width(), 6), 3, 3)
            painter.setBrush(genre_color(label, list(self._probabilities)))
            painter.drawRoundedRect(QRectF(0, y + 22, max(6.0, self.width() * p), 6), 3, 3)
