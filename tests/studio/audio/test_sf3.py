"""Compressed SoundFonts (.sf3): they sound as what they were made from, broken ones do no harm."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.audio.sf2_check import COMPRESSED, RECORDS
from studio.audio.sf2_file import Instrument, Preset, Sample, Zone, soundfont_bytes
from studio.audio.synth import Synth
from studio.errors import StudioError

RATE = 44100
HZ = 441.0
TONE = (12_000 * np.sin(2 * np.pi * HZ * np.arange(RATE) / RATE)).astype(np.int16)


def plain() -> bytes:
    sample = Sample("Tone", TONE, RATE, root_key=69, loop=(1000, 1000 + 100 * 400))
    instrument = Instrument("Tone", [Zone(sample, generators={54: 1})])
    return soundfont_bytes([Preset("Tone", 0, 0, instrument)], title="Tone", licence="MIT")


def compressed(data: bytes) -> bytes:
    """The same font as .sf3: Ogg Vorbis in place of its one sample, and places in bytes of it."""
    ogg = io.BytesIO()
    soundfile.write(ogg, TONE, RATE, format="OGG", subtype="VORBIS")
    sound = ogg.getvalue() + b"\0" * (len(ogg.getvalue()) % 2)
    header = data.index(b"shdr") + 8
    row = np.frombuffer(data, RECORDS[b"shdr"], 1, header).copy()
    row["loop_start"] -= row["start"]
    row["loop_end"] -= row["start"]
    row["start"], row["end"], row["type"] = 0, len(ogg.getvalue()), 1 | COMPRESSED
    data = data[:header] + row.tobytes() + data[header + row.nbytes :]
    samples = data.index(b"LIST", data.index(b"INFO"))
    tables = data.index(b"LIST", samples + 4)
    body = b"sdta" + b"smpl" + struct.pack("<I", len(sound)) + sound
    whole = data[:samples] + b"LIST" + struct.pack("<I", len(body)) + body + data[tables:]
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


def heard(path: Path) -> np.ndarray:
    synth = Synth(path, sample_rate=RATE)
    synth.note_on(0, 69, 100)
    return synth.render(RATE)[:, 0]


def test_it_sounds_as_what_it_was_made_from(tmp_path: Path) -> None:
    (tmp_path / "tone.sf2").write_bytes(plain())
    (tmp_path / "tone.sf3").write_bytes(compressed(plain()))
    first, second = heard(tmp_path / "tone.sf2"), heard(tmp_path / "tone.sf3")
    assert np.abs(first).max() > 0.02
    assert np.abs(second).max() == pytest.approx(np.abs(first).max(), rel=0.05)
    for sound in (first, second):
        assert np.abs(np.fft.rfft(sound)).argmax() == pytest.approx(HZ, abs=1)


def broken(kept: int) -> bytes:
    """All but the first `kept` bytes of its sound replaced."""
    data = compressed(plain())
    sound = data.index(b"smpl") + 8 + kept
    return data[:sound] + b"\xaa" * 2000 + data[sound + 2000 :]


@pytest.mark.parametrize("kept", [0, 4, 40, 200, 3000])
def test_one_whose_sound_is_broken_is_refused(tmp_path: Path, kept: int) -> None:
    (tmp_path / "bad.sf3").write_bytes(broken(kept))
    with pytest.raises(StudioError, match=r"bad\.sf3: the SoundFont is damaged"):
        Synth(tmp_path / "bad.sf3")
