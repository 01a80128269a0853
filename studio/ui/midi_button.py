"""The button of the MIDI menu, with a light that says whether anybody plays."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from studio.audio.midi_ports import plain_name
from studio.ui.icons import icon
from studio.ui.midi_menu import MidiMenu
from studio.ui.midi_view_model import MidiViewModel
from studio.ui.record_view_model import RecordViewModel
from studio.ui.theme import ICON_M, MOTION_MS, theme

LIGHT = 7


class MidiButton(QToolButton):
    """No light: no keyboard. A ring: one is heard. Filled: it is being played."""

    def __init__(
        self, midi: MidiViewModel, record: RecordViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("midi_button")
        self.setIcon(icon("midi"))
        self.setIconSize(QSize(ICON_M, ICON_M))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("MIDI"))
        self.setStatusTip(self.tr("Keyboards, how they are recorded, and where the song is sent"))
        self._midi, self._record = midi, record
        self.midi_menu = MidiMenu(midi, record, self)
        self.setMenu(self.midi_menu)
        self._lit = QTimer(self)
        self._lit.setSingleShot(True)
        self._lit.setInterval(MOTION_MS)
        self._lit.timeout.connect(self.update)
        midi.played.connect(self._light)
        midi.changed.connect(self._show_state)
        record.changed.connect(self._show_state)
        theme().changed.connect(self.update)
        self._show_state()

    def _light(self) -> None:
        self._lit.start()
        self.update()

    def _show_state(self) -> None:
        words = self._words()
        if self._record.step_input is not None:
            words = self.tr("{0}; step input is on").format(words)
        self.setToolTip(self.tr("MIDI: {0}").format(words))
        self.update()

    def _words(self) -> str:
        state = self._midi.state
        if state.open:
            names = ", ".join(plain_name(name) for name in state.open)
            return self.tr("{0} is heard").format(names)
        if state.trouble:
            return self.tr("there is no MIDI system on this machine")
        if state.names.inputs:
            return self.tr("no keyboard is chosen")
        return self.tr("no keyboard is connected")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._midi.state.open:
            return
        painter, look = QPainter(self), theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look.color("success"))
        painter.setBrush(look.color("success" if self._lit.isActive() else "surface"))
        painter.drawEllipse(self.width() - LIGHT - 3, 3, LIGHT, LIGHT)
