import shutil
from pathlib import Path

import numpy as np
import pytest

import resources
from models.errors import ModelError
from models.inference.evidence import EvidenceModel
from models.inference.genre import GenreModel
from tests.models.genre_sounds import RATE, beeps, thumps

SHIPPED = resources.path("models", "genre-cnn")


def sounds() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    t = np.arange(3 * 44_100) / 44_100
    return [
        rng.standard_normal(len(t)).astype(np.float32) / 10,
        (0.3 * np.sin(2 * np.pi * 440 * t)).astype(np.float32),
    ]


def test_the_answer_is_the_mean_of_the_votes_and_the_model_at_work_says_the_same() -> None:
    explained, plain = EvidenceModel.load(SHIPPED), GenreModel.load(SHIPPED)
    for sound in sounds():
        heard = explained.hear(sound, 44_100)
        logits = heard.votes.mean(axis=(1, 2), dtype=np.float64)
        odds = np.exp(logits - logits.max())
        said = list(heard.probabilities.values())
        np.testing.assert_allclose(odds / odds.sum(), said, atol=1e-6)
        np.testing.assert_allclose(list(plain.classify(sound, 44_100).values()), said, atol=1e-3)
        assert heard.votes.shape[0] == len(heard.probabilities)
        assert min(heard.votes.shape) > 1


def test_what_happens_late_in_the_window_changes_the_late_votes_most() -> None:
    model = EvidenceModel.load(SHIPPED)
    music = beeps(3.0, seed=1)
    changed = music.copy()
    tail = len(music) * 5 // 6
    # As loud as the rest: noise at full level would change what all of the window is held against.
    other = thumps(3.0, seed=1)
    changed[tail:] = (other * np.abs(music).max() / np.abs(other).max())[tail:]
    apart = np.abs(model.hear(music, RATE).votes - model.hear(changed, RATE).votes)
    by_frame = apart.mean(axis=(0, 1))
    assert by_frame[-1] > 3 * by_frame[: len(by_frame) // 2].mean()


def test_silence_has_no_votes() -> None:
    heard = EvidenceModel.load(SHIPPED).hear(np.zeros(66_150, np.float32), 22_050)
    assert heard.votes.size == 0


def test_a_score_model_can_not_say_where(tmp_path: Path) -> None:
    shutil.copytree(resources.path("models", "lstm"), tmp_path / "lstm")
    with pytest.raises(ModelError):
        EvidenceModel.load(tmp_path / "lstm")
