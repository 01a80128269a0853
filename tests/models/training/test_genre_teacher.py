from pathlib import Path

import numpy as np
import pytest

from models.data.audio_dataset import Clip
from models.data.audio_features import HeardClip
from models.errors import ModelError
from models.training.genre_teacher import Teaching

LABELS = ["jazz", "rock"]


def heard(name: str, genre: str) -> HeardClip:
    clip = Clip(Path(name), name, genre, "train", name)
    return HeardClip(clip, np.zeros((4, 10), np.float16))


@pytest.fixture
def teaching() -> Teaching:
    """Ten clips of each genre, which the teacher tells apart, one of none, one it has not heard."""
    generator = np.random.default_rng(0)
    clips = [heard(f"{g}{i}", g) for g in LABELS for i in range(10)]
    teacher = {h.clip.name: generator.normal(size=(2, 6)).astype(np.float32) for h in clips}
    for h in clips[10:]:
        teacher[h.clip.name][:, 0] += 8
    teacher["free"] = np.array([[8, 0, 0, 0, 0, 0]], np.float32)
    clips += [heard("free", "unlabelled"), heard("unheard", "jazz")]
    return Teaching(clips, teacher, LABELS, strength=1.0, size=3)


def test_each_moment_has_its_row(teaching: Teaching) -> None:
    rows = teaching.rows(np.array([0, 0, 1, 20, 21]), np.array([1.0, 12.0, 99.0, 1.0, 1.0]))
    assert rows.tolist() == [0, 1, 3, 40, -1]


def test_genres_are_read_off_without_the_clip_itself(teaching: Teaching) -> None:
    np.testing.assert_allclose(teaching.genres.sum(1), 1, rtol=1e-5)
    assert (teaching.genres[:20, 0] > 0.5).mean() > 0.9
    assert (teaching.genres[20:40, 1] > 0.5).mean() > 0.9
    assert teaching.genres[40, 1] > 0.5  # the clip without a genre sounds like rock


def test_a_wrong_label_is_not_learned_by_heart() -> None:
    """The regression that speaks for a clip has not seen it."""
    clips = [heard(f"{g}{i}", g) for g in LABELS for i in range(10)]
    generator = np.random.default_rng(0)
    teacher = {h.clip.name: generator.normal(size=(1, 40)).astype(np.float32) for h in clips}
    teaching = Teaching(clips, teacher, LABELS, strength=100.0, size=3)
    right = teaching.genres.argmax(1) == np.repeat([0, 1], 10)
    assert right.mean() < 0.8


def test_the_strongest_components_are_kept(teaching: Teaching) -> None:
    assert teaching.n_outputs == 3
    assert np.square(teaching.values).mean() == pytest.approx(1, rel=1e-4)
    spread = teaching.values.std(0)
    assert (np.diff(spread) <= 0).all()


def test_a_teacher_of_other_clips_is_refused() -> None:
    clips = [heard("a", "jazz"), heard("b", "rock")]
    row = np.ones((1, 4), np.float32)
    with pytest.raises(ModelError, match="names do not fit"):
        Teaching(clips, {"c": row}, LABELS, strength=1.0, size=3)
    with pytest.raises(ModelError, match="two groups"):
        Teaching(clips, {"a": row, "b": row}, LABELS, strength=1.0, size=3)
