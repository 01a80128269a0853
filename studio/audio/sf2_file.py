"""Writes SoundFont 2 files: samples, instruments made of zones, presets."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# generator numbers of the SoundFont 2.01 specification, section 8.1.2
VIBRATO_TO_PITCH, FILTER_CUTOFF, FILTER_Q, MOD_ENVELOPE_TO_FILTER, PAN = 6, 8, 9, 11, 17
VIBRATO_DELAY, VIBRATO_RATE, MOD_ATTACK, MOD_DECAY, MOD_SUSTAIN = 23, 24, 26, 28, 29
ATTACK, HOLD, DECAY, SUSTAIN, RELEASE = 34, 35, 36, 37, 38
ATTENUATION, COARSE_TUNE, FINE_TUNE, SAMPLE_MODES, SCALE_TUNING = 48, 51, 52, 54, 56
EXCLUSIVE_CLASS, ROOT_KEY = 57, 58
_KEY_RANGE, _VELOCITY_RANGE, _INSTRUMENT, _SAMPLE_ID = 43, 44, 41, 53
_GUARD = 46  # silent samples that the specification wants after each sample
_LOOPED = 1


@dataclass(frozen=True, eq=False)
class Sample:
    """A mono sample at its root key; `loop` is (start, end) in samples, None where it ends."""

    name: str
    data: NDArray[np.int16]
    sample_rate: int
    root_key: int
    loop: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Zone:
    """Which keys and velocities (both ends included) a sample plays, and how."""

    sample: Sample
    keys: tuple[int, int] = (0, 127)
    velocities: tuple[int, int] = (0, 127)
    generators: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Instrument:
    """Zones under a name."""

    name: str
    zones: Sequence[Zone]


@dataclass(frozen=True)
class Preset:
    """What a program change chooses; `generators` are added to the instrument's."""

    name: str
    bank: int
    program: int
    instrument: Instrument
    generators: dict[int, int] = field(default_factory=dict)


def timecents(seconds: float) -> int:
    """A duration as envelopes store it."""
    return max(-12000, round(1200 * math.log2(max(seconds, 1e-3))))


def absolute_cents(hz: float) -> int:
    """A frequency as filters and oscillators store it."""
    return round(1200 * math.log2(hz / 8.1758))


def centibels(gain: float) -> int:
    """How much a gain of 0..1 attenuates."""
    return min(1440, round(-200 * math.log10(max(gain, 1e-8))))


def soundfont_bytes(presets: Iterable[Preset], *, title: str, licence: str) -> bytes:
    """A SoundFont file with `presets` and all that they use."""
    ordered = sorted(presets, key=lambda preset: (preset.bank, preset.program))
    instruments = list(dict.fromkeys(preset.instrument for preset in ordered))
    samples = list(dict.fromkeys(zone.sample for inst in instruments for zone in inst.zones))
    starts, wave = _joined(samples)
    body = b"sfbk" + _info(title, licence) + _list(b"sdta", _chunk(b"smpl", wave))
    body += _list(
        b"pdta",
        _preset_chunks(ordered, instruments),
        _instrument_chunks(instruments, samples),
        _chunk(b"shdr", _sample_headers(samples, starts)),
    )
    return _chunk(b"RIFF", body)


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _list(kind: bytes, *chunks: bytes) -> bytes:
    return _chunk(b"LIST", kind + b"".join(chunks))


def _text(name: bytes, text: str) -> bytes:
    data = text.encode("ascii") + b"\0"
    return _chunk(name, data + b"\0" * (len(data) % 2))


def _info(title: str, licence: str) -> bytes:
    return _list(
        b"INFO",
        _chunk(b"ifil", struct.pack("<HH", 2, 1)),
        _text(b"isng", "EMU8000"),
        _text(b"INAM", title),
        _text(b"ICOP", licence),
        _text(b"ISFT", "Studio"),
    )


def _joined(samples: Sequence[Sample]) -> tuple[list[int], bytes]:
    starts, parts, at = [], [], 0
    guard = np.zeros(_GUARD, dtype="<i2")
    for sample in samples:
        starts.append(at)
        parts += [sample.data.astype("<i2"), guard]
        at += len(sample.data) + _GUARD
    return starts, np.concatenate(parts).tobytes()


def _name(text: str) -> bytes:
    return text.encode("ascii")[:19].ljust(20, b"\0")


def _sample_headers(samples: Sequence[Sample], starts: Sequence[int]) -> bytes:
    rows = []
    for sample, start in zip(samples, starts, strict=True):
        end = start + len(sample.data)
        first, last = sample.loop or (0, len(sample.data))
        where = (start, end, start + first, start + last, sample.sample_rate)
        rows.append(_name(sample.name) + struct.pack("<5IBbHH", *where, sample.root_key, 0, 0, 1))
    return b"".join(rows) + _name("EOS") + bytes(26)


class _Bags:
    """Counts zones and generators while a list of them is written."""

    def __init__(self) -> None:
        self._bags: list[bytes] = []
        self._generators: list[bytes] = []

    def __len__(self) -> int:
        return len(self._bags)

    def add(self, generators: Iterable[tuple[int, int]]) -> None:
        """Append a zone with `generators`, in their order."""
        self._bags.append(struct.pack("<HH", len(self._generators), 0))
        self._generators += [struct.pack("<HH", kind, value & 0xFFFF) for kind, value in generators]

    def chunks(self, letter: bytes) -> bytes:
        """The bag, modulator (none: the defaults of the standard) and generator chunks."""
        end = struct.pack("<HH", len(self._generators), 0)
        return (
            _chunk(letter + b"bag", b"".join(self._bags) + end)
            + _chunk(letter + b"mod", bytes(10))
            + _chunk(letter + b"gen", b"".join(self._generators) + bytes(4))
        )


def _preset_chunks(presets: Sequence[Preset], instruments: Sequence[Instrument]) -> bytes:
    bags, rows = _Bags(), []
    index_of = {id(instrument): index for index, instrument in enumerate(instruments)}
    for preset in presets:
        place = (preset.program, preset.bank, len(bags))
        rows.append(_name(preset.name) + struct.pack("<HHHIII", *place, 0, 0, 0))
        number = index_of[id(preset.instrument)]
        bags.add([*sorted(preset.generators.items()), (_INSTRUMENT, number)])
    rows.append(_name("EOP") + struct.pack("<HHHIII", 0, 0, len(bags), 0, 0, 0))
    return _chunk(b"phdr", b"".join(rows)) + bags.chunks(b"p")


def _instrument_chunks(instruments: Sequence[Instrument], samples: Sequence[Sample]) -> bytes:
    bags, rows = _Bags(), []
    index_of = {id(sample): index for index, sample in enumerate(samples)}
    for instrument in instruments:
        rows.append(_name(instrument.name) + struct.pack("<H", len(bags)))
        for zone in instrument.zones:
            bags.add(_zone_generators(zone, index_of[id(zone.sample)]))
    rows.append(_name("EOI") + struct.pack("<H", len(bags)))
    return _chunk(b"inst", b"".join(rows)) + bags.chunks(b"i")


def _zone_generators(zone: Zone, sample_index: int) -> list[tuple[int, int]]:
    """In the order that the standard wants: ranges first, the sample last."""
    ranges = [
        (_KEY_RANGE, zone.keys[0] | zone.keys[1] << 8),
        (_VELOCITY_RANGE, zone.velocities[0] | zone.velocities[1] << 8),
    ]
    mode = [(SAMPLE_MODES, _LOOPED)] if zone.sample.loop else []
    return [*ranges, *sorted(zone.generators.items()), *mode, (_SAMPLE_ID, sample_index)]
