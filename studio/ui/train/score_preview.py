"""The first seconds of a MIDI file as sound, made in a thread, to be heard among others."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.audio.render import render_samples
from studio.audio.sound_saver import save_sound
from studio.audio.synth import Stereo
from studio.errors import StudioError
from studio.file_errors import why_not_written
from studio.score.midi_file import read_midi
from studio.settings import cache_dir
from studio.ui.background import Background

RATE = 44_100
SECONDS = 20


class ScorePreview(QObject):
    """Makes a sound file of a MIDI file; `made` says of which and where, unless it was dropped."""

    made = Signal(object, object)  # the MIDI file, and the sound file or a StudioError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)

    def make(self, path: Path) -> None:
        """Begin; `made` follows."""
        self._background.attempt(
            lambda: _rendered(path), lambda outcome: self.made.emit(path, outcome)
        )


def _rendered(path: Path) -> Path:
    folder = cache_dir() / "previews"
    folder.mkdir(exist_ok=True)
    song = read_midi(path)
    for old in folder.glob("*.wav"):  # one at a time is enough
        with contextlib.suppress(OSError):  # it may still be heard
            old.unlink()
    name = hashlib.blake2b(str(path).encode(), digest_size=8).hexdigest()
    target = folder / f"{name}.wav"
    sound = np.concatenate([*_beginning(render_samples(song, sample_rate=RATE)), np.zeros((1, 2))])
    try:
        save_sound(target, [sound], RATE, 2)
    except OSError as error:
        raise StudioError(why_not_written(f"The sound of {path.name}", error)) from error
    return target


def _beginning(portions: Iterator[Stereo]) -> Iterator[Stereo]:
    left = SECONDS * RATE
    for portion in portions:
        yield portion[:left]
        left -= len(portion)
        if left <= 0:
            return
