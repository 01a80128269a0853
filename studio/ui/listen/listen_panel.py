"""The place Listen: the picture, what is playing, where the sound comes from."""

from __future__ import annotations

from functools import partial
from pathlib import Path

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
from studio.ui.keymap import Command
from studio.ui.listen.axis_gestures import AxisGestures
from studio.ui.listen.card_column import CardColumn
from studio.ui.listen.empty_card import EmptyCard
from studio.ui.listen.file_transport import FileTransport
from studio.ui.listen.genre_panel import GenrePanel
from studio.ui.listen.genre_ribbon import GenreRibbon
from studio.ui.listen.keep_bar import KeepBar
from studio.ui.listen.key_rows import (
    AXIS_KEYS,
    CURSOR_KEYS,
    LISTEN_KEYS,
    PICTURE_KEYS,
    SPECTRUM,
    WAVEFORM,
)
from studio.ui.listen.key_ways import LEAVE, KeyWays
from studio.ui.listen.keyboard_axis import KeyboardAxis
from studio.ui.listen.listen_commands import ListenCommands
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
from studio.ui.place_keys import WINDOW_KEYS, KeyTable, run_key
from studio.ui.theme import SPACE_M

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
        self._axis_gestures = AxisGestures(self._axis, self.view.viewport)
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
        cards = self.tempo_key, self.loudness
        parts = self.transport, self.keep_bar, self.spectrum
        self.keys = ListenCommands(view_model, *parts, cards, self._switches)
        self._table = KeyTable((*LISTEN_KEYS, *WINDOW_KEYS), self)
        self._card = self._empty_card()
        self._stack = QStackedLayout()
        self._stack.setStackingMode(QStackedLayout.StackingMode.StackOne)
        self._lay_out()
        self.picture_bar.hide()  # until there is a picture
        view_model.started.connect(self._on_started)
        view_model.no_input.connect(self.show_no_input)
        KeyWays(self)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        layout.setSpacing(SPACE_M)
        layout.addLayout(self._top_row())
        layout.addWidget(self.muted_hint)
        layout.addWidget(self.transport)
        layout.addWidget(self.picture_bar)
        layout.addLayout(self._body(), 1)

    def _add_switches(self) -> dict[str, StripSwitch]:
        """What shows or hides the strips beside the picture."""
        tr = self.tr
        shows = tr("Show the spectrum beside the picture{0}")
        spectrum = StripSwitch("spectrum", tr("Spectrum"), shows, SPECTRUM, self.spectrum)
        shows = tr("Show the waveform under the picture{0}")
        waveform = StripSwitch("waveform", tr("Waveform"), shows, WAVEFORM, self.waveform)
        return {"spectrum": spectrum, "waveform": waveform}

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
        row = self._table.loose_row(event)
        if row is not None:
            self.keys.press(row, is_repeat=event.isAutoRepeat())
        else:
            self._pass_to_picture(event)

    def _pass_to_picture(self, event: QKeyEvent) -> None:
        """The picture's own keys work, too, where something else has the focus."""
        has_typed = isinstance(self.focusWidget(), (QComboBox, QAbstractSpinBox))
        if event.key() in LEAVE and has_typed:
            self.view.setFocus()
        if event.key() in LEAVE or not self.view.do_key(event):
            super().keyPressEvent(event)

    def commands(self) -> list[Command]:
        """What can be done here by name."""
        tr, picture, axis = self.tr, self.view.commands, self._axis_gestures.commands
        groups = (
            (LISTEN_KEYS, self.keys, tr("Listen"), "listen"),
            (PICTURE_KEYS, picture, tr("Picture in Listen"), "listen"),
            (CURSOR_KEYS, picture, tr("Cursor in the picture"), "listen_cursor"),
            (AXIS_KEYS, axis, tr("Keyboard beside the picture"), "listen_axis"),
        )
        return [
            Command(row, tr(row.text), place, partial(run_key, commands, row), area)
            for rows, commands, place, area in groups
            for row in rows
        ]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = local_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self._view_model.open_file(files[0])
