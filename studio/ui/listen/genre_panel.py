"""What is playing: the genre in large letters, the three most likely as bars."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.assistant.genre_session import readings_csv, summarise
from studio.assistant.live_genre import SILENCE_DBFS
from studio.file_errors import why_not_written
from studio.settings import write_atomically
from studio.training.registry import list_models
from studio.ui.listen.card_column import keep_narrow
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.listen.genre_colors import UNSURE_BELOW, genre_color, top
from studio.ui.listen.genre_why import GenreWhy
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.theme import GRID, SPACE_M, font_large, font_normal, font_small, tabular, theme

N_BARS = 3
N_SHARES = 4
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
        layout.addLayout(self._head())
        self._why = GenreWhy(view_model)
        self._why.hide()
        for widget in (self.headline, self._bars, self._why, self._detail, self._foot()):
            layout.addWidget(widget)
        view_model.genre_changed.connect(self.refresh)
        view_model.started.connect(self._list_models)
        view_model.started.connect(self.refresh)
        view_model.stopped.connect(self.refresh)
        view_model.ticked.connect(self._on_ticked)
        self.refresh()

    def _head(self) -> QHBoxLayout:
        """What this is, and which model says it."""
        caption = QLabel(self.tr("Genre"))
        caption.setProperty("kind", "muted")
        self._model = QComboBox()
        self._model.setObjectName("genre_model")
        self._model.setAccessibleName(self.tr("Model"))
        tip = self.tr("Which model names the genre; your own are listed when they are trained")
        self._model.setToolTip(tip)
        self._model.setStatusTip(tip)
        keep_narrow(self._model)
        self._model.activated.connect(self._on_model)
        row = QHBoxLayout()
        row.addWidget(caption)
        row.addStretch(1)
        row.addWidget(self._model)
        return row

    def _foot(self) -> QWidget:
        """The ways to more: why, and every reading as a table."""
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        self._why_button = QToolButton()
        self._why_button.setObjectName("genre_why_button")
        self._why_button.setText(self.tr("Why"))
        self._why_button.setCheckable(True)
        self._export = QToolButton()
        self._export.setObjectName("genre_export")
        self._export.setText(self.tr("Save readings…"))
        tips = (
            (self._why_button, self.tr("What each window says, how many agree, and the smoothing")),
            (self._export, self.tr("Every reading of this session as a CSV table")),
        )
        for button, tip in tips:
            for setter in (button.setToolTip, button.setStatusTip):
                setter(tip)
            button.setAccessibleName(button.text())
            row.addWidget(button)
        row.addStretch(1)
        self._why_button.toggled.connect(self._why.setVisible)
        self._export.clicked.connect(self._save_readings)
        return foot

    def _list_models(self) -> None:
        """The genre models there are, ours or the user's; the one in use is chosen."""
        entries = [e for e in list_models() if e.card is not None and e.card.kind == "genre"]
        folders = [entry.folder for entry in entries]
        with QSignalBlocker(self._model):
            self._model.clear()
            for entry in entries:
                self._model.addItem(entry.name, entry.folder)
            current = self._view_model.find_genre_model()
            self._model.setCurrentIndex(folders.index(current) if current in folders else -1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._list_models()  # others may have come while another place was shown

    def _on_model(self, index: int) -> None:
        self._view_model.genre_folder = self._model.itemData(index)

    def _save_readings(self) -> None:
        model = self._view_model
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the readings"), "genres.csv", self.tr("Tables (*.csv)")
        )
        if not name:
            return
        text = readings_csv(list(model.readings), model.sample_rate)
        try:
            write_atomically(Path(name), text.encode())
        except OSError as error:
            model.notice.emit("error", why_not_written(name, error))
            return
        model.notice.emit("info", self.tr("The readings are in {0}.").format(name))

    def _on_ticked(self, _n_columns: int) -> None:
        if not self._view_model.readings:
            self.refresh()

    def refresh(self) -> None:
        """Show what the view-model knows now."""
        probabilities = self._view_model.probabilities
        self._bars.show_genres(probabilities)
        self._bars.setVisible(bool(probabilities))
        self.headline.setText(self._headline(probabilities))
        self._detail.setText(self._details(probabilities))
        self._export.setEnabled(bool(self._view_model.readings))

    def _headline(self, probabilities: dict[str, float]) -> str:
        model = self._view_model
        if probabilities:
            ((label, p),) = top(probabilities, 1)
            return self.tr("unsure") if p < UNSURE_BELOW else label
        if model.genre.failure:
            return self.tr("no genre model")
        if model.genre.is_silent and model.is_running:
            return self.tr("silence")
        return self.tr("listening…") if model.is_running else self.tr("nothing playing")

    def _details(self, probabilities: dict[str, float]) -> str:
        model = self._view_model
        if model.genre.failure:
            return model.genre.failure
        if not model.is_running and model.readings:
            return self._summary()
        if model.genre.is_silent:
            text = self.tr("Nothing above {0} dB in the last {1:g} s: no genre is named.")
            level = f"{MINUS}{-SILENCE_DBFS:.0f}"
            return text.format(level, model.readings[-1].window_s)
        if not probabilities:
            if not model.is_running:
                return self.tr("Start a source: the genre is named after some seconds.")
            heard_s, window_s = (
                model.hearing.heard_s if model.hearing else 0.0,
                model.genre.window_s,
            )
            if heard_s >= window_s:
                return self.tr("Enough was heard. The model is being loaded…")
            return self.tr("{0:.1f} s of {1:g} s heard").format(heard_s, window_s)
        text = self.tr("{0:.0f} ms a window of {1:g}\u00a0s, mean of the last {2}")
        n_windows = len(model.genre.smoothed_readings)
        words = text.format(model.readings[-1].ms, model.readings[-1].window_s, n_windows)
        if max(probabilities.values()) >= UNSURE_BELOW:
            return words
        why = self.tr("No genre reaches {0:.0%}: none of these, a mixture, or no music.")
        return f"{why.format(UNSURE_BELOW)}\n{words}"

    def _summary(self) -> str:
        """What was heard in the session that is over."""
        model = self._view_model
        summary = summarise(list(model.readings), model.sample_rate, UNSURE_BELOW)
        shares = ", ".join(f"{name} {share:.0%}" for name, share in summary.shares[:N_SHARES])
        return self.tr("Heard in {0} windows: {1}").format(summary.n_readings, shares)


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
