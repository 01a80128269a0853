"""The column of cards beside the picture: what is heard, in words and figures."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.ui.theme import GRID, SPACE_M

WIDTH = 34 * GRID
LEAST_LETTERS = 6


class CardColumn(QScrollArea):
    """Cards below each other; scrolls where the window is too low for all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("listen_cards")
        self.setAccessibleName(self.tr("What is heard"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget()
        self._layout = QVBoxLayout(body)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_M)
        self._layout.addStretch(1)
        self.setWidget(body)
        self.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)

    def add(self, card: QWidget) -> None:
        """Put `card` below the others."""
        self._layout.insertWidget(self._layout.count() - 1, card)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 10 * GRID)


def keep_narrow(box: QComboBox) -> None:
    """Let a list be as narrow as its card: a long name is cut, and whole in the list itself."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(LEAST_LETTERS)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


def is_in_sight(card: QWidget) -> bool:
    """Whether any of a card is seen: one that is scrolled away need not follow the sound."""
    return card.isVisible() and not card.visibleRegion().isEmpty()
