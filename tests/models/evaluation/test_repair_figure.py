from pathlib import Path

import pytest

from models.data.scores import list_files
from models.evaluation.repair import repair_events
from models.evaluation.repair_figure import choose_windows, draw_repairs, sort_notes
from models.inference.score import ScoreModel
from models.networks.ar_cnn import ArCnn
from models.notes import EditEvent, Note
from resources import path

FILES = list_files(path("demo", "training_scores"))


def test_the_windows_depend_on_the_seed_alone() -> None:
    first, again, other = (choose_windows(FILES, seed, 3) for seed in (1, 1, 2))
    assert first == again != other
    names = [name for name, _ in first]
    assert len(names) == len(set(names)) == 3


def test_notes_are_sorted_by_what_became_of_them() -> None:
    ((_, window),) = choose_windows(FILES, 4, 1)
    before = sort_notes(window, ())
    assert {kind: len(notes) for kind, notes in before.items()} == {
        "right": len(window.clean) - len(window.removed),
        "wrong": len(window.wrong),
        "missing": len(window.removed),
        "put back": 0,
        "added, not in the original": 0,
    }
    back, stray = window.removed[0], Note(7, 1, 10)
    right, wrong = before["right"][0], before["wrong"][0]
    taken = [EditEvent("remove", note, 0.9) for note in (right, wrong)]
    came = [EditEvent("add", note, 0.9) for note in (back, stray)]
    after = sort_notes(window, [*taken, *came])
    assert after["put back"] == [back]
    assert after["added, not in the original"] == [stray]
    assert back not in after["missing"]
    assert right in after["missing"]
    assert right not in after["right"]
    assert wrong not in after["wrong"]


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    windows = choose_windows(FILES, 1, 2)
    model = ScoreModel(ArCnn(8, 4, 2, 3))
    assert repair_events(model, windows[0][1]) == repair_events(model, windows[0][1])
    draw_repairs(tmp_path / "repairs.png", windows, model)
    assert (tmp_path / "repairs.png").read_bytes()[:4] == b"\x89PNG"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        draw_repairs(
            tmp_path / "nowhere" / "x.png", choose_windows(FILES, 1, 1), ScoreModel(ArCnn(8, 4, 2))
        )
