import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import resources
from studio.cli import main
from studio.score.midi_file import read_midi
from studio.score.song import Song

MELODY = resources.path("demo", "melody.mid")
SONG = resources.path("demo", "song.mid")
KEYS = ["action", "track", "pitch", "start_beat", "duration_beats", "velocity", "probability"]
Capture = pytest.CaptureFixture[str]


def suggest(capsys: Capture, *words: str, score: Path = MELODY) -> dict[str, Any]:
    assert main(["suggest", str(score), *words, "--json"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def refused(capsys: Capture, *words: str) -> str:
    """The one sentence that `words` are answered with."""
    assert main(list(words)) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("studio: ")
    assert told.err.endswith(".\n")
    assert told.err.count("\n") == 1
    return told.err


def rows_of(song: Song) -> Counter[tuple[int, int, float, float, int]]:
    beat = song.ticks_per_beat
    return Counter(
        (n.track, n.pitch, round(n.start / beat, 6), round(n.duration / beat, 6), n.velocity)
        for n in song.score.notes
    )


def row_of(edit: dict[str, Any]) -> tuple[int, int, float, float, int]:
    return (
        edit["track"] - 1,  # printed as counted from 1
        edit["pitch"],
        round(edit["start_beat"], 6),
        round(edit["duration_beats"], 6),
        edit["velocity"],
    )


def test_the_report_has_the_keys_of_the_contract(capsys: Capture) -> None:
    report = suggest(capsys, "--add", "2", "--remove", "2", "--seed", "5")
    assert list(report) == ["model", "seed", "seconds", "edits", "notes_before", "notes_after"]
    assert (report["model"], report["seed"], report["notes_before"]) == ("ar-cnn", 5, 30)
    assert report["edits"]
    for edit in report["edits"]:
        assert list(edit) == KEYS
        assert 0 <= edit["probability"] <= 1
    signs = Counter(edit["action"] for edit in report["edits"])
    assert report["notes_after"] == 30 + signs["add"] - signs["remove"]


@pytest.mark.parametrize(("n_add", "n_remove"), [(0, 0), (1, 0), (0, 1), (3, 2)])
def test_the_caps_are_kept(n_add: int, n_remove: int, capsys: Capture) -> None:
    report = suggest(capsys, "--add", str(n_add), "--remove", str(n_remove))
    signs = Counter(edit["action"] for edit in report["edits"])
    assert signs["add"] <= n_add
    assert signs["remove"] <= n_remove
    assert bool(report["edits"]) == bool(n_add or n_remove)


def test_only_the_bars_asked_for_are_touched(capsys: Capture) -> None:
    report = suggest(capsys, "--bars", "2-3", "--add", "6", "--remove", "6")
    assert report["edits"]
    assert all(4 <= edit["start_beat"] < 12 for edit in report["edits"])


def test_bars_far_after_the_end_are_those_that_there_are(capsys: Capture) -> None:
    words = ("--add", "3", "--remove", "3")
    last = suggest(capsys, *words, "--bars", "4-999999999")
    assert last["edits"]
    assert all(edit["start_beat"] >= 12 for edit in last["edits"])


def test_only_the_tracks_asked_for_are_touched(capsys: Capture) -> None:
    report = suggest(
        capsys, "--tracks", "2", "--bars", "1-2", "--add", "4", "--remove", "4", score=SONG
    )
    assert report["edits"]
    assert {edit["track"] for edit in report["edits"]} == {2}


def test_a_key_keeps_other_pitches_out(capsys: Capture) -> None:
    words = ("--add", "8", "--remove", "0", "--temperature", "1.5", "--key", "Gb:maj")
    report = suggest(capsys, *words)
    assert report["edits"]
    scale = {(6 + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)}
    assert {edit["pitch"] % 12 for edit in report["edits"]} <= scale


def test_a_seed_repeats_and_another_differs(capsys: Capture) -> None:
    edits = [
        suggest(capsys, "--temperature", "1.5", "--seed", seed)["edits"] for seed in ("3", "3", "4")
    ]
    assert edits[0] == edits[1]
    assert edits[0] != edits[2]


def test_the_written_score_differs_by_the_edits_only(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out.mid"
    report = suggest(capsys, "--bars", "1-2", "-o", str(out), score=SONG)
    before, after = read_midi(SONG), read_midi(out)
    added = Counter(row_of(edit) for edit in report["edits"] if edit["action"] == "add")
    removed = Counter(row_of(edit) for edit in report["edits"] if edit["action"] == "remove")
    assert added
    assert rows_of(after) == rows_of(before) - removed + added
    assert len(after.score) == report["notes_after"]
    assert after.tempo == before.tempo
    assert after.time_signatures == before.time_signatures
    assert after.key_signatures == before.key_signatures
    assert after.ticks_per_beat == before.ticks_per_beat
    assert [(t.name, t.channel, t.program) for t in after.tracks] == [
        (t.name, t.channel, t.program) for t in before.tracks
    ]


def test_lines_for_people_name_each_edit(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out.mid"
    words = ["--add", "2", "--remove", "1", "-o", str(out)]
    assert main(["suggest", str(MELODY), *words]) == 0
    *lines, total, written = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line[0] in "+-" for line in lines)
    assert total.startswith(f"{len(lines)} edits by ar-cnn")
    assert str(out) in written


@pytest.mark.parametrize(
    "words",
    [
        ("--add", "-1"),
        ("--remove", "-1"),
        ("--iterations", "-1"),
        ("--temperature", "2.5"),
        ("--temperature", "nan"),
        ("--bars", "0"),
        ("--bars", "4-2"),
        ("--bars", "99"),
        ("--bars", "two"),
        ("--tracks", "2"),
        ("--tracks", "0"),
        ("--tracks", "²"),
        ("--tracks", "1,,1"),
        ("--key", "H:dur"),
        ("--model", "nothing-called-so"),
        ("--model", "genre-cnn"),
    ],
)
def test_wrong_values_are_one_sentence(words: tuple[str, str], capsys: Capture) -> None:
    told = refused(capsys, "suggest", str(MELODY), *words)
    assert words[1] in told


def test_an_output_that_cant_be_written_is_told(tmp_path: Path, capsys: Capture) -> None:
    told = refused(capsys, "suggest", str(MELODY), "-o", str(tmp_path / "no" / "out.mid"))
    assert "out.mid" in told


def test_a_text_file_is_told_and_writes_nothing(tmp_path: Path, capsys: Capture) -> None:
    text, out = tmp_path / "text.mid", tmp_path / "out.mid"
    text.write_text("no music")
    assert "text.mid" in refused(capsys, "suggest", str(text), "-o", str(out))
    assert list(tmp_path.iterdir()) == [text]


def test_a_model_that_was_changed_is_refused(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(resources.path("models", "ar-cnn"), folder)
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert str(folder) in refused(capsys, "suggest", str(MELODY), "--model", str(folder))


def test_the_installed_command_answers_alone_on_stdout(tmp_path: Path) -> None:
    out = tmp_path / "out.mid"
    words = ["suggest", str(MELODY), "--add", "1", "--remove", "0", "--json", "-o", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "studio", *words], capture_output=True, check=True, timeout=120
    )
    assert done.stderr == b""
    assert json.loads(done.stdout)["notes_after"] == 31
    assert set(read_midi(MELODY).score.notes) < set(read_midi(out).score.notes)
    assert len(read_midi(out).score) == 31
