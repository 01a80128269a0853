import argparse
import json
import os
import runpy
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import models.training
from models.card import Card
from models.training.events import read_events
from models.training.kinds import KINDS
from studio.cli import main
from studio.commands.train import command_line, configure, make_options
from studio.training.registry import find_model

TOY = Path(__file__).parents[2] / "models" / "training" / "toy.py"


def toy_studio(*arguments: str) -> subprocess.Popen[str]:
    """`studio` with the toy task, as a process."""
    environment = {**os.environ, "PYTHONPATH": str(Path(models.training.__file__).parents[2])}
    pipe = subprocess.PIPE
    command = [sys.executable, str(TOY), *arguments]
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment)


@pytest.fixture
def points(tmp_path: Path) -> Path:
    folder: Path = runpy.run_path(str(TOY))["write_points"](tmp_path / "points")
    return folder


def test_a_signal_stops_a_run_with_its_best_model_kept(points: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    settings = ["--set", "is_slow=yes", "--set", "patience=0", "--epochs", "100000"]
    events = []
    with toy_studio("train", "toy", str(points), "-o", str(run), "--json", *settings) as process:
        assert process.stdout is not None
        for line in process.stdout:
            events.append(json.loads(line))
            if events[-1]["event"] == "epoch" and events[-1]["epoch"] == 2:
                process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    assert events == read_events(run)
    assert events[-1]["reason"] == "stopped"
    losses = [event["valid_loss"] for event in events if event["event"] == "epoch"]
    assert Card.load(run / "best").metrics["valid"]["valid_loss"] == min(losses)


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy as a kind of this very process."""
    toy = ModuleType("toy")
    monkeypatch.setitem(sys.modules, "toy", toy)
    exec(compile(TOY.read_text(), TOY, "exec"), toy.__dict__)
    monkeypatch.setitem(KINDS, "toy", "toy")


@pytest.mark.usefixtures("registered")
def test_people_get_a_line_an_epoch_and_the_place_of_the_model(
    points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    assert main(["train", "toy", str(points), "-o", str(run), "--preset", "tiny"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("epoch")] == ["1", "2"]
    assert lines[-1] == f"The model is in {run / 'best'}"
    card = Card.load(run / "best")
    assert card.training["command"] == f"studio train toy {points} -o {run} --preset tiny"
    assert card.config["width"] == 4


def test_the_command_line_on_the_card_is_one_that_works() -> None:
    parser = argparse.ArgumentParser()
    configure(parser)
    words = ["genre", "my music", "-o", "r", "--set", "a=1", "--set", "b=2", "--budget", "0.5"]
    words += ["--epochs", "3", "--limit-per-class", "9", "--seed", "0", "--devices", "2"]
    words += ["--scheduler", "tcp://a:1", "--search", "--trials", "4"]
    args = parser.parse_args(words)
    again = parser.parse_args(shlex.split(command_line(args))[2:])
    assert again == args
    assert make_options(args).scheduler == "tcp://a:1"


def test_a_base_is_found_by_its_name() -> None:
    parser = argparse.ArgumentParser()
    configure(parser)
    args = parser.parse_args(["genre", "music", "-o", "r", "--set", "base=genre-cnn"])
    assert make_options(args).settings == {"base": str(find_model("genre-cnn"))}
    assert "base=genre-cnn" in command_line(args)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["poetry"], "KIND: genre, ar-cnn, lstm"),
        (["genre", "--preset", "huge"], "there are: default, quick"),
        (["lstm", "--set", "speed=1"], "no setting 'speed'; there are:"),
        (["lstm", "--set", "speed"], "key=value"),
        (["genre", "--set", "base=nobody"], "There is no model 'nobody'"),
        (["ar-cnn", "--resume", "{}"], "is no run"),
        (["ar-cnn", "--resume", "{}", "--seed", "1"], "--seed can't be changed"),
    ],
)
def test_what_can_t_be_done_is_one_sentence(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kind, *rest = [word.format(tmp_path) for word in arguments]
    assert main(["train", kind, str(tmp_path), *rest]) == 1
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


@pytest.mark.parametrize("kind", ["genre", "ar-cnn", "lstm"])
def test_an_empty_folder_is_told(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    run = tmp_path / "run"
    assert main(["train", kind, str(tmp_path / "empty"), "-o", str(run)]) == 1
    error = capsys.readouterr().err
    assert str(tmp_path / "empty") in error
    assert error.count("\n") == 1
    assert read_events(run)[-1]["event"] == "end"


@pytest.mark.parametrize("option", [["--epochs", "0"], ["--budget", "nan"], ["--seed", "-1"]])
def test_wrong_usage_is_exit_status_2(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["train", "genre", "x", *option])
    assert end.value.code == 2
    assert "needed" in capsys.readouterr().err


def test_two_processes_train_one_model(points: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = toy_studio(
        "train", "toy", str(points), "-o", str(run), "--devices", "2", "--epochs", "3", "--json"
    )
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    events = [json.loads(line) for line in out.splitlines()]
    steps = [event["step"] for event in events if event["event"] == "epoch"]
    assert steps == [6, 12, 18]  # as one process: they share each batch
    assert Card.load(run / "best").training["device"] == "2 x cpu"


@pytest.mark.parametrize("kinds", [["genre"], [], ["lstm"]])
def test_settings_are_listed_without_data(
    kinds: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["train", "--settings", *kinds])
    assert end.value.code == 0
    told = capsys.readouterr().out
    listed = [line.split(":")[0] for line in told.splitlines() if "(--set key=value)" in line]
    assert listed == (kinds or ["genre", "ar-cnn", "lstm"])


@pytest.mark.usefixtures("registered")
def test_an_estimate_says_what_a_run_would_cost_and_starts_none(
    points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "toy", str(points), "-o", str(tmp_path / "run"), "--estimate"]
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["total_s"] > 0
    assert found["memory_mb"] > 50
    assert main(words) == 0
    assert "for 50 epochs on" in capsys.readouterr().out
    assert not (tmp_path / "run").exists()
    assert main(["train", "toy", str(points), "--resume", str(tmp_path), "--estimate"]) == 1
    assert "--estimate is for a new run" in capsys.readouterr().err
