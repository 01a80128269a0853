import argparse
import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.cli import main
from studio.commands import classify
from tests.models.genre_sounds import RATE, beeps, write_genres, write_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_model(tmp_path_factory.mktemp("models") / "random"))


@pytest.fixture
def music(tmp_path: Path) -> Path:
    return write_genres(tmp_path / "music", n_files=2, seconds=1.2)


def test_json_is_one_list_of_entries(
    model: str, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["classify", str(music), "--model", model, "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [Path(e["path"]).relative_to(music).as_posix() for e in entries] == [
        "beeps/0.wav",
        "beeps/1.wav",
        "thumps/0.wav",
        "thumps/1.wav",
    ]
    keys = ["path", "genre", "confidence", "probabilities", "seconds", "windows", "error"]
    for entry in entries:
        assert list(entry) == keys
        assert entry["confidence"] == entry["probabilities"][entry["genre"]]
        assert sum(entry["probabilities"].values()) == pytest.approx(1)
        assert entry["seconds"] == pytest.approx(1.2, abs=1e-3)


def test_a_broken_file_is_an_entry_and_no_failure(
    model: str, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (music / "broken.wav").write_text("no sound")
    assert main(["classify", str(music), "--model", model, "--json"]) == 0
    errors = {Path(e["path"]).name: e["error"] for e in json.loads(capsys.readouterr().out)}
    assert "no audio file" in errors["broken.wav"]
    assert [name for name, error in errors.items() if error] == ["broken.wav"]


def test_one_bad_file_is_one_sentence(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, beeps(1, 0), RATE)
    path.write_bytes(path.read_bytes()[:3000])
    assert main(["classify", str(path), "--model", model]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("studio: ")
    assert "truncated" in told.err
    assert told.err.count("\n") == 1


def test_only_bad_files_are_a_failure(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_text("no sound")
    assert main(["classify", str(tmp_path), "--model", model, "--json"]) == 1
    told = capsys.readouterr()
    assert len(json.loads(told.out)) == 2
    assert "None of the 2 files" in told.err


@pytest.mark.parametrize("name", ["none.wav", "folder"])
def test_what_is_not_there_is_told(
    model: str, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    assert main(["classify", str(tmp_path / name), "--model", model]) == 1
    assert name in capsys.readouterr().err


def test_the_table_has_a_row_a_file(model: str, music: Path, tmp_path: Path) -> None:
    assert main(["classify", str(music), "--model", model, "--out", str(tmp_path / "t.csv")]) == 0
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    for row in rows:
        assert row["genre"] in ("beeps", "thumps")
        assert float(row[row["genre"]]) == float(row["confidence"])


def test_processes_find_what_one_finds(
    model: str, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = []
    for jobs in ("1", "2"):
        assert main(["classify", str(music), "--model", model, "--json", "--jobs", jobs]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    for one, two in zip(*answers, strict=True):
        assert one["path"] == two["path"]
        assert np.allclose(list(one["probabilities"].values()), list(two["probabilities"].values()))


@pytest.mark.parametrize("jobs", ["0", "-1", "two", "1000"])
def test_a_wrong_number_of_jobs_is_wrong_usage(model: str, jobs: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["classify", "x.wav", "--model", model, "--jobs", jobs])
    assert stopped.value.code == 2


def test_lines_for_people_name_the_likeliest_first(
    model: str, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["classify", str(music / "beeps" / "0.wav"), "--model", model]) == 0
    line = capsys.readouterr().out.strip()
    shares = [int(word.strip("%,")) for word in line.split() if word.endswith(("%", "%,"))]
    assert shares == sorted(shares, reverse=True)


def interrupted_after(monkeypatch: pytest.MonkeyPatch, count: int) -> list[Path]:
    """The command is broken off when it comes to file number `count`; which files it took up."""
    taken: list[Path] = []
    plain = classify.classify_one

    def classify_one(folder: Path, path: Path) -> dict[str, object]:
        taken.append(path)
        if len(taken) > count:
            raise KeyboardInterrupt
        return plain(folder, path)

    monkeypatch.setattr(classify, "classify_one", classify_one)
    return taken


def test_an_interrupted_run_goes_on_where_it_stopped(
    model: str, music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "genres.csv"
    command = ["classify", str(music), "--model", model, "--out", str(table)]
    with monkeypatch.context() as patch:
        interrupted_after(patch, 2)
        with pytest.raises(KeyboardInterrupt):
            classify.run(_parse(command))
    assert not table.exists()
    part = tmp_path / "genres.csv.part"
    assert len(part.read_text().splitlines()) == 2
    part.write_text(part.read_text() + '{"key": "cut sh')
    with monkeypatch.context() as patch:
        taken = interrupted_after(patch, 99)
        assert main(command) == 0
    assert [path.name for path in taken] == ["0.wav", "1.wav"]  # the second folder's
    assert not part.exists()
    whole = table.read_text()
    assert main(command) == 0
    assert table.read_text() == whole


def test_what_has_changed_since_is_done_again(
    model: str, music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "genres.csv"
    command = ["classify", str(music), "--model", model, "--out", str(table)]
    with monkeypatch.context() as patch:
        interrupted_after(patch, 3)
        with pytest.raises(KeyboardInterrupt):
            classify.run(_parse(command))
    soundfile.write(music / "beeps" / "0.wav", beeps(2, 9), RATE)
    with monkeypatch.context() as patch:
        taken = interrupted_after(patch, 99)
        assert main(command) == 0
    assert [path.parent.name for path in taken] == ["beeps", "thumps"]


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    classify.configure(parser)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(words[1:])
