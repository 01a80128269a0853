"""Tempo and key together: of what is heard live, and of a whole file."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError
from studio.analysis.analysis_thread import mended
from studio.analysis.channels import MIX
from studio.analysis.key import FRAMES_PER_S as CHROMA_PER_S
from studio.analysis.key import Chroma, KeyReading, estimate_key
from studio.analysis.tempo import OnsetStrength, TempoReading, estimate_tempo
from studio.audio.overview import read_blocks

log = logging.getLogger(__name__)
TEMPO_WINDOW_S = 12.0
KEY_WINDOW_S = 30.0
KEY_NEEDS_S = 4.0
INTERVAL_S = 1.0
BREATH_S = 0.002  # between two blocks of a file, so that the picture's threads come first


@dataclass(frozen=True, slots=True)
class MusicFacts:
    """What is known of the tempo and the key; None where it can't be told yet."""

    tempo: TempoReading | None = None
    key: KeyReading | None = None


class MusicFactsListener:
    """Tells tempo and key once a second, of the last 12 and 30 seconds of the chosen channel."""

    def __init__(self, sample_rate: int) -> None:
        self._onsets, self._chroma = OnsetStrength(sample_rate), Chroma(sample_rate)
        self._interval = round(INTERVAL_S * sample_rate)
        self.reading = MusicFacts()
        self.reset(0)

    def reset(self, position: int) -> None:
        """Sound was lost: both are heard anew; what was told stays until they are told again."""
        self._onsets.reset()
        self._chroma.reset()
        self._strength = np.zeros(0, dtype=np.float32)
        self._rows = np.zeros((0, 12))
        self._since_told = 0

    def push(self, block: NDArray[np.float32], position: int) -> None:
        n_strength = round(TEMPO_WINDOW_S * self._onsets.frame_rate)
        n_rows = round(KEY_WINDOW_S * CHROMA_PER_S)
        self._strength = np.append(self._strength, self._onsets.push(block))[-n_strength:]
        self._rows = np.concatenate((self._rows, self._chroma.push(block)))[-n_rows:]
        self._since_told += len(block)
        if self._since_told >= self._interval:
            self._since_told = 0
            self.reading = _facts(self._strength, self._onsets.frame_rate, self._rows)


def _facts(
    strength: NDArray[np.float32], frame_rate: float, rows: NDArray[np.float64]
) -> MusicFacts:
    sounding = rows[rows.sum(axis=1) > 0]
    key = None
    if len(sounding) >= KEY_NEEDS_S * CHROMA_PER_S:
        key = estimate_key(sounding.mean(axis=0))
    return MusicFacts(estimate_tempo(strength, frame_rate), key)


class FileFacts:
    """Tempo and key of a whole file, found by a thread of its own, many times faster than played.

    Attributes
    ----------
    reading : MusicFacts or None
        None until the file is read; empty if it can't be.
    """

    def __init__(self, path: Path, sample_rate: int) -> None:
        self._path, self._rate = path, sample_rate
        self.reading: MusicFacts | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="file facts", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End soon; nothing is told then."""
        self._stopping.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end; True if it came in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.reading = self._read()
        except (ModelError, RuntimeError, OSError, ValueError) as error:
            log.info("no tempo and key of %s: %s", self._path, error)
            self.reading = MusicFacts()

    def _read(self) -> MusicFacts | None:
        onsets, chroma = OnsetStrength(self._rate), Chroma(self._rate)
        strength, rows = [], []
        for block in read_blocks(self._path):
            if self._stopping.wait(BREATH_S):
                return None
            mono = MIX.mono(mended(block))
            strength.append(onsets.push(mono))
            rows.append(chroma.push(mono))
        if not strength:
            return MusicFacts()
        return _facts(np.concatenate(strength), onsets.frame_rate, np.concatenate(rows))
