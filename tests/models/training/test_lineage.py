import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.card import Card
from models.errors import ModelError
from models.training.lineage import MAX_ANCESTORS, lineage, parent_of
from tests.models.tiny_score_model import write_score_model


@dataclass
class Settings:
    base: str = ""


def ignore(text: str) -> None:
    """Take a line and do nothing."""


def adopt(child: Path, parent: Path) -> Path:
    card = json.loads((child / "card.json").read_text())
    card["training"]["parent"] = parent_of(parent)
    (child / "card.json").write_text(json.dumps(card))
    return child


def test_a_model_without_a_base_has_no_parent(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"x")
    assert set(lineage(tmp_path, Settings(), ignore, ignore)) == {"data_state"}
    assert set(lineage(tmp_path, object(), ignore, ignore)) == {"data_state"}


def test_a_parent_is_known_by_its_hash_and_tells_what_it_learned_from(tmp_path: Path) -> None:
    base = write_score_model(tmp_path / "base")
    card = json.loads((base / "card.json").read_text())
    card["data"] = [{"name": "songs", "licence": "CC0-1.0", "items": 3}]
    (base / "card.json").write_text(json.dumps(card))
    (tmp_path / "a.mid").write_bytes(b"x")
    parent = lineage(tmp_path / "a.mid", Settings(str(base)), ignore, ignore)["parent"]
    assert parent == {
        "name": "base",
        "version": "1",
        "sha256": Card.load(base).sha256,
        "data": [{"name": "songs", "licence": "CC0-1.0"}],
    }


def test_a_line_of_ancestors_is_told_as_far_as_a_card_has_room(tmp_path: Path) -> None:
    before = write_score_model(tmp_path / "0")
    for number in range(1, 3 * MAX_ANCESTORS):
        before = adopt(write_score_model(tmp_path / str(number)), before)
    names, parent = [], parent_of(before)
    while parent:
        names.append(int(parent["name"]))
        parent = parent.get("parent")
    assert names == sorted(names, reverse=True)
    assert 1 <= len(names) <= MAX_ANCESTORS + 1


def test_a_base_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        lineage(tmp_path, Settings(str(tmp_path / "none")), ignore, ignore)
