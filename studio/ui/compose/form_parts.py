"""The controls that the assistant's form is made of, each with its name and its sentence."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QWidget,
)

from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_normal, font_small, tabular

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


def in_row(*widgets: QWidget) -> QHBoxLayout:
    """A row of widgets; the first takes what room there is."""
    layout = QHBoxLayout()
    layout.setSpacing(SPACE_S)
    for index, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if index == 0 else 0)
    return layout


def set_enabled(button: QAbstractButton, tip: str, reason: str) -> None:
    """A button that can be pressed says what it does; one that can't (`reason`) says why."""
    button.setEnabled(not reason)
    button.setToolTip(reason or tip)
    button.setStatusTip(reason or tip)


def side_by_side(*widgets: QWidget) -> QWidget:
    """The same as a widget."""
    box = QWidget()
    layout = in_row(*widgets)
    layout.setContentsMargins(0, 0, 0, 0)
    box.setLayout(layout)
    return box


def form_of(rows: Iterable[tuple[str, QWidget]]) -> QWidget:
    """Labels and their controls, one below the other; where the label is '' it spans the row."""
    box = QWidget()
    form = QFormLayout(box)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(SPACE_M)
    form.setVerticalSpacing(SPACE_M)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for text, widget in rows:
        if not text:
            form.addRow(widget)
            continue
        label = caption(text)
        label.setWordWrap(False)
        label.setBuddy(widget)
        form.addRow(label, widget)
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
