import json
import os
import time
from pathlib import Path

import pytest

import resources
from models.card import Card
from studio.errors import StudioError
from studio.settings import runs_dir
from studio.training import run_process
from studio.training.run_follower import RunFollower
from studio.training.run_process import (
    RunProcess,
    RunRequest,
    ask_to_pause,
    ask_to_stop,
    inspect_data,
    list_runs,
    new_run_folder,
)

SOUNDS = resources.path("demo", "training_genre")
PATIENCE_S = 120  # of a test on a slow machine; no test waits for it to pass


def test_the_arguments_are_those_of_the_command(tmp_path: Path) -> None:
    request = RunRequest("lstm", tmp_path, "tiny", 7, ("seed=3", "width=8"))
    words = request.arguments(tmp_path / "run")
    assert words[:3] == ["train", "lstm", str(tmp_path)]
    assert words[3:] == [
        "-o",
        str(tmp_path / "run"),
        "--preset",
        "tiny",
        "--epochs",
        "7",
        "--set",
        "seed=3",
        "--set",
        "width=8",
        "--json",
    ]
    assert "--epochs" not in RunRequest("genre", tmp_path).arguments(tmp_path)
    again = RunRequest("genre", tmp_path, resume=True).arguments(tmp_path / "run")
    assert again == ["train", "genre", str(tmp_path), "--resume", str(tmp_path / "run"), "--json"]


def test_runs_of_one_second_have_folders_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_process.time, "strftime", lambda _: "20300101-120000")
    first = new_run_folder("genre")
    first.mkdir()
    second = new_run_folder("genre")
    second.with_name(f"{second.name}.log").touch()
    names = [folder.name for folder in (first, second, new_run_folder("genre"))]
    assert names == [f"20300101-120000-genre{number}" for number in ("", "-2", "-3")]


def test_a_folder_of_the_same_name_is_not_run_in_studios_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio" / "__init__.py").write_text("raise SystemExit('another studio')")
    monkeypatch.chdir(tmp_path)
    assert inspect_data(SOUNDS)["n_items"] > 0


def test_earlier_runs_are_listed_newest_first() -> None:
    for name in ("20300101-120000-genre", "20300301-120000-lstm", "20300201-120000-ar-cnn"):
        (runs_dir() / name).mkdir()
        (runs_dir() / name / "config.json").write_text("{}")
    (runs_dir() / "20300401-120000-genre").mkdir()
    assert [folder.name[:8] for folder in list_runs()] == ["20300301", "20300201", "20300101"]


def test_only_a_run_that_has_a_folder_can_be_stopped(tmp_path: Path) -> None:
    assert not ask_to_stop(tmp_path / "none")
    assert ask_to_stop(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [run_process.STOP_FILE]
    assert not ask_to_pause(tmp_path / "none")
    assert ask_to_pause(tmp_path)
    assert (tmp_path / run_process.PAUSE_FILE).exists()


def test_a_run_that_is_stopped_keeps_its_best_model() -> None:
    run = RunProcess(RunRequest("genre", SOUNDS, "tiny", 900, ("patience=900",)))
    follower = RunFollower(run.folder)
    deadline = time.monotonic() + PATIENCE_S
    while follower.state.best_epoch is None and run.is_running:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        follower.poll()
    assert run.is_running, run.failure
    assert os.getpriority(os.PRIO_PROCESS, run._process.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    assert run.failure == ""
    run.stop()
    assert run.wait(PATIENCE_S)
    assert run.failure == ""
    while follower.poll():
        pass
    follower.close()
    assert follower.state.has_ended
    assert follower.state.end_reason == "stopped"
    assert follower.state.epochs[-1] < 900
    assert Card.load(run.folder / "best").labels == ["drums-and-bass", "piano", "strings"]
    report = json.loads((run.folder / "report.json").read_text())
    assert report["best_epoch"] == follower.state.best_epoch
    assert list_runs() == [run.folder]


def test_a_run_without_data_says_so_in_one_sentence(tmp_path: Path) -> None:
    run = RunProcess(RunRequest("genre", tmp_path, "tiny"))
    assert run.wait(PATIENCE_S)
    assert str(tmp_path) in run.failure
    assert "no labelled music" in run.failure
    assert "\n" not in run.failure
    assert not run.failure.startswith("studio:")


def test_a_run_that_is_killed_names_its_log() -> None:
    run = RunProcess(RunRequest("genre", SOUNDS, "tiny", 900))
    run._process.kill()
    assert run.wait(PATIENCE_S)
    assert "ended unexpectedly" in run.failure
    assert f"{run.folder.name}.log" in run.failure


def test_a_machine_that_starts_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_process.sys, "executable", "/no/such/python")
    with pytest.raises(StudioError, match="can't be started"):
        RunProcess(RunRequest("genre", SOUNDS, "tiny"))
    with pytest.raises(StudioError, match="can't be"):
        inspect_data(SOUNDS)


def test_data_is_looked_over_by_a_process(tmp_path: Path) -> None:
    assert inspect_data(SOUNDS)["n_items"] == 24
    with pytest.raises(StudioError) as error:
        inspect_data(tmp_path / "none")
    assert str(error.value).startswith(str(tmp_path / "none"))
