import numpy as np
import pytest
from numpy.typing import NDArray

import resources
from models.data.audio_files import find_audio, read_native
from models.data.scores import list_files, load_piece
from models.data.sound_map import make_map, score_features, sound_features
from models.notes import Note
from models.protocol import Piece

RATE = 22_050


def demo() -> tuple[list[NDArray[np.float64]], list[str]]:
    paths = find_audio(resources.path("demo", "training_genre"))
    return [sound_features(*read_native(path)) for path in paths], [p.parent.name for p in paths]


def test_a_strange_sound_is_told_and_its_class_is_not() -> None:
    features, classes = demo()
    assert not make_map(features, classes).is_unusual.any()
    noise = 0.1 * np.random.default_rng(0).standard_normal(4 * RATE).astype(np.float32)
    found = make_map([*features, sound_features(noise, RATE)], [*classes, classes[0]])
    assert found.is_unusual.tolist() == [False] * len(classes) + [True]


def test_level_rate_and_order_do_not_count() -> None:
    y, rate = read_native(find_audio(resources.path("demo", "training_genre"))[0])
    base = sound_features(y, rate)
    np.testing.assert_allclose(sound_features(0.05 * y, rate), base, atol=0.05)
    features, classes = demo()
    one, two = make_map(features, classes), make_map(features[::-1], classes[::-1])
    np.testing.assert_allclose(one.places, two.places[::-1], atol=1e-6)


def test_alike_lies_beside_alike() -> None:
    features, classes = demo()
    places = make_map(features, classes).places
    assert np.abs(places).max() == pytest.approx(1)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + 9 * np.eye(len(places))
    nearest = [classes[at] for at in apart.argmin(axis=1)]
    assert np.mean([a == b for a, b in zip(nearest, classes, strict=True)]) > 0.8


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_few_and_equal_items_have_places(n: int) -> None:
    found = make_map([np.ones(26)] * n, ["a"] * n)
    assert found.places.shape == (n, 2)
    assert np.isfinite(found.places).all()
    assert not found.is_unusual.any()


@pytest.mark.parametrize("n_samples", [1, 100, 3000, 90 * 8000])
@pytest.mark.parametrize("rate", [1000, 8000, 192_000])
def test_any_sound_has_features(n_samples: int, rate: int) -> None:
    y = np.random.default_rng(1).standard_normal(n_samples).astype(np.float32)
    assert np.isfinite(sound_features(y, rate)).all()
    assert np.isfinite(sound_features(0 * y, rate)).all()


def test_a_strange_piece_is_told() -> None:
    files = list_files(resources.path("demo", "training_scores"))
    features = [score_features(load_piece(file.path)) for file in files]
    strange = Piece(480, tuple(Note(n * 7, 30 + n % 90, 3000) for n in range(200)))
    found = make_map([*features, score_features(strange)], ["a"] * (len(files) + 1))
    assert found.is_unusual[-1]
    assert not found.is_unusual[:-1].any()
