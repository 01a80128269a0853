import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import resources
from models.data.audio_files import find_audio, read_native
from models.data.inspect import Item, placed, unusual_warnings
from models.data.label_check import N_TIMBRE, likelier_classes, timbre_features

RATE = 22_050


def clouds(seed: int = 0, n: int = 24) -> tuple[list[NDArray[np.float64]], list[str], list[str]]:
    """Three classes that overlap a little, each item a group of its own."""
    rng = np.random.default_rng(seed)
    middles = 6.0 * np.repeat(np.eye(3), 21, axis=1)[:, :N_TIMBRE]
    features = [middles[at % 3] + rng.standard_normal(N_TIMBRE) * 0.7 for at in range(3 * n)]
    return features, ["abc"[at % 3] for at in range(3 * n)], [str(at) for at in range(3 * n)]


def test_what_was_filed_under_another_class_is_named_with_the_class_it_is_like() -> None:
    features, classes, groups = clouds()
    before = likelier_classes(features, classes, groups)
    assert sum(name is not None for name in before) <= 1
    classes[0], classes[4] = "b", "c"  # they are of "a" and "b"
    found = likelier_classes(features, classes, groups)
    assert (found[0], found[4]) == ("a", "b")
    assert sum(name is not None for name in found) <= 3


def test_a_group_is_judged_by_others_only() -> None:
    """An album filed under the wrong class as a whole does not speak for itself."""
    features, classes, groups = clouds()
    for at in range(0, 24, 3):
        classes[at], groups[at] = "b", "album"
    found = likelier_classes(features, classes, groups)
    assert sum(found[at] == "a" for at in range(0, 24, 3)) >= 6


@pytest.mark.parametrize("classes", [["a"] * 40, ["a"] * 33 + ["b"] * 7, ["a", "b"] * 20])
def test_what_is_no_measure_names_nothing(classes: list[str]) -> None:
    """One class; a class of too few items; classes of one group each."""
    features = [np.random.default_rng(at).standard_normal(N_TIMBRE) for at in range(40)]
    groups = [str(at) for at in range(40)] if classes.count("b") < 20 else classes
    assert likelier_classes(features, classes, groups) == [None] * 40


@settings(max_examples=20)  # a classifier learns in each
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("12345")), max_size=24))
def test_any_classes_and_groups_are_taken(items: list[tuple[str, str]]) -> None:
    features = [np.full(3, float(at % 5)) for at in range(len(items))]
    found = likelier_classes(features, [c for c, _ in items], [f"{c}{g}" for c, g in items])
    assert len(found) == len(items)
    assert all(name is None or name != own for name, (own, _) in zip(found, items, strict=True))


def test_the_class_that_an_item_is_like_is_in_its_row_and_in_the_warning() -> None:
    items = [Item(f"rock/{at}.wav", "rock", "train", f"{at}") for at in range(3)]
    features = {item.path: np.array([float(at), 1.0]) for at, item in enumerate(items)}
    rows = placed(items, {}, features, {"rock/1.wav": "metal"})
    assert [(row["unusual"], row["like"]) for row in rows] == [
        (False, None),
        (True, "metal"),
        (False, None),
    ]
    (warning,) = unusual_warnings(rows)
    assert "rock/1.wav, rather like metal" in warning


def test_our_demo_is_filed_rightly() -> None:
    paths = find_audio(resources.path("demo", "training_genre"))
    features = [timbre_features(*read_native(path)) for path in paths]
    classes = [path.parent.name for path in paths]
    assert set(likelier_classes(features, classes, [str(p) for p in paths])) == {None}


@pytest.mark.parametrize("n_samples", [1, 100, 3000, 90 * 8000])
@pytest.mark.parametrize("rate", [1000, 8000, 192_000])
def test_any_sound_has_features(n_samples: int, rate: int) -> None:
    y = 0.1 * np.random.default_rng(1).standard_normal(n_samples).astype(np.float32)
    found = timbre_features(y, rate)
    assert found.shape == (N_TIMBRE,)
    assert np.isfinite(found).all()
    assert np.isfinite(timbre_features(0 * y, rate)).all()


def test_the_level_does_not_count() -> None:
    y, rate = read_native(find_audio(resources.path("demo", "training_genre"))[0])
    np.testing.assert_allclose(timbre_features(0.05 * y, rate), timbre_features(y, rate), atol=0.05)
