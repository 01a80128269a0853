"""The MIDI events that Studio understands besides notes: their bytes, and what they mean."""

from __future__ import annotations

from models.tempo_map import KeySignature, TempoChange, TimeSignature

TEXT_TYPES = range(0x01, 0x10)
NAME, END_OF_TRACK, TEMPO, TIME_SIGNATURE, KEY_SIGNATURE = 0x03, 0x2F, 0x51, 0x58, 0x59
_MAJOR = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"]
_MINOR = [
    "Abm",
    "Ebm",
    "Bbm",
    "Fm",
    "Cm",
    "Gm",
    "Dm",
    "Am",
    "Em",
    "Bm",
    "F#m",
    "C#m",
    "G#m",
    "D#m",
    "A#m",
]
_KEYS = {
    (sharps - 7, int(names is _MINOR)): name
    for names in (_MAJOR, _MINOR)
    for sharps, name in enumerate(names)
}
KEYS = {name: sharps_mode for sharps_mode, name in _KEYS.items()}


def variable_length(value: int) -> bytes:
    """`value` in seven bits a byte, as MIDI files write lengths and times."""
    parts = [value & 0x7F]
    while value := value >> 7:
        parts.append(value & 0x7F | 0x80)
    return bytes(reversed(parts))


def meta(kind: int, payload: bytes) -> bytes:
    """The bytes of a meta event."""
    return bytes((0xFF, kind)) + variable_length(len(payload)) + payload


def meta_payload(data: bytes, kind: int) -> bytes | None:
    """What the meta event `data` holds, None where it is no meta event of this kind."""
    if data[0] != 0xFF or data[1] != kind:
        return None
    at = 2
    while data[at] & 0x80:
        at += 1
    return data[at + 1 :]


def decoded(text: bytes, encoding: str) -> str:
    """Text of a MIDI file in characters: UTF-8 where it is that, else in the file's encoding."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        return text.decode("latin-1")


def name_event(name: str) -> bytes:
    """The event that names a track."""
    return meta(NAME, name.encode())


def program_event(channel: int, program: int) -> bytes:
    """The event that chooses an instrument."""
    return bytes((0xC0 | channel, program))


def tempo_event(change: TempoChange) -> bytes:
    """The bytes of a tempo change."""
    return meta(TEMPO, min(change.us_per_beat, 0xFFFFFF).to_bytes(3, "big"))


def tempo_of(tick: int, data: bytes) -> TempoChange | None:
    """The tempo change that `data` is, if it is a sound one."""
    payload = meta_payload(data, TEMPO)
    if payload is None or len(payload) != 3 or not any(payload):
        return None
    return TempoChange(tick, int.from_bytes(payload, "big"))


def time_signature_event(signature: TimeSignature) -> bytes:
    """The bytes of a time signature, with the usual click of a quarter note."""
    power = signature.denominator.bit_length() - 1
    return meta(TIME_SIGNATURE, bytes((signature.numerator, power, 24, 8)))


def time_signature_of(tick: int, data: bytes) -> TimeSignature | None:
    """The time signature that `data` is, if it is a sound one."""
    payload = meta_payload(data, TIME_SIGNATURE)
    if payload is None or len(payload) < 2 or payload[0] == 0 or payload[1] > 8:
        return None
    return TimeSignature(tick, payload[0], 1 << payload[1])


def key_name(sharps: int, *, is_minor: bool) -> str | None:
    """The key with so many sharps (below 0: flats), as MIDI spells it."""
    return _KEYS.get((sharps, int(is_minor)))


def key_event(signature: KeySignature) -> bytes:
    """The bytes of a key signature; C major for a key that MIDI can't write."""
    sharps, mode = KEYS.get(signature.key, (0, 0))
    return meta(KEY_SIGNATURE, bytes((sharps & 0xFF, mode)))


def key_of(tick: int, data: bytes) -> KeySignature | None:
    """The key signature that `data` is, if it is a sound one."""
    payload = meta_payload(data, KEY_SIGNATURE)
    if payload is None or len(payload) != 2:
        return None
    sharps = payload[0] - 256 if payload[0] > 127 else payload[0]
    name = _KEYS.get((sharps, payload[1]))
    return KeySignature(tick, name) if name else None
