"""What the musician has marked in the picture: pins, the harmonic cursor, the key cursor."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.ui.listen.readout import Place

MAX_PINS = 12


class PictureMarks(QObject):
    """The marks; they belong to places in the sound, so that they scroll with it."""

    changed = Signal()
    pointed = Signal(object)  # Place or None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pins: tuple[Place, ...] = ()
        self.place: Place | None = None  # under the pointer or the key cursor
        self.has_harmonics = False

    def point(self, place: Place | None) -> None:
        """The pointer, or the key cursor, is at `place` now, or nowhere."""
        if place != self.place:
            self.place = place
            self.pointed.emit(place)
            self.changed.emit()

    def pin(self, place: Place) -> None:
        """Keep a place in sight; the oldest goes where there are too many."""
        self.pins = (*self.pins, place)[-MAX_PINS:]
        self.changed.emit()

    def unpin(self, place: Place) -> None:
        """Take a pin away."""
        self.pins = tuple(pin for pin in self.pins if pin is not place)
        self.changed.emit()

    def clear(self) -> None:
        """Take every pin away."""
        self.pins = ()
        self.changed.emit()

    def toggle_harmonics(self) -> None:
        """Show the overtones of the place pointed at, or no more."""
        self.has_harmonics = not self.has_harmonics
        self.changed.emit()
