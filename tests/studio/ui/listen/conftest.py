from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pytestqt.qtbot import QtBot

from studio.audio.file_source import FileSource
from studio.ui.listen import listen_view_model
from studio.ui.listen.listen_view_model import ListenViewModel

RATE = 16_000


class SilentFile(FileSource):
    """A file that no loudspeaker plays: tests must not depend on a sound card."""

    is_hasty = True

    def __init__(self, path: Path) -> None:
        super().__init__(path, is_audible=False, is_paced=not self.is_hasty)


@pytest.fixture
def paced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files take their time; else they are over at once."""
    monkeypatch.setattr(SilentFile, "is_hasty", False)


@pytest.fixture
def model(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[ListenViewModel]:
    monkeypatch.setattr(listen_view_model, "FileSource", SilentFile)
    view_model = ListenViewModel(None)
    yield view_model
    view_model.close()


@pytest.fixture
def tone(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of one sine."""

    def write(hz: float = 1000, seconds: float = 4, amplitude: float = 0.5) -> Path:
        path = tmp_path / f"tone {hz:g} {seconds:g} {amplitude:g}.wav"
        sound = amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
        soundfile.write(path, sound, RATE)
        return path

    return write


@pytest.fixture
def hear(qtbot: QtBot, model: ListenViewModel) -> Callable[[Path], None]:
    """Plays a file to its end through the analysis."""

    def play(path: Path) -> None:
        assert model.open_file(path)
        hearing = model.hearing
        assert model.file is not None
        assert hearing is not None
        n_fft, hop = model.settings.n_fft, model.settings.hop_length
        n_samples = soundfile.info(path).frames
        end = n_samples - n_fft // 2 - hop
        qtbot.waitUntil(lambda: model.history.last_position >= end, timeout=20_000)
        kept = hearing.memory.stretches  # the end of a file is less than a hop, and comes last
        qtbot.waitUntil(lambda: [s.end for s in kept()][-1:] == [n_samples], timeout=20_000)

    return play
