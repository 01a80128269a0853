from pathlib import Path

import pytest

from models.card import Card
from studio.assistant.genre_session import SessionSummary
from studio.assistant.style import best_fit, fit, heard_genre
from studio.training.registry import list_models

CHORALES = {"name": "jsb_chorales", "items": 300}
POP = {"name": "pop909", "items": 100}


def card_of(name: str, *data: dict[str, object]) -> Card:
    return Card(name=name, kind="score", data=list(data))


def test_a_model_fits_by_its_share_of_a_genre_its_name_or_its_labels() -> None:
    card = card_of("mine", CHORALES, POP)
    assert (fit(card, "classical"), fit(card, "pop"), fit(card, "metal")) == (0.75, 0.25, 0.0)
    assert fit(Card(name="late-jazz", kind="score"), "Jazz") == 1.0
    assert fit(Card(name="m", kind="score", labels=["Blues"]), "blues") == 1.0
    data = [{"name": "my_files", "title": "Disco of the seventies", "items": 3}]
    assert fit(Card(name="m", kind="score", data=data), "disco") == 1.0


def test_the_best_fit_is_chosen_and_among_equals_the_one_in_use() -> None:
    models = {
        Path("church"): card_of("church", CHORALES),
        Path("songs"): card_of("songs", POP),
        Path("church-2"): card_of("church-2", CHORALES),
        Path("pop"): Card(name="pop", kind="genre"),
    }
    assert best_fit(models, "pop") == Path("songs")
    assert best_fit(models, "classical", Path("church-2")) == Path("church-2")
    assert best_fit(models, "metal") is None


@pytest.mark.parametrize("items", [None, 0, -3])
def test_a_card_without_numbers_fits_nothing(items: object) -> None:
    assert fit(card_of("m", {"name": "pop909", "items": items}), "pop") == 0.0


def test_the_shipped_models_are_classical() -> None:
    models = {entry.folder: entry.card for entry in list_models() if entry.card is not None}
    assert best_fit(models, "classical") is not None
    assert best_fit(models, "metal") is None


def test_the_genre_that_was_heard_is_the_one_named_most() -> None:
    shares = (("unsure", 0.5), ("jazz", 0.3), ("rock", 0.2))
    assert heard_genre(SessionSummary(10, 5.0, shares)) == "jazz"
    assert heard_genre(SessionSummary(2, 1.0, (("unsure", 1.0),))) is None
    assert heard_genre(SessionSummary(0, 0.0, ())) is None
