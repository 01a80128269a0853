"""Everything that can be done, found by typing a few letters of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.ui.keymap import Command
from studio.ui.theme import GRID

WIDTH, HEIGHT = 560, 380
_MOVES = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -8,
    Qt.Key.Key_PageDown: 8,
}


class CommandPalette(QFrame):
    """A field and what fits it; Enter does what is marked, Esc closes."""

    def __init__(self, commands: Callable[[], Sequence[Command]], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._commands, self._window = commands, parent
        self.setObjectName("command_palette")
        self.setAccessibleName(self.tr("Commands"))
        self.setProperty("kind", "card")
        self.setFixedSize(WIDTH, HEIGHT)
        self.field = QLineEdit()
        self.field.setObjectName("palette_field")
        self.field.setAccessibleName(self.tr("What do you want to do?"))
        self.field.setPlaceholderText(self.tr("What do you want to do?"))
        self.field.setToolTip(self.tr("Type a few letters; Enter does it, Esc closes"))
        self.field.setStatusTip(self.field.toolTip())
        self.field.textChanged.connect(self._show_fitting)
        self.field.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setObjectName("palette_list")
        self.list.setAccessibleName(self.tr("Commands that fit"))
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._run)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.setFocusProxy(self.field)

    def open(self) -> None:
        """Come up in the middle of the window, with everything to choose from."""
        self.field.clear()
        self._show_fitting("")
        left = (self._window.width() - WIDTH) // 2
        self.move(self._window.mapToGlobal(QPoint(left, 10 * GRID)))
        self.show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _show_fitting(self, typed: str) -> None:
        self.list.clear()
        for command in fitting(self._commands(), typed):
            item = QTreeWidgetItem([command.text, command.shown_keys.split(", ")[0]])
            item.setData(0, Qt.ItemDataRole.UserRole, command)
            item.setToolTip(0, command.place)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
            self.list.addTopLevelItem(item)
        self.list.setColumnWidth(0, WIDTH - 180)
        self._mark(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = Qt.Key(event.key())
        if key in _MOVES:
            self._move(_MOVES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def _move(self, step: int) -> None:
        marked = self.list.currentItem()
        if marked is not None:
            last = self.list.topLevelItemCount() - 1
            self._mark(min(last, max(0, self.list.indexOfTopLevelItem(marked) + step)))

    def _mark(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def _run(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.close()
            item.data(0, Qt.ItemDataRole.UserRole).run()


def fitting(commands: Sequence[Command], typed: str) -> list[Command]:
    """The commands that have the typed letters in their order; the closest come first."""
    wanted = typed.lower().split()
    ranked = []
    for index, command in enumerate(commands):
        text = command.text.lower()
        ranks = [_rank(text, word) for word in wanted]
        if None not in ranks:
            ranked.append((sum(rank or 0 for rank in ranks), index, command))
    return [command for *_, command in sorted(ranked, key=lambda row: row[:2])]


def _rank(text: str, word: str) -> int | None:
    """0 where a word of the text begins so; more where it is elsewhere or scattered; else None."""
    if any(part.startswith(word) for part in text.split()):
        return 0
    if word in text:
        return 1
    at = -1
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            return None
    return 2
