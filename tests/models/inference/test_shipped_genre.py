from pathlib import Path

import numpy as np
import pytest
import soxr

import resources
from models.card import Card
from models.data.not_music import KINDS, make_sound
from models.inference.genre import GenreModel
from models.model_folder import load_network
from studio.ui.listen.genre_colors import UNSURE_BELOW
from tests.models.genre_sounds import beeps, thumps

FOLDER = resources.path("models", "genre-cnn")
GENRES = ["blues", "classical", "country", "disco", "electronic", "hiphop"]
GENRES += ["jazz", "metal", "pop", "reggae", "rock"]


@pytest.fixture(scope="module")
def model() -> GenreModel:
    return GenreModel.load(FOLDER)


def test_it_knows_eleven_genres_and_answers_within_the_first_seconds(model: GenreModel) -> None:
    assert list(model.labels) == GENRES
    assert model.window_s <= 3.5


def test_it_is_small(model: GenreModel) -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 8 << 20
    _, network = load_network(FOLDER)
    assert sum(weight.numel() for weight in network.parameters()) <= 3_000_000


def test_its_card_says_what_it_learned_from_and_how_well(model: GenreModel) -> None:
    card = Card.load(FOLDER)
    assert card.training["command"].startswith("studio train genre ")
    assert all(entry["licence"] != "not stated" for entry in card.data)
    assert "train on their own music" in card.notes
    valid = card.metrics["valid"]
    assert valid["accuracy_ci95"][0] < valid["accuracy"] < valid["accuracy_ci95"][1]
    assert np.trace(valid["confusion"]) == round(valid["accuracy"] * valid["n"])


def test_its_card_says_how_well_it_hears_through_noise_rooms_and_without_highs() -> None:
    metrics = Card.load(FOLDER).metrics
    for how in ("noise", "room", "low-pass"):
        degraded = metrics[f"valid, {how}"]
        assert degraded["n"] == metrics["valid"]["n"]
        low, high = degraded["accuracy_ci95"]
        assert degraded["accuracy"] > 0.5
        assert low < degraded["accuracy"] < high


@pytest.mark.parametrize("kind", list(KINDS))
def test_it_is_unsure_of_what_is_no_music(model: GenreModel, kind: str) -> None:
    sounds = [make_sound(kind, 3.0, 22050, seed=10**6 + seed) for seed in range(12)]
    best = np.array([max(model.classify(y, 22050).values()) for y in sounds])
    assert (best >= UNSURE_BELOW).mean() <= 0.25


def test_onnx_and_torch_answer_alike(model: GenreModel, tmp_path: Path) -> None:
    for name in ("card.json", "model.safetensors"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    card = (tmp_path / "card.json").read_text()
    (tmp_path / "card.json").write_text(card.replace('"onnx_sha256"', '"unused"'))
    y = thumps(3.0, 0)
    expected = GenreModel.load(tmp_path).classify(y, 22050)
    assert model.classify(y, 22050) == pytest.approx(expected, abs=1e-3)


def test_the_genre_it_hears_does_not_depend_on_level_or_rate(model: GenreModel) -> None:
    y = beeps(3.0, 1, 22050)
    loud, quiet = model.classify(y, 22050), model.classify(y * 0.05, 22050)
    assert quiet == pytest.approx(loud, abs=1e-3)
    at_another_rate = soxr.resample(y, 22050, 48000)
    assert model.classify(at_another_rate, 48000) == pytest.approx(loud, abs=0.05)
