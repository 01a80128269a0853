import json
from pathlib import Path
from typing import Any

import pytest

import resources
from models.card import Card
from models.features import FeatureSettings
from models.settings.score import ArCnnSettings, LstmSettings
from models.training.genre_base import ARCHITECTURES, FIXED
from studio.errors import StudioError
from studio.training.fine_tune import (
    GENRE_ARCHITECTURES,
    HEARING,
    SIZES,
    base_settings,
    kind_to_train,
)
from tests.models.genre_sounds import write_model
from tests.models.tiny_score_model import CONFIGS, write_score_model


def test_what_is_known_here_is_what_training_knows() -> None:
    assert GENRE_ARCHITECTURES == ARCHITECTURES
    features = FeatureSettings().to_json()
    assert {name: features[name] for name in FIXED} == HEARING
    for settings, kind in ((ArCnnSettings(), "ar-cnn"), (LstmSettings(), "lstm")):
        assert all(hasattr(settings, name) for name in SIZES[kind])


@pytest.mark.parametrize("kind", ["ar-cnn", "lstm"])
def test_a_base_brings_its_size(kind: str, tmp_path: Path) -> None:
    base = write_score_model(tmp_path / "base", kind)
    sizes = [f"{name}={value}" for name, value in CONFIGS[kind].items()]
    assert base_settings(base, kind) == (f"base={base}", *sizes)


@pytest.mark.parametrize(("name", "kind"), [("genre-cnn", "genre"), ("ar-cnn", "ar-cnn")])
def test_the_shipped_models_can_be_gone_on_with(name: str, kind: str) -> None:
    folder = resources.path("models", name)
    assert kind_to_train(Card.load(folder, check_hash=False)) == kind
    assert base_settings(folder, kind)[0] == f"base={folder}"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"features": {"sample_rate": 44100}}, "hears otherwise"),
        ({"architecture": "genre-mlp"}, "genre-mlp can't be gone on with"),
        ({"kind": "score", "architecture": "reference-unet"}, "reference-unet can't"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    changes: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    base = write_model(tmp_path / "base")
    card = json.loads((base / "card.json").read_text())
    (base / "card.json").write_text(json.dumps({**card, **changes}))
    with pytest.raises(StudioError, match=reason):
        base_settings(base, "genre")


def test_a_model_for_something_else_is_refused(tmp_path: Path) -> None:
    base = write_score_model(tmp_path / "base")
    for kind in ("genre", "lstm"):
        with pytest.raises(StudioError, match=f"for ar-cnn, so no {kind} model"):
            base_settings(base, kind)
