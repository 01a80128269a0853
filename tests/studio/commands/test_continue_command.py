import json
from pathlib import Path

import pytest

import resources
from models.tempo_map import Metre
from studio.cli import main
from studio.score.midi_file import read_midi

MELODY = resources.path("demo", "melody.mid")


@pytest.mark.parametrize("bars", [1, 3])
def test_new_notes_fill_exactly_the_bars_after_the_end(
    bars: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "longer.mid"
    assert main(["continue", str(MELODY), "--bars", str(bars), "--json", "-o", str(out)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert list(report) == ["model", "seed", "seconds", "edits", "notes_before", "notes_after"]
    assert report["model"] == "lstm"
    assert {edit["action"] for edit in report["edits"]} == {"add"}
    before, after = read_midi(MELODY), read_midi(out)
    assert set(before.score.notes) < set(after.score.notes)
    new = set(after.score.notes) - set(before.score.notes)
    assert len(new) == len(report["edits"]) == report["notes_after"] - report["notes_before"]
    piece = before.to_piece()
    metre = Metre(piece.ticks_per_beat, piece.time_signatures)
    n_bars = metre.bar_of(piece.end - 1) + 1
    first, end = metre.bar_start(n_bars), metre.bar_start(n_bars + bars)
    assert all(first <= note.start < end for note in new)
    assert all(note.end <= end for note in new)
    assert {metre.bar_of(note.start) for note in new} <= set(range(n_bars, n_bars + bars))


def test_a_seed_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    answers = []
    for seed in ("1", "1", "2"):
        assert main(["continue", str(MELODY), "--bars", "2", "--seed", seed, "--json"]) == 0
        answers.append(json.loads(capsys.readouterr().out)["edits"])
    assert answers[0] == answers[1]
    assert answers[0] != answers[2]


@pytest.mark.parametrize("bars", ["0", "-1", "100000"])
def test_a_wrong_number_of_bars_is_one_sentence(
    bars: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["continue", str(MELODY), "--bars", bars]) == 1
    told = capsys.readouterr().err
    assert told.startswith("studio: ")
    assert bars in told
    assert told.count("\n") == 1


def test_the_number_of_bars_must_be_said() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["continue", str(MELODY)])
    assert stopped.value.code == 2
