"""How notes are pulled to the grid: a small window that stays, because it is tried by ear."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from studio.score.quantise import Quantising
from studio.ui.compose.roll_state import GRIDS, TUPLETS, RollState
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import GRID

SETTING_NAMES = ("strength", "swing", "tolerance")


class QuantisePanel(QWidget):
    """Grid, strength, swing, and whether starts or ends go; each press is one edit."""

    def __init__(
        self,
        view_model: ScoreViewModel,
        state: RollState,
        quantise: Callable[[Quantising], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self._view_model, self._state, self._quantise = view_model, state, quantise
        self.setObjectName("quantise_panel")
        self.setWindowTitle(self.tr("Quantise"))
        self.grid = QComboBox()
        self._name(self.grid, "quantise_grid", self.tr("Grid"), self.tr("The steps to pull to"))
        for grid in (*GRIDS, *TUPLETS):
            self.grid.addItem(grid.name, grid)
        self.strength = self._slider(
            "strength", self.tr("Strength"), 100, self.tr("How much of the way notes go")
        )
        self.swing = self._slider(
            "swing", self.tr("Swing"), 0, self.tr("How late every second step is; 67 % as triplets")
        )
        self.tolerance = self._slider(
            "tolerance", self.tr("Leave near"), 0, self.tr("Notes nearer than this part of a step")
        )
        self.starts = self._box("quantise_starts", self.tr("Starts"), is_on=True)
        self.ends = self._box("quantise_ends", self.tr("Ends"), is_on=False)
        self._lay_out()
        QShortcut(QKeySequence("Esc"), self, self.close)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(GRID)
        form.addRow(self.tr("Grid"), self.grid)
        for name in SETTING_NAMES:
            slider: QSlider = getattr(self, name)
            figure = QLabel(f"{slider.value()} %")
            figure.setObjectName(f"quantise_{name}_figure")
            slider.valueChanged.connect(lambda value, to=figure: to.setText(f"{value} %"))
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(slider)
            column.addWidget(figure, 0, Qt.AlignmentFlag.AlignRight)
            form.addRow(slider.accessibleName(), column)
        form.addRow(self.starts)
        form.addRow(self.ends)
        self.apply = QPushButton(self.tr("Quantise"))
        tip = self.tr("Pull the selected notes, or all; again goes on from there")
        self._name(self.apply, "quantise_apply", self.tr("Quantise"), tip)
        self.apply.setProperty("kind", "primary")
        self.apply.setDefault(True)
        self.apply.clicked.connect(lambda: self._quantise(self.how))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.addLayout(form)
        layout.addWidget(self.apply)

    def _name(self, widget: QWidget, name: str, title: str, tip: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(title)
        widget.setToolTip(tip)
        widget.setStatusTip(tip)

    def _slider(self, name: str, title: str, value: int, tip: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        self._name(slider, f"quantise_{name}", title, tip)
        slider.setRange(0, 100)
        slider.setValue(value)
        slider.setMinimumWidth(160)
        return slider

    def _box(self, name: str, title: str, *, is_on: bool) -> QCheckBox:
        box = QCheckBox(title)
        self._name(box, name, title, self.tr("Pull the {0} of notes").format(title.lower()))
        box.setChecked(is_on)
        return box

    @property
    def how(self) -> Quantising:
        """What the window says."""
        step = max(1.0, self.grid.currentData().ticks(self._view_model.song.ticks_per_beat))
        return Quantising(
            step,
            self.strength.value() / 100,
            self.swing.value() / 100,
            round(self.tolerance.value() / 100 * step / 2),
            self.starts.isChecked(),
            self.ends.isChecked(),
        )

    def open(self) -> None:
        """Come up with the grid of the roll."""
        self.grid.setCurrentText(self._state.grid.name)
        self.show()
        self.raise_()
        self.activateWindow()
