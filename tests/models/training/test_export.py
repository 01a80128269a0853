from pathlib import Path

import pytest
import torch

from models.card import Card
from models.errors import ModelError
from models.model_folder import load_network
from models.training.export import Exported, export_network, genre_inputs, score_inputs
from models.training.onnx_file import LIMIT, check, largest_difference
from tests.models.genre_sounds import write_model
from tests.models.tiny_score_model import write_score_model


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Exported]]:
    """A small random model of each kind of score network, and its file."""
    made = {}
    for architecture in ("ar-cnn", "lstm"):
        folder = write_score_model(tmp_path_factory.mktemp("models") / architecture, architecture)
        made[architecture] = (folder, export_network(folder))
    return made


@pytest.mark.parametrize("architecture", ["ar-cnn", "lstm"])
@pytest.mark.parametrize(("n_steps", "seed"), [(4 * 5, 0), (4 * 60, 2)])
def test_a_score_of_any_length_and_range_gets_the_logits_of_torch(
    scores: dict[str, tuple[Path, Exported]], architecture: str, n_steps: int, seed: int
) -> None:
    folder, exported = scores[architecture]
    card, network = load_network(folder)
    inputs = score_inputs(card, n_steps=n_steps, seed=seed)
    assert largest_difference(exported.content, network.eval(), inputs) < LIMIT
    assert exported.outputs == ("add", "remove", "lengths")
    assert exported.largest_difference < LIMIT


def test_a_genre_model_gets_the_logits_of_torch(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "genre")
    exported = export_network(folder)
    card, network = load_network(folder)
    inputs = genre_inputs(card, seed=5)
    assert largest_difference(exported.content, network.eval(), inputs) < LIMIT


def test_a_file_of_another_network_is_refused(
    scores: dict[str, tuple[Path, Exported]], tmp_path: Path
) -> None:
    _, exported = scores["ar-cnn"]
    card, other = load_network(write_score_model(tmp_path / "other", "ar-cnn", seed=4))
    with pytest.raises(ModelError, match="differs from the network"):
        check(exported.content, other.eval(), score_inputs(card, n_steps=16, seed=0))
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.fill_(torch.nan)
    with pytest.raises(ModelError, match="differs from the network by nan"):
        check(exported.content, other, score_inputs(card, n_steps=16, seed=0))


def test_what_has_no_onnx_form_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unet = Card(architecture="reference-unet", kind="score")
    monkeypatch.setattr(
        "models.training.export.load_network", lambda folder: (unet, torch.nn.Module())
    )
    with pytest.raises(ModelError, match="reference-unet model, which has no ONNX form"):
        export_network(tmp_path)
