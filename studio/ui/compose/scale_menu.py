"""Which scale the roll shows, and whether the mouse keeps to it."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.score.chords import NAMES
from studio.score.scales import SCALES, Scale
from studio.ui.compose.roll_state import RollState
from studio.ui.compose.score_view_model import ScoreViewModel


class ScaleMenu(QToolButton):
    """A button that names the scale and a menu that chooses it."""

    def __init__(
        self, view_model: ScoreViewModel, state: RollState, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view_model, self._state = view_model, state
        self.setObjectName("scale_chooser")
        self.setAccessibleName(self.tr("Scale"))
        self.setToolTip(self.tr("Show a scale in the roll, and keep to it"))
        self.setStatusTip(self.tr("Rows outside the scale are shaded; the mouse can snap to it"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("scale_menu")
        self._fill(menu)
        self.setMenu(menu)
        state.changed.connect(self._follow)
        self._follow()

    def _fill(self, menu: QMenu) -> None:
        self._group = QActionGroup(self)
        self._add(menu, self.tr("No scale"), lambda: self._state.set_scale(None), "scale_off")
        self._add(menu, self.tr("The key of the song"), self._use_key, "scale_of_key")
        for tonic, name in enumerate(NAMES):
            part = menu.addMenu(name)
            for kind in SCALES:
                scale = Scale(tonic, kind)
                title = f"{name} {self.tr(kind)}"
                object_name = f"scale_{tonic}_{kind.replace(' ', '_')}"
                self._add(
                    part, title, lambda _=False, s=scale: self._state.set_scale(s), object_name
                )
        menu.addSeparator()
        self.snap = menu.addAction(self.tr("Snap to the scale"))
        self.snap.setObjectName("scale_snap")
        self.snap.setCheckable(True)
        self.snap.toggled.connect(self._state.set_snaps_to_scale)

    def _add(self, menu: QMenu, text: str, do: object, name: str) -> QAction:
        action = menu.addAction(text)
        action.setObjectName(name)
        action.triggered.connect(do)
        return action

    def _use_key(self) -> None:
        keys = self._view_model.song.key_signatures
        self._state.set_scale(Scale.of_key(keys[0]) if keys else Scale(0))

    def _follow(self) -> None:
        scale = self._state.scale
        text = (
            self.tr("No scale") if scale is None else f"{NAMES[scale.tonic]} {self.tr(scale.name)}"
        )
        self.setText(text)
        self.snap.setEnabled(scale is not None)
        self.snap.setChecked(self._state.snaps_to_scale)
