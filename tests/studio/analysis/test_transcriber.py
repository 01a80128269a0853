"""One voice into notes: what was played comes back, however the sound is cut."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

import resources
from models.errors import ModelError
from models.tempo_map import TempoChange, TempoMap
from studio.analysis.notes_of_file import notes_of_file, placed
from studio.analysis.transcriber import HeardNote, Transcriber
from studio.audio.render import render_song
from studio.audio.soundfont import shipped_soundfont
from studio.score.midi_file import read_midi

RATE = 22_050


def tone(pitch: int, seconds: float, level: float = 0.3, rate: int = RATE) -> np.ndarray:
    """A plucked tone with a few overtones."""
    t = np.arange(round(seconds * rate)) / rate
    hz = 440 * 2 ** ((pitch - 69) / 12)
    sound = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 5))
    ends = np.minimum(1, np.minimum(t / 0.004, (seconds - t) / 0.01))
    return (level * sound * ends * np.exp(-2 * t)).astype(np.float32)


def rest(seconds: float, rate: int = RATE) -> np.ndarray:
    return np.zeros(round(seconds * rate), dtype=np.float32)


def heard(sound: np.ndarray, rate: int = RATE, block: int = 512) -> list[HeardNote]:
    transcriber = Transcriber(rate)
    notes = [
        n for at in range(0, len(sound), block) for n in transcriber.push(sound[at : at + block])
    ]
    return notes + transcriber.finish()


def near(notes: list[HeardNote], expected: list[tuple[float, int]]) -> None:
    assert [note.pitch for note in notes] == [pitch for _, pitch in expected]
    onsets = [note.onset_s for note in notes]
    np.testing.assert_allclose(onsets, [onset for onset, _ in expected], atol=0.05)


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000])
def test_a_line_comes_back(rate: int) -> None:
    pitches = [60, 62, 64, 67, 72, 55]
    parts = [rest(0.2, rate), *(tone(pitch, 0.3, rate=rate) for pitch in pitches), rest(0.5, rate)]
    expected = [(0.2 + 0.3 * i, pitch) for i, pitch in enumerate(pitches)]
    near(heard(np.concatenate(parts), rate), expected)


def test_a_pitch_that_is_struck_again_is_another_note() -> None:
    sound = np.concatenate([*(tone(64, 0.35) for _ in range(4)), rest(0.5)])
    near(heard(sound), [(0.35 * i, 64) for i in range(4)])


def test_vibrato_is_one_note() -> None:
    t = np.arange(2 * RATE) / RATE
    semitones = 69 + 0.4 * np.sin(2 * np.pi * 5.5 * t)
    phase = np.cumsum(2 * np.pi * 440 * 2 ** ((semitones - 69) / 12) / RATE)
    sound = (0.3 * np.sin(phase) * np.minimum(1, t / 0.02)).astype(np.float32)
    near(heard(np.concatenate([sound, rest(0.4)])), [(0.0, 69)])


def test_noise_and_silence_are_no_notes() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 2 * RATE).astype(np.float32)
    assert heard(noise) == []
    assert heard(rest(1)) == []
    assert heard(rest(0)) == []


def test_louder_notes_have_higher_velocities() -> None:
    notes = heard(
        np.concatenate([tone(60, 0.4, level) for level in (0.02, 0.1, 0.4)] + [rest(0.4)])
    )
    velocities = [note.velocity for note in notes]
    assert velocities == sorted(velocities)
    assert velocities[0] < velocities[-1]


@settings(max_examples=15)
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=30))
def test_however_it_is_cut_the_notes_are_the_same(sizes: list[int]) -> None:
    sound = np.concatenate([tone(pitch, 0.25) for pitch in (60, 60, 67, 65)] + [rest(0.3)])
    transcriber, notes, at = Transcriber(RATE), [], 0
    while at < len(sound):
        for size in sizes:
            notes += transcriber.push(sound[at : at + size])
            at += size
    assert notes + transcriber.finish() == heard(sound)


def test_notes_come_soon_and_the_sounding_one_is_told() -> None:
    transcriber = Transcriber(RATE)
    transcriber.push(np.concatenate([tone(60, 0.5), tone(64, 0.3)]))
    assert transcriber.sounding is not None
    assert transcriber.sounding[1] == 64


def test_the_demo_melody_comes_back_from_a_file(tmp_path: Path) -> None:
    song = read_midi(resources.path("demo", "melody.mid"))
    path = tmp_path / "melody.wav"
    render_song(song, path, soundfont=shipped_soundfont())
    found = placed(notes_of_file(path), song.tempo_map, 0, 0)
    notes = song.score.notes
    assert [note.pitch for note in found] == [note.pitch for note in notes]
    seconds = song.tempo_map.ticks_to_seconds
    late = [abs(seconds(a.start) - seconds(b.start)) for a, b in zip(found, notes, strict=True)]
    assert max(late) < 0.05


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"bad\.wav"):
        notes_of_file(path)


def test_notes_are_placed_by_the_tempo_map() -> None:
    tempo_map = TempoMap(480, (TempoChange(0, 500_000), TempoChange(960, 1_000_000)))
    notes = placed([HeardNote(0.5, 1.5, 60, 90)], tempo_map, 480, 2)
    assert [(n.start, n.duration, n.pitch, n.track) for n in notes] == [(960, 480, 60, 2)]


def test_a_file_is_given_up_when_nobody_wants_it(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.tile(tone(60, 0.5), 20), RATE)
    assert len(notes_of_file(path, is_wanted=lambda: False)) < 5
