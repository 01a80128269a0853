"""The names of the chords, above the notes that make them."""

from __future__ import annotations

import itertools

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.score.chords import NamedChord, chords_between
from studio.score.note_columns import NoteColumns
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import font_small, theme

HEIGHT = 18
MIN_WIDTH = 26.0  # of a stretch: beats where they are that wide, else bars
MAX_STRETCHES = 200


class ChordStrip(QWidget):
    """One name for each beat or bar in sight, drums left out; equal neighbours are one."""

    def __init__(
        self, view_model: ScoreViewModel, geometry: RollGeometry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view_model, self._roll_geometry = view_model, geometry
        self._of: tuple[NoteColumns, tuple[int, ...]] | None = None
        self._pitched: tuple[NoteColumns, NoteColumns] | None = None
        self._chords: list[NamedChord] = []
        self.setObjectName("chord_strip")
        self.setAccessibleName(self.tr("Chords"))
        self.setToolTip(self.tr("The chords that the notes make"))
        self.setStatusTip(self.tr("What sounds together in each beat, or in each bar"))
        self.setFixedHeight(HEIGHT)
        for signal in (view_model.edited, view_model.song_changed, geometry.changed):
            signal.connect(self._repaint)
        theme().changed.connect(self._repaint)

    def _repaint(self, _change: object = None) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    @property
    def chords(self) -> list[NamedChord]:
        """The chords in sight."""
        columns, edges = self._pitched_columns(), self._edges()
        if self._of is None or self._of[0] is not columns or self._of[1] != edges:
            self._of = columns, edges
            self._chords = chords_between(columns, edges)
        return self._chords

    def _pitched_columns(self) -> NoteColumns:
        """The notes without drums, kept for as long as the notes are the same."""
        columns = self._view_model.score.columns
        if self._pitched is None or self._pitched[0] is not columns:
            tracks = enumerate(self._view_model.tracks)
            pitched = [index for index, track in tracks if not track.is_drums]
            self._pitched = columns, columns.where(np.isin(columns.track, pitched))
        return self._pitched[1]

    def _edges(self) -> tuple[int, ...]:
        """Beats in sight, or bars where beats are narrow; none where bars are, too."""
        geometry, metre = self._roll_geometry, self._view_model.song.metre
        first = metre.bar_of(max(0, int(geometry.left_tick)))
        last = metre.bar_of(max(0, min(int(geometry.right_tick), geometry.end_tick))) + 1
        bars = [metre.bar_start(bar) for bar in range(first, min(last, first + MAX_STRETCHES) + 1)]
        if len(bars) < 2:  # the view is past the end
            return ()
        if (bars[1] - bars[0]) * geometry.pixels_per_tick < MIN_WIDTH:
            return ()
        beat = 4 * geometry.ticks_per_beat // metre.signature_at(bars[0]).denominator
        if beat < 1 or beat * geometry.pixels_per_tick < MIN_WIDTH:
            return tuple(bars)
        ends = itertools.pairwise(bars)
        return (*(tick for bar, after in ends for tick in range(bar, after, beat)), bars[-1])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme()
        painter.fillRect(self.rect(), look.color("surface"))
        painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), look.color("border"))
        painter.setFont(font_small())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for chord in self.chords:
            left = self._roll_geometry.x_of(chord.start)
            right = self._roll_geometry.x_of(chord.end)
            painter.fillRect(QRectF(round(left), 4, 1, HEIGHT - 8), look.color("border_strong"))
            painter.setPen(look.color("text"))
            place = QRectF(max(left, 0) + 5, 0, right - max(left, 0) - 6, HEIGHT - 1)
            painter.drawText(place, flags, chord.name)
