from pathlib import Path

import numpy as np
import pytest

from models.data.teacher import describe_teacher, load_teacher, segment_at
from models.errors import ModelError


def write(path: Path, **changes: object) -> Path:
    arrays: dict[str, object] = {
        "paths": np.array(["b.ogg", "a.ogg", "b.ogg"]),
        "segment": np.array([1, 0, 0]),
        "embeddings": np.array([[3.0, 3.5], [1.0, 1.5], [2.0, 2.5]], np.float16),
        **changes,
    }
    np.savez(path, **{name: a for name, a in arrays.items() if a is not None})
    return path


def test_segments_of_a_clip_are_in_order_of_time(tmp_path: Path) -> None:
    heard = load_teacher(write(tmp_path / "teacher.npz"))
    assert sorted(heard) == ["a.ogg", "b.ogg"]
    np.testing.assert_array_equal(heard["a.ogg"], [[1.0, 1.5]])
    np.testing.assert_array_equal(heard["b.ogg"], [[2.0, 2.5], [3.0, 3.5]])


def test_a_moment_is_in_a_segment_of_ten_seconds_and_the_last_counts_on() -> None:
    at = segment_at(np.array([0.0, 9.9, 10.1, 35.0]), np.array([3, 3, 3, 3]))
    assert at.tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize(
    "wrong", [{"paths": None}, {"segment": np.zeros(2)}, {"embeddings": np.zeros(3)}]
)
def test_other_files_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="no file of a teacher's outputs"):
        load_teacher(write(tmp_path / "teacher.npz", **wrong))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "teacher.npz").write_text("not one")
    with pytest.raises(ModelError, match="no file of a teacher's outputs"):
        load_teacher(tmp_path / "teacher.npz")


def test_the_card_says_that_only_outputs_were_used(tmp_path: Path) -> None:
    entry = describe_teacher(write(tmp_path / "teacher.npz"), ["a.ogg", "b.ogg"])
    assert (entry["name"], entry["items"], entry["split"]) == ("teacher", 2, "train 2")
    assert "outputs" in entry["licence"]
