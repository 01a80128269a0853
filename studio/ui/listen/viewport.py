"""Where one looks in the picture: which pitches, how much time, and until when."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.ui.listen.frequency_axis import SMALLEST_PART, FrequencyAxis
from studio.ui.listen.listen_view_model import ListenViewModel

MIN_SPAN_S, MAX_SPAN_S = 0.5, 600.0
DEFAULT_SPAN_S = 10.0
ZOOM_STEP = 0.8


class Viewport(QObject):
    """A range of frequencies and a stretch of time that follows the sound, or is held."""

    axis_changed = Signal(object)  # FrequencyAxis
    time_changed = Signal()

    def __init__(self, view_model: ListenViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._limits = self.axis = FrequencyAxis(30, 16_000)
        self.span_s = DEFAULT_SPAN_S
        self._held_at: int | None = None  # the right edge, if it does not follow the sound
        view_model.started.connect(self._on_started)
        view_model.picture_changed.connect(self._on_picture_changed)
        self._on_picture_changed()

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

    def toggle_freeze(self) -> None:
        """Hold what is in sight while more is heard, or follow the sound again."""
        self._held_at = self._view_model.shown_position if self._held_at is None else None
        self.time_changed.emit()

    def look_at(self, end_position: int) -> None:
        """Hold the right edge at a place of the past, or follow the sound if it is now."""
        newest = self._view_model.shown_position
        oldest = min(newest, self._view_model.history.first_position)
        self._held_at = None if end_position >= newest else max(end_position, oldest)
        self.time_changed.emit()

    def zoom_time(self, factor: float, fraction: float = 1.0) -> None:
        """Show `factor` times the time, keeping what is at `fraction` of the width.

        While it follows the sound, now stays at the right edge.
        """
        span_s = min(max(self.span_s * factor, MIN_SPAN_S), MAX_SPAN_S)
        gained_s = span_s - self.span_s
        self.span_s = span_s
        if self._held_at is not None:
            after_s = (1 - fraction) * gained_s
            self.look_at(self._held_at + round(after_s * self._view_model.sample_rate))
        self.time_changed.emit()

    def zoom(self, factor: float, fraction: float = 0.5) -> None:
        """Show `factor` times the range of pitches, keeping what is at `fraction` of the height."""
        self._set_axis(self.axis.zoomed(factor, fraction, self._limits))

    def shift(self, fraction: float) -> None:
        """Move the range of pitches up by `fraction` of its height, as far as there is room."""
        self._set_axis(self.axis.shifted(fraction, self._limits))

    def hold(self, axis: FrequencyAxis, factor: float, hz: float, fraction: float) -> None:
        """Show `factor` times the pitches of `axis`, with `hz` at `fraction` of the height."""
        zoomed = axis.zoomed(factor, axis.fraction(hz), self._limits)
        self._set_axis(zoomed.shifted(zoomed.fraction(hz) - fraction, self._limits))

    def show_range(self, low_hz: float, high_hz: float) -> None:
        """Show these pitches, as far as there are any, and a few semitones at least."""
        asked = FrequencyAxis(low_hz, high_hz, self.axis.scale)
        self._set_axis(asked.zoomed(1.0, 0.5, self._limits))

    def show_all_pitches(self) -> None:
        """Every pitch; the time in sight stays."""
        self._set_axis(self._limits)

    def show_all(self) -> None:
        """Every pitch, and ten seconds up to now."""
        self.span_s = DEFAULT_SPAN_S
        self._set_axis(self._limits)
        self.go_live()

    def _set_axis(self, axis: FrequencyAxis) -> None:
        if axis != self.axis:
            self.axis = axis
            self.axis_changed.emit(axis)

    def _on_started(self) -> None:
        self._on_picture_changed()
        self.go_live()

    def _on_picture_changed(self) -> None:
        """Show the same frequencies as before, as far as there are any; all if all were shown."""
        settings = self._view_model.settings
        limits = FrequencyAxis(settings.fmin_hz, settings.top_hz, settings.scale)
        before, axis = self._limits, self.axis
        self._limits = limits
        if limits == before:
            return
        low, high = max(axis.low_hz, limits.low_hz), min(axis.high_hz, limits.high_hz)
        is_all = (axis.low_hz, axis.high_hz) == (before.low_hz, before.high_hz)
        if is_all or high <= low or limits.fraction(high) - limits.fraction(low) < SMALLEST_PART:
            self._set_axis(limits)
        else:
            self._set_axis(FrequencyAxis(low, high, limits.scale))
