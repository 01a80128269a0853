from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.audio.overview import Overview

RATE = 8000


def test_every_part_shows_its_extremes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    samples = rng.uniform(-0.9, 0.9, (100_000, 2)).astype(np.float32)
    samples[40_000:60_000] *= 0.01
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    overview = Overview(tmp_path / "a.wav", n_bins=10)
    assert overview.wait(20)
    parts = samples.reshape(10, 10_000, 2)
    np.testing.assert_allclose(overview.highs, parts.max(axis=(1, 2)), atol=1e-6)
    np.testing.assert_allclose(overview.lows, parts.min(axis=(1, 2)), atol=1e-6)
    assert overview.progress == 1.0


@pytest.mark.parametrize(("n_frames", "n_bins"), [(100_003, 7), (70_000, 997), (5, 3), (40, 100)])
def test_parts_that_do_not_come_out_even_hold_their_own_samples(
    tmp_path: Path, n_frames: int, n_bins: int
) -> None:
    samples = np.random.default_rng(1).uniform(-0.9, 0.9, n_frames).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    overview = Overview(tmp_path / "a.wav", n_bins)
    assert overview.wait(20)
    bins = np.arange(n_frames) * n_bins // n_frames
    for part in set(bins.tolist()):
        assert overview.highs[part] == max(0, samples[bins == part].max())
        assert overview.lows[part] == min(0, samples[bins == part].min())


@pytest.mark.parametrize("content", [b"", b"la la la", b"RIFF\x00\x00\x00\x00WAVE"])
def test_a_broken_file_has_a_flat_overview(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    overview = Overview(tmp_path / "a.wav")
    assert overview.wait(20)
    assert not overview.highs.any()
    assert overview.progress == 1.0


def test_it_stops_when_it_is_told_to(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(30 * 48_000, np.float32), 48_000)
    overview = Overview(tmp_path / "a.wav")
    overview.stop()
    assert overview.wait(20)
