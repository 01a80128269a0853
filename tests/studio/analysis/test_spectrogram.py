import itertools
from dataclasses import replace

import librosa
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio.analysis.constant_q import _LowSpectrum
from studio.analysis.history import SpectrogramHistory, to_db
from studio.analysis.scales import SCALES, Scale, knows_notes
from studio.analysis.spectrogram import Columns, FourierRows, Spectrogram, SpectrogramSettings
from studio.analysis.windows import WINDOWS, Window

SMALL = SpectrogramSettings(8000, n_fft=256, hop_length=64, n_rows=48, fmin_hz=60, fmax_hz=4000)
NOISE = np.random.default_rng(1).standard_normal(3000).astype(np.float32)


def sine(hz: float, seconds: float, rate: int = 48_000, level_db: float = 0.0) -> np.ndarray:
    t = np.arange(round(seconds * rate)) / rate
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hz * t)).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 700), max_size=12))
def test_any_cutting_of_the_stream_gives_the_same_columns_bit_for_bit(sizes: list[int]) -> None:
    whole = Spectrogram(SMALL).push(NOISE)
    streamed = Spectrogram(SMALL)
    edges = np.minimum(np.cumsum([0, *sizes, len(NOISE)]), len(NOISE))
    parts = [streamed.push(NOISE[a:b]) for a, b in itertools.pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate([part.db for part in parts]), whole.db)
    positions = np.concatenate([part.positions for part in parts])
    np.testing.assert_array_equal(positions, whole.positions)


@pytest.mark.parametrize("scale", SCALES)
@given(start=st.integers(0, 900), sizes=st.lists(st.integers(0, 400), max_size=6))
def test_in_every_view_a_later_start_gives_the_same_columns(
    scale: Scale, start: int, sizes: list[int]
) -> None:
    s = replace(SMALL, scale=scale)
    whole = Spectrogram(s).push(NOISE)
    late = Spectrogram(s)
    late.reset(start)
    edges = np.minimum(np.cumsum([start, *sizes, len(NOISE)]), len(NOISE))
    parts = [late.push(NOISE[a:b]) for a, b in itertools.pairwise(edges)]
    positions = np.concatenate([part.positions for part in parts])
    is_common = whole.positions >= (positions[0] if len(positions) else len(NOISE))
    np.testing.assert_array_equal(positions, whole.positions[is_common])
    np.testing.assert_array_equal(np.concatenate([part.db for part in parts]), whole.db[is_common])


@pytest.mark.parametrize("scale", SCALES)
def test_rows_and_frequencies_are_inverse_and_rows_of_notes_are_notes(scale: Scale) -> None:
    s = SpectrogramSettings(44_100, scale=scale)
    rows = np.arange(s.n_rows)
    np.testing.assert_allclose(s.row_of(s.row_hz), rows, atol=1e-6)
    assert np.all(np.diff(s.row_hz) > 0)
    if knows_notes(scale):
        pitches = 69 + 12 * np.log2(s.row_hz[::3] / 440)
        np.testing.assert_allclose(pitches, np.rint(pitches), atol=1e-6)


@pytest.mark.parametrize("window", WINDOWS)
def test_through_every_window_a_sine_in_a_bin_reads_its_level(window: Window) -> None:
    s = SpectrogramSettings(48_000, window=window, scale="linear", n_rows=2049, fmin_hz=0.0)
    s = replace(s, fmax_hz=24_000.0)
    for n_bin, level_db in ((20, 0.0), (200, -30.0), (1500, -60.0)):
        column = Spectrogram(s).push(sine(n_bin * s.hz_per_bin, 0.12, level_db=level_db)).db[0]
        assert abs(int(column.argmax()) - n_bin) <= (1 if window == "flat-top" else 0)
        assert column[n_bin] == pytest.approx(level_db, abs=0.1)


def test_a_flat_top_reads_the_level_of_any_sine() -> None:
    s = SpectrogramSettings(48_000, window="flat-top", scale="linear", n_rows=640)
    for hz in np.random.default_rng(3).uniform(200, 17_000, 20):
        column = Spectrogram(s).push(sine(float(hz), 0.12)).db[0]
        assert column.max() == pytest.approx(0, abs=0.1)


def test_white_noise_is_flat() -> None:
    s = SpectrogramSettings(48_000, n_fft=1024, scale="linear", n_rows=512, fmin_hz=50.0)
    noise = np.random.default_rng(4).standard_normal(60 * 48_000).astype(np.float32) / 10
    power = (10 ** (Spectrogram(s).push(noise).db / 10)).mean(axis=0)
    thirds = 10 * np.log10([part.mean() for part in np.array_split(power, 16)])
    assert np.ptp(thirds) < 0.2


