"""The row on top: play, where the music is, what it is in; at the right, what is listened to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from studio.ui.icons import icon
from studio.ui.key_words import key_words
from studio.ui.listen.level_meter import LevelMeter
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.source_menu import SourceMenu
from studio.ui.theme import (
    GRID,
    ICON_M,
    ICON_S,
    SPACE_M,
    SPACE_S,
    font_bold,
    font_normal,
    tabular,
    theme,
)
from studio.ui.transport_view_model import TransportViewModel

HEIGHT = 48
MAX_NAME_WIDTH = 24 * GRID
_METER_MS = 50


class TransportBar(QWidget):
    """Always visible. `listen` is the listening place's view-model, None where there is none."""

    def __init__(
        self,
        transport: TransportViewModel,
        listen: ListenViewModel | None = None,
        tools: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("transport_bar")
        self.setAccessibleName(self.tr("Transport"))
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._transport, self._listen = transport, listen
        self._tools = tools
        self.has_clipped: Callable[[], bool] = lambda: False  # whether the song did
        self._build()
        transport.state_changed.connect(self._show_state)
        transport.position_changed.connect(self._show_position)
        transport.song_told.connect(self._show_song)
        self._timer = QTimer(self)
        self._timer.setInterval(_METER_MS)
        self._timer.timeout.connect(self._show_levels)
        self._show_state()
        self._show_song()
        self._show_levels()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, 0, SPACE_M, 0)
        row.setSpacing(SPACE_S)
        self._build_buttons(row)
        if self._tools is not None:
            row.addWidget(self._tools)
        row.addSpacing(SPACE_M)
        self.position_label = self._figures("position_label", "000.00.000", bold=True)
        self.bpm_label = self._figures("bpm_label", "000.0 bpm")
        self.metre_label = self._figures("metre_label", "00/00")
        self.key_label = self._figures("key_label", "C♯ minor")
        for label in (self.position_label, self.bpm_label, self.metre_label, self.key_label):
            row.addWidget(label)
            row.addSpacing(GRID)
        row.addStretch(1)
        self._build_listening(row)
        self._describe()

    def _build_buttons(self, row: QHBoxLayout) -> None:
        self.to_start_button = self._button(
            "to_start", "to_start_button", self.tr("To the beginning"), self.tr("Return")
        )
        self.play_button = self._button("play", "play_button", self.tr("Play"), self.tr("Space"))
        self.stop_button = self._button("stop", "stop_button", self.tr("Stop"), "")
        self.loop_button = self._button("loop", "loop_button", self.tr("Loop"), "")
        self.loop_button.setCheckable(True)
        self.to_start_button.clicked.connect(self._transport.to_start)
        self.play_button.clicked.connect(self._transport.play_toggle)
        self.stop_button.clicked.connect(self._transport.stop)
        self.loop_button.clicked.connect(self._transport.toggle_loop)
        for button, tip in (
            (self.to_start_button, self.tr("Go to the beginning of the song")),
            (self.play_button, self.tr("Play the song from the cursor, or pause")),
            (self.stop_button, self.tr("Stop, and go back to where it was started")),
            (self.loop_button, self.tr("Repeat the bars of the selected notes, or the whole song")),
        ):
            button.setStatusTip(tip)
            row.addWidget(button)

    def _button(self, name: str, object_name: str, text: str, keys: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(object_name)
        button.setIcon(icon(name))
        button.setIconSize(QSize(ICON_M, ICON_M))
        button.setAccessibleName(text)
        button.setToolTip(f"{text} ({keys})" if keys else text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _figures(self, name: str, widest: str, *, bold: bool = False) -> QLabel:
        """A label of figures that never changes its width."""
        label = QLabel()
        label.setObjectName(name)
        font = tabular(font_bold() if bold else font_normal())
        if bold:
            font.setPointSizeF(font.pointSizeF() + 2)
        label.setFont(font)
        label.setMinimumWidth(QFontMetrics(font).horizontalAdvance(widest))
        if not bold:
            label.setProperty("kind", "muted")
        return label

    def _build_listening(self, row: QHBoxLayout) -> None:
        row.addWidget(_Line())
        row.addSpacing(SPACE_M)
        self.source_button = QToolButton()
        self.source_button.setObjectName("source_button")
        self.source_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.source_button.setIcon(icon("chevron"))
        self.source_button.setIconSize(QSize(ICON_S, ICON_S))
        self.source_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.source_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.source_button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.source_button.setEnabled(self._listen is not None)
        self.source_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.meter = LevelMeter()
        self.meter.setObjectName("transport_meter")
        self.meter.setFixedSize(self.meter.sizeHint())
        self.source_menu: SourceMenu | None = None
        self.source_button.setMenu(self._source_menu())
        self.lost_label = self._figures("lost_label", "0000 lost")
        self.lost_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for widget in (self.source_button, self.meter, self.lost_label):
            row.addWidget(widget)
            row.addSpacing(SPACE_S)

    def _source_menu(self) -> QMenu:
        listen = self._listen
        if listen is None:
            return QMenu(self)
        self.meter.clip_reset.connect(listen.reset_clip)
        self.source_menu = SourceMenu(listen, self)
        return self.source_menu

    def _describe(self) -> None:
        tr = self.tr
        for widget, name, tip in (
            (self.position_label, tr("Position"), tr("Bar, beat and ticks of the playhead")),
            (self.bpm_label, tr("Tempo"), tr("Quarter notes a minute at the playhead")),
            (self.metre_label, tr("Metre"), tr("The time signature at the playhead")),
            (self.key_label, tr("Key"), tr("The key signature at the playhead")),
            (self.source_button, tr("Source"), tr("What Listen hears; click to change it")),
            (self.meter, tr("Level"), tr("How loud the source is, or else the song")),
            (self.lost_label, tr("Lost samples"), tr("Sound that was lost since listening began")),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
            widget.setStatusTip(tip)

    def _show_state(self) -> None:
        is_playing = self._transport.is_playing
        text = self.tr("Pause") if is_playing else self.tr("Play")
        self.play_button.setIcon(icon("pause" if is_playing else "play"))
        self.play_button.setAccessibleName(text)
        self.play_button.setToolTip(self.tr("{0} (Space)").format(text))
        self.loop_button.setChecked(self._transport.loop is not None)

    def _show_position(self) -> None:
        song, tick = self._transport.song, self._transport.position_ticks()
        place = song.metre.position(int(tick))
        self.position_label.setText(f"{place.bar}.{place.beat}.{place.ticks:03d}")
        bpm = song.tempo_map.change_at(tick).bpm
        self.bpm_label.setText(self.tr("{0:.1f} bpm").format(bpm))

    def _show_song(self) -> None:
        song, tick = self._transport.song, int(self._transport.position_ticks())
        signature = song.metre.signature_at(tick)
        self.metre_label.setText(f"{signature.numerator}/{signature.denominator}")
        keys = [change.key for change in song.key_signatures if change.tick <= tick]
        self.key_label.setText(key_words(keys[-1]) if keys else "")
        self._show_position()

    def _show_levels(self) -> None:
        listen = self._listen
        if listen is not None and listen.is_running:
            self.meter.set_reading(listen.level, listen.has_clipped)
        else:
            self.meter.set_reading(self._transport.level, self.has_clipped())
        self.lost_label.setText(self.tr("{0} lost").format(listen.lost_samples if listen else 0))
        source = listen.source_name if listen else ""
        metrics = QFontMetrics(self.source_button.font())  # a long name must not widen the window
        short = metrics.elidedText(source, Qt.TextElideMode.ElideMiddle, MAX_NAME_WIDTH)
        self.source_button.setText(short or self.tr("No source"))

    def showEvent(self, event: QShowEvent) -> None:
        self._timer.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)


class _Line(QWidget):
    """A quiet line between two groups."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(1, HEIGHT // 2)
        theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme().color("border"))
