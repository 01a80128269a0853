import json
from pathlib import Path
from typing import Any

import pytest
import torch

import resources
from models.card import Card
from models.data_state import data_state
from models.model_folder import save_model_folder
from studio import settings
from studio.cli import main
from tests.models.tiny_score_model import write_score_model


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


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["models", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def names(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [entry["name"] for entry in told(capsys)]


def test_models_are_renamed_deleted_and_brought_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "rename", "good", "better")["name"] == "better"
    assert told(capsys, "show", "better")["metrics"]["test"] == {"accuracy": 0.75}
    deleted = told(capsys, "delete", "better")
    assert names(capsys) == ["spoilt"]
    (entry,) = told(capsys, "trash")
    assert (entry["name"], entry["folder"]) == ("better", deleted["folder"])
    assert told(capsys, "restore", "better")["folder"] == str(settings.models_dir() / "better")
    assert names(capsys) == ["better", "spoilt"]
    told(capsys, "delete", "better")
    assert told(capsys, "empty-trash") == {"deleted": 1}
    assert main(["models", "restore", "better"]) == 1
    assert "no model 'better' in the trash" in capsys.readouterr().err


def test_a_model_travels(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_score_model(settings.models_dir() / "mine")
    target = tmp_path / "sent.zip"
    sent = told(capsys, "export", "mine", "-o", str(target))
    assert sent == {"name": "mine", "path": str(target), "bytes": target.stat().st_size}
    entry = told(capsys, "import", str(target), "--name", "theirs")
    assert (entry["name"], entry["kind"], entry["error"]) == ("theirs", "score", None)
    assert main(["models", "export", "spoilt", "-o", str(target)]) == 1
    assert "wrong hash" in capsys.readouterr().err
    target.write_text("poem")
    assert main(["models", "import", str(target)]) == 1
    assert "no model that could be imported" in capsys.readouterr().err


def test_what_a_model_came_from_and_whether_its_data_changed_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = settings.models_dir() / "good"
    (tmp_path / "a.wav").write_bytes(b"x")
    card = json.loads((folder / "card.json").read_text())
    card["training"] |= {"data_state": data_state(tmp_path), "parent": {"name": "before"}}
    (folder / "card.json").write_text(json.dumps(card))
    good, spoilt = told(capsys)
    assert (good["state"], good["parent"]) == ("up to date", {"name": "before"})
    assert good["bytes"] == sum(path.stat().st_size for path in folder.iterdir())
    assert (spoilt["state"], spoilt["parent"]) == ("none", None)
    (tmp_path / "b.wav").write_bytes(b"x")
    assert told(capsys)[0]["state"] == "out of date"
    assert main(["models"]) == 0
    assert "OUT OF DATE" in capsys.readouterr().out.splitlines()[0]


def test_people_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    for words, text in (
        (["rename", "good", "better"], "good is now called better."),
        (["delete", "better"], "better is in the trash"),
        (["trash"], "better  "),
        (["restore", "better"], "better is back."),
        (["empty-trash"], "Models deleted for good: 0."),
        (["trash"], "The trash is empty."),
    ):
        assert main(["models", *words]) == 0
        assert text in capsys.readouterr().out


def test_a_network_goes_to_other_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_score_model(settings.models_dir() / "mine", "lstm")
    file = tmp_path / "mine.onnx"
    sent = told(capsys, "onnx", "mine", "-o", str(file))
    assert (sent["path"], sent["bytes"]) == (str(file), file.stat().st_size)
    assert sent["inputs"] == ["roll", "bars", "pitches"]
    assert sent["largest_difference"] < 1e-4
    nowhere = str(tmp_path / "nowhere" / "x.onnx")
    for name, words in (
        ("nobody", "There is no model 'nobody'"),
        ("spoilt", "wrong hash"),
        ("mine", "can't be written"),
    ):
        assert main(["models", "onnx", name, "-o", nowhere]) == 1
        shown = capsys.readouterr()
        assert words in shown.err
        assert (shown.err.count("\n"), shown.out) == (1, "")
