"""The rail at the left: the three places."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.ui.theme import GRID, ICON_L, SPACE_S

RAIL_WIDTH = 11 * GRID


class PlaceRail(QWidget):
    """A button for each place; those that are open are marked. Shift-click opens beside."""

    chosen = Signal(str, bool)  # place, whether it opens beside the others

    def __init__(
        self, places: Sequence[tuple[str, QAction]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("place_rail")
        self.setFixedWidth(RAIL_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_S, GRID, SPACE_S, GRID)
        layout.setSpacing(SPACE_S)
        self._buttons = {place: self._button(place, action) for place, action in places}
        for button in self._buttons.values():
            layout.addWidget(button)
        layout.addStretch(1)

    def _button(self, place: str, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"rail_{place}")
        button.setProperty("kind", "place")
        button.setText(action.text().replace("&", ""))
        button.setIcon(action.icon())
        button.setIconSize(QSize(ICON_L, ICON_L))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setToolTip(self.tr("{0}\nShift-click: beside what is open").format(action.toolTip()))
        button.setStatusTip(action.statusTip())
        button.setAccessibleName(button.text())
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self._choose(place))
        return button

    def _choose(self, place: str) -> None:
        shift = Qt.KeyboardModifier.ShiftModifier in QApplication.keyboardModifiers()
        self.chosen.emit(place, shift)

    def mark(self, open_places: set[str]) -> None:
        """Show which places are open."""
        for place, button in self._buttons.items():
            button.setChecked(place in open_places)
