from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.analysis import sound_outline
from studio.analysis.channels import ChannelChoice
from studio.analysis.hearing import Hearing
from studio.analysis.sound_outline import SoundOutline
from studio.audio.file_source import FileSource

RATE = 8000


@pytest.fixture
def sound() -> np.ndarray:
    return np.random.default_rng(0).uniform(-0.9, 0.9, (RATE * 3, 2)).astype(np.float32)


@pytest.fixture
def hearing(sound: np.ndarray, tmp_path: Path) -> Iterator[Hearing]:
    path = tmp_path / "sound.wav"
    soundfile.write(path, sound, RATE, subtype="FLOAT")
    source = FileSource(path, is_audible=False, is_paced=False)
    hearing = Hearing(source, lambda *_: None)
    yield hearing
    hearing.stop()


def wait_for(hearing: Hearing, outline: SoundOutline) -> None:
    edges = np.array([0, 2 * RATE, 3 * RATE])
    for _ in range(10_000):
        low, high = outline.between(edges)
        stretches = hearing.memory.stretches()
        if high[-1] > 0.85 and low[-1] < -0.85 and stretches and stretches[-1].end == 3 * RATE:
            return
        hearing._thread._stopping.wait(0.001)
    pytest.fail("the sound was never heard")


@pytest.mark.parametrize("channel", [ChannelChoice(None), ChannelChoice(1)])
def test_near_and_far_show_the_same_sound(
    hearing: Hearing, sound: np.ndarray, channel: ChannelChoice
) -> None:
    hearing.channel = channel
    outline = SoundOutline(hearing)
    hearing.start()
    wait_for(hearing, outline)
    mono = channel.mono(sound)
    for step in (1, 5, 31, 128, 1280):
        edges = np.arange(0, 2 * RATE, step)
        low, high = outline.between(edges)
        wanted = [(mono[a:b].min(), mono[a:b].max()) for a, b in pairwise(edges)]
        assert list(zip(low, high, strict=True)) == wanted, step


def test_nothing_is_shown_before_the_beginning_and_after_the_end(
    hearing: Hearing, sound: np.ndarray
) -> None:
    outline = SoundOutline(hearing)
    hearing.start()
    wait_for(hearing, outline)
    for step in (4, 400):
        low, high = outline.between(np.arange(-4000, 0, step))
        assert (low > high).all()
        low, high = outline.between(np.arange(3 * RATE + 400, 4 * RATE, step))
        assert (low > high).all()


@pytest.mark.parametrize("at_once_s", [0, 100])
def test_one_that_begins_late_makes_up_for_what_it_missed(
    hearing: Hearing, sound: np.ndarray, at_once_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = SoundOutline(hearing)
    hearing.start()
    wait_for(hearing, first)
    monkeypatch.setattr(sound_outline, "AT_ONCE_S", at_once_s)
    monkeypatch.setattr(sound_outline, "PORTION", 1000)
    hearing.channel = ChannelChoice(0)
    first.stop()
    late = SoundOutline(hearing)
    wait_for(hearing, late)
    edges = np.arange(0, 2 * RATE, 256)
    low, high = late.between(edges)
    wanted = [(sound[a:b, 0].min(), sound[a:b, 0].max()) for a, b in pairwise(edges)]
    assert list(zip(low, high, strict=True)) == wanted


def test_what_came_while_it_made_up_is_not_lost(
    hearing: Hearing, sound: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = SoundOutline(hearing)
    hearing.start()
    wait_for(hearing, first)
    monkeypatch.setattr(SoundOutline, "_begin", lambda _: None)
    late, mono = SoundOutline(hearing), hearing.channel.mono(sound)
    late.push(mono[RATE : 2 * RATE], RATE)
    edges = np.arange(0, 2 * RATE, 256)
    low, high = late.between(edges)
    wanted = [(mono[a:b].min(), mono[a:b].max()) for a, b in pairwise(edges)]
    assert list(zip(low, high, strict=True)) == wanted
