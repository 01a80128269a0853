import json
from pathlib import Path

import pytest

import resources
from studio.cli import main
from studio.commands.inspect import MOST_LISTED
from tests.models.genre_sounds import write_genres


@pytest.mark.parametrize(
    ("name", "kind", "count"), [("training_genre", "genre", 24), ("training_scores", "score", 14)]
)
def test_the_demo_sets_are_summed_up(
    name: str, kind: str, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(resources.path("demo", name)), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["kind"], report["n_items"]) == (kind, count)
    assert report["broken"] == []


def test_lines_for_people_name_classes_splits_and_problems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    music = write_genres(tmp_path / "music", n_files=3, seconds=0.5)
    for index in range(MOST_LISTED + 2):
        (music / "beeps" / f"broken{index}.wav").write_text("no sound")
    assert main(["inspect", str(music)]) == 0
    out = capsys.readouterr().out
    for words in ("beeps", "thumps", "Splits (ours", "22050: 6", "! 12 items can't be read"):
        assert words in out
    assert out.count("  broken: ") == MOST_LISTED
    assert "and 2 more broken" in out


@pytest.mark.parametrize("name", ["none", "empty", "music.zip"])
def test_no_data_is_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "music.zip").write_bytes(b"PK")
    assert main(["inspect", str(tmp_path / name), "--json"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("studio: ")
    assert name in told.err
    assert told.err.count("\n") == 1
