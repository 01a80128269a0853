"""Mouse, wheel and keys on the frequency axis: they move, stretch and choose the range shown."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip

from studio.ui.listen.frequency_axis import FrequencyAxis, note_and_cents
from studio.ui.listen.key_rows import AXIS_KEYS
from studio.ui.listen.keyboard_axis import KeyboardAxis
from studio.ui.listen.picture_keys import RangeCommands
from studio.ui.listen.viewport import ZOOM_STEP, Viewport
from studio.ui.place_keys import KeyTable, run_key

SLACK = 12  # pixels sideways that a hand that moves up or down may stray
PIXELS_PER_OCTAVE_OF_ZOOM = 80  # so much to the side shows twice or half as much

SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True, slots=True)
class _Drag:
    """Where it began, what was in sight then, and whether it chooses a range."""

    at: QPointF
    axis: FrequencyAxis
    chooses: bool


class AxisGestures(QObject):
    """Turns what hands do on the axis into moves of the viewport."""

    def __init__(self, widget: KeyboardAxis, viewport: Viewport) -> None:
        super().__init__(widget)
        self._widget, self._viewport = widget, viewport
        self._drag: _Drag | None = None
        self.commands = RangeCommands(viewport)
        self._keys = KeyTable(AXIS_KEYS, self)
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.setCursor(Qt.CursorShape.SizeVerCursor)
        widget.setMouseTracking(True)
        widget.setStatusTip(
            self.tr(
                "Drag up or down: move. Drag left or right, or wheel: zoom. Shift and drag: choose "
                "a range. Double click or 0: all pitches."
            )
        )
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if isinstance(event, QWheelEvent):
            fraction = self._fraction(event.position().y())
            self._viewport.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120), fraction)
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._reading(event.pos().y()), self._widget)
            return True
        if event.type() == QEvent.Type.Leave:
            self._widget.point_at(None)
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseMove:
            self._move(event.position())
        elif event.button() != Qt.MouseButton.LeftButton:
            return False
        elif kind == QEvent.Type.MouseButtonDblClick:
            self._viewport.show_all_pitches()
        elif kind == QEvent.Type.MouseButtonPress:
            chooses = bool(event.modifiers() & SHIFT)
            self._drag = _Drag(event.position(), self._viewport.axis, chooses)
        else:
            self._release(event.position())
        return True

    def _move(self, at: QPointF) -> None:
        self._widget.point_at(self._hz(at.y()))
        drag = self._drag
        if drag is None:
            return
        if drag.chooses:
            self._widget.mark(*self._chosen(drag, at))
            return
        aside = at.x() - drag.at.x()
        zoomed = max(0.0, abs(aside) - SLACK) * (1 if aside > 0 else -1)
        factor = 2.0 ** (-zoomed / PIXELS_PER_OCTAVE_OF_ZOOM)
        held_hz = drag.axis.hz(self._fraction(drag.at.y()))
        self._viewport.hold(drag.axis, factor, held_hz, self._fraction(at.y()))

    def _release(self, at: QPointF) -> None:
        drag, self._drag = self._drag, None
        self._widget.mark(None, None)
        if drag is not None and drag.chooses and abs(at.y() - drag.at.y()) > SLACK / 2:
            self._viewport.show_range(*self._chosen(drag, at))

    def _chosen(self, drag: _Drag, at: QPointF) -> tuple[float, float]:
        one, other = self._hz(drag.at.y()), self._hz(at.y())
        return min(one, other), max(one, other)

    def _fraction(self, y: float) -> float:
        return 1 - y / max(1, self._widget.height())

    def _hz(self, y: float) -> float:
        """The frequency at a height, at the nearest end where there is none."""
        return self._viewport.axis.hz(min(max(self._fraction(y), 0.0), 1.0))

    def _reading(self, y: float) -> str:
        hz = self._hz(y)
        return f"{hz:.0f} Hz · {note_and_cents(hz)}" if hz > 0 else f"{hz:.0f} Hz"

    def _key(self, event: QKeyEvent) -> bool:
        row = self._keys.loose_row(event)
        if row is not None:
            run_key(self.commands, row)
        return row is not None
