"""Mouse, wheel and trackpad in the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent

from studio.ui.listen.frequency_axis import FrequencyAxis
from studio.ui.listen.picture_geometry import PictureGeometry
from studio.ui.listen.picture_keys import PictureCommands
from studio.ui.listen.picture_marks import PictureMarks
from studio.ui.listen.readout import Place
from studio.ui.listen.viewport import ZOOM_STEP, Viewport

CLICK_REACH = 4  # pixels: what moves further is a drag
PIN_REACH = 8

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True, slots=True)
class _Drag:
    """Where it began, and what was in sight then."""

    at: QPointF
    end: int
    axis: FrequencyAxis
    is_click: bool = True


class PictureGestures:
    """Turns what hands do into moves of the viewport and marks."""

    def __init__(self, geometry: PictureGeometry, viewport: Viewport, marks: PictureMarks) -> None:
        self._geometry, self._viewport, self._marks = geometry, viewport, marks
        self._drag: _Drag | None = None
        self.commands = PictureCommands(geometry, viewport, marks, self.toggle_pin)

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom about the pointer: both axes, time alone with Ctrl, pitch alone with Shift.

        Two fingers on a trackpad move the picture instead.
        """
        pixels, held = event.pixelDelta(), event.modifiers() & (SHIFT | CTRL)
        is_trackpad = not pixels.isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase
        if is_trackpad and not held:
            self._pan(pixels.x(), pixels.y())
            return
        steps = (event.angleDelta().y() or event.angleDelta().x()) / 120
        self._zoom(ZOOM_STEP**steps, event.position(), not held & SHIFT, not held & CTRL)

    def pinch(self, event: QNativeGestureEvent) -> bool:
        """Zoom both axes with two fingers; False for other gestures."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._zoom(1 / max(0.1, 1 + event.value()), event.position(), True, True)
        return True

    def _zoom(self, factor: float, at: QPointF, in_time: bool, in_pitch: bool) -> None:
        geometry = self._geometry
        if in_pitch:
            self._viewport.zoom(factor, 1 - at.y() / geometry.height)
        if in_time:
            self._viewport.zoom_time(factor, at.x() / geometry.width)
        self._marks.point(geometry.place(at))

    def _pan(self, dx: float, dy: float) -> None:
        if dx:
            end = self._viewport.end_position - round(dx * self._geometry.samples_per_pixel)
            self._viewport.look_at(end)
        if dy:
            self._viewport.shift(dy / self._geometry.height)

    def press(self, event: QMouseEvent) -> None:
        """Begin a drag, or a click."""
        viewport = self._viewport
        self._drag = _Drag(event.position(), viewport.end_position, viewport.axis)

    def move(self, event: QMouseEvent) -> None:
        """Move the picture with the pointer, where one drags."""
        drag, at = self._drag, event.position()
        if drag is not None and (not drag.is_click or _distance(drag.at, at) > CLICK_REACH):
            self._drag = replace(drag, is_click=False)
            moved = at - drag.at
            if moved.x():
                end = drag.end - round(moved.x() * self._geometry.samples_per_pixel)
                self._viewport.look_at(end)
            grown = drag.axis.hz(1 - drag.at.y() / self._geometry.height)
            self._keep(grown, at.y())
        self.commands.has_cursor = False
        self._marks.point(self._geometry.place(at))

    def _keep(self, hz: float, y: float) -> None:
        """Shift the pitches so that `hz` lies at height `y`."""
        self._viewport.shift(self._viewport.axis.fraction(hz) - (1 - y / self._geometry.height))

    def release(self, event: QMouseEvent) -> None:
        """End a drag; a click sets a pin, or takes away the one that is there."""
        drag, self._drag = self._drag, None
        if drag is not None and drag.is_click and event.button() == Qt.MouseButton.LeftButton:
            self.toggle_pin(self._geometry.place(event.position()))

    def toggle_pin(self, place: Place) -> None:
        """Pin a place, or take away the pin that is there."""
        at = self._geometry.point(place)
        near = [
            pin for pin in self._marks.pins if _distance(self._geometry.point(pin), at) <= PIN_REACH
        ]
        if near:
            self._marks.unpin(near[0])
        else:
            self._marks.pin(place)

    def leave(self) -> None:
        """The pointer is gone; the key cursor stays."""
        if not self.commands.has_cursor:
            self._marks.point(None)


def _distance(one: QPointF, other: QPointF) -> float:
    return (one - other).manhattanLength()
