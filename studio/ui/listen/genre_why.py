"""Why this genre: what each of the last windows said by itself, and what is made of it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from studio.assistant.genre_session import n_agreeing
from studio.ui.listen.genre_colors import UNSURE_BELOW, top
from studio.ui.listen.genre_feed import SMOOTHINGS_S
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.theme import SPACE_M, font_small, tabular

N_WINDOWS = 6


class GenreWhy(QWidget):
    """Raw scores, newest first; how many agree; the level; and the smoothing to choose."""

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("genre_why")
        self._view_model = view_model
        self._smoothing = QComboBox()
        self._smoothing.setObjectName("genre_smoothing")
        self._smoothing.setAccessibleName(self.tr("Smoothing"))
        tip = self.tr("The genre above is the mean of the windows of so many seconds")
        self._smoothing.setToolTip(tip)
        self._smoothing.setStatusTip(tip)
        self._smoothing.addItems([self._smoothing_words(s) for s in SMOOTHINGS_S])
        self._smoothing.activated.connect(self._on_smoothing)
        self._windows = QLabel()
        self._windows.setObjectName("genre_windows")
        self._windows.setFont(tabular(font_small()))
        self._verdict = QLabel()
        self._verdict.setObjectName("genre_verdict")
        self._verdict.setProperty("kind", "muted")
        self._verdict.setFont(tabular(font_small()))
        self._verdict.setWordWrap(True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACE_M)
        caption = QLabel(self.tr("Smoothing"))
        caption.setProperty("kind", "muted")
        caption.setBuddy(self._smoothing)
        grid.addWidget(caption, 0, 0)
        grid.addWidget(self._smoothing, 0, 1)
        grid.addWidget(self._windows, 1, 0, 1, 2)
        grid.addWidget(self._verdict, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        view_model.genre_changed.connect(self.refresh)
        self.refresh()

    def _smoothing_words(self, seconds: float) -> str:
        return self.tr("None") if not seconds else self.tr("{0:g} s").format(seconds)

    def _on_smoothing(self, index: int) -> None:
        self._view_model.genre.smoothing_s = SMOOTHINGS_S[index]

    def refresh(self) -> None:
        """Show the newest windows."""
        model = self._view_model
        with QSignalBlocker(self._smoothing):
            self._smoothing.setCurrentIndex(SMOOTHINGS_S.index(model.genre.smoothing_s))
        recent = list(model.readings)[-N_WINDOWS:]
        self._windows.setText("\n".join(self._row(i) for i in range(-1, -len(recent) - 1, -1)))
        self._verdict.setText(self._words())

    def _row(self, index: int) -> str:
        """'12.5 s   rock 71 %   pop 16 %' of one window."""
        reading = self._view_model.readings[index]
        known = dict(zip(reading.labels, reading.probabilities, strict=True))
        guesses = "   ".join(f"{label} {p:.0%}" for label, p in top(known, 2))
        return f"{reading.position / self._view_model.sample_rate:.1f} s   {guesses}"

    def _words(self) -> str:
        model = self._view_model
        probabilities = model.probabilities
        if not probabilities:
            return self.tr("What each window of three seconds says will be listed here.")
        ((label, p),) = top(probabilities, 1)
        recent = model.genre.smoothed_readings
        text = self.tr(
            "{0} of {1} windows say {2}; their mean is {3:.0%}, and {4:.0%} is needed. "
            "Level {5:.0f} dB."
        )
        agreeing = n_agreeing(recent, label)
        level_db = model.level.rms_dbfs
        return text.format(agreeing, len(recent), label, p, UNSURE_BELOW, level_db)
