import hashlib
import json
import os
import pickle
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import nn

from models.card import Card
from models.errors import ModelError
from models.model_folder import load_network, load_state, recover_folder, save_model_folder
from models.networks import ARCHITECTURES


class Plain(nn.Module):
    """A network of two layers and a buffer of integers."""

    def __init__(self, width: int = 4, depth: int = 1) -> None:
        super().__init__()
        if width < 1:
            raise ValueError("width must be at least 1")
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.register_buffer("count", torch.tensor(7))


CARD = Card(
    name="plain",
    kind="genre",
    architecture="plain",
    config={"width": 4},
    labels=["a", "b"],
    training={"seed": 0},
    metrics={"test": {"accuracy": 0.5}},
)


@pytest.fixture(autouse=True)
def architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("plain_network")
    module.Plain = Plain  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "plain_network", module)
    monkeypatch.setitem(ARCHITECTURES, "plain", "plain_network:Plain")


@pytest.fixture
def network() -> Plain:
    return Plain()


@pytest.fixture
def folder(tmp_path: Path, network: Plain) -> Path:
    save_model_folder(tmp_path / "model", network.state_dict(), CARD)
    return tmp_path / "model"


def change_card(folder: Path, **changes: Any) -> None:
    card = json.loads((folder / "card.json").read_text())
    for name, value in changes.items():
        if value is ...:
            del card[name]
        else:
            card[name] = value
    (folder / "card.json").write_text(json.dumps(card))


def put_weights(folder: Path, content: bytes) -> None:
    """Weights whose hash the card agrees with, whatever they are."""
    (folder / "model.safetensors").write_bytes(content)
    change_card(folder, sha256=hashlib.sha256(content).hexdigest())


def test_what_is_saved_is_what_is_loaded(folder: Path, network: Plain) -> None:
    card, again = load_network(folder)
    assert card == replace(CARD, sha256=card.sha256)
    assert not again.training
    for name, tensor in network.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor)


def test_half_precision_is_half_the_size_and_keeps_integers(tmp_path: Path, network: Plain) -> None:
    state = {"weight": torch.randn(64, 64), "large": torch.full((3,), 1e6), "n": torch.tensor(3)}
    card = save_model_folder(tmp_path / "half", state, CARD, half=True)
    assert (tmp_path / "half" / "model.safetensors").stat().st_size < 64 * 64 * 2 + 1000
    loaded = load_state(tmp_path / "half", card)
    assert loaded["weight"].dtype == torch.float32
    assert torch.allclose(loaded["weight"], state["weight"], atol=2e-3)
    assert torch.equal(loaded["large"], state["large"])  # half can't hold it
    assert loaded["n"].dtype == torch.int64


def test_a_folder_is_replaced_whole(folder: Path) -> None:
    save_model_folder(folder, Plain().state_dict(), replace(CARD, version="2"), onnx=b"x")
    save_model_folder(folder, Plain().state_dict(), replace(CARD, version="3"))
    card, _ = load_network(folder)
    assert card.version == "3"
    assert sorted(p.name for p in folder.iterdir()) == ["card.json", "model.safetensors"]
    assert [p.name for p in folder.parent.iterdir()] == ["model"]


def test_a_failed_write_leaves_the_folder_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Card.load(folder)

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        save_model_folder(folder, Plain().state_dict(), replace(CARD, version="2"))
    assert Card.load(folder) == before
    assert [p.name for p in folder.parent.iterdir()] == ["model"]


def test_a_process_killed_between_the_renames_loses_nothing(folder: Path) -> None:
    before = Card.load(folder)
    folder.rename(folder.with_name(".model.old"))
    recover_folder(folder)
    assert Card.load(folder) == before


def test_changed_weights_are_refused(folder: Path) -> None:
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=f"{folder}.*wrong hash"):
        Card.load(folder)
    with pytest.raises(ModelError, match="wrong hash"):
        load_network(folder)
    assert Card.load(folder, check_hash=False).name == "plain"


def test_weights_cut_short_are_refused_even_under_a_fitting_hash(folder: Path) -> None:
    content = (folder / "model.safetensors").read_bytes()
    for n_bytes in (0, 5, 40, len(content) - 1):
        put_weights(folder, content[:n_bytes])
        with pytest.raises(ModelError, match="not a whole safetensors file"):
            load_network(folder)


class Bomb:
    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.system, ("touch exploded",)


def test_a_pickle_is_refused_and_never_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    put_weights(folder, pickle.dumps(Bomb()))
    with pytest.raises(ModelError, match="not a whole safetensors file"):
        load_network(folder)
    torch.save({"a": torch.zeros(2)}, tmp_path / "a.pt")
    put_weights(folder, (tmp_path / "a.pt").read_bytes())
    with pytest.raises(ModelError, match="not a whole safetensors file"):
        load_network(folder)
    assert not (tmp_path / "exploded").exists()


