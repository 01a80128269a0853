"""The words of the song above its notes: there only where the song has some."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.score.lyrics import Syllable, changes_syllables, syllables_of, write_syllable
from studio.score.score import Edit
from studio.ui.compose.mark_lane import MarkField
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import font_small, theme

HEIGHT = 20
PADDING = 3
FIELD_WIDTH = 96
DRIFT = 28.0  # pixels that a syllable may stand behind its tick
RUN = 256  # each so many-th syllable is where the rest are placed from: none jumps in scrolling


class LyricLane(QWidget):
    """Double-click (or Enter) writes a syllable anew, Delete takes it away; arrows walk."""

    def __init__(
        self, view_model: ScoreViewModel, geometry: RollGeometry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view_model, self._roll_geometry = view_model, geometry
        self._all: list[Syllable] = []
        self.syllables: list[Syllable] = []
        self._ticks: list[int] = []
        self._widths: dict[str, float] = {}
        self.chosen = self._voice = -1
        self.setObjectName("lyric_lane")
        self.setAccessibleName(self.tr("Lyrics"))
        self.setToolTip(self.tr("The words of the song: double-click to write one anew"))
        self.setStatusTip(
            self.tr("Double-click: write. Del: take away. By keys: arrows, Enter, Del")
        )
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.field = self._make_field()
        view_model.edited.connect(self._on_edited)
        view_model.song_changed.connect(self._read)
        view_model.mix_changed.connect(self._choose_voice)
        geometry.changed.connect(self.update)
        theme().changed.connect(self.update)
        self._read()

    def _make_field(self) -> MarkField:
        field = MarkField(self)
        field.setObjectName("lyric_field")
        field.setAccessibleName(self.tr("Syllable"))
        field.setToolTip(self.tr("Enter: keep it. Esc: leave it"))
        field.hide()
        field.returnPressed.connect(self._write)
        field.editingFinished.connect(field.hide)
        field.left.connect(self._leave)
        return field

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def _on_edited(self, edit: Edit) -> None:
        if changes_syllables(edit):
            self._read()

    def _read(self) -> None:
        self.field.hide()
        self._all = syllables_of(self._view_model.song)
        self._choose_voice()
        if self.parent() is not None or not self._all:
            self.setVisible(bool(self._all))

    def _choose_voice(self) -> None:
        """The words of the active track where it has its own, else all that are sung."""
        if not self._all:
            self.syllables, self._ticks, self.chosen = [], [], -1
            return
        model = self._view_model
        chunk = model.tracks[model.active_track].chunk
        own = [syllable for syllable in self._all if syllable.place.chunk == chunk]
        self.syllables = own or self._all
        self._ticks = [syllable.tick for syllable in self.syllables]
        voice = chunk if own else -1
        self.chosen = min(self.chosen, len(self._ticks) - 1) if voice == self._voice else -1
        self._voice = voice
        self.update()

    def placed(self) -> Iterator[tuple[int, QRectF]]:
        """The syllables in sight, and where: at their ticks, or a little behind for want of room.

        Where even that is too narrow some are left out.
        """
        geometry, ticks = self._roll_geometry, self._ticks
        at = max(0, bisect_left(ticks, geometry.left_tick) // RUN - 1) * RUN
        free = float("-inf")  # where there is room from
        while at < len(ticks) and ticks[at] <= geometry.right_tick:
            anchor = (at // RUN + 1) * RUN
            x = geometry.x_of(ticks[at])
            rect = QRectF(max(x, free), 1, self._width(self.syllables[at].text), HEIGHT - 3)
            if rect.left() > x + DRIFT:
                at = bisect_left(ticks, geometry.tick_at(free - DRIFT), at + 1, len(ticks))
            elif anchor < len(ticks) and rect.right() > geometry.x_of(ticks[anchor]):
                at = anchor
            else:
                if rect.right() >= 0:
                    yield at, rect
                at, free = at + 1, rect.right()
            if at >= anchor:
                at, free = anchor, float("-inf")

    def _width(self, text: str) -> float:
        width = self._widths.get(text)
        if width is None:
            if len(self._widths) > 16 * RUN:
                self._widths.clear()
            width = QFontMetricsF(font_small()).horizontalAdvance(text) + 2 * PADDING
            self._widths[text] = width
        return width

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme()
        painter.fillRect(self.rect(), look.color("surface"))
        painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), look.color("border"))
        painter.setFont(font_small())
        for index, rect in self.placed():
            if index == self.chosen:
                painter.setPen(look.color("accent"))
                painter.setBrush(look.color("accent_soft"))
                painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setPen(look.color("text"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.syllables[index].text)

    def _at(self, position: QPointF) -> int:
        found = (index for index, rect in self.placed() if rect.contains(position))
        return next(found, -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self._at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.write(self._at(event.position()))

    def _choose(self, index: int) -> None:
        self.chosen = index
        if index >= 0:
            self.setAccessibleDescription(self.syllables[index].text)
        self.update()

    def write(self, index: int) -> None:
        """Open the field over a syllable; Enter writes it, Esc leaves it as it was."""
        self._choose(index)
        if index < 0:
            return
        syllable = self.syllables[index]
        x = round(self._roll_geometry.x_of(syllable.tick))
        self.field.setGeometry(min(self.width() - FIELD_WIDTH, max(0, x)), 0, FIELD_WIDTH, HEIGHT)
        self.field.setText(syllable.text)
        self.field.show()
        self.field.selectAll()
        self.field.setFocus()

    def _write(self) -> None:
        self._leave()
        self._request(self.field.text())

    def _leave(self) -> None:
        self.field.hide()
        self.setFocus()

    def _request(self, text: str) -> None:
        if 0 <= self.chosen < len(self.syllables):
            old = self.syllables[self.chosen]
            self._view_model.request(write_syllable(self._view_model.song, old, text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk(1 if key == Qt.Key.Key_Right else -1)
        elif self.chosen >= 0 and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.write(self.chosen)
        elif self.chosen >= 0 and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._request("")
        else:
            super().keyPressEvent(event)

    def _walk(self, step: int) -> None:
        geometry = self._roll_geometry
        inside = bisect_left(self._ticks, geometry.left_tick)
        index = self.chosen + step if self.chosen >= 0 else inside
        self._choose(min(len(self.syllables) - 1, max(0, index)))
        tick = self._ticks[self.chosen]
        if not geometry.left_tick <= tick < geometry.right_tick:
            geometry.scroll_to_tick(tick)
