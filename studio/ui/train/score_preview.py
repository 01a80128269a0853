"""The first seconds of a MIDI file as sound, made in a thread, to be heard among others."""

from __future__ import annotations

import contextlib
import hashlib
import threading
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

RATE = 44_100
SECONDS = 20


class ScorePreview(QObject):
    """Makes a sound file of a MIDI file; `made` says of which and where, unless it was dropped."""

    made = Signal(object, object)  # the MIDI file, and the sound file or a StudioError

    def make(self, path: Path) -> None:
        """Begin; `made` follows."""
        threading.Thread(target=self._make, args=(path,), daemon=True).start()

    def _make(self, path: Path) -> None:
        outcome: Path | StudioError
        try:
            outcome = _rendered(path)
        except StudioError as error:
            outcome = error
        except OSError as error:
            outcome = StudioError(why_not_written(f"The sound of {path.name}", error))
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self.made.emit(path, outcome)


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
    save_sound(target, [sound], RATE, 2)
    return target


def _beginning(portions: Iterator[Stereo]) -> Iterator[Stereo]:
    left = SECONDS * RATE
    for portion in portions:
        yield portion[:left]
        left -= len(portion)
        if left <= 0:
            return
