import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.cache_folder import cache_folder
from models.data import audio_features, feature_cache
from models.data.audio_dataset import Clip
from models.data.audio_features import OnDisk, compute_frames, hear
from models.data.feature_cache import FeatureCache, trim
from models.errors import ModelError
from models.features import FeatureSettings, log_mel

RATE = 8000
SETTINGS = FeatureSettings(RATE, 512, 256, 16, fmax_hz=3900.0)
PROBE = [-26.8, -103.2, -51.3, -29.6, -139.3, -29.0, -160.0, -66.9]
VALUES = np.arange(12, dtype=np.float16).reshape(3, 4)


def write(path: Path, hz: float) -> Clip:
    t = np.arange(RATE) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hz * t), RATE)
    return Clip(path, path.name, "tone", "train", path.name)


@pytest.fixture
def clips(tmp_path: Path) -> list[Clip]:
    return [write(tmp_path / f"{n}.wav", 200 + 100 * n) for n in range(5)]


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the clips whose frames were computed."""
    names: list[str] = []

    def compute(clip: Clip, settings: FeatureSettings) -> np.ndarray:
        names.append(clip.name)
        return compute_frames(clip, settings)

    monkeypatch.setattr(audio_features, "compute_frames", compute)
    return names


def entries() -> list[Path]:
    return sorted(p for p in cache_folder("features").rglob("*") if p.is_file())


def ignore(text: str) -> None:
    pass


def test_frames_are_computed_once(clips: list[Clip], computed: list[str]) -> None:
    first = hear(clips, SETTINGS, ignore)
    again = hear(clips, SETTINGS, ignore)
    assert computed == [clip.name for clip in clips]
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.frames, two.frames)
        assert two.frames.dtype == np.float16


def test_the_same_content_elsewhere_is_known(
    tmp_path: Path, clips: list[Clip], computed: list[str]
) -> None:
    hear(clips[:1], SETTINGS, ignore)
    moved = tmp_path / "moved.wav"
    moved.write_bytes(clips[0].path.read_bytes())
    hear([Clip(moved, "moved.wav", "tone", "train", "")], SETTINGS, ignore)
    assert computed == ["0.wav"]
    write(clips[0].path, 999)  # other content at the same place
    hear(clips[:1], SETTINGS, ignore)
    assert computed == ["0.wav", "0.wav"]


def test_other_settings_are_other_frames(clips: list[Clip], computed: list[str]) -> None:
    hear(clips[:1], SETTINGS, ignore)
    other = FeatureSettings(RATE, 512, 128, 16, fmax_hz=3900.0)
    (heard,) = hear(clips[:1], other, ignore)
    assert len(computed) == 2
    assert heard.frames.shape[1] == other.frames_in(RATE)
    longer = FeatureSettings(RATE, 512, 256, 16, fmax_hz=3900.0, window_s=1.0)
    hear(clips[:1], longer, ignore)  # the window's length is no matter of the frames
    assert len(computed) == 2


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "text", "no entry"])
def test_what_is_damaged_is_computed_again(
    clips: list[Clip], computed: list[str], harm: str
) -> None:
    (before,) = hear(clips[:1], SETTINGS, ignore)
    (entry,) = entries()
    good = entry.read_bytes()
    flipped = bytearray(good)
    flipped[-5] ^= 1
    bad = {"cut": good[:-100], "flip": bytes(flipped), "empty": b"", "text": b"x" * 900}
    if harm == "no entry":
        entry.unlink()
    else:
        entry.write_bytes(bad[harm])
    (after,) = hear(clips[:1], SETTINGS, ignore)
    assert len(computed) == 2
    np.testing.assert_array_equal(before.frames, after.frames)
    hear(clips[:1], SETTINGS, ignore)
    assert len(computed) == 2


def test_another_format_is_computed_again(
    clips: list[Clip], computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hear(clips[:1], SETTINGS, ignore)
    monkeypatch.setattr(feature_cache, "FORMAT", "2")
    hear(clips[:1], SETTINGS, ignore)
    assert len(computed) == 2
    assert len(entries()) == 2


def test_the_format_is_raised_when_frames_come_out_otherwise() -> None:
    """Frames in the cache of a user are good as long as these figures are: else raise FORMAT."""
    y = np.sin(np.arange(4096) ** 2 / 4000).astype(np.float32)
    frames = log_mel(y, FeatureSettings(RATE, 1024, 512, 4, fmax_hz=3900.0))
    assert feature_cache.FORMAT == "1"
    assert frames[:, [0, 3]].ravel().tolist() == pytest.approx(PROBE, abs=0.2)


def test_what_memory_has_no_room_for_is_read_from_disk(
    clips: list[Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hear(clips, SETTINGS, ignore)
    one = held[0].frames.nbytes
    monkeypatch.setattr(audio_features, "IN_MEMORY_BYTES", 2 * one + one // 2)
    heard = hear(clips, SETTINGS, ignore)
    assert [isinstance(h.held, OnDisk) for h in heard] == [False, False, True, True, True]
    for one_clip, two in zip(held, heard, strict=True):
        np.testing.assert_array_equal(one_clip.frames, two.frames)
        np.testing.assert_array_equal(one_clip.frames[:, 3:7], two.frames[:, 3:7])
    for entry in entries():
        entry.unlink()  # in the middle of a run
    np.testing.assert_array_equal(heard[-1].frames, held[-1].frames)
    clips[-1].path.unlink()
    with pytest.raises(ModelError, match=r"4\.wav"):
        _ = heard[-1].frames


def test_a_full_disk_means_memory(clips: list[Clip], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feature_cache, "SPARE_BYTES", 1 << 60)
    monkeypatch.setattr(audio_features, "IN_MEMORY_BYTES", 0)
    heard = hear(clips, SETTINGS, ignore)
    assert not any(isinstance(h.held, OnDisk) for h in heard)
    assert entries() == []


def test_files_that_cant_be_read_are_told_and_left_out(tmp_path: Path, clips: list[Clip]) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    bad = [Clip(tmp_path / n, n, "tone", "train", "") for n in ("text.wav", "gone.wav")]
    told: list[str] = []
    heard = hear([*bad, *clips], SETTINGS, told.append)
    assert [h.clip for h in heard] == clips
    assert len(told) == 2
    assert "text.wav" in told[0]
    assert "gone.wav" in told[1]


def test_the_longest_unused_entries_go_first() -> None:
    cache = FeatureCache("kind")
    for number in range(4):
        cache.put(str(number), VALUES + number)
    for entry in entries():
        os.utime(entry, (1, 1))
    assert cache.get("2") is not None  # used now
    size = entries()[0].stat().st_size
    assert trim(most_bytes=4 * size) == 0
    assert trim(most_bytes=size) == 3
    assert cache.get("2") is not None
    assert cache.get("1") is None


def test_a_write_cut_short_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FeatureCache("kind")
    cache.put("it", VALUES)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    assert cache.put("it", VALUES + 1) is None
    found = cache.get("it")
    assert found is not None
    np.testing.assert_array_equal(found[0], VALUES)
    assert len(entries()) == 1
