"""How the roll is used: what the mouse does and reaches. Remembered from one start to the next."""

from __future__ import annotations

import contextlib
from typing import get_args

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.score.scales import SCALES, Scale
from studio.settings import Settings
from studio.ui.compose.roll_state import ADAPTIVE, RightButton, RollState
from studio.ui.icons import icon

SETTING = "roll"


class RollOptions(QToolButton):
    """A button with a menu of what is set once."""

    def __init__(self, state: RollState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setObjectName("roll_options")
        self.setIcon(icon("settings"))
        self.setAccessibleName(self.tr("Options of the roll"))
        self.setToolTip(self.tr("Options of the roll"))
        self.setStatusTip(self.tr("What the right button does, and what the mouse reaches"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("roll_options_menu")
        part = menu.addMenu(self.tr("The right button"))
        self._group = QActionGroup(self)
        words: dict[RightButton, str] = {
            "auto": self.tr("Erases while drawing, else the menu"),
            "erase": self.tr("Erases"),
            "draw": self.tr("Draws"),
            "menu": self.tr("Opens the menu"),
        }
        for meaning in words:
            action = part.addAction(words[meaning])
            action.setObjectName(f"right_button_{meaning}")
            action.setCheckable(True)
            action.setData(meaning)
            self._group.addAction(action)
            action.triggered.connect(lambda _=False, m=meaning: state.set_right_button(m))
        self._keeps = menu.addAction(self.tr("Leave the other tracks alone"))
        self._keeps.setObjectName("keeps_to_track")
        self._keeps.setStatusTip(self.tr("They are seen, but the mouse goes through their notes"))
        self._keeps.setCheckable(True)
        self._keeps.triggered.connect(state.set_keeps_to_track)
        self._single = menu.addAction(self.tr("Paint with single notes again"))
        self._single.setObjectName("forget_pattern")
        self._single.setStatusTip(self.tr("Forget the notes that Shift-drag paints with"))
        self._single.triggered.connect(lambda: state.set_pattern(None))
        self.setMenu(menu)
        state.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self._keeps.setChecked(self._state.keeps_to_track)
        self._single.setEnabled(self._state.pattern is not None)
        for action in self._group.actions():
            action.setChecked(action.data() == self._state.right_button)


class RememberedState(QObject):
    """Keeps tool, grid, scale, right button and what the mouse reaches in the settings."""

    def __init__(self, state: RollState, settings: Settings) -> None:
        super().__init__(state)
        self._state, self._settings = state, settings
        kept = settings.get(SETTING, {})
        with contextlib.suppress(AttributeError, TypeError, ValueError, LookupError, StopIteration):
            self._restore(kept)
        self._kept = self._now()
        state.changed.connect(self._keep)

    def _restore(self, kept: dict[str, object]) -> None:
        state = self._state
        if kept.get("right_button") in get_args(RightButton):
            state.set_right_button(kept["right_button"])  # type: ignore[arg-type]
        state.set_keeps_to_track(kept.get("keeps_to_track") is True)
        if kept.get("tool") in ("draw", "select"):
            state.set_tool(kept["tool"])  # type: ignore[arg-type]
        scale = kept.get("scale")
        if isinstance(scale, list) and scale[1] in SCALES:
            state.set_scale(Scale(int(scale[0]) % 12, str(scale[1])))
            state.set_snaps_to_scale(bool(kept.get("snaps_to_scale")))
        if "grid" in kept:
            state.set_grid(str(kept["grid"]))

    def _now(self) -> dict[str, object]:
        state = self._state
        return {
            "tool": state.tool,
            "grid": ADAPTIVE if state.is_adaptive else state.grid.name,
            "right_button": state.right_button,
            "keeps_to_track": state.keeps_to_track,
            "scale": [state.scale.tonic, state.scale.name] if state.scale else None,
            "snaps_to_scale": state.snaps_to_scale,
        }

    def _keep(self) -> None:
        now = self._now()
        if now != self._kept:
            self._kept = now
            self._settings.set(SETTING, now)
