import numpy as np
import pytest
from numpy.typing import NDArray

from models.data.degrade import DEGRADATIONS

RATE = 22_050


def music(seconds: float = 2.0) -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    t = np.arange(round(seconds * RATE)) / RATE
    tones = sum(np.sin(2 * np.pi * hz * t) for hz in (220, 660, 6000))
    return np.asarray(0.1 * tones + 0.001 * rng.standard_normal(len(t)), dtype=np.float32)


def changed(name: str, y: NDArray[np.float32], seed: int = 0) -> NDArray[np.float32]:
    return DEGRADATIONS[name](y, RATE, np.random.default_rng(seed))


def level_at(y: NDArray[np.float32], hz: float) -> float:
    """In dB, of the loudest near a frequency."""
    power = np.abs(np.fft.rfft(y * np.hanning(len(y)))) ** 2
    at = round(hz * len(y) / RATE)
    return float(10 * np.log10(power[at - 5 : at + 6].max() + 1e-12))


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_every_change_is_repeatable_and_keeps_type_and_length(name: str) -> None:
    y = music()
    one, again = changed(name, y), changed(name, y)
    assert (one == again).all()
    assert one.dtype == np.float32
    assert abs(len(one) - len(y)) < 0.1 * RATE
    assert np.isfinite(one).all()
    assert not np.array_equal(one, y)
    silent = changed(name, np.zeros(RATE, np.float32))
    assert np.abs(silent).max() < 1e-4


def test_each_does_what_its_name_says() -> None:
    y = music()
    low = changed("low_pass", y)
    assert level_at(low, 6000) < level_at(y, 6000) - 25
    assert level_at(low, 660) == pytest.approx(level_at(y, 660), abs=0.5)
    hiss = changed("noise", y) - y
    assert 20 * np.log10(y.std() / hiss.std()) == pytest.approx(15, abs=0.2)
    assert 20 * np.log10(y.std() / changed("quieter", y).std()) == pytest.approx(20, abs=1e-3)
    click = np.zeros(RATE, np.float32)
    click[0] = 1
    rung = changed("room", click)
    early, late = np.square(rung[1 : RATE // 10]).sum(), np.square(rung[RATE * 4 // 10 :]).sum()
    assert np.square(rung[1:]).sum() == pytest.approx(rung[0] ** 2, rel=0.01)
    assert early > 1000 * late
    coded = changed("mp3", y)
    assert level_at(coded, 660) == pytest.approx(level_at(y, 660), abs=1)


def test_loud_sound_is_not_clipped_by_the_codec() -> None:
    loud = 20 * music()
    assert changed("mp3", loud).std() == pytest.approx(loud.std(), rel=0.05)
