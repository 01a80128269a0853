import json
from pathlib import Path

import pytest

import resources
from models.card import Card
from studio import settings
from studio.errors import StudioError
from studio.training.model_trash import (
    delete_model,
    deleted_models,
    empty_trash,
    rename_model,
    restore_model,
    trash_dir,
)
from studio.training.registry import list_models
from tests.models.tiny_score_model import write_score_model


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One model of the user's, and one that ships."""
    monkeypatch.setattr(resources, "path", lambda *parts: tmp_path.joinpath("res", *parts))
    write_score_model(tmp_path / "res" / "models" / "shipped")
    return write_score_model(settings.models_dir() / "mine")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def names() -> list[str]:
    return [entry.name for entry in list_models() if entry.origin == "user"]


def test_a_deleted_model_comes_back_byte_for_byte(mine: Path) -> None:
    before = files(mine)
    deleted = delete_model("mine")
    assert names() == []
    assert deleted_models() == [deleted]
    assert restore_model(deleted) == mine
    assert files(mine) == before
    assert deleted_models() == []
    assert list(trash_dir().iterdir()) == []


def test_two_of_one_name_are_both_kept(mine: Path) -> None:
    first = delete_model("mine")
    write_score_model(mine, "lstm")
    second = delete_model("mine")
    assert {each.folder for each in deleted_models()} == {first.folder, second.folder}
    restore_model(first)
    folder = restore_model(second)
    assert folder.name == Card.load(folder).name == "mine-2"
    assert Card.load(folder).architecture == "lstm"
    with pytest.raises(StudioError, match="can't be taken out"):
        restore_model(first)


def test_an_emptied_trash_is_empty(mine: Path) -> None:
    delete_model("mine")
    (trash_dir() / "else").mkdir()
    assert empty_trash() == 1
    assert deleted_models() == []
    assert empty_trash() == 0
    assert (trash_dir() / "else").is_dir(), "what we did not put there stays"


def test_a_name_in_the_trash_leads_nowhere_else(mine: Path) -> None:
    deleted = delete_model("mine")
    told = {"name": "../../evil", "time_s": 1.0}
    (deleted.folder.parent / "deleted.json").write_text(json.dumps(told))
    (again,) = deleted_models()
    assert restore_model(again).parent == settings.models_dir()


def test_shipped_models_stay() -> None:
    for act in (delete_model, lambda name: rename_model(name, "x")):
        with pytest.raises(StudioError, match="ships with Studio"):
            act("shipped")
        with pytest.raises(StudioError, match="no model 'none'"):
            act("none")


def test_a_renamed_model_is_the_same_under_another_name(mine: Path) -> None:
    before = Card.load(mine)
    folder = rename_model("mine", "My band")
    assert (folder.name, names()) == ("My band", ["My band"])
    card = Card.load(folder)
    assert card.name == "My band"
    assert card.sha256 == before.sha256
    assert rename_model("My band", "my band").name == "my band"
    assert rename_model("my band", "my band").name == "my band"


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".hidden", "CON", "x" * 100])
def test_a_name_that_can_be_no_folder_is_refused(name: str) -> None:
    with pytest.raises(StudioError, match="how about"):
        rename_model("mine", name)
    assert names() == ["mine"]


@pytest.mark.parametrize("name", ["shipped", "Shipped", "other"])
def test_a_name_that_is_taken_is_refused(name: str) -> None:
    write_score_model(settings.models_dir() / "other")
    with pytest.raises(StudioError, match="already"):
        rename_model("mine", name)
    assert names() == ["mine", "other"]


def test_a_refused_model_can_be_renamed_and_deleted(mine: Path) -> None:
    (mine / "card.json").write_text("{}")
    folder = rename_model("mine", "odd")
    assert (folder / "card.json").read_text() == "{}"
    delete_model("odd")
    assert names() == []
