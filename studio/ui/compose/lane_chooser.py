"""What the lane under the roll shows: velocities or a controller."""

from __future__ import annotations

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QStackedWidget, QToolButton, QWidget

from studio.score.controllers import CONTROLLERS, Controller
from studio.ui.compose.controller_lane import ControllerLane
from studio.ui.compose.keyboard_strip import WIDTH
from studio.ui.compose.velocity_lane import VelocityLane
from studio.ui.theme import font_small


class LaneChooser(QToolButton):
    """Names what the lane shows, and a menu of what it could."""

    def __init__(
        self, velocity: VelocityLane, controllers: ControllerLane, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._controllers = controllers
        self.lanes = QStackedWidget()
        self.lanes.addWidget(velocity)
        self.lanes.addWidget(controllers)
        self.setObjectName("lane_chooser")
        self.setFont(font_small())
        self.setProperty("kind", "lane")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("What the lane shows"))
        self.setToolTip(self.tr("Show velocities or a controller"))
        self.setStatusTip(self.toolTip())
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("lane_menu")
        self._group = QActionGroup(self)
        for controller in (None, *CONTROLLERS):
            name = self.tr(controller.name) if controller else self.tr("Velocity")
            action = menu.addAction(name)
            action.setObjectName(f"lane_{controller.number if controller else 'velocity'}")
            action.setCheckable(True)
            self._group.addAction(action)
            action.triggered.connect(lambda _=False, c=controller: self.choose(c))
        self.setMenu(menu)
        self.choose(None)

    def choose(self, controller: Controller | None) -> None:
        """Show a controller, or velocities."""
        self.lanes.setCurrentIndex(0 if controller is None else 1)
        if controller is not None:
            self._controllers.show_controller(controller)
        index = 0 if controller is None else 1 + CONTROLLERS.index(controller)
        action = self._group.actions()[index]
        action.setChecked(True)
        self.setText(action.text())
