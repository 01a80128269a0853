"""Wheel and trackpad over the roll: scrolling, and zooming about the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.view_commands import ZOOM_STEP

WHEEL_NOTCH = 120
SCROLL_PIXELS = 64
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class RollZoom(QObject):
    """Takes the wheel and pinch events of `widget`."""

    def __init__(self, widget: QWidget, geometry: RollGeometry) -> None:
        super().__init__(widget)
        self._geometry = geometry
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent):
            self._turn(event)
            event.accept()
            return True
        return isinstance(event, QNativeGestureEvent) and self._pinch(event)

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        """Two fingers that spread zoom time about the place between them."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._geometry.zoom_time(1 + event.value(), event.position().x())
        return True

    def _turn(self, event: QWheelEvent) -> None:
        geometry, at = self._geometry, event.position()
        delta, pixels = event.angleDelta(), event.pixelDelta()
        notches = (delta.y() or delta.x()) / WHEEL_NOTCH
        held = event.modifiers()
        if held & _CTRL and held & _SHIFT:
            geometry.zoom_pitch(1 if notches > 0 else -1, at.y())
        elif held & _CTRL:
            geometry.zoom_time(ZOOM_STEP**notches, at.x())
        elif held & _SHIFT:
            geometry.scroll_by(-notches * SCROLL_PIXELS, 0)
        elif not pixels.isNull():  # two fingers: as far as they go
            geometry.scroll_by(-pixels.x(), -pixels.y())
        else:
            dx, dy = delta.x() / WHEEL_NOTCH, delta.y() / WHEEL_NOTCH
            geometry.scroll_by(-dx * SCROLL_PIXELS, -dy * SCROLL_PIXELS)
