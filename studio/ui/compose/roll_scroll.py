"""The scroll bars of the roll: they show where it is, and move it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QScrollBar

from studio.ui.compose.roll_geometry import RollGeometry

STEP = 32


class RollScroll(QObject):
    """One bar for time, one for pitch, both after the geometry."""

    def __init__(self, geometry: RollGeometry, parent: QObject) -> None:
        super().__init__(parent)
        self._roll_geometry = geometry
        self.time = QScrollBar(Qt.Orientation.Horizontal)
        self.time.setObjectName("roll_scroll_time")
        self.pitch = QScrollBar(Qt.Orientation.Vertical)
        self.pitch.setObjectName("roll_scroll_pitch")
        geometry.changed.connect(self._follow)
        self.time.valueChanged.connect(self._on_across)
        self.pitch.valueChanged.connect(geometry.scroll_to_y)
        self._follow()

    def _on_across(self, value: int) -> None:
        self._roll_geometry.scroll_to_tick(value / self._roll_geometry.pixels_per_tick)

    def _follow(self) -> None:
        geometry = self._roll_geometry
        pixels = geometry.pixels_per_tick
        reach = max(0.0, geometry.scroll_end_tick * pixels - geometry.width)
        for bar, value, most, page in (
            (self.time, geometry.left_tick * pixels, reach, geometry.width),
            (self.pitch, geometry.scroll_y, geometry.max_scroll_y, geometry.height),
        ):
            bar.blockSignals(True)
            bar.setPageStep(page)
            bar.setSingleStep(STEP)
            bar.setRange(0, round(most))
            bar.setValue(round(value))
            bar.blockSignals(False)
