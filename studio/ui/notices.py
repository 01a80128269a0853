"""Banners: what the application has to tell without stopping the music. Never a modal dialog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.ui.icons import icon
from studio.ui.theme import GRID, ICON_S, SPACE_S, theme

INFO_MS = 6000  # after which what needs no answer goes away by itself
MAX_BANNERS = 3
_MARKS = {"info": "accent", "warning": "warning", "error": "error"}


@dataclass(frozen=True, slots=True)
class NoticeAction:
    """A button in a banner. The banner closes when it is pressed."""

    label: str
    run: Callable[[], object]


class Banner(QFrame):
    """One notice: a coloured edge, the text, what can be done about it, a cross."""

    def __init__(self, level: str, text: str, actions: Sequence[NoticeAction] = ()) -> None:
        super().__init__()
        self.level, self.text = level, text
        self.setProperty("kind", "card")
        self.setObjectName("notice_banner")
        self.setAccessibleName(f"{level}: {text}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, SPACE_S, SPACE_S, SPACE_S)
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(label, 1)
        for action in actions:
            layout.addWidget(self._button(action))
        layout.addWidget(self._close_button())
        theme().changed.connect(self.update)

    def _button(self, action: NoticeAction) -> QPushButton:
        button = QPushButton(action.label)
        button.setObjectName("notice_action")
        button.clicked.connect(self.deleteLater)
        button.clicked.connect(lambda: action.run())
        return button

    def _close_button(self) -> QToolButton:
        close = QToolButton()
        close.setObjectName("notice_close")
        close.setAccessibleName(self.tr("Dismiss"))
        close.setToolTip(self.tr("Dismiss this notice"))
        close.setIcon(icon("cross"))
        close.setIconSize(QSize(ICON_S, ICON_S))
        close.clicked.connect(self.deleteLater)
        return close

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        edge = self.rect().adjusted(GRID // 2, GRID // 2, 0, -GRID // 2)
        edge.setWidth(SPACE_S)
        painter.fillRect(edge, theme().color(_MARKS.get(self.level, "accent")))


class NoticeArea(QWidget):
    """The banners of the moment, newest last; the same text is never shown twice."""

    changed = Signal()  # it shows something now, or nothing any more

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notices")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, SPACE_S, 0, 0)
        self._layout.setSpacing(SPACE_S)
        self.hide()

    @property
    def banners(self) -> list[Banner]:
        """The banners on the screen, oldest first."""
        items = [self._layout.itemAt(index) for index in range(self._layout.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if isinstance(widget, Banner)]

    def withdraw(self, text: str) -> None:
        """Take away the banner that says `text`: it is true no more."""
        for banner in self.banners:
            if banner.text == text:
                banner.deleteLater()

    def show_notice(self, level: str, text: str, actions: Sequence[NoticeAction] = ()) -> None:
        """Add a banner; the oldest gives way when there are too many."""
        shown = self.banners
        if any(banner.text == text for banner in shown):
            return
        for old in shown[: max(0, len(shown) + 1 - MAX_BANNERS)]:
            old.deleteLater()
        banner = Banner(level, text, actions)
        banner.destroyed.connect(self._hide_if_empty)
        self._layout.addWidget(banner)
        self.show()
        self.changed.emit()
        if level == "info" and not actions:
            QTimer.singleShot(INFO_MS, banner, banner.deleteLater)

    def _hide_if_empty(self) -> None:
        QTimer.singleShot(0, self, self._refresh)

    def _refresh(self) -> None:
        self.setVisible(bool(self.banners))
        self.changed.emit()
