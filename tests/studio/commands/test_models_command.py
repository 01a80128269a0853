import json
from pathlib import Path

import pytest
import torch

import resources
from models.card import Card
from models.model_folder import save_model_folder
from studio import settings
from studio.cli import main


@pytest.fixture(autouse=True)
def two_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "path", lambda *parts: tmp_path.joinpath("none", *parts))
    card = Card(
        architecture="genre-cnn",
        labels=["a", "b"],
        training={"date": "2030-01-02T03:04:05+00:00"},
        metrics={"valid": {"accuracy": 0.9}, "test": {"accuracy": 0.75}},
    )
    for name in ("good", "spoilt"):
        save_model_folder(settings.models_dir() / name, {"w": torch.zeros(2)}, card)
    (settings.models_dir() / "spoilt" / "model.safetensors").write_bytes(b"?")


def test_json_lists_all_with_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--json"]) == 0
    good, spoilt = json.loads(capsys.readouterr().out)
    assert (good["name"], good["kind"], good["error"]) == ("good", "genre", None)
    assert good["metrics"]["test"] == {"accuracy": 0.75}
    assert good["date"].startswith("2030-01-02")
    assert spoilt["kind"] is None
    assert "wrong hash" in spoilt["error"]


def test_people_get_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    good, spoilt = capsys.readouterr().out.splitlines()
    assert "accuracy 0.750 (test)" in good
    assert "REFUSED" in spoilt


def test_a_spoilt_model_is_not_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "spoilt", str(tmp_path)]) == 1
    assert "wrong hash" in capsys.readouterr().err
    assert main(["evaluate", "nothing", str(tmp_path)]) == 1
    assert "models there are: good" in capsys.readouterr().err
    assert main(["evaluate", "good", str(tmp_path / "nowhere")]) == 1
    assert "no such file" in capsys.readouterr().err
