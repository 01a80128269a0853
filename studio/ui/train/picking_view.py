"""A picture with parts that can be pointed at, pressed and asked about."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

Part = TypeVar("Part")


class PickingView(QWidget, Generic[Part]):
    """Follows the pointer from part to part; the keys are those of who inherits from it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._hovered: Part | None = None

    @abstractmethod
    def part_at(self, place: QPointF) -> Part | None:
        """What is there, if anything is."""

    @abstractmethod
    def words(self, part: Part) -> str:
        """What there is to say of a part."""

    @abstractmethod
    def choose(self, part: Part) -> None:
        """Take the part that was pressed."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        part = self.part_at(event.position())
        if part is not None and event.button() == Qt.MouseButton.LeftButton:
            self.choose(part)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        part = self.part_at(event.position())
        if part != self._hovered:
            self._hovered = part
            in_hand = Qt.CursorShape.PointingHandCursor
            self.setCursor(Qt.CursorShape.ArrowCursor if part is None else in_hand)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            part = self.part_at(QPointF(event.pos()))
            text = self.statusTip() if part is None else self.words(part)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)
