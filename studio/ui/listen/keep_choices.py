"""How and where what is heard is kept; remembered from one start to the next."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.analysis.hearing import Hearing
from studio.audio.file_source import FileSource
from studio.audio.sound_saver import SOUND_FORMATS
from studio.audio.wav_file import BYTES
from studio.errors import StudioError
from studio.file_errors import because
from studio.settings import Settings, music_dir
from studio.ui.listen.keep_files import file_name

SETTINGS_KEY = "keep"
CHOICES: dict[str, tuple[Any, ...]] = {
    "seconds": (60, 10, 30, 120, 300, 600),  # the first is the default
    "sound_format": tuple(SOUND_FORMATS),
    "record_format": tuple(BYTES),
}


class KeepChoices(QObject):
    """The choices by name: 'seconds', 'sound_format', 'record_format' and 'folder'."""

    changed = Signal()

    def __init__(self, store: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store or Settings()
        self._values: dict[str, Any] = {name: values[0] for name, values in CHOICES.items()}
        remembered = self._store.get(SETTINGS_KEY, {})
        if isinstance(remembered, dict):  # as far as it makes sense: the file may be older
            for name, values in CHOICES.items():
                if remembered.get(name) in values:
                    self._values[name] = remembered[name]
            if isinstance(remembered.get("folder"), str):
                self._values["folder"] = remembered["folder"]

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def choose(self, name: str, value: Any) -> None:
        """Change one of them."""
        self._values[name] = value
        self._store.set(SETTINGS_KEY, self._values)
        self.changed.emit()

    @property
    def folder(self) -> Path:
        """Where everything goes."""
        chosen = self._values.get("folder")
        return Path(chosen) if chosen else music_dir()

    def made_folder(self) -> Path:
        """The folder, made if it was not there. Raises StudioError if it can't be."""
        try:
            folder = self.folder
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StudioError(because(f"{error.filename} can't be made", error)) from error
        return folder


def name_of(hearing: Hearing) -> str:
    """When it is now, and what was heard."""
    source = hearing.source
    name = source.path.stem if isinstance(source, FileSource) else source.name
    return file_name(datetime.now(), name)


def clock(seconds: float) -> str:
    """'1:02:03', or '2:03' before the first hour is over."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def size(n_bytes: int) -> str:
    """'4.6 MB'."""
    return f"{n_bytes / 1e9:.2f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.1f} MB"
