"""The place where music is written: tracks, roll, velocities, and the assistant beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.ui.compose.cell_cursor import CELL_KEYS
from studio.ui.compose.chord_strip import ChordStrip
from studio.ui.compose.compose_toolbar import ComposeToolbar
from studio.ui.compose.controller_lane import ControllerLane
from studio.ui.compose.ghosts import GhostSource
from studio.ui.compose.keyboard_strip import KeyboardStrip
from studio.ui.compose.lane_chooser import LaneChooser
from studio.ui.compose.lyric_lane import LyricLane
from studio.ui.compose.mark_lane import MarkLane
from studio.ui.compose.overview_bar import OverviewBar
from studio.ui.compose.piano_roll_view import PianoRollView
from studio.ui.compose.quantise_panel import QuantisePanel
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_key_table import (
    PANEL_KEYS,
    ROLL_KEYS,
    TRANSPORT_KEYS,
)
from studio.ui.compose.roll_scroll import RollScroll
from studio.ui.compose.roll_state import RollState
from studio.ui.compose.ruler import Ruler
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.track_list import TrackList
from studio.ui.compose.velocity_lane import VelocityLane
from studio.ui.compose.view_commands import show_beginning
from studio.ui.keymap import Command, native_keys
from studio.ui.place_keys import KeyTable, PlaceKey, run_key

PREVIEW_VELOCITY = 96
_MENU = (
    "cut",
    "copy",
    "paste",
    "duplicate",
    "use_as_pattern",
    "delete",
    "",
    "mute_notes",
    "quantise",
    "select_all",
    "",
    "fit",
)


class ComposePanel(QWidget):
    """Puts the parts together; the roll and its view-model do the work.

    `transport` plays the music; what it can't do (`seek`, `preview_note`, …) is not asked of it.
    """

    seek_requested = Signal(int)  # tick

    def __init__(
        self,
        score_view_model: ScoreViewModel,
        suggestions: GhostSource | None,
        assistant_panel: QWidget | None,
        transport: Any | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("compose_panel")
        self._view_model, self._transport = score_view_model, transport
        self.state = RollState(self)
        self.roll_geometry = RollGeometry(score_view_model.song.ticks_per_beat, self)
        position = self._position_ticks
        self.roll = PianoRollView(
            score_view_model,
            self.state,
            self.roll_geometry,
            ghosts=suggestions,
            position_ticks=position,
            preview_note=self._preview,
        )
        self.keyboard = KeyboardStrip(self.roll_geometry)
        self.ruler = Ruler(score_view_model, self.state, self.roll_geometry, position, self._loop)
        self.marks = MarkLane(score_view_model, self.state, self.roll_geometry)
        self.lyrics = LyricLane(score_view_model, self.roll_geometry)
        self.chords = ChordStrip(score_view_model, self.roll_geometry)
        self.overview = OverviewBar(score_view_model, self.roll_geometry)
        self.lane = VelocityLane(score_view_model, self.roll_geometry)
        self.controllers = ControllerLane(score_view_model, self.state, self.roll_geometry)
        self.lane_chooser = LaneChooser(self.lane, self.controllers)
        self.tracks = TrackList(score_view_model)
        self.toolbar = ComposeToolbar(score_view_model, self.state, self.roll.commands)
        self.quantise_panel = QuantisePanel(
            score_view_model, self.state, self.roll.commands.quantise_as, self
        )
        self.roll.keys.add(PANEL_KEYS, self)
        self._transport_keys = KeyTable(TRANSPORT_KEYS, self)
        self.scroll_bars = RollScroll(self.roll_geometry, self)
        self._lay_out(assistant_panel)
        self._wire()
        reveal = getattr(assistant_panel, "reveal", None)
        if reveal is not None:
            reveal.connect(self.show_place)
        attach = getattr(assistant_panel, "attach", None)
        if attach is not None:
            attach(self.roll, self.roll_geometry)
        show_beginning(score_view_model, self.roll_geometry)

    def _lay_out(self, assistant_panel: QWidget | None) -> None:
        grid = QGridLayout()
        grid.setSpacing(0)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.ruler, 0, 1)
        grid.addWidget(self.marks, 1, 1)
        grid.addWidget(self.chords, 2, 1)
        grid.addWidget(self.lyrics, 3, 1)
        grid.addWidget(self.keyboard, 4, 0)
        grid.addWidget(self.roll, 4, 1)
        grid.addWidget(self.scroll_bars.pitch, 4, 2)
        grid.addWidget(self.lane_chooser, 5, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.lane_chooser.lanes, 5, 1)
        grid.addWidget(self.overview, 6, 1)
        grid.addWidget(self.scroll_bars.time, 7, 1)
        grid.setRowStretch(4, 1)
        grid.setColumnStretch(1, 1)
        editor = QWidget()
        row = QHBoxLayout(editor)
        row.setSpacing(0)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.tracks)
        row.addLayout(grid, 1)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.setObjectName("compose_splitter")
        body.setChildrenCollapsible(False)
        body.addWidget(editor)
        if assistant_panel is not None:
            body.addWidget(assistant_panel)
            body.setStretchFactor(0, 1)
            body.setStretchFactor(1, 0)
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.toolbar)
        column.addWidget(body, 1)
        self.setFocusProxy(self.roll)

    def _wire(self) -> None:
        self.roll.pitch_hovered.connect(self.keyboard.show_hovered)
        self.roll.menu_requested.connect(self._show_menu)
        self.keyboard.pressed.connect(self._on_key_pressed)
        self.ruler.seek_requested.connect(self._seek)
        self.ruler.loop_requested.connect(self._set_loop)
        self.ruler.time_chosen.connect(self.roll.commands.select_time)
        self.keyboard.row_chosen.connect(self.roll.commands.select_pitch)
        for name, slot in (
            ("position_changed", self._on_position),
            ("state_changed", self.ruler.update),
        ):
            told = getattr(self._transport, name, None)
            if told is not None:
                told.connect(slot)

    def _position_ticks(self) -> float:
        return float(self._transport.position_ticks()) if self._transport else 0.0

    def _loop(self) -> tuple[int, int] | None:
        return getattr(self._transport, "loop", None)

    def _preview(self, track: int, pitch: int, velocity: int) -> None:
        play: Callable[[int, int, int], None] | None
        play = getattr(self._transport, "preview_note", None)
        if play is not None and self._view_model.is_audible(track):
            play(track, pitch, velocity)

    def _on_key_pressed(self, pitch: int) -> None:
        self._preview(self._view_model.active_track, pitch, PREVIEW_VELOCITY)

    def _set_loop(self, first: int, last: int) -> None:
        set_loop = getattr(self._transport, "set_loop", None)
        if set_loop is not None:
            set_loop(first, last)

    def _seek(self, tick: int) -> None:
        self.seek_requested.emit(tick)
        seek = getattr(self._transport, "seek", None)
        if seek is not None:
            seek(tick)
        self._on_position()

    def _on_position(self, *_values: object) -> None:
        """The music has moved on: the playhead too, and the page where it has reached its edge."""
        geometry, tick = self.roll_geometry, self._position_ticks()
        is_playing = bool(getattr(self._transport, "is_playing", False))
        is_away = not geometry.left_tick <= tick <= geometry.right_tick
        if is_playing and is_away:
            geometry.scroll_to_tick(tick - geometry.width * 0.05 / geometry.pixels_per_tick)
        self.roll.move_playhead()
        self.ruler.update()

    def show_place(self, tick: int, pitch: int) -> None:
        """Scroll to a place of the roll that is out of sight."""
        geometry = self.roll_geometry
        if not geometry.left_tick <= tick < geometry.right_tick:
            metre = self._view_model.song.metre
            geometry.scroll_to_tick(metre.bar_start(metre.bar_of(tick)))
        if not 0 <= geometry.y_of(pitch) < geometry.height - geometry.row_height:
            geometry.show_pitch(pitch)

    def _show_menu(self, position: QPointF) -> None:
        menu = QMenu(self)
        menu.setObjectName("roll_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = {row.command: row for row in ROLL_KEYS}
        for name in _MENU:
            if not name:
                menu.addSeparator()
                continue
            row = rows[name]
            action = menu.addAction("\t".join([self.tr(row.text), *native_keys(row)[:1]]))
            action.triggered.connect(lambda _=False, row=row: self.roll.commands.run(row))
        menu.popup(self.roll.mapToGlobal(position.toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._transport_keys.row(event)
        if row is None or not hasattr(self._transport, row.command):
            super().keyPressEvent(event)
        else:
            run_key(self._transport, row)

    def commands(self) -> list[Command]:
        """What can be done here by name: in the roll, and with what plays it."""
        place, playing = self.tr("Roll"), self.tr("Playing, in Compose")
        transport = [row for row in TRANSPORT_KEYS if hasattr(self._transport, row.command)]
        return (
            [
                Command(row, self.tr(row.text), place, partial(self._in_roll, row), "compose")
                for row in self.roll.keys.rows
            ]
            + [
                Command(
                    row,
                    self.tr(row.text),
                    self.tr("Roll, writing by keys"),
                    partial(self._in_cell, row),
                    "compose_cell",
                )
                for row in CELL_KEYS
            ]
            + [
                Command(
                    row,
                    self.tr(row.text),
                    playing,
                    partial(run_key, self._transport, row),
                    "compose",
                )
                for row in transport
            ]
        )

    def open_quantise(self) -> None:
        """Show how notes are pulled to the grid."""
        self.quantise_panel.open()

    def _in_cell(self, row: PlaceKey) -> None:
        self.roll.setFocus()
        if not self.roll.cell.is_on and row.command != "leave_cell":
            self.roll.cell_commands.toggle_cell()
        run_key(self.roll.cell_commands, row)

    def _in_roll(self, row: PlaceKey) -> None:
        self.roll.setFocus()
        self.roll.keys.run(row)

    def showEvent(self, event: QShowEvent) -> None:
        self.toolbar.take_window_actions(self.window())
        super().showEvent(event)
