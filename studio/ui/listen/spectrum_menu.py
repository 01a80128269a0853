"""What the spectrum shows besides the moment: peaks, how fast they fall, the average."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from studio.ui.listen.key_rows import FORGET_PEAKS
from studio.ui.listen.spectrum_model import AVERAGES_S, FALLS_DB_PER_S, SpectrumModel
from studio.ui.place_keys import KeyTip


class SpectrumMenu(QMenu):
    """Two groups of choices, and reset."""

    def __init__(self, model: SpectrumModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.setObjectName("spectrum_choices")
        self.addSection(self.tr("Peaks"))
        peaks = QActionGroup(self)
        for fall in FALLS_DB_PER_S:
            text = self.tr("Fall by {0:g} dB a second").format(fall) if fall else self.tr("Hold")
            is_on = model.has_peaks and model.fall_db_per_s == fall
            self._add(peaks, text, is_on, partial(model.choose_peaks, fall))
        self._add(peaks, self.tr("None"), not model.has_peaks, lambda: model.choose_peaks(None))
        self.addSection(self.tr("Average"))
        averages = QActionGroup(self)
        for seconds in AVERAGES_S:
            text = self.tr("{0:g} s").format(seconds) if seconds else self.tr("All since reset")
            is_on = model.has_average and model.average_s == seconds
            self._add(averages, text, is_on, partial(model.choose_average, seconds))
        self._add(
            averages,
            self.tr("None"),
            not model.has_average,
            lambda: model.choose_average(None, is_shown=False),
        )
        self.addSeparator()
        reset = self.addAction("", model.reset)
        KeyTip(reset, reset.setText, self.tr("Reset peaks and average{0}"), FORGET_PEAKS)
        reset.setObjectName("spectrum_reset")

    def _add(self, group: QActionGroup, text: str, is_on: bool, choose: Callable[[], None]) -> None:
        action = QAction(text, self, checkable=True)
        action.setChecked(is_on)
        action.triggered.connect(lambda _checked: choose())
        group.addAction(action)
        self.addAction(action)
