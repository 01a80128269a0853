"""What is said live of a file is what `studio classify` says of it, window by window."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import resources
from studio.analysis.hearing import Hearing
from studio.assistant.live_genre import GenreReading, LiveGenre
from studio.assistant.worker_client import WorkerClient
from studio.audio.file_source import FileSource
from studio.cli import main
from tests.models.genre_sounds import write_model

SECONDS = 8.0  # less than a source's ring: nothing is lost, however fast it is read
PATIENCE_S = 120.0
SHIPPED = resources.path("models", "genre-cnn")


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerClient]:
    client = WorkerClient()
    client.start()
    yield client
    client.close()


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first seconds of the demo music, two channels that differ, as a compressed file."""
    y, rate = soundfile.read(resources.path("demo", "demo_listen.ogg"), dtype="float32")
    y = y.reshape(len(y), -1)[: round(SECONDS * rate)]
    path = tmp_path_factory.mktemp("music") / "music.flac"
    soundfile.write(path, np.column_stack([y[:, 0], 0.3 * y[:, -1]]), rate)
    return path


class Patient:
    """Asks the worker, and waits for each answer: no window is passed over."""

    def __init__(self, worker: WorkerClient, folder: Path) -> None:
        self.readings: list[GenreReading] = []
        self.errors: list[str] = []
        self.live = LiveGenre(worker, folder, self._on_reading, self._on_error)
        self._answered = threading.Event()

    def ask(self, samples: NDArray[np.float32], sample_rate: int, position: int) -> None:
        self._answered.clear()
        assert self.live.push_window(samples, sample_rate, position)
        assert self._answered.wait(PATIENCE_S)

    def _on_reading(self, reading: GenreReading) -> None:
        self.readings.append(reading)
        self._answered.set()

    def _on_error(self, text: str) -> None:
        self.errors.append(text)
        self._answered.set()


def heard_live(patient: Patient, path: Path, window_s: float) -> dict[int, dict[str, float]]:
    """What is said of the file as it passes: probabilities by the sample a window ends at."""
    source = FileSource(path, is_audible=False, is_paced=False)
    hearing = Hearing(source, patient.ask)
    hearing.genre_window_s = window_s
    hearing.start()
    n_windows = int((source.duration_s - window_s) / 0.5) + 1
    done = threading.Event()
    while len(patient.readings) < n_windows and not patient.errors:
        assert hearing.failure is None
        done.wait(0.01)
    hearing.stop()
    assert hearing.lost_samples == 0
    return {
        reading.position: dict(zip(reading.labels, reading.probabilities, strict=True))
        for reading in patient.readings
    }


@pytest.mark.parametrize("with_evidence", [False, True])
def test_the_shipped_model_says_live_what_it_says_of_the_file(
    worker: WorkerClient, music: Path, capsys: pytest.CaptureFixture[str], with_evidence: bool
) -> None:
    patient = Patient(worker, SHIPPED)
    patient.live.wants_evidence = with_evidence
    live = heard_live(patient, music, 3.0)
    assert patient.errors == []
    compare(live, music, SHIPPED, capsys, n_windows=5)


@pytest.mark.parametrize("window_s", [1.0])
def test_so_does_a_model_that_hears_another_length(
    worker: WorkerClient,
    music: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    window_s: float,
) -> None:
    folder = write_model(tmp_path / "short")
    live = heard_live(Patient(worker, folder), music, window_s)
    compare(live, music, folder, capsys, n_windows=15)


def compare(
    live: dict[int, dict[str, float]],
    music: Path,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    n_windows: int,
) -> None:
    capsys.readouterr()
    assert main(["classify", str(music), "--model", str(folder), "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    rate = soundfile.info(music).samplerate
    windows = entry["windows"]
    assert len(windows) == n_windows
    for window in windows:
        said = live[round(window["end_s"] * rate)]
        assert said == pytest.approx(window["probabilities"], abs=1e-3)
    spread = np.ptp([list(window["probabilities"].values()) for window in windows], axis=0)
    assert spread.max() > 0.005  # the windows differ: places that were mixed up would show
