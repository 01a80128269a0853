"""What importing a room brings along. The contracts in pyproject.toml say the rest."""

import re
import subprocess
import sys
from pathlib import Path

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


# Each of them lets a file run code, or a text be taken for a program.
DANGEROUS = re.compile(
    r"import (pickle|marshal|shelve|dill|joblib)\b|(?<!safetensors\.)torch\.load\(|"
    r"allow_pickle=True|\beval\(|\bexec\(|yaml\.load|shell=True|os\.system\("
)
SAFE = re.compile(r"\.(eval|exec)\(")  # a network's mode; a menu's or an application's loop


def test_no_file_is_ever_run() -> None:
    root = Path(__file__).parents[1]
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for room in ("studio", "models", "resources")
        for path in (root / room).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if DANGEROUS.search(SAFE.sub("", line))
    ]
    assert found == []


def test_every_test_that_the_help_names_is_there() -> None:
    root = Path(__file__).parents[1]
    pages = [page.read_text(encoding="utf-8") for page in (root / "resources/help").glob("*.md")]
    named = {name for page in pages for name in re.findall(r"`(tests/[\w/]+\.py)`", page)}
    assert len(named) > 10
    assert [name for name in sorted(named) if not (root / name).is_file()] == []


WALL_CLOCK = re.compile(r"time\.time\(\) *[-+<>]|[-+<>] *time\.time\(\)")


def test_no_time_is_taken_by_a_clock_that_can_be_set() -> None:
    """The wall clock is good for dates alone: durations by it are wrong once it is set."""
    root = Path(__file__).parents[1]
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for room in ("studio", "models")
        for path in (root / room).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if WALL_CLOCK.search(line)
    ]
    assert found == []


def test_no_widget_makes_a_view_model() -> None:
    """A view is given its model; what is made is made by the application, or by a view-model."""
    root = Path(__file__).parents[1] / "studio"
    makers = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if re.search(r"(?<!class )\b\w+ViewModel\(", path.read_text(encoding="utf-8"))
    }
    assert "app.py" in makers
    assert [
        name for name in sorted(makers - {"app.py"}) if not name.endswith("_view_model.py")
    ] == []
