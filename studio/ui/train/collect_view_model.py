"""Collecting clips into classes: recorded from what Listen hears, or dropped."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.analysis.hearing import Hearing
from studio.audio.wav_file import SampleFormat
from studio.errors import StudioError
from studio.training.collecting import add_files, class_folder, clip_path, collection_folder
from studio.ui.background import Background
from studio.ui.listen.keep_choices import KeepChoices
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.recording import Recording
from studio.ui.train.train_view_model import TrainViewModel


class ClassRecording(Recording):
    """Records what Listen hears into the folder of a class; starts the microphone if need be."""

    def __init__(self, listen: ListenViewModel, parent: QObject | None = None) -> None:
        super().__init__(listen, KeepChoices(), parent)
        self._listen = listen
        self._is_wanted = False  # as soon as something is heard
        self.path = Path()
        listen.started.connect(self._on_started)
        listen.no_input.connect(self._on_no_input)

    def toggle(self) -> None:
        """Record from now on, or end the recording."""
        if self.is_on or self._listen.is_running:
            super().toggle()
            return
        self._is_wanted = not self._is_wanted
        if self._is_wanted:
            self._listen.start_microphone()
        self.changed.emit()

    @property
    def is_waiting(self) -> bool:
        """Whether the microphone is being opened for it."""
        return self._is_wanted

    def _on_started(self) -> None:
        if self._is_wanted:
            self._is_wanted = False
            super().toggle()

    def _on_no_input(self, reason: str) -> None:
        if self._is_wanted:
            self._is_wanted = False
            self.told.emit("error", reason, None)
            self.changed.emit()

    def _new_file(self, hearing: Hearing) -> tuple[Path, SampleFormat]:
        return self.path, "24-bit"


class CollectViewModel(QObject):
    """What is added to which class; the data set is looked over after each addition."""

    changed = Signal()
    name_needed = Signal()

    def __init__(
        self, train: TrainViewModel, listen: ListenViewModel | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._train = train
        self.class_name = ""
        self.recording = ClassRecording(listen, self) if listen is not None else None
        self._target = Path()
        self._threads: list[threading.Thread] = []
        self._background = Background(self)
        if self.recording is not None:
            self.recording.changed.connect(self.changed)
            self.recording.told.connect(self._on_recorded)
            train.state_changed.connect(self._on_state)

    @property
    def is_recording(self) -> bool:
        """Whether a clip is being recorded."""
        return self.recording is not None and self.recording.is_on

    @property
    def _is_training(self) -> bool:
        return self._train.state in ("running", "stopping")

    @property
    def collection(self) -> Path:
        """The data set that is added to."""
        return collection_folder(self._train.data)

    def toggle(self) -> None:
        """Record into the class from now on, or end the clip."""
        if self.recording is None:
            return
        if not self.is_recording and not self.recording.is_waiting:
            folder = self._class_folder(self.class_name)
            if folder is None:
                return
            self._target = folder.parent
            self.recording.path = clip_path(folder)
        self.recording.toggle()

    def add(self, files: Sequence[Path], name: str | None = None) -> None:
        """Copy files into a class, the one that is named now if none is given."""
        folder = self._class_folder(self.class_name if name is None else name)
        if folder is None or not files:
            return
        chosen = list(files)
        thread = self._background.attempt(
            lambda: add_files(folder, chosen),
            lambda outcome: self._on_added(folder.parent, outcome),
        )
        self._threads = [*(t for t in self._threads if t.is_alive()), thread]

    def wait(self) -> None:
        """Return when everything is copied."""
        for thread in self._threads:
            thread.join()

    def _class_folder(self, name: str) -> Path | None:
        if self._is_training:
            text = self.tr("Stop the training first, then add to its data.")
            self._train.notice.emit("info", text)
            return None
        try:
            return class_folder(self.collection, name)
        except StudioError as error:
            self._train.notice.emit("info", str(error))
            self.name_needed.emit()
            return None

    def _on_added(self, collection: Path, outcome: object) -> None:
        if isinstance(outcome, Exception):
            self._train.notice.emit("error", str(outcome))
        self._look_over(collection)

    def _on_recorded(self, level: str, text: str, folder: Path | None) -> None:
        if level != "info" or folder is None:
            self._train.notice.emit(level, text)
        if folder is not None:
            self._look_over(self._target)

    def _look_over(self, collection: Path) -> None:
        if not self._is_training:  # else the clip counts from the next look on
            self._train.inspect(collection)

    def _on_state(self, state: str) -> None:
        """A clip ends when a training begins: its button is put away then."""
        if state == "running" and self.recording is not None:
            self.recording.end()
