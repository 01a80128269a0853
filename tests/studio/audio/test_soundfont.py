"""The SoundFont that our command makes: whole, in tune, clean, and the one that ships."""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.audio import soundfont_maker
from studio.audio.soundfont import shipped_soundfont
from studio.audio.soundfont_tones import TONES, key_hz, make_instrument
from studio.audio.synth import Synth

RATE = 44100
HELD = [name for name, tone in TONES.items() if tone.fall == 0]


@pytest.fixture(scope="module")
def synth() -> Synth:
    return Synth(shipped_soundfont(), sample_rate=RATE)


def play(
    synth: Synth, sound: str, key: int, *, held_s: float = 1.0, tail_s: float = 0.0
) -> NDArray[np.float32]:
    """The mono sound of one note, from silence."""
    synth.silence()
    synth.render(4096)
    synth.program(0, soundfont_maker.program_sounds().index(sound))
    synth.note_on(0, key, 100)
    held = synth.render(round(held_s * RATE))
    synth.note_off(0, key)
    return np.concatenate((held, synth.render(round(tail_s * RATE)))).mean(axis=1)


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        size = struct.unpack("<I", data[at + 4 : at + 8])[0]
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def mean_pitch_hz(y: NDArray[np.float32], near_hz: float) -> float:
    """The centre of gravity of the power within a semitone of `near_hz`."""
    power = np.abs(np.fft.rfft(y * np.hanning(len(y)), 1 << 18)) ** 2
    hz = np.fft.rfftfreq(1 << 18, 1 / RATE)
    near = (hz > near_hz * 2 ** (-1 / 12)) & (hz < near_hz * 2 ** (1 / 12))
    return float((power[near] * hz[near]).sum() / power[near].sum())


def test_the_shipped_file_is_what_the_command_makes(tmp_path: Path) -> None:
    made = tmp_path / "made.sf2"
    assert soundfont_maker.main([str(made)]) == 0
    ours, shipped = made.read_bytes(), shipped_soundfont().read_bytes()
    assert len(shipped) <= 4_000_000
    assert len(ours) == len(shipped)
    lists = [dict(chunks(body[4:])) for _, body in chunks(ours[12:])]
    same = [dict(chunks(body[4:])) for _, body in chunks(shipped[12:])]
    assert lists[2] == same[2]  # headers, zones, generators
    mine, theirs = (np.frombuffer(x[1][b"smpl"], "<i2").astype(int) for x in (lists, same))
    assert np.abs(mine - theirs).max() <= 2  # other processors round sines otherwise


def test_the_tables_refer_to_each_other(tmp_path: Path) -> None:
    data = shipped_soundfont().read_bytes()
    (_, _), (_, sdta), (_, pdta) = chunks(data[12:])
    n_samples = len(dict(chunks(sdta[4:]))[b"smpl"]) // 2
    tables = dict(chunks(pdta[4:]))
    for name, size in ((b"phdr", 38), (b"inst", 22), (b"pbag", 4), (b"ibag", 4), (b"shdr", 46)):
        assert len(tables[name]) % size == 0
    last_bag = struct.unpack("<HH", tables[b"ibag"][-4:])[0]
    assert last_bag * 4 == len(tables[b"igen"]) - 4
    rows = [tables[b"shdr"][at : at + 46] for at in range(0, len(tables[b"shdr"]) - 46, 46)]
    for row in rows:
        start, end, loop_start, loop_end = struct.unpack("<4I", row[20:36])
        assert start <= loop_start < loop_end <= end <= n_samples - 46


def test_every_program_and_the_whole_kit_sound() -> None:
    synth = Synth(shipped_soundfont(), sample_rate=RATE)
    for channel, (program, key) in enumerate(
        [*((program, 60) for program in range(128)), *((-1, key) for key in range(35, 82))]
    ):
        synth.program(channel, max(program, 0), is_drums=program < 0)
        synth.note_on(channel, key, 100)
        peak = np.abs(synth.render(4096)).max()
        synth.silence()
        synth.render(64)
        assert 0.01 < peak < 0.9, (program, key)


@pytest.mark.parametrize("sound", TONES)
@pytest.mark.parametrize("key", [45, 62, 79])
def test_notes_are_in_tune_and_clean(synth: Synth, sound: str, key: int) -> None:
    y = play(synth, sound, key, held_s=0.8)
    cents = 1200 * np.log2(mean_pitch_hz(y[2000:], key_hz(key)) / key_hz(key))
    assert abs(cents) < 8
    assert abs(y.mean()) < 0.002
    assert np.abs(y).max() < 0.5


@pytest.mark.parametrize("sound", TONES)
def test_notes_end_after_their_release(synth: Synth, sound: str) -> None:
    y = play(synth, sound, 60, held_s=0.5, tail_s=4.0)
    assert np.abs(y[-RATE // 2 :]).max() < 0.01 * np.abs(y[: RATE // 2]).max()


@pytest.mark.parametrize("sound", sorted(set(TONES) - set(HELD)))
def test_struck_and_plucked_notes_die_away(synth: Synth, sound: str) -> None:
    y = play(synth, sound, 64, held_s=2.0)
    early, late = (np.sqrt(np.mean(part**2)) for part in (y[: RATE // 2], y[-RATE // 2 :]))
    assert late < 0.75 * early


@pytest.mark.parametrize("sound", HELD)
def test_held_notes_stay(synth: Synth, sound: str) -> None:
    y = play(synth, sound, 64, held_s=3.0)
    middle, late = (np.sqrt(np.mean(part**2)) for part in (y[RATE : 2 * RATE], y[2 * RATE :]))
    assert late == pytest.approx(middle, rel=0.25)


@pytest.mark.parametrize("sound", ["piano", "strings", "flute"])
def test_loops_have_no_seam(sound: str) -> None:
    for zone in make_instrument(sound, TONES[sound], 1).zones:
        data = zone.sample.data.astype(float)
        start, end = zone.sample.loop or pytest.fail("not looped")
        steps = np.abs(np.diff(data[start:end]))
        seam = abs(data[end - 1] - data[start])
        assert seam <= steps.max() * 1.05
        np.testing.assert_allclose(data[start : start + 8], data[end : end + 8], atol=2)


def test_playing_harder_is_louder_and_brighter(synth: Synth) -> None:
    def spectrum(velocity: int) -> NDArray[np.float64]:
        synth.silence()
        synth.render(4096)
        synth.program(0, 0)
        synth.note_on(0, 55, velocity)
        return np.abs(np.fft.rfft(synth.render(16384).mean(axis=1)))

    soft, loud = spectrum(30), spectrum(120)
    high = np.fft.rfftfreq(16384, 1 / RATE) > 2000
    assert loud.sum() > 2 * soft.sum()
    share_soft, share_loud = (np.sum(s[high] ** 2) / np.sum(s**2) for s in (soft, loud))
    assert share_loud > 2 * share_soft
