"""What stands beside play and stop: record, metronome, MIDI, sound."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from studio.ui.icons import icon
from studio.ui.midi_button import MidiButton
from studio.ui.midi_view_model import MidiViewModel
from studio.ui.record_view_model import RecordViewModel
from studio.ui.sound_panel import SoundMenu
from studio.ui.sound_view_model import SoundViewModel
from studio.ui.theme import ICON_M, SPACE_S
from studio.ui.transport_view_model import TransportViewModel


class PlayTools(QWidget):
    """Four buttons of the transport bar."""

    def __init__(
        self,
        transport: TransportViewModel,
        sound: SoundViewModel,
        midi: MidiViewModel,
        record: RecordViewModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("play_tools")
        self._sound, self._recording = sound, record
        self.record_button = self._button("record", "record_button", "error")
        self.record_button.setCheckable(True)
        self.record_button.setAccessibleName(self.tr("Record"))
        self.record_button.setStatusTip(self.tr("Record keyboards onto the chosen track"))
        self.record_button.clicked.connect(self._on_record)
        self.metronome_button = self._button("metronome", "metronome_button")
        self.metronome_button.setCheckable(True)
        self.metronome_button.setAccessibleName(self.tr("Metronome"))
        self.metronome_button.setToolTip(self.tr("Metronome (Ctrl+Shift+M)"))
        self.metronome_button.setStatusTip(self.tr("Click on every beat while the song plays"))
        self.metronome_button.clicked.connect(sound.toggle_metronome)
        self.midi_button = MidiButton(midi, record)
        self.sound_button = self._button("speaker", "sound_button")
        self.sound_button.setAccessibleName(self.tr("Sound"))
        self.sound_button.setToolTip(self.tr("Sound: volume, room, instruments"))
        self.sound_button.setStatusTip(self.tr("Volume, room, chorus, SoundFont, speaker delay"))
        self.sound_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.sound_button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.sound_menu = SoundMenu(sound, transport.panic, self)
        self.sound_button.setMenu(self.sound_menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        for button in (
            self.record_button,
            self.metronome_button,
            self.midi_button,
            self.sound_button,
        ):
            row.addWidget(button)
        record.changed.connect(self._follow)
        sound.changed.connect(self._follow)
        self._follow()

    def _button(self, sign: str, name: str, role: str = "text") -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIcon(icon(sign, role))
        button.setIconSize(QSize(ICON_M, ICON_M))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _on_record(self) -> None:
        self._recording.toggle()
        self._follow()  # where it could not begin, the button must not look as if it had

    def _follow(self) -> None:
        self.metronome_button.setChecked(self._sound.sound.metronome)
        state = self._recording.state
        self.record_button.setChecked(state != "off")
        words = {
            "off": self.tr("Record"),
            "counting_in": self.tr("Counting in; click to give up"),
            "recording": self.tr("Recording; click to end the take"),
        }
        self.record_button.setToolTip(self.tr("{0} (R)").format(words[state]))
