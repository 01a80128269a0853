from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from models.protocol import Message
from studio.errors import StudioError
from studio.ui.listen.genre_feed import GenreFeed
from tests.models.genre_sounds import write_model


class BrokenWorker:
    """Answers every question with the same failure."""

    def submit(self, body: dict[str, Any], on_reply: Callable[[Message], None], y: Any) -> None:
        on_reply(Message({"event": "error", "message": "the model is broken"}))


def feed() -> GenreFeed:
    return GenreFeed(BrokenWorker())  # type: ignore[arg-type]


def test_a_failure_that_lasts_is_told_once(qtbot: QtBot) -> None:
    genre, told = feed(), list[str]()
    genre.restart(Path("any"))
    genre.told.connect(told.append)
    for position in range(3):
        genre.ask(np.zeros(10, np.float32), 16_000, position)
    assert told == ["the model is broken"]
    assert genre.failure == "the model is broken"
    genre.restart(Path("another"))
    assert genre.failure == ""


def test_without_a_model_the_reason_is_known(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(kind: str) -> Path:
        raise StudioError("There is no genre model yet.")

    monkeypatch.setattr("studio.ui.listen.genre_feed.default_model", missing)
    genre = feed()
    assert genre.find_model() is None
    assert genre.failure == "There is no genre model yet."


def test_a_model_that_was_chosen_is_not_replaced_by_the_default(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.ui.listen.genre_feed.default_model", lambda kind: Path("default"))
    genre = feed()
    assert genre.find_model() == Path("default")
    genre.restart(Path("mine"))
    assert genre.find_model() == Path("mine")


class Ears:
    """Keeps what it is asked about."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def submit(self, body: dict[str, Any], on_reply: Callable[[Message], None], y: Any) -> None:
        self.heard.append(y)


def test_a_model_that_hears_less_is_asked_about_the_newest_sound(
    qtbot: QtBot, tmp_path: Path
) -> None:
    ears = Ears()
    genre = GenreFeed(ears)  # type: ignore[arg-type]
    assert genre.window_s == 3.0
    genre.restart(write_model(tmp_path / "short"))  # one second
    assert genre.window_s == 1.0
    genre.ask(np.arange(300, dtype=np.float32), 100, 300)
    assert ears.heard[0].tolist() == list(range(200, 300))
