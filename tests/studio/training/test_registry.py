import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import resources
from models.card import Card
from models.errors import ModelError
from models.model_folder import save_model_folder
from studio import settings
from studio.errors import StudioError
from studio.training.registry import default_model, find_model, install_model, list_models


def make_model(folder: Path, kind: str = "score", architecture: str = "ar-cnn") -> Path:
    labels = ["a", "b"] if kind == "genre" else None
    card = Card(name="m", kind=kind, architecture=architecture, labels=labels)
    save_model_folder(folder, {"w": torch.zeros(2)}, card)
    return folder


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped models that is the test's own."""
    folder = tmp_path / "resources"
    monkeypatch.setattr(resources, "path", lambda *parts: folder.joinpath(*parts))
    return folder / "models"


def test_shipped_and_own_models_are_listed_by_the_names_of_their_folders(shipped: Path) -> None:
    assert list_models() == []
    make_model(shipped / "genre-small", "genre", "genre-cnn")
    make_model(settings.models_dir() / "mine")
    (settings.models_dir() / ".install-1").mkdir()
    assert [(e.name, e.origin) for e in list_models()] == [
        ("genre-small", "shipped"),
        ("mine", "user"),
    ]
    assert all(entry.card and entry.error is None for entry in list_models())


def test_a_refused_model_is_listed_with_the_reason() -> None:
    folder = make_model(settings.models_dir() / "mine")
    (folder / "model.safetensors").write_bytes(b"other")
    assert list_models()[0].card is not None
    (entry,) = list_models(check_hash=True)
    assert entry.card is None
    assert "wrong hash" in (entry.error or "")
    (folder / "card.json").unlink()
    assert "card.json" in (list_models()[0].error or "")
    with pytest.raises(ModelError, match=r"card\.json"):
        find_model("mine")


def test_a_model_is_found_by_name_or_path(shipped: Path, tmp_path: Path) -> None:
    make_model(shipped / "one")
    own = make_model(settings.models_dir() / "one")
    elsewhere = make_model(tmp_path / "run" / "best")
    assert find_model("one", "score") == own
    assert find_model(str(elsewhere)) == elsewhere
    with pytest.raises(StudioError, match="no model 'two'; score models there are: one"):
        find_model("two", "score")
    with pytest.raises(StudioError, match="score model; there are no genre models yet"):
        find_model("one", "genre")


def test_the_default_is_a_shipped_one_of_the_kind(shipped: Path) -> None:
    with pytest.raises(StudioError, match="no genre model yet"):
        default_model("genre")
    make_model(settings.models_dir() / "a-mine")
    make_model(shipped / "an-lstm", architecture="lstm")
    cnn = make_model(shipped / "z-cnn")
    assert default_model("score") == cnn
    assert default_model("score", "lstm") == shipped / "an-lstm"
    with pytest.raises(StudioError, match="no mlp score model"):
        default_model("score", "mlp")


def test_installing_copies_the_model_under_a_name_of_its_own(tmp_path: Path) -> None:
    best = make_model(tmp_path / "run" / "best")
    (best / "notes.txt").write_text("not part of a model")
    first = install_model(best, "../My band: jazz!")
    second = install_model(best, "../My band: jazz!")
    assert first.parent == settings.models_dir()
    assert (first.name, second.name) == ("My band- jazz", "My band- jazz-2")
    assert Card.load(first).name == first.name
    assert sorted(p.name for p in first.iterdir()) == ["card.json", "model.safetensors"]
    assert install_model(best, "../..").name == "model"


def test_what_a_model_learned_from_is_installed_with_it(tmp_path: Path) -> None:
    best = make_model(tmp_path / "run" / "best")
    (best / "heard.safetensors").write_bytes(b"fingerprints")
    folder = install_model(best, "mine")
    assert (folder / "heard.safetensors").read_bytes() == b"fingerprints"


def test_a_refused_model_is_not_installed(tmp_path: Path) -> None:
    best = make_model(tmp_path / "best")
    (best / "model.safetensors").write_bytes(b"other")
    with pytest.raises(ModelError, match="wrong hash"):
        install_model(best, "x")
    assert list(settings.models_dir().iterdir()) == []


def test_the_list_is_made_without_torch() -> None:
    make_model(settings.models_dir() / "mine")
    program = (
        "import sys\nfrom studio.training.registry import list_models\n"
        "assert list_models()[0].card\nassert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_card_of_a_list_says_what_is_in_the_file() -> None:
    folder = make_model(settings.models_dir() / "mine")
    (entry,) = list_models()
    assert entry.card is not None
    assert entry.card.to_json() == json.loads((folder / "card.json").read_text())
