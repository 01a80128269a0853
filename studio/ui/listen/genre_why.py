"""Why this genre: what each of the last windows said by itself, and what is made of it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from studio.assistant.genre_session import n_agreeing
from studio.assistant.live_genre import SILENCE_DBFS
from studio.ui.listen.card_column import keep_narrow
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.listen.genre_colors import UNSURE_BELOW, top
from studio.ui.listen.genre_feed import NAMED, SMOOTHINGS_S
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.theme import SPACE_M, font_small, tabular

N_WINDOWS = 6
NOTHING_DBFS = -150.0  # below any converter: exact zeros


class GenreWhy(QWidget):
    """Raw scores, newest first; how many agree; the level; and the smoothing to choose."""

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("genre_why")
        self._view_model = view_model
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_M)
        self._grid.setColumnStretch(1, 1)
        self._smoothing = self._choice(
            "genre_smoothing",
            self.tr("Smoothing"),
            self.tr("The genre above is the mean of the windows of so many seconds"),
        )
        self._smoothing.addItems([self._smoothing_words(s) for s in SMOOTHINGS_S])
        self._smoothing.activated.connect(self._on_smoothing)
        self._evidence = self._choice(
            "genre_evidence",
            self.tr("Show where"),
            self.tr("Colour the places in the picture that speak for a genre"),
        )
        self._evidence.activated.connect(self._on_evidence)
        self._windows = self._text("genre_windows")
        self._verdict = self._text("genre_verdict")
        self._verdict.setProperty("kind", "muted")
        view_model.genre_changed.connect(self.refresh)
        self.refresh()

    def _choice(self, name: str, label: str, tip: str) -> QComboBox:
        """A list with its caption, in a row of its own."""
        caption, box = QLabel(label), QComboBox()
        caption.setProperty("kind", "muted")
        caption.setBuddy(box)
        box.setObjectName(name)
        box.setAccessibleName(label)
        box.setToolTip(tip)
        box.setStatusTip(tip)
        keep_narrow(box)
        row = self._grid.rowCount()
        self._grid.addWidget(caption, row, 0)
        self._grid.addWidget(box, row, 1)
        return box

    def _text(self, name: str) -> QLabel:
        """Words over the whole width."""
        label = QLabel()
        label.setObjectName(name)
        label.setFont(tabular(font_small()))
        label.setWordWrap(True)
        self._grid.addWidget(label, self._grid.rowCount(), 0, 1, 2)
        return label

    def _smoothing_words(self, seconds: float) -> str:
        return self.tr("None") if not seconds else self.tr("{0:g} s").format(seconds)

    def _on_smoothing(self, index: int) -> None:
        self._view_model.genre.smoothing_s = SMOOTHINGS_S[index]

    def _on_evidence(self, index: int) -> None:
        self._view_model.genre.evidence = self._evidence.itemData(index)

    def _list_evidence(self) -> None:
        """Nothing, the genre named, or any that the model knows."""
        model = self._view_model
        labels = list(model.readings[-1].labels) if model.readings else []
        choices = [("", self.tr("Nowhere")), (NAMED, self.tr("The genre named"))]
        choices += [(label, label) for label in labels]
        values = [value for value, _ in choices]
        if values != [self._evidence.itemData(i) for i in range(self._evidence.count())]:
            self._evidence.clear()
            for value, text in choices:
                self._evidence.addItem(text, value)
        chosen = model.genre.evidence
        self._evidence.setCurrentIndex(values.index(chosen) if chosen in values else 0)

    def refresh(self) -> None:
        """Show the newest windows."""
        model = self._view_model
        self._list_evidence()
        with QSignalBlocker(self._smoothing):
            self._smoothing.setCurrentIndex(SMOOTHINGS_S.index(model.genre.smoothing_s))
        recent = list(model.readings)[-N_WINDOWS:]
        self._windows.setText("\n".join(self._row(i) for i in range(-1, -len(recent) - 1, -1)))
        self._verdict.setText(self._words())

    def _row(self, index: int) -> str:
        """'12.5 s   rock 71 %   pop 16 %' of one window."""
        reading = self._view_model.readings[index]
        end_s = reading.position / self._view_model.sample_rate
        if reading.is_silent:
            return self.tr("{0:.1f} s   silence").format(end_s)
        known = dict(zip(reading.labels, reading.probabilities, strict=True))
        guesses = "   ".join(f"{label} {p:.0%}" for label, p in top(known, 2))
        return f"{end_s:.1f} s   {guesses}"

    def _words(self) -> str:
        model = self._view_model
        probabilities = model.probabilities
        if model.genre.is_silent:
            peak_dbfs = model.readings[-1].peak_dbfs
            peak = f"{peak_dbfs:.0f}" if peak_dbfs > NOTHING_DBFS else "-\N{INFINITY}"
            text = self.tr("The last window's peak is {0} dB; below {1:.0f} dB it is silence.")
            return text.format(peak, SILENCE_DBFS).replace("-", MINUS)
        if not probabilities:
            return self.tr("What each window of some seconds says will be listed here.")
        ((label, p),) = top(probabilities, 1)
        recent = model.genre.smoothed_readings
        text = self.tr(
            "{0} of {1} windows say {2}; their mean is {3:.0%}, and {4:.0%} is needed. "
            "Level {5:.0f} dB."
        )
        agreeing = n_agreeing(recent, label)
        level_db = model.level.rms_dbfs
        words = text.format(agreeing, len(recent), label, p, UNSURE_BELOW, level_db)
        return words.replace("-", MINUS)
