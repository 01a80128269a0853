"""The bar above the roll: tools, grid, zoom, and the window's own open, save, undo and redo."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QComboBox, QLabel, QToolBar, QWidget

from studio.ui.compose.roll_commands import RollCommands
from studio.ui.compose.roll_key_table import ROLL_KEYS
from studio.ui.compose.roll_options import RollOptions
from studio.ui.compose.roll_state import ADAPTIVE, GRIDS, RollState, Tool
from studio.ui.compose.scale_menu import ScaleMenu
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.icons import icon
from studio.ui.keymap import in_brackets, keymap
from studio.ui.place_keys import KeyTip
from studio.ui.theme import ICON_M

_ROWS = {row.command: row for row in ROLL_KEYS}


class ComposeToolbar(QToolBar):
    """Shows and changes the roll's state; holds none of its own."""

    def __init__(
        self,
        view_model: ScoreViewModel,
        state: RollState,
        commands: RollCommands,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model, self._state, self._commands = view_model, state, commands
        self._has_file_actions = False
        self.setObjectName("compose_toolbar")
        self.setAccessibleName(self.tr("Tools of the piano roll"))
        self.setIconSize(QSize(ICON_M, ICON_M))
        self.setMovable(False)
        self._add_tools()
        self.addSeparator()
        self._add_grid()
        self.addSeparator()
        self._add_history()
        state.changed.connect(self._follow)
        view_model.history_changed.connect(self._follow)
        keymap().changed.connect(self._follow)
        self._follow()

    def _action(self, name: str, picture: str, tip: str) -> QAction:
        action = QAction(icon(picture), tip, self)
        action.setObjectName(name)
        action.setStatusTip(tip)
        self.addAction(action)
        button = self.widgetForAction(action)
        button.setObjectName(f"{name}_button")
        if isinstance(button, QWidget):
            button.setAccessibleName(tip)
        return action

    def _add_tools(self) -> None:
        group = QActionGroup(self)
        self._tools: dict[Tool, QAction] = {
            "draw": self._action("draw_tool", "pencil", self.tr("Draw notes")),
            "select": self._action("select_tool", "select", self.tr("Select notes")),
        }
        for tool, action in self._tools.items():
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _=False, tool=tool: self._state.set_tool(tool))
            KeyTip(action, action.setToolTip, f"{action.text()}{{0}}", _ROWS[f"{tool}_tool"])

    def _add_grid(self) -> None:
        label = QLabel(self.tr("Grid"))
        label.setProperty("kind", "muted")
        label.setContentsMargins(8, 0, 4, 0)
        self._grid = QComboBox()
        self._grid.setObjectName("grid_chooser")
        self._grid.setAccessibleName(self.tr("Grid"))
        self._grid.setToolTip(
            self.tr("What notes snap to; Auto follows the zoom; hold Alt for no grid")
        )
        self._grid.setStatusTip(self._grid.toolTip())
        self._grid.addItems([ADAPTIVE, *(grid.name for grid in GRIDS)])
        self._grid.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._grid.currentTextChanged.connect(self._state.set_grid)
        label.setBuddy(self._grid)
        self.addWidget(label)
        self.addWidget(self._grid)
        self.addWidget(ScaleMenu(self._view_model, self._state))
        self.addWidget(RollOptions(self._state))

    def _add_history(self) -> None:
        self._undo = self._action("roll_undo", "undo", self.tr("Undo"))
        self._redo = self._action("roll_redo", "redo", self.tr("Redo"))
        self._undo.triggered.connect(self._view_model.undo)
        self._redo.triggered.connect(self._view_model.redo)

    def _follow(self) -> None:
        self._tools[self._state.tool].setChecked(True)
        self._grid.setCurrentText(ADAPTIVE if self._state.is_adaptive else self._state.grid.name)
        score = self._view_model.score
        for action, label, text, row in (
            (self._undo, score.undo_label, self.tr("Undo"), _ROWS["undo"]),
            (self._redo, score.redo_label, self.tr("Redo"), _ROWS["redo"]),
        ):
            action.setEnabled(label is not None)
            nothing = self.tr("nothing to do")
            what = label.lower() if label else nothing
            action.setToolTip(f"{text}: {what}{in_brackets(row)}")

    def take_window_actions(self, window: QWidget) -> None:
        """Show the window's own open and save, once."""
        if self._has_file_actions:
            return
        found = [window.findChild(QAction, name) for name in ("open", "save")]
        actions = [action for action in found if isinstance(action, QAction)]
        self._has_file_actions = bool(actions)
        if actions:
            self.insertActions(self.actions()[0], actions)
            self.insertSeparator(self.actions()[len(actions)])
