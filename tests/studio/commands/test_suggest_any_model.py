"""`studio suggest` and `studio continue` with models of both kinds that have learned nothing."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from models.notes import Note
from models.protocol import Piece, TrackInfo, edit_from_json
from models.tempo_map import KeySignature, TempoChange, TimeSignature
from studio.cli import main
from studio.score.midi_file import read_midi, write_midi
from studio.score.song import Song
from tests.models.tiny_score_model import TUNE, write_score_model

BAR = 3 * 480
KEYS = ["model", "seed", "seconds", "edits", "notes_before", "notes_after"]
EDIT_KEYS = ["action", "track", "pitch", "start_beat", "duration_beats", "velocity", "probability"]


@pytest.fixture(scope="module", params=["ar-cnn", "lstm"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    return str(write_score_model(folder, request.param))


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    """Two tracks and drums in 3/4, with a tempo and a key."""
    drums = tuple(Note(480 * beat, 36, 120, 100, track=2) for beat in range(12))
    piece = Piece(
        480,
        TUNE.notes + drums,
        (*TUNE.tracks, TrackInfo("drums", is_drums=True)),
        (TempoChange(0, 400_000), TempoChange(960, 600_000)),
        (TimeSignature(0, 3, 4),),
        (KeySignature(0, "G"),),
    )
    path = tmp_path / "tune.mid"
    write_midi(Song.from_piece(piece), path)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main([*map(str, arguments), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert list(report) == KEYS
    assert all(list(edit) == EDIT_KEYS for edit in report["edits"])
    return dict(report)


def replayed(path: Path, report: dict[str, Any]) -> Counter[Note]:
    notes = Counter(read_midi(path).score.notes)
    for edit in report["edits"]:
        event = edit_from_json(edit, 480)
        notes[event.note] += 1 if event.action == "add" else -1
    return +notes


def test_the_edits_make_the_written_score_of_the_read_one(
    capsys: pytest.CaptureFixture[str], tune: Path, tmp_path: Path, model: str
) -> None:
    before, out = tune.read_bytes(), tmp_path / "out.mid"
    options = ("--model", model, "--add", 5, "--remove", 3, "--seed", 4, "--key", "off")
    report = run(capsys, "suggest", tune, *options, "-o", out)
    actions = Counter(edit["action"] for edit in report["edits"])
    assert 0 < actions["add"] <= 5
    assert 0 < actions["remove"] <= 3
    assert (report["model"], report["seed"]) == ("tiny", 4)
    assert report["notes_before"] == len(read_midi(tune).score)
    assert report["notes_after"] == report["notes_before"] + actions["add"] - actions["remove"]
    song, written = read_midi(tune), read_midi(out)
    assert Counter(written.score.notes) == replayed(tune, report)
    assert written.tempo == song.tempo
    assert written.time_signatures == song.time_signatures
    assert written.key_signatures == song.key_signatures
    assert written.tracks == song.tracks
    assert tune.read_bytes() == before
    again = run(capsys, "suggest", tune, *options)
    assert again["edits"] == report["edits"]


@pytest.mark.parametrize(("add", "remove"), [(0, 0), (0, 2), (2, 0), (1, 1)])
def test_the_caps_are_exact(
    capsys: pytest.CaptureFixture[str], tune: Path, model: str, add: int, remove: int
) -> None:
    report = run(
        capsys, "suggest", tune, "--model", model, "--add", add, "--remove", remove, "--key", "off"
    )
    actions = Counter(edit["action"] for edit in report["edits"])
    assert (actions["add"], actions["remove"]) == (add, remove)


def test_only_the_bars_and_the_tracks_that_are_named_change(
    capsys: pytest.CaptureFixture[str], tune: Path, model: str
) -> None:
    options = ("--bars", "2-3", "--tracks", "2", "--add", 20, "--remove", 20, "--key", "off")
    report = run(capsys, "suggest", tune, "--model", model, *options)
    assert {edit["action"] for edit in report["edits"]} == {"add", "remove"}
    assert {edit["track"] for edit in report["edits"]} == {2}
    assert {edit["start_beat"] // 3 for edit in report["edits"]} == {1, 2}


def test_pitches_density_and_rhythm_bound_what_comes(
    capsys: pytest.CaptureFixture[str], tune: Path, model: str
) -> None:
    options = ("--pitches", "50-60", "--density", 3, "--keep-rhythm", "--key", "off")
    more = ("--add", 30, "--remove", 0)
    report = run(capsys, "suggest", tune, "--model", model, *options, *more)
    assert report["edits"] == [], "every bar is fuller than that"
    options = ("--pitches", "50-60", "--density", 15, "--keep-rhythm", "--key", "off")
    report = run(capsys, "suggest", tune, "--model", model, *options, *more)
    assert report["edits"]
    assert all(50 <= edit["pitch"] <= 60 for edit in report["edits"])
    onsets = {(n.track + 1, n.start / 480) for n in read_midi(tune).score.notes}
    assert {(edit["track"], edit["start_beat"]) for edit in report["edits"]} <= onsets


def test_new_bars_come_after_the_last_one(
    capsys: pytest.CaptureFixture[str], tune: Path, tmp_path: Path, model: str
) -> None:
    out = tmp_path / "longer.mid"
    report = run(
        capsys, "continue", tune, "--bars", 2, "--model", model, "--tracks", "1", "-o", out
    )
    n_bars = -(-read_midi(tune).end // BAR)
    assert report["edits"]
    for edit in report["edits"]:
        assert (edit["action"], edit["track"]) == ("add", 1)
        assert 3 * n_bars <= edit["start_beat"] < 3 * (n_bars + 2)
    assert report["notes_after"] == report["notes_before"] + len(report["edits"])
    assert Counter(read_midi(out).score.notes) == replayed(tune, report)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--tracks", "3"], "drums"),
        (["--seed", "-1"], "--seed -1: must be 0 or more"),
        (["--pitches", "70-60"], "--pitches 70-60: write the lowest"),
        (["--density", "-1"], "--density -1: must be 0 or more"),
    ],
)
def test_what_would_be_silently_something_else_is_refused(
    capsys: pytest.CaptureFixture[str], tune: Path, model: str, options: list[str], reason: str
) -> None:
    assert main(["suggest", str(tune), "--model", model, *options]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert reason in captured.err


@pytest.mark.parametrize("options", [["--add", "some"], ["--bars"], ["--loud"]])
def test_wrong_usage_is_told_apart(
    capsys: pytest.CaptureFixture[str], tune: Path, options: list[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["suggest", str(tune), *options])
    assert end.value.code == 2
    assert "usage: studio suggest" in capsys.readouterr().err
