import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

import resources
from models.card import Card
from models.evaluation.genre import genre_metrics
from models.evaluation.predictions import Predictions
from models.features import FeatureSettings
from models.model_folder import save_model_folder
from models.networks import build
from studio import settings
from studio.cli import main

GENRES = ["drums-and-bass", "piano", "strings"]


def save_untrained(name: str, kind: str, architecture: str, config: dict[str, int]) -> Path:
    """A model that has learned nothing, in the user's models."""
    torch.manual_seed(0)
    features = FeatureSettings(n_mels=48, window_s=1.5).to_json() if kind == "genre" else None
    labels = GENRES if kind == "genre" else None
    card = Card(
        kind=kind, architecture=architecture, config=dict(config), labels=labels, features=features
    )
    folder = settings.models_dir() / name
    save_model_folder(folder, build(architecture, card.config).state_dict(), card)
    return folder


def test_a_genre_model_is_measured_clip_by_clip(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_untrained("ear", "genre", "genre-cnn", {"n_classes": 3, "n_mels": 48, "width": 4})
    data = resources.path("demo", "training_genre")
    out = tmp_path / "report"
    assert main(["evaluate", "ear", str(data), "--json", "-o", str(out)]) == 0
    report = json.loads(capsys.readouterr().out)
    confusion = np.array(report["confusion"])
    assert report["labels"] == GENRES
    assert confusion.sum() == report["n"] > 0
    assert report["accuracy"] == pytest.approx(np.trace(confusion) / report["n"])
    assert json.loads((out / "report.json").read_text()) == report
    for name in ("confusion", "roc", "precision_recall", "calibration"):
        assert (out / "figures" / f"{name}.png").read_bytes()[:4] == b"\x89PNG"
    predictions = Predictions.load(out / "predictions.csv")
    assert genre_metrics(predictions)["confusion"] == report["confusion"]
    assert all(path.is_absolute() and path.is_file() for path in predictions.paths)


def test_people_get_a_table_with_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    save_untrained("ear", "genre", "genre-cnn", {"n_classes": 3, "n_mels": 48, "width": 4})
    assert main(["evaluate", "ear", str(resources.path("demo", "training_genre"))]) == 0
    lines = capsys.readouterr().out.splitlines()
    (accuracy,) = [line for line in lines if line.startswith("accuracy")]
    assert re.fullmatch(r"accuracy +\d\.\d\d \(\d\.\d\d to \d\.\d\d\)", accuracy)
    for genre in GENRES:
        (row,) = [line for line in lines if re.match(rf"{genre} +\d", line)]
        assert len(row) <= 120


def test_degraded_clips_are_measured_where_that_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    save_untrained("ear", "genre", "genre-cnn", {"n_classes": 3, "n_mels": 48, "width": 4})
    data = str(resources.path("demo", "training_genre"))
    assert main(["evaluate", "ear", data, "--degraded", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    rows = dict(report["degraded"])
    mean = rows.pop("mean")
    assert set(rows) == {"low_pass", "noise", "room", "mp3", "quieter"}
    assert all(row["n"] == report["n"] for row in rows.values())
    accuracies = [row["accuracy"] for row in rows.values()]
    assert mean["accuracy"] == pytest.approx(np.mean(accuracies))


def test_a_score_model_is_measured_on_the_split_of_a_frames_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = save_untrained("pen", "score", "lstm", {"hidden": 8, "embedding": 8})
    rolls = np.zeros((24, 88), dtype=np.uint8)
    rolls[:, 40] = 1
    arrays = {"test": np.packbits(rolls, axis=1), "test_lengths": np.array([16, 8])}
    np.savez(tmp_path / "frames.npz", **arrays)  # type: ignore[arg-type]
    assert main(["evaluate", str(folder), str(tmp_path / "frames.npz"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["n_pieces"], report["repair"]) == (2, None)
    assert report["nll"] == pytest.approx(88 * np.log(2), rel=0.3)  # it knows nothing yet
    assert main(["evaluate", str(folder), str(tmp_path / "frames.npz"), "--split", "valid"]) == 1
    error = capsys.readouterr().err
    assert "has no split valid; it has test" in error
