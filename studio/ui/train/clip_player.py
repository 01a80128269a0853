"""Plays clips one after another: those of a cell of the confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from studio.audio.file_source import FileSource
from studio.errors import StudioError
from studio.training.results import find_clip

POLL_MS = 50


class ClipPlayer(QObject):
    """Plays a list of files from one of them on; one that is gone is told, and passed over."""

    changed = Signal()  # another clip, or none
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.data: Path | None = None  # where clips that have moved are looked for
        self.index = -1  # of the clip that is played; -1 for none
        self._paths: list[Path] = []
        self._source: FileSource | None = None
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def is_playing(self) -> bool:
        """Whether a clip is heard."""
        return self._source is not None

    def choose(self, paths: Sequence[Path]) -> None:
        """Stop, and take these clips."""
        self.stop()
        self._paths = list(paths)

    def play(self, index: int) -> None:
        """Play the clip at `index`, and those after it."""
        self._close()
        while 0 <= index < len(self._paths):
            try:
                self._source = FileSource(find_clip(self._paths[index], self.data))
            except StudioError as error:
                self.failed.emit(str(error))
                index += 1
                continue
            self.index = index
            self._source.start()
            self._timer.start()
            self.changed.emit()
            return
        self.stop()

    def stop(self) -> None:
        """Be silent."""
        was = self.index
        self._close()
        self.index = -1
        self._timer.stop()
        if was >= 0:
            self.changed.emit()

    def _poll(self) -> None:
        source = self._source
        if source is None or source.is_active:
            return
        if source.failure:
            self.failed.emit(source.failure)
        self.play(self.index + 1)

    def _close(self) -> None:
        if self._source is not None:
            self._source.stop()
            self._source = None
