import json
import os
from pathlib import Path
from typing import Any

import pytest

from models.locks import lock_file
from studio.training.run_follower import EVENTS_FILE
from studio.training.run_list import LOCK_FILE, RunList, read_run, running


def write_run(folder: Path, *events: dict[str, Any], **config: Any) -> Path:
    folder.mkdir(parents=True)
    values = {
        "kind": "genre",
        "data": "/music",
        "preset": "quick",
        "changes": {"width": "8"},
        "epochs": 3,
        "settings": {"epochs": 3, "width": 8},
        "seed": 0,
        "command": "",
    }
    (folder / "config.json").write_text(json.dumps({**values, **config}))
    (folder / EVENTS_FILE).write_text("".join(json.dumps(e) + "\n" for e in events))
    return folder


def epoch(n: int, valid: float, accuracy: float, event: str = "epoch") -> dict[str, Any]:
    metrics = {"valid_loss": valid, "accuracy": accuracy}
    return {"event": event, "epoch": n, "train_loss": 1.0, "valid_loss": valid, "metrics": metrics}


BATCH = {"event": "batch", "epoch": 1, "train_loss": 9.0}
END = {"event": "end", "epoch": 3, "reason": "epochs", "message": "All epochs are done."}
CURVE = [epoch(1, 2.0, 0.3), epoch(1, 2.0, 0.3, "best"), epoch(2, 3.0, 0.2)]


def test_a_summary_says_what_was_asked_and_what_came_of_it(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "a", *CURVE, BATCH, END))
    assert run is not None
    assert run.changed_words == "quick, epochs=3, width=8"
    assert (run.state.best_epoch, run.state.best_loss) == (1, 2.0)
    assert run.metric == ("accuracy", 0.3)
    assert run.state.metric_curve("accuracy") == [0.3, 0.2]
    assert run.state.metric_names == ["accuracy"]
    assert run.standing == "done"
    assert not run.can_resume
    assert run.state.batch_loss is None  # a batch more or less tells nothing in a table


@pytest.mark.parametrize(
    ("end", "standing", "can_resume"),
    [
        (None, "interrupted", True),
        ({"reason": "paused", "epoch": 2}, "paused", True),
        ({"reason": "stopped", "epoch": 2}, "stopped", True),
        ({"reason": "failed", "message": "Disk full."}, "failed", False),
        ({"reason": "patience", "epoch": 2}, "done", False),
        ({"reason": "stopped", "epoch": 3}, "stopped", False),
    ],
)
def test_how_a_run_stands_and_whether_it_can_go_on(
    tmp_path: Path, end: dict[str, Any] | None, standing: str, can_resume: bool
) -> None:
    events = [*CURVE, {"event": "end", **end}] if end else CURVE
    folder = write_run(tmp_path / "a", *events)
    run = read_run(folder)
    assert run is not None
    assert run.standing == standing
    assert run.can_resume == can_resume


def test_a_run_under_way_is_found_by_its_lock(tmp_path: Path) -> None:
    for name in ("20300101-genre", "20300102-genre", "20300103-genre"):
        write_run(tmp_path / name, *CURVE)
    runs = RunList(tmp_path)
    assert running(runs.read()) is None
    with (tmp_path / "20300102-genre" / LOCK_FILE).open("w") as file:
        lock_file(file)
        alive = running(runs.read())
        assert alive is not None
        assert alive.folder.name == "20300102-genre"
    assert running(runs.read()) is None


def test_runs_are_listed_newest_first_with_the_trials_of_a_search(tmp_path: Path) -> None:
    write_run(tmp_path / "20300101-genre", *CURVE, END)
    write_run(tmp_path / "20300102-genre", *CURVE)
    write_run(tmp_path / "20300102-genre" / "trials" / "3", *CURVE, END)
    (tmp_path / "no-run").mkdir()
    write_run(tmp_path / "20300103-broken")
    (tmp_path / "20300103-broken" / "config.json").write_text("{")
    names = [run.name for run in RunList(tmp_path).read()]
    assert names == ["20300102-genre", "20300102-genre / 3", "20300101-genre"]


def test_only_what_has_changed_is_read_again(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "a", *CURVE)
    runs = RunList(tmp_path)
    (first,) = runs.read()
    assert runs.read()[0] is first
    with (folder / EVENTS_FILE).open("a") as file:
        file.write(json.dumps(END) + "\n")
    os.utime(folder / EVENTS_FILE, ns=(1, 1))
    (second,) = runs.read()
    assert second.standing == "done"
