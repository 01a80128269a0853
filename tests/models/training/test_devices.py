"""Several processes train one model: the one that a single process would have trained."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning_fabric import Fabric

from models.card import Card
from models.training.checkpoint import load_checkpoint
from models.training.engine import train
from models.training.events import read_events
from models.training.run import TrainOptions
from tests.models.genre_sounds import write_genres
from tests.models.training.few_songs import write_songs
from tests.models.training.in_two import LAYOUTS, LONGEST_S, WORK, all_work, by_torchrun

pytestmark = pytest.mark.timeout(LONGEST_S + 100)
Options = Callable[..., TrainOptions]
Found = dict[str, Any]
TOY = str(Path(__file__).with_name("toy.py"))


def losses(run: Path) -> list[float]:
    return [
        value
        for event in read_events(run)
        if event["event"] == "epoch"
        for value in (event["train_loss"], event["valid_loss"])
    ]


def test_two_processes_of_torchrun_have_the_curve_of_one(
    options: Options, points: Path, tmp_path: Path
) -> None:
    """With the same settings, and a dropout that is drawn alike."""
    train(options("one"), lambda event: None)
    words = ["train", "toy", str(points), "-o", str(tmp_path / "two"), "--devices", "2"]
    by_torchrun(TOY, *words, "--epochs", "6", "--seed", "3")
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), abs=1e-5)
    assert Card.load(tmp_path / "two" / "best").training["device"] == "2 x cpu"


def test_a_run_of_one_process_goes_on_in_two(
    options: Options, points: Path, tmp_path: Path
) -> None:
    train(options("one"), lambda event: None)
    train(options("two", epochs=3), lambda event: None)
    words = ["train", "toy", str(points), "--resume", str(tmp_path / "two"), "--devices", "2"]
    by_torchrun(TOY, *words, "--epochs", "6")
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), abs=1e-5)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Found, Found]:
    """What one process and what two found, in full precision."""
    folder = tmp_path_factory.mktemp("work")
    write_songs(folder / "songs", 4)
    write_genres(folder / "music", n_files=4, seconds=2.0)
    by_torchrun(str(Path(__file__).with_name("in_two.py")), str(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
        one = all_work(Fabric(accelerator="cpu", devices=1), folder)
    return one, load_checkpoint(folder / "found")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layers_see_the_rows_of_both_processes(both: tuple[Found, Found], layout: str) -> None:
    one, two = (found[layout] for found in both)
    assert set(one) == set(two)
    for name, values in one.items():
        near = 0.02 if layout == "half" else 1e-5
        atol = near * float(values.abs().max())
        torch.testing.assert_close(two[name], values, atol=atol, rtol=near)
    assert (one["y"] == 0).float().mean() > 0.1  # so much is dropped by both processes alike


@pytest.mark.parametrize("kind", WORK)
def test_two_processes_learn_what_one_does(both: tuple[Found, Found], kind: str) -> None:
    """Of batches with an odd number of rows, so that one process has more than the other."""
    one, two = (found[kind] for found in both)
    assert two["rows"] == one["rows"]
    assert two["losses"][0] == pytest.approx(one["losses"][0], rel=1e-6)
    assert two["losses"] == pytest.approx(one["losses"], rel=1e-4)  # Adam makes much of little
