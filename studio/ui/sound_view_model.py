"""How the song sounds as a whole: volume, room, chorus, SoundFont, metronome."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.audio.master import SoundSettings
from studio.audio.player import Player
from studio.audio.soundfont import default_soundfont
from studio.settings import Settings

FIRST = SoundSettings(reverb=0.2)  # a dry room is a poor first impression


class SoundViewModel(QObject):
    """Tells the player, and remembers what was chosen."""

    changed = Signal()

    def __init__(self, player: Player, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player, self._settings = player, settings
        self.sound = _restored(settings.get("sound"))
        player.set_sound(self.sound)

    def change(self, **values: float | bool) -> None:
        """Set some of the settings anew."""
        self.sound = replace(self.sound, **values)  # type: ignore[arg-type]
        self._player.set_sound(self.sound)
        self._settings.set("sound", asdict(self.sound))
        self.changed.emit()

    def toggle_metronome(self) -> None:
        """Click on every beat while it plays, or not."""
        self.change(metronome=not self.sound.metronome)

    @property
    def has_clipped(self) -> bool:
        """Whether the song was louder than can be played, since it was last asked to forget."""
        return self._player.has_clipped

    @property
    def underruns(self) -> int:
        """How often the sound was interrupted since the device was opened."""
        return self._player.underruns

    def reset_clip(self) -> None:
        """Put the clip light out."""
        self._player.reset_clip()

    @property
    def soundfont(self) -> Path:
        """The SoundFont that plays."""
        return self._player.soundfont or default_soundfont()

    def choose_soundfont(self, path: Path | None) -> None:
        """Play another SoundFont; None: the usual one. A bad one is refused in a notice."""
        self._player.set_soundfont(path or default_soundfont(), self._on_loaded)

    def _on_loaded(self, path: Path) -> None:
        """On the player's thread: it plays, so it is worth remembering."""
        usual = path == default_soundfont()
        self._settings.set("soundfont", "" if usual else str(path))
        self.changed.emit()


def saved_soundfont(settings: Settings) -> Path | None:
    """The SoundFont that was chosen, None for the usual one."""
    name = settings.get("soundfont")
    return Path(name) if isinstance(name, str) and name else None


def _restored(values: Any) -> SoundSettings:
    if not isinstance(values, dict):
        return FIRST
    known = {name: type(value) for name, value in asdict(FIRST).items()}
    kept = {
        name: known[name](value)
        for name, value in values.items()
        if name in known and isinstance(value, int | float)
    }
    return replace(FIRST, **kept)