@pytest.mark.parametrize("pitch", [40, 57, 69, 88, 100])
def test_constant_q_puts_a_note_on_its_row_at_its_level(pitch: int) -> None:
    s = SpectrogramSettings(48_000, scale="constant-q")
    hz = 440 * 2 ** ((pitch - 69) / 12)
    column = Spectrogram(s).push(sine(hz, 0.5, level_db=-12)).db[0]
    assert int(column.argmax()) == round(float(s.row_of(hz)))
    assert column.max() == pytest.approx(-12, abs=0.1)
    if pitch >= 57:  # above 150 Hz the bands are a third of a semitone wide
        row = int(column.argmax())
        assert column[row + 3] < -12 - 30  # a semitone away


@pytest.mark.parametrize("hz", [110.0, 440.0, 1000.0, 5000.0, 15_000.0])
@pytest.mark.parametrize("level_db", [0.0, -40.0])
def test_a_sine_is_highest_at_its_row_and_near_its_level(hz: float, level_db: float) -> None:
    s = SpectrogramSettings(48_000)
    column = Spectrogram(s).push(sine(hz, 0.3, level_db=level_db)).db.mean(axis=0)
    row = int(column.argmax())
    assert abs(s.row_hz[row] - hz) <= max(s.hz_per_bin, hz * 0.011)
    assert column[row] == pytest.approx(level_db, abs=1.5)  # a Hann window's scalloping is 1.42 dB


def test_a_sine_in_the_middle_of_a_bin_reads_its_level_exactly() -> None:
    s = SpectrogramSettings(48_000)
    hz = 200 * s.hz_per_bin
    assert Spectrogram(s).push(sine(hz, 0.2)).db.max() == pytest.approx(0, abs=0.01)


def test_positions_are_the_middle_of_each_window() -> None:
    spectrogram = Spectrogram(SMALL)
    spectrogram.reset(1000)
    columns = spectrogram.push(np.zeros(24 + 256 + 64, dtype=np.float32))
    assert columns.positions.tolist() == [1024 + 128, 1024 + 128 + 64]  # 1024: a multiple of 64


def test_settings_that_make_no_picture_are_refused() -> None:
    with pytest.raises(ValueError, match="no picture"):
        SpectrogramSettings(8000, fmin_hz=5000)
    with pytest.raises(ValueError, match="hop_length=512"):
        SpectrogramSettings(8000, n_fft=256, hop_length=512)


def columns(first: int, count: int) -> Columns:
    positions = 100 * np.arange(first, first + count, dtype=np.int64)
    return Columns(np.full((count, 4), -50.0, np.float32) + positions[:, None] / 1000, positions)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_history_keeps_the_newest_columns_at_their_positions(sizes: list[int]) -> None:
    history = SpectrogramHistory(4, columns_per_second=1, seconds=12)
    for size in sizes:
        history.append(columns(history.count, size))
    total = sum(sizes)
    kept = np.arange(max(0, total - 12), total)
    assert (history.first_position, history.last_position) == (100 * kept[0], 100 * kept[-1])
    levels, is_there = history.at(100 * kept + 40, tolerance=99)
    assert is_there.all()
    np.testing.assert_allclose(to_db(levels)[:, 0], -50 + kept / 10, atol=0.26)


def test_a_gap_in_the_stream_stays_a_gap_in_the_picture() -> None:
    history = SpectrogramHistory(4, columns_per_second=1, seconds=60)
    history.append(columns(0, 5))
    history.append(columns(50, 5))
    _, is_there = history.at(np.array([-50, 300, 3000, 5200]), tolerance=150)
    assert is_there.tolist() == [False, True, False, True]


