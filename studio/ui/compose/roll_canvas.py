"""The paper of the piano roll: shows the score, its ghosts, the gesture and the playhead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from models.notes import Note
from studio.score.song import Song
from studio.ui.compose.cell_cursor import CellCursor
from studio.ui.compose.ghost_painter import GhostPainter
from studio.ui.compose.ghosts import GhostSource
from studio.ui.compose.mute_painter import MutePainter
from studio.ui.compose.note_painter import NotePainter
from studio.ui.compose.note_styles import MaskCache, NoteLook
from studio.ui.compose.paper_cache import PaperCache
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_painter import RollPainter
from studio.ui.compose.roll_state import RollState
from studio.ui.compose.roll_tools import Gesture
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.view_commands import piece_end, show_beginning
from studio.ui.theme import theme


class Overlay(Protocol):
    """What draws more over the notes."""

    def paint(self, painter: QPainter, rect_of: Callable[[Note], QRectF], rect: QRectF) -> None:
        """Draw what touches `rect`; `rect_of` says where a note lies."""


class RollCanvas(QWidget):
    """Paints, and follows what it shows. Knows no mouse: `PianoRollView` does."""

    def __init__(
        self,
        view_model: ScoreViewModel,
        state: RollState,
        geometry: RollGeometry,
        ghosts: GhostSource | None,
        position_ticks: Callable[[], float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model, self._state, self._roll_geometry = view_model, state, geometry
        self._ghosts, self._position_ticks = ghosts, position_ticks
        self._gesture: Gesture | None = None
        self._chosen, self._hidden = MaskCache(), MaskCache()
        self._paper = PaperCache(self)
        self.cell = CellCursor(self)
        self._song: Song = view_model.song
        self._playhead = 0.0
        self._had_ghosts = False
        self.overlays: list[Overlay] = [
            MutePainter(view_model, geometry)
        ]  # drawn over the notes, in their order
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._wire()

    def _wire(self) -> None:
        view_model = self._view_model
        for signal in (view_model.edited, view_model.selection_changed, view_model.mix_changed):
            signal.connect(self._repaint)
        view_model.song_changed.connect(self._show_song)
        view_model.edited.connect(self._on_edited)
        self._state.changed.connect(self._repaint)
        self.cell.changed.connect(self._repaint)
        self._roll_geometry.changed.connect(self._repaint)
        theme().changed.connect(self._repaint)
        if self._ghosts is not None:
            self._ghosts.changed.connect(self._show_ghosts)

    def _repaint(self, _change: object = None) -> None:
        self.update()

    def _show_ghosts(self) -> None:
        """Where the first ghost comes up out of sight, go there: nobody looks for it elsewhere."""
        ghosts = self._ghosts.ghosts if self._ghosts else ()
        if ghosts and not self._had_ghosts:
            note, geometry = ghosts[0].event.note, self._roll_geometry
            if not geometry.left_tick <= note.start < geometry.right_tick:
                bar = self._view_model.song.metre.bar_of(note.start)
                geometry.scroll_to_tick(self._view_model.song.metre.bar_start(bar))
            if not 0 <= geometry.y_of(note.pitch) < geometry.height - geometry.row_height:
                geometry.show_pitch(note.pitch)
        self._had_ghosts = bool(ghosts)
        self.update()

    def _on_edited(self, _edit: object) -> None:
        self._gesture = None  # its notes may be gone
        self._follow_length()

    def _follow_length(self) -> None:
        song = self._view_model.song
        self._roll_geometry.set_music(song.ticks_per_beat, piece_end(self._view_model))

    def _show_song(self) -> None:
        """Another song is shown from its beginning; another track leaves the view as it is."""
        self._gesture = None
        self._follow_length()
        if self._view_model.song is not self._song:
            self._song = self._view_model.song
            show_beginning(self._view_model, self._roll_geometry)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._roll_geometry.resize(event.size().width(), event.size().height())

    def move_playhead(self) -> None:
        """Draw the playhead where the music is now; only two strips are painted anew."""
        before, self._playhead = self._playhead, self._position_ticks()
        for tick in (before, self._playhead):
            x = round(self._roll_geometry.x_of(tick))
            self.update(QRect(x - 3, 0, 7, self.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(event.rect())
        paint = RollPainter(painter, self._roll_geometry, self.devicePixelRatioF())
        self._paint_paper(painter, rect)
        self._paint_notes(painter, rect)
        if self._gesture is not None and self._gesture.marquee is not None:
            paint.marquee(self._gesture.marquee)
        if self.cell.is_on:
            song = self._view_model.song
            step = self._state.grid.ticks(song.ticks_per_beat)
            paint.cell(self.cell.tick, self.cell.pitch, step)
        paint.playhead(self._playhead, rect.top(), rect.bottom())
        if self._is_empty():
            paint.empty_state(
                QRectF(self.rect()),
                self.tr("No notes yet"),
                self.tr("Double-click to draw a note, take the pencil (B), or open a MIDI file."),
            )

    def _paint_paper(self, painter: QPainter, rect: QRectF) -> None:
        geometry, metre, grid = self._roll_geometry, self._view_model.song.metre, self._state.grid
        ratio, whole, scale = self.devicePixelRatioF(), QRectF(self.rect()), self._state.scale

        def draw(paper: QPainter) -> None:
            RollPainter(paper, geometry, ratio).paper(whole, metre, grid, scale)

        key = (geometry.place, geometry.end_tick, metre.signatures, grid, scale, theme().is_dark)
        self._paper.paint(painter, rect, key, draw)

    def _paint_notes(self, painter: QPainter, rect: QRectF) -> None:
        model, gesture, ratio = self._view_model, self._gesture, self.devicePixelRatioF()
        columns, hidden = model.score.columns, gesture.hidden if gesture else frozenset()
        chosen = self._chosen.mask(columns, model.selection)
        if hidden:
            kept = ~self._hidden.mask(columns, hidden)
            columns, chosen = columns.where(kept), chosen[kept]
        audible = frozenset(i for i in range(model.n_tracks) if model.is_audible(i))
        colors = tuple(model.color_number(i) for i in range(model.n_tracks))
        look = NoteLook(model.active_track, audible, chosen, colors)
        notes = NotePainter(painter, self._roll_geometry, ratio, look)
        notes.paint(columns, rect)
        for overlay in self.overlays:
            overlay.paint(painter, notes.rect_of, rect)
        if self._ghosts is not None:
            GhostPainter(painter, notes.rect_of).paint(self._ghosts.ghosts, rect)
        if gesture is not None:
            shown = gesture.shown_columns
            look = replace(look, is_chosen=np.ones(len(shown), dtype=np.bool_))
            NotePainter(painter, self._roll_geometry, ratio, look).paint(shown, rect)

    def _is_empty(self) -> bool:
        has_ghosts = self._ghosts is not None and len(self._ghosts.ghosts) > 0
        return not (len(self._view_model.score) or self._gesture or has_ghosts)
