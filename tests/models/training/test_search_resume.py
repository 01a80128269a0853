"""A search that was paused, stopped or killed goes on where it was."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from models.card import Card
from models.errors import ModelError
from models.settings.search import SEARCHED, Span
from models.training import session
from models.training.engine import train
from models.training.events import Event, read_events
from models.training.run import TrainOptions
from models.training.search import search
from models.training.search_resume import is_search, resumed

Options = Callable[..., TrainOptions]
ROOT = Path(__file__).parents[3]
N_TRIALS = 8  # Parzen estimators choose after the first five


class KilledError(BaseException):
    """Nothing in a search catches it, as nothing does a kill."""


@pytest.fixture(autouse=True)
def searched_toy(monkeypatch: pytest.MonkeyPatch, toy: ModuleType) -> None:
    """As `toy.py` has it when it is run as a program."""
    spans = {"learning_rate": Span(1e-5, 0.5, True), "width": Span(2, 24)}
    monkeypatch.setitem(SEARCHED, "toy", spans)


def read_summary(run: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((run / "search.json").read_text())["trials"]
    return found


def trials(run: Path) -> list[dict[str, Any]]:
    """What search.json says of the trials, but for the time that they took."""
    return [{k: v for k, v in t.items() if k != "seconds"} for t in read_summary(run)]


def assert_same_end(one: Path, other: Path) -> None:
    assert trials(other) == trials(one)
    assert Card.load(other / "best").sha256 == Card.load(one / "best").sha256
    told = [event["event"] for event in read_events(other)]
    assert (told.count("trial"), told.count("end")) == (len(trials(one)), 1)


def at(trial: int, epoch: int, act: Callable[[], object]) -> Callable[[Event], None]:
    """A listener that acts at the end of an epoch of a trial; 0: after the trial."""

    def listen(event: Event) -> None:
        kind = "epoch" if epoch else "trial"
        if (event["event"], event.get("trial")) == (kind, trial) and event["epoch"] == epoch:
            act()

    return listen


def kill() -> None:
    raise KilledError


@pytest.mark.parametrize(
    ("when", "epoch", "is_saved"),
    [(0, 1, False), (1, 0, False), (-1, 2, False), (-1, 2, True)],
    ids=["in the first", "after the second", "in a late one", "in one that kept its state"],
)
def test_a_killed_search_tries_what_it_would_have_tried(
    options: Options, monkeypatch: pytest.MonkeyPatch, when: int, epoch: int, is_saved: bool
) -> None:
    monkeypatch.setattr(session, "SAVE_EVERY_S", 0.0 if is_saved else 1e9)
    whole, killed = (options(n, trials=N_TRIALS, epochs=3) for n in ("whole", "killed"))
    search(whole, lambda event: None)
    number = [t["number"] for t in trials(whole.run) if t["state"] == "complete"][when]
    with pytest.raises(KilledError):
        search(killed, at(number, epoch, kill))
    assert (killed.run / "trials" / f"{number:02d}" / "last").exists() == (is_saved or not epoch)
    search(options("killed", epochs=None, resume=True), lambda event: None)
    assert_same_end(whole.run, killed.run)


def test_a_process_that_is_killed_goes_on_where_it_was(
    options: Options, points: Path, tmp_path: Path
) -> None:
    whole, killed = options("whole", trials=3, epochs=3), tmp_path / "killed"
    search(whole, lambda event: None)
    command = [sys.executable, str(Path(__file__).with_name("toy.py")), "train", "toy", str(points)]
    begin = ["-o", str(killed), "--search", "--trials", "3", "--epochs", "3", "--seed", "3"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*command, *begin, "--json"], stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "epoch" and event["trial"] == 2:
                process.kill()
    assert process.returncode == -9
    assert is_search(killed)
    assert not (killed / "best").exists()
    subprocess.run([*command, "--resume", str(killed)], env=environment, check=True)
    assert_same_end(whole.run, killed)


@pytest.mark.parametrize("word", ["pause", "stop"])
def test_a_search_that_was_told_to_end_goes_on(
    options: Options, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setattr("models.training.events.MIN_BATCH_INTERVAL_S", 0.0)
    whole, ended = options("whole", trials=4, epochs=4), options("ended", trials=4, epochs=4)
    search(whole, lambda event: None)
    search(ended, at(2, 1, (ended.run / word).touch))
    reason = {"pause": "paused", "stop": "stopped"}[word]
    assert read_events(ended.run)[-1]["reason"] == reason
    assert trials(ended.run)[-1]["state"] == reason
    assert (ended.run / "best").exists() == (word == "stop")
    search(options("ended", epochs=None, resume=True), lambda event: None)
    assert trials(ended.run) == trials(whole.run)
    assert Card.load(ended.run / "best").sha256 == Card.load(whole.run / "best").sha256


def test_a_search_killed_before_its_first_trial_begins_anew(options: Options) -> None:
    whole, killed = options("whole", trials=2, epochs=2), options("killed", trials=2, epochs=2)
    search(whole, lambda event: None)

    def kill_at_start(event: Event) -> None:
        kill()

    with pytest.raises(KilledError):
        search(killed, kill_at_start)
    search(options("killed", epochs=None, resume=True), lambda event: None)
    assert trials(killed.run) == trials(whole.run)


def test_more_trials_can_be_asked_of_a_search(options: Options) -> None:
    whole, more = options("whole", trials=6, epochs=2), options("more", trials=4, epochs=2)
    search(whole, lambda event: None)
    search(more, lambda event: None)
    search(options("more", trials=6, epochs=None, resume=True), lambda event: None)
    assert trials(more.run) == trials(whole.run)


def test_what_is_left_of_the_time_is_what_a_search_has(options: Options) -> None:
    asked = options(budget_min=100, trials=3, epochs=None, settings={"epochs": 3})
    with pytest.raises(KilledError):
        search(asked, at(2, 1, kill))
    left, earlier = resumed(options(epochs=None, resume=True))
    assert earlier is not None
    assert (earlier.n_finished, earlier.epochs, len(earlier.trials)) == (1, 3, 2)
    assert left.budget_min == pytest.approx(100 - earlier.seconds / 60)
    assert left.trials == 3
    trial_s = [trial["seconds"] for trial in read_summary(asked.run)]
    assert sum(trial_s) < earlier.seconds < 60
    more, _ = resumed(options(epochs=None, budget_min=7, resume=True))
    assert more.budget_min == 7
    search(options(epochs=None, resume=True), lambda event: None)
    assert read_summary(asked.run)[0]["seconds"] == trial_s[0]
    starts = [e["seconds"] for e in read_events(asked.run) if e["event"] == "start"]
    assert starts == [pytest.approx(0, abs=0.1), pytest.approx(earlier.seconds, abs=0.1)]


def test_a_training_is_no_search_and_a_search_keeps_its_settings(options: Options) -> None:
    train(options("training"), lambda event: None)
    with pytest.raises(ModelError, match="no search"):
        search(options("training", epochs=None, resume=True), lambda event: None)
    search(options("search", trials=1, epochs=1), lambda event: None)
    for changes in ({"epochs": 2}, {"epochs": None, "settings": {"width": 3}}):
        with pytest.raises(ModelError, match="can't be changed in a search"):
            search(options("search", resume=True, **changes), lambda event: None)
    assert not is_search(options("training").run)
