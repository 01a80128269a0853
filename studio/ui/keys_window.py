"""All keys on one page, from the tables that make them work; each can be changed here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.ui.command_palette import fitting
from studio.ui.keymap import Command, keymap
from studio.ui.theme import GRID, font_bold

_COMMAND = Qt.ItemDataRole.UserRole


class KeysWindow(QWidget):
    """What each key does, by place, and what the mouse does in the roll."""

    def __init__(
        self,
        commands: Callable[[], Sequence[Command]],
        mouse: Callable[[], Sequence[tuple[str, str]]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._commands, self._mouse = commands, mouse
        self.setObjectName("keys_window")
        self.setWindowTitle(self.tr("Keys and mouse"))
        self.resize(640, 720)
        self.field = QLineEdit()
        self.field.setObjectName("keys_filter")
        self.field.setAccessibleName(self.tr("Find a command"))
        self.field.setPlaceholderText(self.tr("Find a command"))
        self.field.setToolTip(self.tr("Type a few letters of what a key does"))
        self.field.setStatusTip(self.field.toolTip())
        self.tree = QTreeWidget()
        self.tree.setObjectName("keys_tree")
        self.tree.setAccessibleName(self.tr("Commands and their keys"))
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels([self.tr("What"), self.tr("Keys")])
        self.tree.setRootIsDecorated(False)
        self.tree.currentItemChanged.connect(self._on_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.field)
        layout.addWidget(self.tree, 1)
        layout.addLayout(self._editor())
        layout.addWidget(self._told_label())
        self.field.textChanged.connect(self.refresh)
        keymap().changed.connect(self.refresh)
        QShortcut(QKeySequence("Esc"), self, self.close)
        self.refresh()

    def _editor(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(self.tr("New keys"))
        self.edit = QKeySequenceEdit()
        self.edit.setObjectName("keys_edit")
        self.edit.setAccessibleName(self.tr("New keys for the marked command"))
        self.edit.setToolTip(self.tr("Click here and press the new keys"))
        self.edit.setStatusTip(self.edit.toolTip())
        self.edit.setMaximumSequenceLength(1)
        self.edit.setClearButtonEnabled(True)
        label.setBuddy(self.edit)
        self.use = self._button("keys_use", self.tr("Use"), self.tr("Give it these keys"))
        self.none = self._button("keys_none", self.tr("None"), self.tr("Take its keys away"))
        self.reset = self._button("keys_reset", self.tr("Reset"), self.tr("Its first keys again"))
        self.use.clicked.connect(self._use)
        self.none.clicked.connect(lambda: self._change(()))
        self.reset.clicked.connect(self._reset)
        for widget in (label, self.edit, self.use, self.none, self.reset):
            row.addWidget(widget)
        return row

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        button.setStatusTip(tip)
        button.setEnabled(False)
        return button

    def _told_label(self) -> QLabel:
        self.told = QLabel(self.tr("Mark a row to give it other keys."))
        self.told.setObjectName("keys_told")
        self.told.setProperty("kind", "muted")
        self.told.setWordWrap(True)
        return self.told

    @property
    def chosen(self) -> Command | None:
        """The command of the marked row."""
        item = self.tree.currentItem()
        found = item.data(0, _COMMAND) if item is not None else None
        return found if isinstance(found, Command) else None

    def refresh(self) -> None:
        """Show what the tables say now."""
        chosen = self.chosen
        self.tree.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for command in fitting(self._commands(), self.field.text()):
            if command.place not in groups:
                groups[command.place] = self._group(command.place)
            item = QTreeWidgetItem([command.text, command.shown_keys])
            item.setData(0, _COMMAND, command)
            if keymap().is_own(command.row):
                item.setFont(1, font_bold())
            groups[command.place].addChild(item)
            if chosen is not None and chosen.row.name == command.row.name:
                self.tree.setCurrentItem(item)
        if not self.field.text():
            group = self._group(self.tr("Mouse in the roll"))
            group.addChildren([QTreeWidgetItem([what, how]) for how, what in self._mouse()])
        self.tree.expandAll()
        self.tree.setColumnWidth(0, 400)

    def _group(self, title: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([title])
        item.setFont(0, font_bold())
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.tree.addTopLevelItem(item)
        return item

    def _on_chosen(self) -> None:
        command = self.chosen
        for button in (self.use, self.none, self.reset):
            button.setEnabled(command is not None)
        if command is not None:
            keys = keymap().keys(command.row)
            self.edit.setKeySequence(QKeySequence(keys[0] if keys else ""))

    def _use(self) -> None:
        keys = self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if keys:
            self._change((keys,))

    def _change(self, keys: tuple[str, ...]) -> None:
        command = self.chosen
        if command is None:
            return
        rivals = [other for other in self._rivals(command) if set(keys) & _keys(other)]
        for rival in rivals:
            keymap().set_keys(rival.row, sorted(_keys(rival) - set(keys)))
        keymap().set_keys(command.row, keys)
        names = ", ".join(rival.text for rival in rivals)
        taken = self.tr("“{0}” has lost these keys.").format(names) if rivals else ""
        self.told.setText(taken or self.tr("Kept."))

    def _rivals(self, command: Command) -> list[Command]:
        return [other for other in self._commands() if other.is_rival_of(command)]

    def _reset(self) -> None:
        command = self.chosen
        if command is not None:
            keymap().reset(command.row)
            self.told.setText(self.tr("As it was at first."))


def _keys(command: Command) -> set[str]:
    return set(keymap().keys(command.row))
