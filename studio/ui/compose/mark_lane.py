"""Tempo, time and key signatures and markers above the roll: to see, to move and to write."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from studio.errors import StudioError
from studio.score.marks import Mark, MarkKind, marks_of, remove_mark, set_mark
from studio.score.score import Edit
from studio.ui.compose.mark_layout import HEIGHT, mark_at, mark_rects, mark_text, paint_mark
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import RollState, Snap
from studio.ui.compose.roll_tools import DRAG_PIXELS
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import font_small, theme

FIELD_WIDTH = 120


class MarkField(QLineEdit):
    """A field whose Enter and Esc go no further."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        event.accept()


class MarkLane(QWidget):
    """Double-click writes, a drag moves, Delete takes away; arrows, Enter and Insert do it too."""

    def __init__(
        self,
        view_model: ScoreViewModel,
        state: RollState,
        geometry: RollGeometry,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model, self._state, self._roll_geometry = view_model, state, geometry
        self.marks: list[Mark] = []
        self.chosen: Mark | None = None
        self._press: QPointF | None = None
        self._moved_to: int | None = None
        self._writing: tuple[MarkKind, int, Mark | None] | None = None
        self.setObjectName("mark_lane")
        self.setAccessibleName(self.tr("Tempo, signatures and markers"))
        self.setToolTip(self.tr("Double-click to write a tempo, a signature or a marker"))
        self.setStatusTip(
            self.tr("Double-click: write. Drag: move. Del: take away. By keys: arrows, Enter, Ins")
        )
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.field = MarkField(self)
        self.field.setObjectName("mark_field")
        self.field.hide()
        self.field.returnPressed.connect(self._write)
        self.field.editingFinished.connect(self.field.hide)
        self.field.left.connect(self._leave)
        view_model.edited.connect(self._on_edited)
        view_model.song_changed.connect(self._read)
        geometry.changed.connect(self.update)
        theme().changed.connect(self.update)
        self._read()

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def _on_edited(self, edit: Edit) -> None:
        if edit.events_removed or edit.events_added:
            self._read()

    def _read(self) -> None:
        self.marks = marks_of(self._view_model.song)
        if self.chosen not in self.marks:
            self.chosen = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme()
        painter.fillRect(self.rect(), look.color("surface"))
        painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), look.color("border"))
        painter.setFont(font_small())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark, rect in mark_rects(self.marks, self._roll_geometry):
            if mark == self.chosen and self._moved_to is not None:
                rect.moveLeft(self._roll_geometry.x_of(self._moved_to))
            if rect.right() >= 0 and rect.left() <= self.width():
                paint_mark(painter, mark, rect, is_chosen=mark == self.chosen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen, self._moved_to = (
            mark_at(self.marks, self._roll_geometry, event.position()),
            None,
        )
        self._press = event.position()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.chosen is None or self._press is None:
            return
        way = event.position().x() - self._press.x()
        if abs(way) > DRAG_PIXELS or self._moved_to is not None:
            x = self._roll_geometry.x_of(self.chosen.tick) + way
            self._moved_to = self._tick(x, event.modifiers())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        mark, tick = self.chosen, self._moved_to
        self._press = self._moved_to = None
        if mark is not None and tick is not None and tick != mark.tick:
            self._request(mark.kind, tick, mark.value, mark)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        mark = mark_at(self.marks, self._roll_geometry, event.position())
        if mark is not None:
            self.write(mark.kind, mark.tick, mark)
        else:
            self._ask_kind(self._tick(event.position().x(), event.modifiers()))

    def _tick(self, x: float, held: Qt.KeyboardModifier) -> int:
        song = self._view_model.song
        is_free = bool(held & Qt.KeyboardModifier.AltModifier)
        step = 1.0 if is_free else max(1.0, self._state.grid.ticks(song.ticks_per_beat))
        return Snap(song.metre, step).nearest(max(0.0, self._roll_geometry.tick_at(x)))

    def _ask_kind(self, tick: int) -> None:
        menu = QMenu(self)
        menu.setObjectName("mark_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        kinds: dict[MarkKind, str] = {
            "marker": self.tr("Marker…"),
            "tempo": self.tr("Tempo…"),
            "time": self.tr("Time signature…"),
            "key": self.tr("Key signature…"),
        }
        for kind, text in kinds.items():
            action = menu.addAction(text)
            action.setObjectName(f"mark_{kind}")
            action.triggered.connect(lambda _=False, kind=kind: self.write(kind, tick))
        x = min(self.width(), max(0, round(self._roll_geometry.x_of(tick))))
        menu.popup(self.mapToGlobal(QPointF(x, HEIGHT).toPoint()))

    def write(self, kind: MarkKind, tick: int, old: Mark | None = None) -> None:
        """Open the field for a mark; Enter makes it, Esc leaves all as it was."""
        self._writing = kind, tick, old
        hints: dict[MarkKind, str] = {
            "marker": self.tr("Name"),
            "tempo": self.tr("Beats a minute"),
            "time": self.tr("Such as 3/4"),
            "key": self.tr("Such as D or F#m"),
        }
        self.field.setPlaceholderText(hints[kind])
        self.field.setAccessibleName(hints[kind])
        self.field.setToolTip(self.tr("Enter: keep it. Esc: leave it"))
        self.field.setText(old.value if old is not None else "")
        x = min(self.width() - FIELD_WIDTH, max(0, round(self._roll_geometry.x_of(tick))))
        self.field.setGeometry(x, 0, FIELD_WIDTH, HEIGHT)
        self.field.show()
        self.field.selectAll()
        self.field.setFocus()

    def _write(self) -> None:
        if self._writing is not None:
            kind, tick, old = self._writing
            self._writing = None
            self._request(kind, tick, self.field.text(), old)
        self.field.hide()
        self.setFocus()

    def _leave(self) -> None:
        self._writing = None
        self.field.hide()
        self.setFocus()

    def _request(self, kind: MarkKind, tick: int, value: str, old: Mark | None) -> None:
        try:
            edit = set_mark(self._view_model.song, kind, tick, value, old)
        except StudioError as error:
            self._view_model.refused.emit(str(error))
            return
        self._view_model.request(edit)
        like = (mark for mark in self.marks if (mark.kind, mark.tick) == (kind, tick))
        self.chosen = next(like, None)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, mark = event.key(), self.chosen
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk(1 if key == Qt.Key.Key_Right else -1)
        elif key == Qt.Key.Key_Insert:
            self._ask_kind(self._tick(1, event.modifiers()))
        elif key == Qt.Key.Key_Escape and self._moved_to is not None:
            self._press = self._moved_to = None
            self.update()
        elif mark is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.write(mark.kind, mark.tick, mark)
        elif mark is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._view_model.request(remove_mark(mark))
        else:
            super().keyPressEvent(event)

    def _walk(self, step: int) -> None:
        if not self.marks:
            return
        last = len(self.marks) - 1
        index = self.marks.index(self.chosen) + step if self.chosen in self.marks else 0
        self.chosen = self.marks[min(last, max(0, index))]
        geometry = self._roll_geometry
        if not geometry.left_tick <= self.chosen.tick < geometry.right_tick:
            geometry.scroll_to_tick(self.chosen.tick)
        self.setAccessibleDescription(mark_text(self.chosen))
        self.update()