def test_constant_q_agrees_with_librosa() -> None:
    """Above the range where our windows are cut, wherever there is sound: mostly within 0.3 dB."""
    s = SpectrogramSettings(48_000, scale="constant-q")
    t = np.arange(6 * 48_000) / 48_000
    sound = np.zeros(len(t))
    for number, pitch in enumerate((57, 61, 64, 69, 76, 81, 88)):
        fade = np.where(t > 0.2 * number, np.exp(-1.5 * (t - 0.2 * number)), 0)
        for partial in range(1, 8):
            hz = 440 * 2 ** ((pitch - 69) / 12) * partial
            sound += fade * np.sin(2 * np.pi * hz * t) * 0.08 / partial
    columns = Spectrogram(s).push(sound.astype(np.float32))
    n_bins = s.n_rows - 40  # librosa's highest kernels would pass half the sample rate
    ranges = {"fmin": s.fmin_hz, "n_bins": n_bins, "bins_per_octave": 36}
    theirs = np.abs(librosa.cqt(sound, sr=48_000, hop_length=512, sparsity=0, **ranges))
    lengths, _ = librosa.filters.wavelet_lengths(
        freqs=librosa.cqt_frequencies(n_bins, fmin=s.fmin_hz, bins_per_octave=36), sr=48_000
    )
    amplitude = 2 * theirs / np.sqrt(lengths)[:, None]  # of a sine, as ours
    db = 20 * np.log10(np.maximum(amplitude, 1e-8))[:, columns.positions // 512].T
    rows = slice(round(float(s.row_of(200.0))), n_bins)
    is_sound = db[:, rows] > -50
    apart = np.abs(columns.db[:, rows] - db[:, rows])[is_sound]
    assert is_sound.sum() > 3000
    assert np.percentile(apart, 95) < 0.3
    assert apart.max() < 1.5


@given(
    scale=st.sampled_from(SCALES),
    rate=st.sampled_from([8000, 16_000, 44_100, 192_000]),
    low=st.floats(1, 17_000),
)
def test_every_picture_fits_every_sample_rate(scale: Scale, rate: int, low: float) -> None:
    s = SpectrogramSettings(scale=scale, fmin_hz=low, n_rows=100).at_rate(rate)
    assert s.sample_rate == rate
    assert s.fmin_hz < s.top_hz
    assert s == replace(s)
    assert s.fmin_hz == pytest.approx(low, rel=0.06) or s.fmin_hz < 30


@given(
    scale=st.sampled_from(["linear", "mel", "log", "note"]),
    n_fft=st.sampled_from([64, 512, 4096, 16_384]),
    rate=st.sampled_from([8000, 22_050, 48_000, 192_000]),
    n_rows=st.integers(2, 900),
    low_hz=st.floats(1.0, 1500.0),
    high_hz=st.floats(2000.0, 96_000.0),
    at=st.floats(0, 1),
)
def test_no_bin_is_overlooked_and_none_is_made_up(
    scale: Scale, n_fft: int, rate: int, n_rows: int, low_hz: float, high_hz: float, at: float
) -> None:
    """Where a row is wider than a bin, one strong bin among weak ones shows in full in its row."""
    s = SpectrogramSettings(rate, n_fft, 16, n_rows, low_hz, high_hz, scale)
    rows = FourierRows(s)._rows
    n_bins = n_fft // 2 + 1
    flat = np.full(n_bins, 0.25, dtype=np.float32)
    np.testing.assert_allclose(rows.take(flat), 0.25)
    first, last = np.ceil(s.fmin_hz / s.hz_per_bin), np.floor(s.top_hz / s.hz_per_bin)
    assume(first <= last and last > 0)
    loud = max(1, int(first + at * (last - first)))
    hz = loud * s.hz_per_bin
    ramp = np.arange(n_bins, dtype=np.float32)
    narrow = np.clip(s.row_hz / s.hz_per_bin, 0, n_bins - 1)[: rows._split]
    np.testing.assert_allclose(rows.take(ramp)[: rows._split], narrow, rtol=1e-5, atol=1e-5)
    flat[loud] = 1.0
    shown = rows.take(flat)
    row = int(np.clip(np.round(s.row_of(hz)), 0, s.n_rows - 1))
    if row >= rows._split:
        assert shown[max(0, row - 1) : row + 2].max() == 1.0
    at_row = np.arange(s.n_rows)
    below, above = (s.hz_of(at_row + step) / s.hz_per_bin for step in (1, -1))
    np.testing.assert_allclose(shown[(below < loud - 1) | (above > loud + 1)], 0.25)


@pytest.mark.parametrize("count", [1, 40, 64, 65, 128, 129, 513])
@pytest.mark.parametrize("size", [1024, 2048])
def test_the_lowest_bins_are_those_of_the_whole_fft(size: int, count: int) -> None:
    samples = NOISE[:2048]
    start = (2048 - size) // 2
    whole = np.fft.rfft(samples[start : start + size].astype(np.float64))[:count]
    found = _LowSpectrum(2048, size, count).of(samples)
    np.testing.assert_allclose(found, whole, rtol=1e-4, atol=1e-3)
