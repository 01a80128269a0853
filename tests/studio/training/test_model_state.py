import json
import os
from pathlib import Path

import pytest

from models.card import Card
from models.data_state import data_state
from studio.training import model_state as module
from studio.training.model_state import model_state


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "a.wav").write_text("sound")
    return tmp_path


def card_of(data: Path) -> Card:
    return Card(training={"data_state": data_state(data)})


def test_the_four_states(data: Path, tmp_path: Path) -> None:
    card = card_of(data)
    assert model_state(Card()) == "none"
    assert model_state(card, data) == "training"
    assert model_state(card, tmp_path / "other") == "up to date"
    (data / "b.wav").write_text("more")
    assert model_state(card) == "out of date"


def test_data_that_are_elsewhere_tell_nothing(data: Path) -> None:
    card = card_of(data)
    for folder in ("", str(data / "gone"), 3, None):
        card.training["data_state"]["folder"] = folder
        assert model_state(card) == "none"
    assert model_state(Card(training={"data_state": "odd"})) == "none"
    assert model_state(Card(training={"data_state": {"folder": str(data)}})) == "none"


def test_touched_data_are_read_once_and_not_again(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, read = card_of(data), list[str]()
    real = module.has_changed

    def counted(kept: dict[str, object], *, log: object) -> bool:
        return real(kept, log=lambda name: (read.append(name), log(name)))  # type: ignore[arg-type,operator,func-returns-value]

    monkeypatch.setattr(module, "has_changed", counted)
    os.utime(data / "a.wav", ns=(5, 5))
    assert model_state(card) == "up to date"
    assert read == ["a.wav"]
    assert model_state(card) == "up to date"
    assert read == ["a.wav"]
    os.utime(data / "a.wav", ns=(6, 6))
    assert model_state(card) == "up to date"
    assert read == ["a.wav", "a.wav"]
    (data / "a.wav").write_text("other")
    assert model_state(card) == "out of date"


def test_what_is_known_is_bounded_and_may_be_broken(data: Path) -> None:
    card = card_of(data)
    module._known_file().write_text(json.dumps({str(n): "x" for n in range(900)}))
    os.utime(data / "a.wav", ns=(5, 5))
    assert model_state(card) == "up to date"
    assert len(json.loads(module._known_file().read_text())) == module.MAX_KNOWN
    for text in ("[]", "poem"):
        module._known_file().write_text(text)
        assert model_state(card) == "up to date"
