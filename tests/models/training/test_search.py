import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from models.card import Card
from models.errors import ModelError
from models.model_folder import load_network
from models.settings.search import SEARCHED, Span
from models.training.events import Event, read_events
from models.training.kinds import task_module
from models.training.presets import resolve
from models.training.run import TrainOptions
from models.training.search import search

Options = Callable[..., TrainOptions]


@pytest.fixture(autouse=True)
def searched_toy(monkeypatch: pytest.MonkeyPatch, toy: ModuleType) -> None:
    spans = {
        "learning_rate": Span(1e-5, 0.5, True),
        "width": Span(2, 24),
        "dropout": Span(0.0, 0.6),
    }
    monkeypatch.setitem(SEARCHED, "toy", spans)


def summary(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "search.json").read_text())
    return found


def test_the_best_of_the_trials_is_the_model(options: Options) -> None:
    asked = options(trials=7, epochs=5)
    told: list[Event] = []
    best = search(asked, told.append)
    found = summary(asked.run)
    trials = found["trials"]
    assert [trial["number"] for trial in trials] == list(range(1, 8))
    winner = min(trials, key=lambda trial: trial["valid_loss"])
    assert found["best"] == winner["number"]
    card, network = load_network(best)
    assert card.metrics["valid"]["valid_loss"] == winner["valid_loss"]
    assert card.config["width"] == winner["settings"]["width"]
    inside = Card.load(asked.run / winner["folder"] / "best")
    assert inside.sha256 == card.sha256
    events = read_events(asked.run)
    assert [e["event"] for e in events] == ["start", *["trial"] * 7, "end"]
    assert (events[-1]["reason"], events[-1]["model"]) == ("searched", str(best))
    assert isinstance(network, torch.nn.Module)


def test_the_first_trial_has_the_settings_as_they_are(options: Options) -> None:
    asked = options(trials=1, epochs=2, settings={"dropout": "0.1"})
    search(asked, lambda event: None)
    (trial,) = summary(asked.run)["trials"]
    assert trial["settings"] == {"learning_rate": 0.05, "width": 16}
    config = json.loads((asked.run / trial["folder"] / "config.json").read_text())
    assert (config["settings"]["dropout"], config["settings"]["width"]) == (0.1, 16)


def test_trials_are_runs_that_can_be_followed_and_say_so(options: Options) -> None:
    asked = options(trials=3, epochs=4)
    told: list[Event] = []
    search(asked, told.append)
    for trial in summary(asked.run)["trials"]:
        of_it = [e for e in told if e.get("trial") == trial["number"] and e["event"] != "trial"]
        epochs = [e["valid_loss"] for e in of_it if e["event"] == "epoch"]
        kept = read_events(asked.run / trial["folder"])
        assert [e["valid_loss"] for e in kept if e["event"] == "epoch"] == epochs
        assert trial["valid_loss"] == min(epochs)
        assert trial["state"] == ("complete" if len(epochs) == 4 else "pruned")


def test_the_test_split_is_measured_once_with_the_winner(
    options: Options, monkeypatch: pytest.MonkeyPatch, toy: ModuleType
) -> None:
    calls = []
    measure = toy.ToyTask.final_metrics

    def count(task: Any, network: torch.nn.Module) -> dict[str, dict[str, Any]]:
        calls.append(1)
        return dict(measure(task, network))

    monkeypatch.setattr(toy.ToyTask, "final_metrics", count)
    asked = options(trials=4, epochs=3)
    card = Card.load(search(asked, lambda event: None))
    assert len(calls) == 1
    assert "confusion" in card.metrics["test"]
    others = [t for t in summary(asked.run)["trials"] if t["number"] != summary(asked.run)["best"]]
    for trial in others:
        assert set(Card.load(asked.run / trial["folder"] / "best").metrics) == {"valid"}
    report = json.loads((asked.run / "report.json").read_text())
    assert report["metrics"]["test"] == card.metrics["test"]
    assert len(report["search"]) == 4
    assert (asked.run / "figures" / "learning_curve.png").exists()


def test_bad_trials_are_ended_early(options: Options) -> None:
    asked = options(trials=14, epochs=8)
    search(asked, lambda event: None)
    found = summary(asked.run)
    pruned = [trial for trial in found["trials"] if trial["state"] == "pruned"]
    assert pruned
    best = found["trials"][found["best"] - 1]
    assert best["state"] == "complete"
    for trial in pruned:
        events = read_events(asked.run / trial["folder"])
        losses = [event["valid_loss"] for event in events if event["event"] == "epoch"]
        assert 1 < len(losses) < 8
        assert losses[-1] > best["valid_loss"]


def test_the_same_seed_tries_the_same(options: Options) -> None:
    settings = []
    for name in ("one", "other"):
        asked = options(name, trials=5, epochs=2)
        search(asked, lambda event: None)
        settings.append([trial["settings"] for trial in summary(asked.run)["trials"]])
    assert settings[0] == settings[1]
    assert len({json.dumps(each) for each in settings[0]}) == 5


def test_a_search_ends_with_its_time_and_has_a_model(options: Options) -> None:
    asked = options(budget_min=0.03, epochs=None, settings={"patience": 0})
    search(asked, lambda event: None)
    found = summary(asked.run)
    assert found["trials"]
    assert all(trial["epochs"] >= 1 for trial in found["trials"])
    assert read_events(asked.run)[-1]["reason"] == "searched"
    load_network(asked.run / "best")


def test_a_stopped_search_keeps_the_best_until_then(options: Options) -> None:
    asked = options(trials=50, epochs=4)

    def stop(event: Event) -> None:
        if event["event"] == "trial" and event["trial"] == 2:
            (asked.run / "stop").touch()

    best = search(asked, stop)
    assert 2 <= len(summary(asked.run)["trials"]) <= 3
    assert read_events(asked.run)[-1]["reason"] == "stopped"
    load_network(best)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"budget_min": None}, "Say how long"),
        ({"trials": 2, "resume": True}, "no run that could be gone on with"),
        ({"trials": 2, "devices": 2}, "one process"),
        ({"trials": 2, "settings": {"learning_rate": 1, "width": 2, "dropout": 0}}, "are all set"),
        ({"trials": 2, "settings": {"width": 0}}, "width must be at least 1"),
        ({"trials": 2, "kind": "poem"}, "can be trained"),
    ],
)
def test_what_can_t_be_searched_is_told(
    options: Options, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ModelError, match=words):
        search(
            options(**changes) if "kind" not in changes else replace(options(), **changes), print
        )


def test_no_data_is_told_at_once(options: Options, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    asked = replace(options(trials=3), data=tmp_path / "empty")
    with pytest.raises(ModelError, match="holds no points"):
        search(asked, lambda event: None)
    assert read_events(asked.run)[-1]["reason"] == "failed"


@pytest.mark.parametrize("kind", ["genre", "ar-cnn", "lstm"])
def test_all_that_is_searched_can_be_set(kind: str) -> None:
    module = task_module(kind)
    for end in ("low", "high"):
        values = {name: getattr(span, end) for name, span in SEARCHED[kind].items()}
        task, _ = resolve(module, "default", values)
        assert all(getattr(task, name) == value for name, value in values.items())
        assert all(
            SEARCHED[kind][name].low
            <= getattr(module.Settings(), name)
            <= SEARCHED[kind][name].high
            for name in values
        )
