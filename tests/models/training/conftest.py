import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from models.networks import ARCHITECTURES
from models.training.kinds import KINDS
from models.training.run import TrainOptions


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """As in a run: on a busy machine threads of torch wait for each other more than they work."""
    torch.set_num_threads(1)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The toy task's module, registered as a kind and an architecture."""
    spec = importlib.util.spec_from_file_location("toy", Path(__file__).with_name("toy.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "toy", module)
    spec.loader.exec_module(module)
    monkeypatch.setitem(KINDS, "toy", "toy")
    monkeypatch.setitem(ARCHITECTURES, "toy", "toy:ToyNet")
    return module


@pytest.fixture
def points(toy: ModuleType, tmp_path: Path) -> Path:
    folder: Path = toy.write_points(tmp_path / "points")
    return folder


@pytest.fixture
def options(points: Path, tmp_path: Path) -> Callable[..., TrainOptions]:
    """Options of a toy run, six epochs unless told otherwise."""

    def make(name: str = "run", **changes: Any) -> TrainOptions:
        values: dict[str, Any] = {"epochs": 6, "seed": 3, "command": "studio train toy points"}
        return TrainOptions("toy", points, tmp_path / name, **{**values, **changes})

    return make
