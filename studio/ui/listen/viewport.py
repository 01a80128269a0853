"""Where one looks in the picture: which pitches, how much time, and until when."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.ui.listen.frequency_axis import SMALLEST_PART, FrequencyAxis
from studio.ui.listen.listen_view_model import ListenViewModel

SPANS_S = (2, 5, 10, 20, 30, 60, 120, 300, 600)
ZOOM_STEP = 0.8


class Viewport(QObject):
    """A range of frequencies and a stretch of time that follows the sound, or is held."""

    axis_changed = Signal(object)  # FrequencyAxis
    time_changed = Signal()

    def __init__(self, view_model: ListenViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._limits = self.axis = FrequencyAxis(30, 16_000)
        self.span_s = 10
        self._held_at: int | None = None  # the right edge, if it does not follow the sound
        view_model.started.connect(self._on_started)
        view_model.picture_changed.connect(self._on_picture_changed)

    @property
    def is_live(self) -> bool:
        """Whether the right edge is now."""
        return self._held_at is None

    @property
    def end_position(self) -> int:
        """The sample position at the right edge."""
        return self._view_model.shown_position if self._held_at is None else self._held_at

    def go_live(self) -> None:
        """Return to now."""
        self._held_at = None
        self.time_changed.emit()

    def look_at(self, end_position: int) -> None:
        """Hold the right edge at a place of the past, or follow the sound if it is now."""
        newest = self._view_model.shown_position
        oldest = min(newest, self._view_model.history.first_position)
        self._held_at = None if end_position >= newest else max(end_position, oldest)
        self.time_changed.emit()

    def step_span(self, step: int) -> None:
        """Show the next longer (or with -1 shorter) stretch of time."""
        index = SPANS_S.index(self.span_s) + step
        self.span_s = SPANS_S[min(max(index, 0), len(SPANS_S) - 1)]
        self.time_changed.emit()

    def zoom(self, factor: float, fraction: float = 0.5) -> None:
        """Show `factor` times the range of pitches, keeping what is at `fraction` of the height."""
        self.axis = self.axis.zoomed(factor, fraction, self._limits)
        self.axis_changed.emit(self.axis)

    def _on_started(self) -> None:
        self._on_picture_changed()
        self.go_live()

    def _on_picture_changed(self) -> None:
        """Show the same frequencies as before, as far as there are any; all if all were shown."""
        settings = self._view_model.settings
        limits = FrequencyAxis(settings.fmin_hz, settings.top_hz, settings.scale)
        if limits == self._limits:
            return
        axis = self.axis
        is_all = (axis.low_hz, axis.high_hz) == (self._limits.low_hz, self._limits.high_hz)
        low = max(axis.low_hz, limits.low_hz)
        high = min(axis.high_hz, limits.high_hz)
        is_some = (
            limits.fraction(high) - limits.fraction(low) >= SMALLEST_PART if high > low else False
        )
        self._limits = limits
        self.axis = FrequencyAxis(low, high, limits.scale) if is_some and not is_all else limits
        self.axis_changed.emit(self.axis)
