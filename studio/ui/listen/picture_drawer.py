"""What of the picture is changed seldom: window function, exact ranges, back to the start."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from studio.analysis.windows import WINDOWS
from studio.ui.listen.picture_model import HIGHEST_DB, LOWEST_DB, PictureModel
from studio.ui.theme import SPACE_M

MAX_HZ = 96_000.0


class PictureDrawer(QWidget):
    """The second row of the picture's bar."""

    def __init__(self, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("picture_drawer")
        self._model = model
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_M)
        self._build()
        model.settings_changed.connect(self._follow)
        model.look_changed.connect(self._follow)
        model.refused.connect(self._on_refused)
        self._follow()

    def _build(self) -> None:
        tr = self.tr
        self._window = QComboBox()
        self._window.addItems(
            [tr("Hann"), tr("Hamming"), tr("Blackman-Harris"), tr("Flat top"), tr("Rectangular")]
        )
        tip = tr(
            "Shape of the window. Hann: music; flat top: levels; Blackman-Harris: far partials"
        )
        self._add("picture_window", tr("Shape"), tip, self._window)
        self._window.setAccessibleName(tr("Window function"))
        self._window.activated.connect(lambda i: self._model.change(window=WINDOWS[i]))
        self._low = self._hz("picture_low_hz", tr("From"), tr("The lowest frequency shown"))
        self._high = self._hz("picture_high_hz", tr("to"), tr("The highest frequency shown"))
        self._floor = self._db("picture_floor", tr("Dark at"), tr("Levels below are dark"))
        self._ceiling = self._db("picture_ceiling", tr("bright at"), tr("Levels above are bright"))
        self._low.editingFinished.connect(self._on_range)
        self._high.editingFinished.connect(self._on_range)
        self._floor.valueChanged.connect(lambda db: self._model.change_look(floor_db=db))
        self._ceiling.valueChanged.connect(lambda db: self._model.change_look(ceiling_db=db))
        self._refusal = QLabel()
        self._refusal.setObjectName("picture_refusal")
        self._refusal.setProperty("kind", "error")
        self._refusal.setWordWrap(True)  # a long sentence must not widen the window
        self._row.addWidget(self._refusal, 1)
        reset = QPushButton(tr("Reset"))
        reset.setObjectName("picture_reset")
        reset.setAccessibleName(tr("Reset the picture"))
        reset.setToolTip(tr("The picture as it was at first"))
        reset.setStatusTip(reset.toolTip())
        reset.clicked.connect(self._model.reset)
        self._row.addWidget(reset)

    def _add(self, name: str, label: str, tip: str, box: QWidget) -> None:
        caption = QLabel(label)
        caption.setProperty("kind", "muted")
        caption.setBuddy(box)
        box.setObjectName(name)
        box.setAccessibleName(label)
        box.setToolTip(tip)
        box.setStatusTip(tip)
        self._row.addWidget(caption)
        self._row.addWidget(box)

    def _hz(self, name: str, label: str, tip: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox(minimum=0.0, maximum=MAX_HZ, decimals=0, singleStep=100.0)
        box.setSuffix(self.tr(" Hz"))
        box.setKeyboardTracking(False)
        self._add(name, label, tip, box)
        return box

    def _db(self, name: str, label: str, tip: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox(minimum=LOWEST_DB, maximum=HIGHEST_DB, decimals=0, singleStep=5.0)
        box.setSuffix(self.tr(" dB"))
        box.setKeyboardTracking(False)
        self._add(name, label, tip, box)
        return box

    def _on_range(self) -> None:
        settings = self._model.settings
        low, high = self._low.value(), self._high.value()
        if (low, high) != (round(settings.fmin_hz), round(settings.fmax_hz)):
            self._refusal.clear()
            self._model.change(fmin_hz=low, fmax_hz=high)

    def _on_refused(self, text: str) -> None:
        self._refusal.setText(text)

    def _follow(self) -> None:
        settings, look = self._model.settings, self._model.look
        self._refusal.clear()
        with QSignalBlocker(self._window):
            self._window.setCurrentIndex(WINDOWS.index(settings.window))
        rows = (
            (self._low, settings.fmin_hz),
            (self._high, settings.fmax_hz),
            (self._floor, look.floor_db),
            (self._ceiling, look.ceiling_db),
        )
        for box, value in rows:
            with QSignalBlocker(box):
                box.setValue(value)
        for box in (self._floor, self._ceiling):
            box.setEnabled(not look.is_locked)
