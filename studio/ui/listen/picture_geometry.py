"""Places in the sound to places on the widget, and back."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from studio.ui.listen.frequency_axis import FrequencyAxis
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.readout import Place
from studio.ui.listen.viewport import Viewport


class PictureGeometry:
    """The viewport laid over a widget, in logical pixels."""

    def __init__(self, widget: QWidget, view_model: ListenViewModel, viewport: Viewport) -> None:
        self._widget, self._view_model, self._viewport = widget, view_model, viewport

    @property
    def axis(self) -> FrequencyAxis:
        """The range of frequencies."""
        return self._viewport.axis

    @property
    def width(self) -> int:
        """In pixels, at least 1."""
        return max(1, self._widget.width())

    @property
    def height(self) -> int:
        """In pixels, at least 1."""
        return max(1, self._widget.height())

    @property
    def samples_per_pixel(self) -> float:
        """How much time a pixel is."""
        return self._viewport.span_s * self._view_model.sample_rate / self.width

    def x(self, position: float) -> float:
        """Where a sample position lies."""
        return self.width - (self._viewport.end_position - position) / self.samples_per_pixel

    def position(self, x: float) -> float:
        """The sample position at a column of pixels."""
        return self._viewport.end_position - (self.width - x) * self.samples_per_pixel

    def y(self, hz: float) -> float:
        """Where a frequency lies."""
        return self.height * (1 - self.axis.fraction(hz))

    def place(self, at: QPointF) -> Place:
        """What is under a point, or at the nearest edge: a drag may leave the picture."""
        x = min(max(at.x(), 0.0), self.width)
        y = min(max(at.y(), 0.0), self.height)
        before = (self.width - x) * self.samples_per_pixel
        return Place(round(self._viewport.end_position - before), self.axis.hz(1 - y / self.height))

    def point(self, place: Place) -> QPointF:
        """Where a place is."""
        return QPointF(self.x(place.position), self.y(place.hz))
