import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from studio.analysis import reanalysis
from studio.analysis.channels import MIX
from studio.analysis.reanalysis import MAX_WAITING, Reanalysis
from studio.analysis.sound_memory import SoundMemory
from studio.analysis.spectrogram import Columns, Spectrogram, SpectrogramSettings

SETTINGS = SpectrogramSettings(8000, n_fft=64, hop_length=4, n_rows=8, fmax_hz=4000.0)
SOUND = np.random.default_rng(6).standard_normal((8000, 1)).astype(np.float32) / 8


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def all_of(past: Reanalysis) -> list[Columns]:
    """Every bite, newest first."""
    bites: list[Columns] = []

    def is_over() -> bool:
        is_done = past.is_done
        bites.extend(past.fetch())
        return is_done

    wait_until(is_over)
    return bites


def memory_of(*parts: tuple[int, int]) -> SoundMemory:
    memory = SoundMemory(8000, 1)
    for start, end in parts:
        memory.push_frames(SOUND[start:end], start)
    return memory


@pytest.fixture
def ended() -> Iterator[list[Reanalysis]]:
    """What is put in here is stopped at the end."""
    running: list[Reanalysis] = []
    yield running
    for past in running:
        past.stop()


def test_it_waits_for_a_window_that_does_not_fetch(ended: list[Reanalysis]) -> None:
    past = Reanalysis(memory_of((0, 8000)), SETTINGS, MIX, lambda: 7000)
    ended.append(past)
    wait_until(lambda: len(past._waiting) == MAX_WAITING)
    assert not past.is_done
    bites = all_of(past)
    whole = Spectrogram(SETTINGS).push(SOUND[:7000, 0])
    assert max(len(bite.db) for bite in bites) < len(whole.db) / MAX_WAITING
    np.testing.assert_array_equal(np.concatenate([b.db for b in bites[::-1]]), whole.db)
    assert past.is_done


def test_a_window_that_does_not_fetch_does_not_keep_it_from_being_stopped() -> None:
    past = Reanalysis(memory_of((0, 8000)), SETTINGS, MIX, lambda: 8000)
    wait_until(lambda: len(past._waiting) == MAX_WAITING)
    past.stop()
    past._thread.join(5)
    assert not past._thread.is_alive()
    assert len(past._waiting) == MAX_WAITING


def test_no_window_lies_over_a_gap() -> None:
    parts = ((0, 301), (415, 900), (901, 930), (950, 2000))
    past = Reanalysis(memory_of(*parts), SETTINGS, MIX, lambda: 1500)
    positions = np.concatenate([bite.positions for bite in all_of(past)[::-1]])
    half = SETTINGS.n_fft // 2
    expected = [
        start + half
        for start in range(0, 1500, SETTINGS.hop_length)
        if any(a <= start and start + 2 * half <= min(b, 1500) for a, b in parts)
    ]
    assert positions.tolist() == expected


def test_what_is_overwritten_meanwhile_is_left_out(ended: list[Reanalysis]) -> None:
    memory = SoundMemory(8000, 1, seconds=0.5)
    memory.push_frames(SOUND[:4000], 0)
    asked = threading.Event()

    def until() -> int | None:
        return 4000 if asked.is_set() else None

    past = Reanalysis(memory, SETTINGS, MIX, until)
    ended.append(past)
    memory.push_frames(SOUND[4000:7000], 4000)
    asked.set()
    positions = np.concatenate([bite.positions for bite in all_of(past)[::-1]])
    assert positions[0] == 3000 + SETTINGS.n_fft // 2
    assert positions[-1] == 4000 - SETTINGS.n_fft // 2
    assert all(b - a == SETTINGS.hop_length for a, b in itertools.pairwise(positions))


def test_a_mistake_ends_it_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(settings: SpectrogramSettings) -> Spectrogram:
        raise ZeroDivisionError("no rows")

    monkeypatch.setattr(reanalysis, "Spectrogram", fail)
    with caplog.at_level(logging.ERROR):
        assert all_of(Reanalysis(memory_of((0, 8000)), SETTINGS, MIX, lambda: 8000)) == []
    assert "drawing anew ended" in caplog.text
