"""What the keys of the picture do: they move what is in sight, and a cursor in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QKeyEvent

from studio.ui.listen.key_rows import CURSOR_KEYS, PICTURE_KEYS
from studio.ui.listen.picture_geometry import PictureGeometry
from studio.ui.listen.picture_marks import PictureMarks
from studio.ui.listen.readout import Place
from studio.ui.listen.viewport import ZOOM_STEP, Viewport
from studio.ui.place_keys import KeyTable, run_key

PAGE = 0.1  # of what is in sight


class RangeCommands:
    """Moves and stretches the range of pitches that is shown."""

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self.show_all_pitches = viewport.show_all_pitches

    def shift(self, pages: int) -> None:
        """See higher pitches, or lower ones."""
        self._viewport.shift(pages * PAGE)

    def zoom(self, steps: int) -> None:
        """Show fewer pitches, or more."""
        self._viewport.zoom(ZOOM_STEP**steps)


class PictureCommands(RangeCommands):
    """The commands that `PICTURE_KEYS` and `CURSOR_KEYS` name."""

    def __init__(
        self,
        geometry: PictureGeometry,
        viewport: Viewport,
        marks: PictureMarks,
        toggle_pin: Callable[[Place], None],
    ) -> None:
        super().__init__(viewport)
        self._geometry, self._marks, self._toggle_pin = geometry, marks, toggle_pin
        self.has_cursor = False
        self.go_live, self.toggle_freeze = viewport.go_live, viewport.toggle_freeze
        self.show_all = viewport.show_all
        self.toggle_harmonics, self.clear_pins = marks.toggle_harmonics, marks.clear
        self.copy: Callable[[], None] = lambda: None
        self.focus: Callable[[], None] = lambda: None  # to where the keys of the cursor work

    def page(self, pages: int) -> None:
        """Look back, or on."""
        page = round(PAGE * self._geometry.width * self._geometry.samples_per_pixel)
        self._viewport.look_at(self._viewport.end_position + pages * page)

    def zoom_time(self, steps: int) -> None:
        """Show less time, or more."""
        self._viewport.zoom_time(ZOOM_STEP**steps)

    def toggle_cursor(self) -> None:
        """Show a cursor that is moved by keys, or no longer."""
        self.has_cursor = not self.has_cursor
        if self.has_cursor:
            self.focus()
        self._marks.point(self._cursor() if self.has_cursor else None)

    def leave_cursor(self) -> None:
        """Take the cursor away."""
        if self.has_cursor:
            self.toggle_cursor()

    def walk(self, pixels: int) -> None:
        """Move the cursor in time."""
        self._move_cursor(pixels, 0)

    def climb(self, pixels: int) -> None:
        """Move the cursor in pitch."""
        self._move_cursor(0, -pixels)

    def pin(self) -> None:
        """Pin the reading at the cursor, or take the pin that is there away."""
        self._toggle_pin(self._cursor())

    def _cursor(self) -> Place:
        middle = QPointF(self._geometry.width / 2, self._geometry.height / 2)
        return self._marks.place or self._geometry.place(middle)

    def _move_cursor(self, dx: float, dy: float) -> None:
        if not self.has_cursor:
            self.toggle_cursor()
        at = self._geometry.point(self._cursor()) + QPointF(dx, dy)
        x = min(max(at.x(), 0.0), self._geometry.width - 1.0)
        y = min(max(at.y(), 0.0), self._geometry.height - 1.0)
        self._marks.point(self._geometry.place(QPointF(x, y)))


class PictureKeys(QObject):
    """The keys of the picture; those of its cursor go before them while it is there."""

    def __init__(self, commands: PictureCommands, parent: QObject) -> None:
        super().__init__(parent)
        self._commands = commands
        self._table = KeyTable(PICTURE_KEYS, self)
        self._cursor_table = KeyTable(CURSOR_KEYS, self)

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key stands for; False if it stands for nothing here."""
        row = self._cursor_table.loose_row(event) if self._commands.has_cursor else None
        row = row or self._table.loose_row(event)
        if row is not None:
            run_key(self._commands, row)
        return row is not None
