"""What stands above the notes: tempo, time and key signatures, markers; and edits of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from models.tempo_map import KeySignature, TempoChange, TimeSignature
from studio.errors import StudioError
from studio.score.meta_events import (
    KEYS,
    decoded,
    key_event,
    key_of,
    meta,
    meta_payload,
    tempo_event,
    tempo_of,
    time_signature_event,
    time_signature_of,
)
from studio.score.score import Edit, PlacedEvent
from studio.score.smf import BEFORE_OFFS, KeptEvent
from studio.score.song import Song

MarkKind = Literal["tempo", "time", "key", "marker"]
MARKER = 0x06
LOWEST_BPM, HIGHEST_BPM = 4.0, 1000.0  # MIDI's three bytes reach down to 3.6
HIGHEST_NUMERATOR = 255
DENOMINATORS = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at `tick`: its value as it is written, and where its event is in the song."""

    kind: MarkKind
    tick: int
    value: str
    place: PlacedEvent


def marks_of(song: Song) -> list[Mark]:
    """All marks in order of time; those of a tick as tempo, time, key, marker."""
    return sorted(_marks(song), key=lambda mark: (mark.tick, _ORDER.index(mark.kind)))


_ORDER: tuple[MarkKind, ...] = ("tempo", "time", "key", "marker")


def _marks(song: Song) -> Iterator[Mark]:
    for number, chunk in enumerate(song.chunks):
        for at, event in enumerate(chunk.events):
            if event.data[0] != 0xFF:
                continue
            for kind, meaning in _MEANINGS.items():
                value = meaning(song, event.data)
                if value is not None:
                    yield Mark(kind, event.tick, value, PlacedEvent(number, at, event))


def _tempo(_song: Song, data: bytes) -> str | None:
    change = tempo_of(0, data)
    return f"{change.bpm:.2f}".rstrip("0").rstrip(".") if change else None


def _time(_song: Song, data: bytes) -> str | None:
    signature = time_signature_of(0, data)
    return f"{signature.numerator}/{signature.denominator}" if signature else None


def _key(_song: Song, data: bytes) -> str | None:
    signature = key_of(0, data)
    return signature.key if signature else None


def _marker(song: Song, data: bytes) -> str | None:
    text = meta_payload(data, MARKER)
    return None if text is None else decoded(text, song.encoding)


_MEANINGS: dict[MarkKind, Callable[[Song, bytes], str | None]] = {
    "tempo": _tempo,
    "time": _time,
    "key": _key,
    "marker": _marker,
}


def event_of(kind: MarkKind, value: str) -> bytes:
    """The bytes of a mark. Raises StudioError where `value` can't be one."""
    value = value.strip()
    try:
        return _MAKERS[kind](value)
    except ValueError as error:
        raise StudioError(f"“{value}” is no {_WORDS[kind]}.") from error


def _tempo_bytes(value: str) -> bytes:
    bpm = float(value.replace(",", "."))
    if not LOWEST_BPM <= bpm <= HIGHEST_BPM:
        raise ValueError
    return tempo_event(TempoChange(0, round(60e6 / bpm)))


def _time_bytes(value: str) -> bytes:
    numerator, _, denominator = value.partition("/")
    upper, lower = int(numerator), int(denominator)
    if not 1 <= upper <= HIGHEST_NUMERATOR or lower not in DENOMINATORS:
        raise ValueError
    return time_signature_event(TimeSignature(0, upper, lower))


def _key_bytes(value: str) -> bytes:
    key = value.replace("♯", "#").replace("♭", "b").replace(" major", "").replace(" minor", "m")
    if key not in KEYS:
        raise ValueError
    return key_event(KeySignature(0, key))


def _marker_bytes(value: str) -> bytes:
    if not value:
        raise ValueError
    return meta(MARKER, value.encode())


_MAKERS: dict[MarkKind, Callable[[str], bytes]] = {
    "tempo": _tempo_bytes,
    "time": _time_bytes,
    "key": _key_bytes,
    "marker": _marker_bytes,
}
_WORDS: dict[MarkKind, str] = {
    "tempo": "tempo from 4 to 1000 beats a minute",
    "time": "time signature such as 3/4 or 12/8",
    "key": "key such as D, Bb or F#m",
    "marker": "name for a marker",
}
_LABELS: dict[MarkKind, str] = {
    "tempo": "Tempo",
    "time": "Time signature",
    "key": "Key signature",
    "marker": "Marker",
}


def set_mark(song: Song, kind: MarkKind, tick: int, value: str, old: Mark | None = None) -> Edit:
    """The edit that puts a mark at `tick`, in the place of `old` and of its like at that tick.

    Raises StudioError where `value` can't be one.
    """
    event = KeptEvent(tick, BEFORE_OFFS, event_of(kind, value))
    gone = [
        mark.place
        for mark in marks_of(song)
        if mark == old or (mark.kind == kind and mark.tick == tick)
    ]
    number = old.place.chunk if old is not None else 0
    if len(gone) == 1 and gone[0].chunk == number and gone[0].event == event:
        return Edit(_LABELS[kind])  # it is there already
    left = [place.at for place in gone if place.chunk == number]
    events = [e for at, e in enumerate(song.chunks[number].events) if at not in left]
    at = sum(e.tick <= tick for e in events)
    return Edit(
        _LABELS[kind],
        events_removed=frozenset(gone),
        events_added=frozenset((PlacedEvent(number, at, event),)),
    )


def remove_mark(mark: Mark) -> Edit:
    """The edit that takes a mark away."""
    return Edit(f"Remove {_LABELS[mark.kind].lower()}", events_removed=frozenset((mark.place,)))
