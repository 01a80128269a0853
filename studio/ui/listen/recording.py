"""Recording what is listened to, from a press of the button until another one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from studio.analysis.hearing import Hearing
from studio.audio.recorder import Recorder
from studio.audio.wav_file import SampleFormat
from studio.errors import StudioError
from studio.ui.listen.keep_choices import KeepChoices, clock, name_of
from studio.ui.listen.keep_files import unused
from studio.ui.listen.listen_view_model import ListenViewModel

WATCH_MS = 200


class Recording(QObject):
    """At most one file at a time. It ends with its source; `told` says where it is."""

    changed = Signal()
    told = Signal(str, str, object)  # level, text, the folder to show or None

    def __init__(
        self, view_model: ListenViewModel, choices: KeepChoices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._view_model, self._choices = view_model, choices
        self._recorder: Recorder | None = None
        self._hearing: Hearing | None = None
        self._watch = QTimer(self, interval=WATCH_MS)
        self._watch.timeout.connect(self._look)
        view_model.stopped.connect(self.end)

    @property
    def is_on(self) -> bool:
        """Whether what is heard goes to the disk, or the end of it does yet."""
        return self._recorder is not None

    @property
    def seconds(self) -> float:
        """How much is in the file."""
        return self._recorder.seconds if self._recorder else 0.0

    @property
    def n_bytes(self) -> int:
        """The size of the file."""
        return self._recorder.n_bytes if self._recorder else 0

    def toggle(self) -> None:
        """Record from now on, or end the recording."""
        hearing = self._view_model.hearing
        if self.is_on:
            self.end()
        elif hearing is not None and self._view_model.is_running:
            self._begin(hearing)
        else:
            text = self.tr("Nothing sounds yet: start a source first, then record it")
            self.told.emit("info", text, None)

    def _begin(self, hearing: Hearing) -> None:
        memory = hearing.memory
        try:
            path, sample_format = self._new_file(hearing)
            self._recorder = Recorder(path, memory.sample_rate, memory.n_channels, sample_format)
        except StudioError as error:
            self.told.emit("error", str(error), None)
            return
        self._hearing = hearing
        hearing.listen_with(self._recorder)
        self._watch.start()
        self.changed.emit()

    def _new_file(self, hearing: Hearing) -> tuple[Path, SampleFormat]:
        """Where a recording goes, and how its samples are written. Raises StudioError."""
        path = unused(self._choices.made_folder(), name_of(hearing), ".wav")
        return path, self._choices["record_format"]

    def end(self) -> None:
        """Have the file closed; `told` follows when it is."""
        if self._recorder and self._hearing:
            self._hearing.forget(self._recorder)
            self._recorder.stop()

    def _look(self) -> None:
        """Show how far it is, and notice its end, wanted or not."""
        recorder = self._recorder
        if recorder is not None and recorder.is_done:
            self.end()
            self._recorder = self._hearing = None
            self._watch.stop()
            self._tell(recorder)
        self.changed.emit()

    def _tell(self, recorder: Recorder) -> None:
        folder = recorder.path.parent
        if recorder.failure:
            self.told.emit("error", recorder.failure, folder)
        else:
            text = self.tr("Recorded {0} to {1}").format(clock(recorder.seconds), recorder.path)
            self.told.emit("info", text, folder)
