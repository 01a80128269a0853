from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.analysis.music_facts import FileFacts, MusicFacts, MusicFactsListener

RATE = 16_000


def music(bpm: float = 100.0, seconds: float = 20.0) -> np.ndarray:
    """A chord of C major on each beat, of G on every fourth, in two channels."""
    sound = np.zeros(round(seconds * RATE), dtype=np.float32)
    t = np.arange(round(0.5 * RATE)) / RATE
    for index, start in enumerate(np.arange(0, seconds - 0.6, 60 / bpm)):
        pitches = (55, 59, 62, 67) if index % 4 == 3 else (48, 60, 64, 67)
        hz = [440 * 2 ** ((pitch - 69) / 12) for pitch in pitches]
        tones = sum(np.sin(2 * np.pi * f * t) for f in hz) * np.exp(-8 * t) * 0.1
        sound[round(start * RATE) :][: len(t)] += tones.astype(np.float32)
    return np.stack([sound, sound], axis=1)


def assert_right(facts: MusicFacts | None) -> None:
    assert facts is not None
    assert facts.tempo is not None
    assert facts.key is not None
    assert facts.tempo.bpm == pytest.approx(100, abs=0.2)
    assert facts.key.key == "C"


def test_live_sound_is_told_within_seconds_and_again_after_a_gap() -> None:
    listener, sound = MusicFactsListener(RATE), music()[:, 0]
    assert listener.reading == MusicFacts()
    for start in range(0, 12 * RATE, 700):
        listener.push(sound[start : start + 700], start)
    assert_right(listener.reading)
    listener.reset(0)
    assert_right(listener.reading)  # until something else is told
    listener.push(np.zeros(6 * RATE, dtype=np.float32), 0)
    assert listener.reading == MusicFacts()


def test_a_whole_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "music.wav"
    soundfile.write(path, music(), RATE)
    facts = FileFacts(path, RATE)
    assert facts.wait(30)
    assert_right(facts.reading)


@pytest.mark.parametrize("content", [b"", b"RIFF no sound"])
def test_of_a_broken_file_nothing_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    facts = FileFacts(path, RATE)
    assert facts.wait(10)
    assert facts.reading == MusicFacts()


def test_what_is_no_number_in_a_file_does_not_get_into_the_reading(tmp_path: Path) -> None:
    path, sound = tmp_path / "broken.wav", music()
    sound[3 * RATE : 3 * RATE + 50] = np.nan
    soundfile.write(path, sound, RATE, subtype="FLOAT")
    facts = FileFacts(path, RATE)
    assert facts.wait(30)
    assert_right(facts.reading)


def test_it_stops_when_it_is_told_to(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.tile(music(), (20, 1)), RATE)
    facts = FileFacts(path, RATE)
    facts.stop()
    assert facts.wait(10)
    assert facts.reading is None
