import numpy as np
import pytest

from studio.analysis.channels import MIX, ChannelChoice
from studio.analysis.kept_readings import ReadingRow, measure
from studio.analysis.kept_sound import KeptSound
from studio.analysis.sound_memory import SoundMemory

RATE = 48_000


def measured(
    frames: np.ndarray, channel: ChannelChoice = MIX, start: int = 12_345
) -> list[ReadingRow]:
    memory = SoundMemory(RATE, frames.shape[1])
    memory.push_frames(frames.astype(np.float32), start)
    sound = KeptSound.last(memory, 600)
    assert sound is not None
    return measure(sound, channel)


def sine(hz: float, seconds: float, amplitude: float) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def test_a_sine_has_its_levels_its_pitch_and_its_loudness() -> None:
    tone = sine(997, 4, 0.5)
    rows = measured(np.stack([tone, 0 * tone], axis=1), ChannelChoice(0))
    assert [row.start_s for row in rows] == pytest.approx(np.arange(40) / 10)
    for row in rows:
        assert row.peak_dbfs == pytest.approx(-6.02, abs=0.01)
        assert row.rms_dbfs == pytest.approx(-9.03, abs=0.05)
    for row in rows[1:-1]:
        assert row.pitch_hz == pytest.approx(997, abs=0.5)
    # EBU Tech 3341: a sine of 997 Hz at 0 dBFS in one channel reads -3.01 LUFS
    last = rows[-1].loudness
    for lufs in (last.momentary_lufs, last.short_term_lufs, last.integrated_lufs):
        assert lufs == pytest.approx(-3.01 - 6.02, abs=0.1)
    assert rows[0].loudness.momentary_lufs is None


def test_level_is_of_the_chosen_channel_and_silence_has_no_pitch() -> None:
    tone = sine(440, 1, 0.5)
    frames = np.stack([tone, 0 * tone], axis=1)
    assert measured(frames)[5].peak_dbfs == pytest.approx(-12.04, abs=0.01)
    silent = measured(frames, ChannelChoice(1))[5]
    assert (silent.peak_dbfs, silent.pitch_hz) == (-90.0, None)


def test_a_glide_is_followed_row_by_row() -> None:
    seconds = 3.0
    t = np.arange(round(seconds * RATE)) / RATE
    hz = 220 * 2 ** (t / seconds)
    rows = measured(0.3 * np.sin(2 * np.pi * np.cumsum(hz) / RATE)[:, None])
    for row in rows[1:-1]:
        expected = 220 * 2 ** ((row.start_s + 0.05) / seconds)
        assert row.pitch_hz == pytest.approx(expected, rel=0.01)


def test_tempo_and_key_are_told_once_enough_was_heard() -> None:
    beat = np.zeros(RATE // 2)  # 120 a minute
    chord = sum(sine(hz, 0.5, 0.1) for hz in (261.63, 329.63, 392.0))
    beat += chord * np.exp(-8 * np.arange(len(beat)) / RATE)
    rows = measured(np.tile(beat, 24)[:, None])
    assert rows[0].facts.tempo is None
    facts = rows[-1].facts
    assert facts.tempo is not None
    assert facts.tempo.bpm == pytest.approx(120, rel=0.02)
    assert facts.key is not None
    assert facts.key.key == "C"
