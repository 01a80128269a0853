"""The controls that the assistant's form is made of, each with its name and its sentence."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QWidget,
)

from studio.ui.theme import GRID, SPACE_S, font_normal, font_small, tabular

BOX_WIDTH = 8 * GRID


def explain(widget: QWidget, name: str, label: str, tip: str) -> None:
    """Give a control its object name, and its words for readers, pointers and the status bar."""
    widget.setObjectName(name)
    widget.setAccessibleName(label)
    widget.setToolTip(tip)
    widget.setStatusTip(tip)


def combo(name: str, label: str, tip: str) -> QComboBox:
    """A choice that may be narrower than its longest entry."""
    box = QComboBox()
    explain(box, name, label, tip)
    box.setMinimumContentsLength(8)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def count(name: str, label: str, tip: str, most: int, value: int) -> QSpinBox:
    """A whole number from 0 to `most`."""
    box = QSpinBox()
    explain(box, name, label, tip)
    box.setFont(tabular(font_normal()))
    box.setRange(0, most)
    box.setValue(value)
    return box


def decimal(name: str, label: str, tip: str, most: float, value: float) -> QDoubleSpinBox:
    """A number from 0 to `most` in tenths."""
    box = QDoubleSpinBox()
    explain(box, name, label, tip)
    box.setFont(tabular(font_normal()))
    box.setRange(0, most)
    box.setSingleStep(0.1)
    box.setDecimals(1)
    box.setValue(value)
    return box


def caption(text: str = "") -> QLabel:
    """Small, quiet words: what a control is, what follows from it."""
    label = QLabel(text)
    label.setFont(font_small())
    label.setProperty("kind", "muted")
    label.setWordWrap(True)
    return label


def side_by_side(*widgets: QWidget) -> QWidget:
    """Widgets in a row; the first takes what room there is."""
    box = QWidget()
    layout = QHBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE_S)
    for index, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if index == 0 else 0)
    return box


class SliderRow(QWidget):
    """A slider for the hand beside a box for the exact number; both say the same.

    The slider goes up to `most` in steps of `step`; the box may allow more.
    """

    def __init__(
        self,
        box: QSpinBox | QDoubleSpinBox,
        most: float,
        step: float = 1.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._box, self._step = box, step
        self.slider = QSlider(Qt.Orientation.Horizontal)
        explain(self.slider, f"{box.objectName()}_slider", box.accessibleName(), box.toolTip())
        self.slider.setRange(0, round(most / step))
        self.slider.setMinimumWidth(BOX_WIDTH)
        box.setFixedWidth(BOX_WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_S)
        layout.addWidget(self.slider, 1)
        layout.addWidget(box)
        self.setFocusProxy(box)
        self.slider.valueChanged.connect(self._on_slider)
        box.valueChanged.connect(self._on_box)
        self._on_box(box.value())

    def _on_slider(self, value: int) -> None:
        self._box.setValue(value * self._step)  # type: ignore[arg-type]

    def _on_box(self, value: float) -> None:
        with QSignalBlocker(self.slider):  # a number beyond the slider's end stays as it is
            self.slider.setValue(round(value / self._step))