def test_weights_that_are_not_numbers_are_refused(folder: Path, network: Plain) -> None:
    state = network.state_dict()
    state["layers.0.bias"][1] = torch.nan
    put_weights(folder, safetensors.torch.save(state))
    with pytest.raises(ModelError, match="not numbers"):
        load_network(folder)


@pytest.mark.parametrize("config", [{"width": 5}, {"width": 4, "depth": 2}, {"depth": 0}])
def test_shapes_that_do_not_fit_are_refused(folder: Path, config: dict[str, int]) -> None:
    change_card(folder, config=config)
    with pytest.raises(ModelError, match=f"{folder}.*shape"):
        load_network(folder)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"width": 100_000}, "shape"),  # 40 GB, if anyone built it
        ({"width": 10**9}, "proportion"),
        ({"width": -1}, "at least 1"),
        ({"nonsense": 1}, "nonsense"),
        ({"width": "4"}, "TypeError"),
        ({"width": [4, {"x": 1e300}]}, "proportion"),
    ],
)
def test_an_absurd_config_is_refused_and_never_built(
    folder: Path, config: dict[str, Any], reason: str
) -> None:
    change_card(folder, config=config)
    with pytest.raises(ModelError, match=f"{folder}.*{reason}"):
        load_network(folder)


def test_an_unknown_architecture_is_refused_with_those_there_are(folder: Path) -> None:
    change_card(folder, architecture="os:system")
    with pytest.raises(ModelError, match=r"there are: .*ar-cnn, .*lstm"):
        load_network(folder)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": 2}, "format is 2"),
        ({"format": "1"}, "format"),
        ({"format": True}, "format"),
        ({"kind": "weather"}, "weather"),
        ({"kind": 3}, "'kind' can't be a int"),
        ({"labels": ...}, "no field 'labels'"),
        ({"labels": ["a", "a"]}, "labels"),
        ({"labels": [1]}, "labels"),
        ({"labels": []}, "labels"),
        ({"labels": None}, "needs labels"),
        ({"labels": ["x"] * 2000}, "labels"),
        ({"data": {}}, "'data'"),
        ({"data": ["x"]}, "data sets"),
        ({"metrics": {"test": 1}}, "metrics"),
        ({"sha256": "../../etc/passwd"}, "SHA-256"),
        ({"name": "../../evil"}, "file name"),
        ({"name": ".."}, "file name"),
        ({"name": "a/b"}, "file name"),
        ({"name": "a\nb"}, "file name"),
        ({"name": "x" * 5000}, "file name"),
        ({"features": {"sample_rate": 1e12}}, "features"),
    ],
)
def test_a_card_that_does_not_fit_is_refused_with_folder_and_reason(
    folder: Path, changes: dict[str, Any], reason: str
) -> None:
    change_card(folder, **changes)
    with pytest.raises(ModelError, match=reason) as refused:
        Card.load(folder)
    assert str(folder) in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", '{"format": 1', "[" * 100_000, '{"format": NaN}', "\x00\xff", "null"],
)
def test_a_card_that_is_no_json_object_is_refused(folder: Path, text: str) -> None:
    (folder / "card.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError, match=str(folder)):
        Card.load(folder)


def test_a_huge_card_or_huge_weights_are_refused_unread(folder: Path) -> None:
    with (folder / "model.safetensors").open("r+b") as file:
        file.truncate(300 << 20)  # sparse: takes no disk
    with pytest.raises(ModelError, match="larger than 200 MB"):
        Card.load(folder)
    (folder / "card.json").write_bytes(b" " * (2 << 20))
    with pytest.raises(ModelError, match="larger than 1 MB"):
        Card.load(folder)


def test_what_is_missing_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        Card.load(tmp_path / "nowhere")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"no model\.safetensors"):
        Card.load(folder, check_hash=False)


def test_an_onnx_file_must_be_the_cards_own(folder: Path, network: Plain) -> None:
    (folder / "model.onnx").write_bytes(b"stranger")
    with pytest.raises(ModelError, match="does not know"):
        Card.load(folder)
    save_model_folder(folder, network.state_dict(), CARD, onnx=b"network")
    assert Card.load(folder).training["seed"] == 0
    (folder / "model.onnx").write_bytes(b"networx")
    with pytest.raises(ModelError, match=r"model\.onnx.*wrong hash"):
        Card.load(folder)
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"no model\.onnx"):
        load_network(folder)
