"""Which group is in which split, to be looked at and changed."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.training.data_splits import DataSplits, Group
from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_small, theme
from studio.ui.train.card import describe, enable
from studio.ui.train.row_table import show_rows_whole

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
FIGURES = (2, 3)  # columns of numbers
TINTS = {"train": "curve_train", "valid": "curve_valid", "test": "success"}


class SplitModel(QAbstractTableModel):
    """A row a group: class, group, files, minutes, split."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.groups: list[Group] = []
        self.words = {
            "train": self.tr("training"),
            "valid": self.tr("validation"),
            "test": self.tr("test"),
            "": self.tr("several"),
        }
        self._titles = [
            self.tr("Class"),
            self.tr("Group"),
            self.tr("Files"),
            self.tr("Minutes"),
            self.tr("Split"),
        ]

    def show_groups(self, groups: list[Group]) -> None:
        """Show these groups; the rows stay what they are if only splits have changed."""
        if [g.name for g in groups] == [g.name for g in self.groups]:
            self.groups = groups
            last = self.index(len(groups) - 1, len(self._titles) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.groups = groups
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:  # noqa: N802, by Qt
        return 0 if parent.isValid() else len(self.groups)

    def columnCount(self, parent: Index = NO_INDEX) -> int:  # noqa: N802, by Qt
        return len(self._titles)

    def headerData(  # noqa: N802, by Qt
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in FIGURES:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | QColor | Qt.AlignmentFlag | None:
        group, column = self.groups[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(group)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return group.name
        if role == Qt.ItemDataRole.ForegroundRole and column == 4:
            return theme().color(TINTS.get(group.split, "warning"))
        if role == Qt.ItemDataRole.TextAlignmentRole and column in FIGURES:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _texts(self, group: Group) -> tuple[str, ...]:
        minutes = f"{group.seconds / 60:.1f}"
        name = group.name.removeprefix(f"{group.label}/")
        return group.label, name, str(group.n_items), minutes, self.words[group.split]


class SplitTable(QWidget):
    """The table, how much each split has, and buttons that move the chosen groups."""

    move_requested = Signal(object, str)  # list of (class, group), split
    forget_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("split_pane")
        self._is_editable, self._is_edited = True, False
        self.model = SplitModel(self)
        self._counts = QLabel()
        self._counts.setObjectName("split_counts")
        self._counts.setWordWrap(True)
        self._leaks = QLabel()
        self._leaks.setObjectName("split_leaks")
        self._leaks.setProperty("kind", "warning")
        self._leaks.setWordWrap(True)
        self.table = self._table()
        self._buttons = {
            "train": self._button("split_to_train", self.tr("To training"), "1"),
            "valid": self._button("split_to_valid", self.tr("To validation"), "2"),
            "test": self._button("split_to_test", self.tr("To test"), "3"),
        }
        self.forget = QPushButton(self.tr("As before"))
        self.forget.setObjectName("split_forget")
        self.forget.setAccessibleName(self.forget.text())
        self.forget.clicked.connect(self.forget_requested)
        self._lay_out()
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._refresh())
        self._refresh()

    def _table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("split_table")
        table.setAccessibleName(self.tr("Groups and their splits"))
        describe(table, self.tr("Choose groups, then say below which split they belong to"))
        table.setModel(self.model)
        show_rows_whole(table)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for column, width in ((0, 16), (2, 7), (3, 9), (4, 12)):
            table.setColumnWidth(column, width * GRID)
        table.setMinimumHeight(18 * GRID)
        return table

    def _button(self, name: str, text: str, key: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.clicked.connect(lambda: self._ask(name.removeprefix("split_to_")))
        shortcut = QShortcut(QKeySequence(key), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(button.click)
        return button

    def _lay_out(self) -> None:
        about = QLabel(
            self.tr(
                "A model learns from training, is chosen by validation, and is measured on test. "
                "What belongs together stays together."
            )
        )
        about.setProperty("kind", "muted")
        about.setFont(font_small())
        about.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.forget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_M, 0, 0)
        column.setSpacing(SPACE_S)
        for part in (about, self._counts):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        column.addWidget(self._leaks)
        column.addLayout(row)

    def show_splits(self, splits: DataSplits, *, is_edited: bool) -> None:
        """Show which group is where."""
        self.model.show_groups(splits.groups())
        self._is_edited = is_edited
        counts = splits.counts()
        total = max(1, sum(sum(row.values()) for row in counts.values()))
        sums = {s: sum(row[s] for row in counts.values()) for s in self._buttons}
        parts = [
            self.tr("{0} <b>{1}</b> ({2:.0%})").format(self.model.words[s], n, n / total)
            for s, n in sums.items()
        ]
        lacking = [name for name, row in counts.items() if not row["train"]]
        self._counts.setText(" · ".join(parts))
        self._show_problems(len(splits.leaks()), lacking)
        self._refresh()

    def _show_problems(self, n_leaks: int, lacking: list[str]) -> None:
        told = []
        if n_leaks:
            text = self.tr("{0} recordings are in two splits: training will move or refuse them.")
            told.append(text.format(n_leaks) if n_leaks > 1 else self._one_leak())
        if lacking:
            text = self.tr("Nothing to learn from is left of {0}.")
            told.append(text.format(", ".join(lacking)))
        self._leaks.setText("\n".join(f"\N{WARNING SIGN} {text}" for text in told))
        self._leaks.setVisible(bool(told))

    def _one_leak(self) -> str:
        return self.tr("A recording is in two splits: training will move or refuse it.")

    def set_editable(self, is_editable: bool) -> None:
        """Whether splits may be changed now: not while a model is learning from them."""
        self._is_editable = is_editable
        self._refresh()

    def _refresh(self) -> None:
        busy = "" if self._is_editable else self.tr("Not now: a model is learning from them")
        has_choice = self.table.selectionModel().hasSelection()
        nothing = "" if has_choice else self.tr("Choose groups first")
        for key, button in enumerate(self._buttons.values(), 1):
            tip = self.tr("Put the chosen groups there ({0})").format(key)
            enable(button, tip, busy or nothing)
        same = "" if self._is_edited else self.tr("You have changed nothing")
        enable(self.forget, self.tr("Undo all your changes of the splits"), busy or same)

    def _ask(self, split: str) -> None:
        rows = {index.row() for index in self.table.selectionModel().selectedRows()}
        chosen = [(self.model.groups[r].label, self.model.groups[r].name) for r in sorted(rows)]
        if chosen:
            self.move_requested.emit(chosen, split)
