"""Builds everything and wires it: the only module that knows all."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog

import resources
import studio.ui.quick_imports  # noqa: F401  before the many
from studio.assistant.worker_client import WorkerClient
from studio.audio.file_source import SOUND_SUFFIXES
from studio.audio.player import Player
from studio.audio.synth_source import SynthSource
from studio.log import log_crashes, log_path, start_log
from studio.score.tempo_and_key import tempo_and_key_edit
from studio.settings import Settings
from studio.training.model_trash import Deleted
from studio.ui.compose.assistant_panel import AssistantPanel
from studio.ui.compose.audition import Audition
from studio.ui.compose.compose_panel import ComposePanel
from studio.ui.compose.drag_out import DragOut
from studio.ui.compose.expectation_view_model import ExpectationViewModel
from studio.ui.compose.roll_drops import RollDrops
from studio.ui.compose.roll_options import RememberedState
from studio.ui.compose.roll_targets import mouse_rows
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from studio.ui.compose.take_view import TakeView
from studio.ui.crash_handler import CrashHandler
from studio.ui.file_actions import FileActions
from studio.ui.garbage import GarbageCollector
from studio.ui.key_words import key_words
from studio.ui.keymap import keymap
from studio.ui.listen.keep_bar import show_folder
from studio.ui.listen.listen_panel import ListenPanel
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.main_window import MainWindow, Place
from studio.ui.midi_view_model import MidiViewModel
from studio.ui.notices import NoticeAction
from studio.ui.place_keys import WINDOW_KEYS
from studio.ui.play_tools import PlayTools
from studio.ui.record_view_model import RecordViewModel
from studio.ui.sound_view_model import SoundViewModel, saved_soundfont
from studio.ui.stall_watch import StallWatch
from studio.ui.style_from_listening import StyleFromListening
from studio.ui.theme import theme
from studio.ui.train.collect_view_model import CollectViewModel
from studio.ui.train.models_view_model import ModelsViewModel
from studio.ui.train.train_panel import TrainPanel
from studio.ui.train.train_view_model import TrainViewModel
from studio.ui.transport_bar import TransportBar
from studio.ui.transport_view_model import TransportViewModel

SWITCH_INTERVAL_S = 0.0005  # keeps the sound callback's lateness near 1 ms beside a busy thread


class StudioApp(QObject):
    """The application: its view-models, its window, its worker, and what connects them."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.garbage = GarbageCollector(self)
        self.worker = WorkerClient()
        self.score = ScoreViewModel()
        player = Player(saved_soundfont(self.settings))
        self.transport = TransportViewModel(self.score, player)
        self.sound = SoundViewModel(player, self.settings)
        self.midi = MidiViewModel(self.score, self.transport, self.settings)
        self.record = RecordViewModel(self.score, self.transport, self.midi, self.settings)
        self.suggestions = SuggestionViewModel(self.score, self.worker)
        self.listen = ListenViewModel(self.worker)
        self.train = TrainViewModel()
        self.models = ModelsViewModel(self.train)
        self.collect = CollectViewModel(self.train, self.listen)
        self.audition = Audition(self.score, self.suggestions, self.transport)
        self.expectation = ExpectationViewModel(self.score, self.worker)
        self.assistant_panel = AssistantPanel(
            self.suggestions, self.score, self.audition, self.expectation
        )
        self.style = StyleFromListening(self.listen, self.assistant_panel)
        self.window = self._build_window()
        self.listen.own_sound = lambda: SynthSource(self.transport.player, self.tr("Compose"))
        self._wire()

    def _build_window(self) -> MainWindow:
        compose = ComposePanel(self.score, self.suggestions, self.assistant_panel, self.transport)
        self.listen_panel = ListenPanel(self.listen)
        self.train_panel = TrainPanel(self.train, self.models, self.collect)
        places = [
            Place("listen", self.tr("Listen"), self.listen_panel),
            Place("compose", self.tr("Compose"), compose),
            Place("train", self.tr("Train"), self.train_panel),
        ]
        self.compose = compose
        tools = PlayTools(self.transport, self.sound, self.midi, self.record)
        bar = TransportBar(self.transport, self.listen, tools)
        bar.has_clipped = lambda: self.sound.has_clipped
        bar.meter.clip_reset.connect(self.sound.reset_clip)
        self.transport.record = self.record.toggle
        self.drops = RollDrops(self.score, compose.roll, compose.roll_geometry.tick_at)
        TakeView(self.record, compose.roll_geometry, compose.roll, self.score.color_number)
        compose.ruler.is_punch = lambda: bool(self.record.choices["punch"])
        self.record.changed.connect(compose.ruler.update)
        compose.toolbar.addWidget(DragOut(self.score, lambda: self.transport.loop))
        self.record.grid_ticks = lambda: compose.state.grid.ticks(self.score.song.ticks_per_beat)
        if bar.source_menu is not None:
            bar.source_menu.open_requested.connect(self.listen_panel.choose_file)
            bar.source_menu.demo_requested.connect(self.play_demo_sound)
        return MainWindow(places, bar, self.settings)

    def _wire(self) -> None:
        window = self.window
        self.files = FileActions(window, self.score, self.listen)
        self.crash_handler = CrashHandler(window, self.files.save)
        tellers = (self.score, self.suggestions, self.listen, self.train, self.transport)
        self.files.sound = lambda: (self.sound.sound, self.sound.soundfont)
        models = self.models
        for teller in (models, *tellers, self.midi, self.record, self.drops, self.style):
            teller.notice.connect(window.show_notice)
        window.commands += [*self.compose.commands(), *self.listen_panel.commands()]
        self.listen_panel.keys.show_keys = window.show_keys
        window.mouse_rows = mouse_rows()
        self.compose.roll.keys.add(WINDOW_KEYS, window)
        keymap().load(self.settings)
        RememberedState(self.compose.state, self.settings)
        self.listen.input.settled.connect(window.notices.withdraw)
        self.listen_panel.keep_bar.told.connect(self._tell_with_place)
        self.listen_panel.tempo_key.use_in_score.connect(self.use_in_score)
        self.score.refused.connect(lambda text: window.show_notice("warning", text))
        for chooser in (self.train, models):
            chooser.model_chosen.connect(self.use_model)
        models.deleted.connect(self._tell_of_trash)
        models.moved.connect(self._follow_model)
        models.arrived.connect(lambda _: self.assistant_panel.form.fill_models())
        window.welcome.play_song.connect(self.transport.play_toggle)
        window.welcome.play_sound.connect(self.play_demo_sound)
        window.welcome.ask_model.connect(self.ask_model)
        window.welcome.dismissed.connect(lambda: self.settings.set("welcomed", True))
        window.welcome.setVisible(not self.settings.get("welcomed", False))
        window.show_messages()
        actions = window.actions_by_name
        actions["undo"].triggered.connect(self.score.undo)
        actions["redo"].triggered.connect(self.score.redo)
        actions["transcribe"].triggered.connect(self.choose_and_transcribe)
        actions["record"].triggered.connect(self.record.toggle)
        actions["metronome"].triggered.connect(self.sound.toggle_metronome)
        actions["panic"].triggered.connect(self.transport.panic)
        actions["show_log"].triggered.connect(
            lambda: window.show_notice("info", self.tr("The log is {0}").format(log_path()))
        )

    def _tell_with_place(self, level: str, text: str, folder: Path | None) -> None:
        """Tell something, and offer to show the folder it is about."""
        if folder is None:
            self.window.show_notice(level, text)
        else:
            show = NoticeAction(self.tr("Show"), lambda: show_folder(folder))
            self.window.show_notice(level, text, [show])

    def use_in_score(self, bpm: float | None, key: str | None) -> None:
        """Give the song the tempo and the key that were heard, in one step that can be undone."""
        bpm = None if bpm is None else round(bpm, 1)  # as it was shown
        label = self.tr("Use tempo and key heard")
        edit = tempo_and_key_edit(self.score.song, label, bpm=bpm, key=key)
        tempo_words = [self.tr("{0:.1f} bpm").format(bpm)] if bpm else []
        told = ", ".join([*tempo_words, *([key_words(key)] if key else [])])
        if self.score.request(edit):
            show = NoticeAction(self.tr("Show"), lambda: self.window.show_place("compose"))
            undo = NoticeAction(self.tr("Undo"), self.score.undo)
            text = self.tr("The song in Compose is now set to {0}.")
            self.window.show_notice("info", text.format(told), [show, undo])
        else:
            text = self.tr("The song in Compose is set to {0} already.")
            self.window.show_notice("info", text.format(told))
        self.style.follow()

    def choose_and_transcribe(self) -> None:
        """Ask for a sound file; its notes come at the bar of the playhead."""
        kinds = " ".join(f"*{suffix}" for suffix in SOUND_SUFFIXES)
        text = self.tr("Sound files ({0})").format(kinds)
        name, _ = QFileDialog.getOpenFileName(self.window, self.tr("Notes from"), "", text)
        if name:
            self.window.show_place("compose")
            self.drops.insert(Path(name), max(0.0, self.transport.position_ticks()))

    def play_demo_sound(self) -> None:
        """Listen to the sound that ships with the application."""
        self.window.show_place("listen")
        self.listen.open_file(resources.path("demo", "demo_listen.ogg"))

    def ask_model(self) -> None:
        """Ask for suggestions with what the assistant's panel shows."""
        self.window.show_place("compose")
        self.assistant_panel.ask()

    def use_model(self, kind: str, folder: str) -> None:
        """Switch Listen or Compose to the model in `folder`, without a restart."""
        if kind == "genre":
            self.listen.genre_folder = Path(folder)
            self.window.show_place("listen")
        else:
            self.assistant_panel.choose_model(Path(folder))
            self.window.show_place("compose")

    def _follow_model(self, before: Path, now: Path | None) -> None:
        """Go on with a model whose folder has another name; without one that was put away."""
        if self.listen.genre_folder == before:
            self.listen.genre_folder = now
        form = self.assistant_panel.form
        if now is not None and form.model.currentData() == str(before):
            form.choose_model(now)
        else:
            form.fill_models()

    def _tell_of_trash(self, deleted: Deleted) -> None:
        """Tell that a model was put away, and offer to take it back."""
        undo = NoticeAction(self.tr("Undo"), lambda: self.models.restore(deleted))
        self.window.show_notice(
            "info", self.tr("{0} is in the trash.").format(deleted.name), [undo]
        )

    def start(self, files: Sequence[Path] = (), *, listen: bool = False) -> None:
        """Show the window; what is heavy starts once it has been painted."""
        self.garbage.start()
        self.window.show()
        QTimer.singleShot(0, self, lambda: self._after_first_paint(list(files), listen))

    def _after_first_paint(self, files: list[Path], listen: bool) -> None:
        self.worker.start()
        self._warm_up()
        self.midi.start()
        self.train.shelf.refresh()  # a training that goes on since Studio was closed is found
        if files:
            self.files.open_all(files)
        elif not self.files.offer_recovery():
            self.files.open_first_song()
        if listen:
            self.window.show_place("listen")
            self.listen.start_microphone()

    def _warm_up(self) -> None:
        """Have the genre model loaded before its first window; the assistant's loads by itself."""
        folder = self.listen.find_genre_model()
        if folder is not None:
            self.worker.submit({"do": "load", "folder": str(folder)}, lambda message: None)

    def close(self) -> None:
        """Stop the sound, the worker and what follows a run; a training goes on by itself."""
        self.garbage.close()
        self.listen_panel.keep_bar.keeping.close()
        parts = (self.midi, self.listen, self.transport, self.train, self.suggestions)
        for part in (*parts, self.worker, self.score):
            part.close()


def run_app(files: Sequence[Path], *, listen: bool = False) -> int:
    """Open the window, run until it is closed, return the exit status."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    qt = make_qt_application()
    start_log()
    log_crashes()
    app = StudioApp()
    app.crash_handler.install()
    watch = StallWatch()
    app.start(files, listen=listen)
    watch.start()
    status = qt.exec()
    watch.close()
    app.close()
    return status


def make_qt_application(mode: str | None = None) -> QApplication:
    """The QApplication, dressed in the theme that the user chose (or in `mode`)."""
    existing = QApplication.instance()
    qt = existing if isinstance(existing, QApplication) else QApplication(["studio"])
    qt.setApplicationName("Studio")
    theme().install(qt, mode or Settings().get("colours", "system"))  # type: ignore[arg-type]
    return qt
