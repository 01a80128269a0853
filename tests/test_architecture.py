"""What importing a room brings along. The contracts in pyproject.toml say the rest."""

import subprocess
import sys

import pytest

HEAVY = {"torch", "onnxruntime", "librosa", "sklearn", "scipy", "pyqtgraph", "matplotlib"}


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("studio.app", HEAVY | {"sounddevice"}),
        ("studio.cli", HEAVY | {"PySide6", "numpy"}),
        ("studio.score.score", HEAVY | {"PySide6"}),
        ("studio.audio.player", HEAVY | {"PySide6"}),
        ("studio.analysis.analysis_thread", HEAVY | {"PySide6"}),
        ("studio.assistant.worker_client", HEAVY | {"PySide6"}),
        ("studio.training.registry", HEAVY | {"PySide6"}),
        ("models.protocol", HEAVY | {"PySide6", "studio"}),
        ("models.serve", {"torch", "PySide6", "studio"}),
        ("models.training.engine", {"PySide6", "studio", "sounddevice"}),
    ],
)
def test_a_room_brings_nothing_along_that_it_must_not_know(
    module: str, forbidden: set[str]
) -> None:
    program = f"import {module}, sys; print(*{{m.partition('.')[0] for m in sys.modules}})"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert not forbidden & set(loaded)
