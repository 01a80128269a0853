"""The place Listen: the picture, what is playing, where the sound comes from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

import resources
from studio.audio.file_source import SOUND_SUFFIXES
from studio.ui.drop_files import local_files
from studio.ui.listen.axis_gestures import AxisGestures
from studio.ui.listen.card_column import CardColumn
from studio.ui.listen.empty_card import EmptyCard
from studio.ui.listen.file_transport import FileTransport
from studio.ui.listen.genre_panel import GenrePanel
from studio.ui.listen.genre_ribbon import GenreRibbon
from studio.ui.listen.keep_bar import KeepBar
from studio.ui.listen.key_ways import LEAVE, KeyWays
from studio.ui.listen.keyboard_axis import KeyboardAxis
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.loudness_card import LoudnessCard
from studio.ui.listen.muted_hint import MutedHint
from studio.ui.listen.picture_bar import PictureBar
from studio.ui.listen.source_bar import SourceBar
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.listen.spectrum_strip import SpectrumStrip
from studio.ui.listen.strip_switch import StripSwitch
from studio.ui.listen.tempo_key_card import TempoKeyCard
from studio.ui.listen.tuner_card import TunerCard
from studio.ui.listen.waveform_strip import WaveformStrip
from studio.ui.theme import SPACE_M

SEEK_S = 5.0
REPEATED = (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight, Qt.Key.Key_Comma, Qt.Key.Key_Period)
SOUND_FILES = " ".join(f"*{suffix}" for suffix in SOUND_SUFFIXES)


class ListenPanel(QWidget):
    """Lays the parts out; shows what to do where nothing sounds yet."""

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("listen_panel")
        self.setAcceptDrops(True)
        self._view_model = view_model
        self.view = SpectrogramView(view_model)
        self.ribbon = GenreRibbon(view_model, self.view)
        self.source_bar = SourceBar(view_model)
        self.source_bar.open_requested.connect(self.choose_file)
        self.source_bar.demo_requested.connect(self.play_demo)
        self._axis = KeyboardAxis(self.view.viewport)
        self.view.pointed.connect(self._axis.point_at)
        AxisGestures(self._axis, self.view.viewport)
        self.keep_bar = KeepBar(view_model, self.view)
        self.transport = FileTransport(view_model)
        self.muted_hint = MutedHint(view_model)
        self.spectrum = SpectrumStrip(view_model, self.view)
        self.spectrum.pointed.connect(self._axis.point_at)
        self.waveform = WaveformStrip(view_model, self.view)
        self.picture_bar = PictureBar(self.view.picture)
        self._switches = self._add_switches()
        self.tuner = TunerCard(view_model)
        self.tempo_key, self.loudness = TempoKeyCard(view_model), LoudnessCard(view_model)
        self.cards = CardColumn()
        for card in (GenrePanel(view_model), self.tuner, self.tempo_key, self.loudness):
            self.cards.add(card)
        self._card = self._empty_card()
        self._stack = QStackedLayout()
        self._stack.setStackingMode(QStackedLayout.StackingMode.StackOne)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        layout.setSpacing(SPACE_M)
        layout.addLayout(self._top_row())
        layout.addWidget(self.muted_hint)
        layout.addWidget(self.transport)
        layout.addWidget(self.picture_bar)
        layout.addLayout(self._body(), 1)
        self.picture_bar.hide()  # until there is a picture
        view_model.started.connect(self._on_started)
        view_model.no_input.connect(self.show_no_input)
        KeyWays(self)

    def _add_switches(self) -> dict[int, StripSwitch]:
        """What shows or hides the strips beside the picture, by its key."""
        tr = self.tr
        shows = tr("Show the spectrum beside the picture")
        spectrum = StripSwitch("spectrum", tr("Spectrum"), shows, "S", self.spectrum)
        shows = tr("Show the waveform under the picture")
        waveform = StripSwitch("waveform", tr("Waveform"), shows, "W", self.waveform)
        return {Qt.Key.Key_S: spectrum, Qt.Key.Key_W: waveform}

    def _top_row(self) -> QHBoxLayout:
        """Where the sound comes from, and what is kept of it."""
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(self.source_bar, 1)
        for switch in self._switches.values():
            row.addWidget(switch)
        row.addWidget(self.keep_bar)
        return row

    def _body(self) -> QHBoxLayout:
        self._stack.addWidget(self._card)
        self._stack.addWidget(self._picture())
        body = QHBoxLayout()
        body.setSpacing(SPACE_M)
        body.addLayout(self._stack, 1)
        body.addWidget(self.cards)
        return body

    def _picture(self) -> QWidget:
        """The picture and what shares its axes: pitch in column 0, time in the rows below."""
        picture = QWidget()
        grid = QGridLayout(picture)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self._axis, 0, 0)
        grid.addWidget(self.view, 0, 1)
        grid.addWidget(self.spectrum, 0, 2)
        grid.addWidget(self.waveform, 1, 1)
        grid.addWidget(self.ribbon, 2, 1)
        return picture

    def _empty_card(self) -> EmptyCard:
        card = EmptyCard()
        card.microphone.clicked.connect(lambda: self._view_model.start_microphone())
        card.file.clicked.connect(self.choose_file)
        card.demo.clicked.connect(self.play_demo)
        return card

    def choose_file(self) -> None:
        """Ask for a sound file and play it."""
        kinds = self.tr("Sound ({0});;All files (*)").format(SOUND_FILES)
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Open a sound file"), "", kinds)
        if name:
            self._view_model.open_file(Path(name))

    def play_demo(self) -> None:
        """Play the sound that ships with the application."""
        self._view_model.open_file(resources.path("demo", "demo_listen.ogg"))

    def show_no_input(self, reason: str) -> None:
        """Say in the place itself what is missing, and what works all the same."""
        self._card.warn(reason)
        if not self._view_model.is_running:
            self._stack.setCurrentIndex(0)

    def _on_started(self) -> None:
        self._stack.setCurrentIndex(1)
        self.picture_bar.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys that work wherever in Listen the focus is."""
        actions: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Space: self._view_model.toggle_pause,
            Qt.Key.Key_Backspace: lambda: self.transport.seek(0.0),
            Qt.Key.Key_O: self.transport.toggle_loop,
            Qt.Key.Key_M: self.transport.toggle_mute,
            Qt.Key.Key_P: self.spectrum.reset,
            Qt.Key.Key_K: self.keep_bar.keeping.keep,
            Qt.Key.Key_R: self.keep_bar.recording.toggle,
            Qt.Key.Key_B: self.tempo_key.model.count_otherwise,
            Qt.Key.Key_N: self.loudness.restart,
            Qt.Key.Key_U: self.tempo_key.use,
            Qt.Key.Key_X: self._view_model.reset_clip,
            Qt.Key.Key_BracketLeft: lambda: self.transport.change_speed(-1),
            Qt.Key.Key_BracketRight: lambda: self.transport.change_speed(1),
            Qt.Key.Key_Comma: lambda: self.transport.seek_by(-SEEK_S),
            Qt.Key.Key_Period: lambda: self.transport.seek_by(SEEK_S),
            **{key: switch.toggle for key, switch in self._switches.items()},
        }
        action = actions.get(event.key())
        if action is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._pass_to_picture(event)
        elif event.key() in REPEATED or not event.isAutoRepeat():
            action()

    def _pass_to_picture(self, event: QKeyEvent) -> None:
        """The picture's own keys work, too, where something else has the focus."""
        has_typed = isinstance(self.focusWidget(), (QComboBox, QAbstractSpinBox))
        if event.key() == Qt.Key.Key_C or (event.key() in LEAVE and has_typed):
            self.view.setFocus()  # where the arrows move its cursor
        if event.key() in LEAVE or not self.view.do_key(event):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = local_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self._view_model.open_file(files[0])
