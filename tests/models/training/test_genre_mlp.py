from pathlib import Path

import pytest
import torch

from models.card import Card
from models.evaluation.genre import evaluate_genre
from models.inference.genre import GenreModel
from models.networks.mlp import GenreMlp
from models.training.engine import train
from models.training.run import TrainOptions
from tests.models.genre_sounds import RATE, beeps, thumps, write_genres


def test_a_perceptron_names_what_it_has_not_heard(tmp_path: Path) -> None:
    data = write_genres(tmp_path / "music", n_files=4, seconds=2.0)
    options = TrainOptions(
        "genre",
        data,
        tmp_path / "run",
        preset="tiny",
        settings={"architecture": "mlp"},
        command="studio train",
    )
    best = train(options, lambda event: None)
    model, card = GenreModel.load(best), Card.load(best)
    assert card.architecture == "genre-mlp"
    assert model.classify(beeps(1.5, 100), RATE)["beeps"] > 0.5
    assert model.classify(thumps(1.5, 100), RATE)["thumps"] > 0.5
    assert evaluate_genre(best, data, "valid")["accuracy"] == card.metrics["valid"]["accuracy"]


def test_it_hears_numbers_against_what_they_are_on_average() -> None:
    torch.manual_seed(0)
    network = GenreMlp(n_classes=3, n_inputs=4, width=5, dropout=0.0).eval()
    x = torch.randn(2, 4)
    before = network(x)
    network.mean.fill_(1.0)
    network.spread.fill_(2.0)
    torch.testing.assert_close(network(2 * x + 1), before)
    network.temperature.fill_(2.0)
    torch.testing.assert_close(network(2 * x + 1), before / 2)


def test_without_layers_it_is_linear() -> None:
    network = GenreMlp(n_classes=3, n_inputs=4, layers=0, dropout=0.0).eval()
    x = torch.randn(2, 4)
    torch.testing.assert_close(network(x.mean(0, keepdim=True)), network(x).mean(0, keepdim=True))
    with pytest.raises(ValueError, match="n_inputs=0"):
        GenreMlp(n_classes=3, n_inputs=0, dropout=0.0)
