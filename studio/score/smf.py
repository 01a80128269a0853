"""Standard MIDI files, byte by byte: chunks in, chunks out, nothing lost on the way.

Broken files are read as far as they make sense, and what was wrong is told in words. Our own
reader, because the usual ones take ten times as long and drop what they don't know.
"""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.errors import StudioError
from studio.score.meta_events import END_OF_TRACK, meta, variable_length

BEFORE_OFFS, BETWEEN, AFTER_ONS = 0, 1, 2  # where a kept event stands among the notes of its tick
MAX_DELTA = 0x0FFFFFFF  # four bytes of seven bits
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}


class KeptEvent(NamedTuple):
    """An event that is not a note: where it stands, and its bytes as they are in the file."""

    tick: int
    slot: int
    data: bytes


@dataclass
class Chunk:
    """One track chunk of the file without its notes. A chunk of many channels is many tracks."""

    events: list[KeptEvent] = field(default_factory=list)
    end_tick: int = 0


@dataclass
class RawFile:
    """A MIDI file taken apart: the header's fields, and each chunk with its note events."""

    file_type: int
    division: int
    chunks: list[Chunk] = field(default_factory=list)
    note_events: list[list[int]] = field(default_factory=list)  # four numbers for each event
    foreign_chunks: list[bytes] = field(default_factory=list)


def parse(data: bytes, name: str, problems: Counter[str]) -> RawFile:
    """Take the MIDI file `data` apart; what is wrong with it is counted in `problems`.

    Raises StudioError, naming the file `name`, where it is no MIDI file that can be opened.
    """
    start = data.find(b"MThd", 0, 4096)
    if start < 0:
        raise StudioError(_no_midi(data, name))
    if start:
        problems["bytes before the header were skipped"] += 1
    if len(data) < start + 14:
        raise StudioError(f"{name} ends within its header: it holds no music.")
    length, file_type, n_tracks, division = struct.unpack_from(">IHHH", data, start + 4)
    if file_type > 1:
        raise StudioError(_wrong_type(file_type, name))
    raw = RawFile(file_type, division)
    _read_chunks(data, start + 8 + length, raw, problems)
    if len(raw.chunks) != n_tracks:
        problems[f"{n_tracks} tracks announced, {len(raw.chunks)} found"] += 1
    return raw


def _no_midi(data: bytes, name: str) -> str:
    if not data:
        return f"{name} is empty: choose a MIDI file."
    head = data[:512]
    if all(byte >= 0x20 or byte in b"\t\r\n\f\x1b" for byte in head):
        return f"{name} is a text file, not a MIDI file, whatever its name says."
    return f"{name} is not a MIDI file: it does not start as one."


def _wrong_type(file_type: int, name: str) -> str:
    if file_type == 2:
        return (
            f"{name} is a MIDI file of type 2 (independent patterns without a common time), "
            "which Studio can't show as one piece: save it as type 1 in the program it is from."
        )
    return f"{name} says that it is a MIDI file of type {file_type}; only 0 and 1 can be opened."


def _read_chunks(data: bytes, at: int, raw: RawFile, problems: Counter[str]) -> None:
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        if not kind.isalnum():
            break
        body = data[at + 8 : at + 8 + length]
        if len(body) < length:
            problems["the file ends within a track"] += 1
        if kind == b"MTrk":
            reader = _TrackReader(body, problems)
            reader.read()
            raw.chunks.append(Chunk(reader.kept, reader.tick))
            raw.note_events.append(reader.notes)
        elif len(body) == length:
            raw.foreign_chunks.append(data[at : at + 8 + length])
        at += 8 + length
    if at < len(data):
        problems["bytes after the last track were dropped"] += 1


class _TrackReader:
    """Reads the events of one track chunk."""

    def __init__(self, data: bytes, problems: Counter[str]) -> None:
        self.kept: list[KeptEvent] = []
        self.notes: list[int] = []  # tick, status, pitch, velocity of each on and off in turn
        self.tick = 0
        self._data = data
        self._problems = problems
        self._is_ended = False

    def read(self) -> None:
        """Read until the end of the track, or of the data."""
        try:
            at = self._read_events()
        except IndexError:
            self._problems["the file ends within an event"] += 1
            return
        if not self._is_ended:
            self._problems["a track has no end mark"] += 1
        elif at < len(self._data):
            self._problems["bytes after a track's end mark were dropped"] += 1

    def _read_events(self) -> int:
        data, notes, at, running, tick = self._data, self.notes, 0, 0, 0
        end = len(data)
        while at < end and not self._is_ended:
            byte = data[at]
            at += 1
            if byte < 0x80:
                tick += byte
            else:
                delta, at = self._number(at - 1)
                tick += delta
            self.tick = tick
            status = data[at]
            if status >= 0x80:
                at += 1
            else:
                status = running
            if 0x80 <= status < 0xA0:  # notes are most of a file: no call for them
                notes += (tick, status, data[at], data[at + 1])
                at += 2
                running = status
            else:
                at = self._other(status, at)
                running = status if status < 0xF0 else running
        return at

    def _number(self, at: int) -> tuple[int, int]:
        value = 0
        for _ in range(4):
            byte = self._data[at]
            at += 1
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, at
        self._problems["a time or length of more than four bytes was cut"] += 1
        return value, at

    def _other(self, status: int, at: int) -> int:
        if status == 0:
            self._problems["bytes without a meaning were skipped"] += 1
            return at + 1
        if status >= 0xF0:
            return self._system(status, at)
        n_data = _DATA_BYTES[status & 0xF0]
        values = self._values(at, n_data)
        self._keep(bytes((status, *values)))
        return at + n_data

    def _values(self, at: int, count: int) -> bytes:
        self._data[at + count - 1]  # an IndexError where the file ends here
        values = self._data[at : at + count]
        if max(values) > 127:
            self._problems["values above 127 were lowered to 127"] += 1
            values = bytes(min(value, 127) for value in values)
        return values

    def _system(self, status: int, at: int) -> int:
        if status in (0xF0, 0xF7, 0xFF):
            return self._sized(status, at)
        n_data = _SYSTEM_BYTES.get(status, 0)
        self._problems["events that don't belong in a file were dropped"] += 1
        return at + n_data

    def _sized(self, status: int, at: int) -> int:
        head = at
        if status == 0xFF:
            at += 1
        length, at = self._number(at)
        payload = self._data[at : at + length]
        if len(payload) < length:
            raise IndexError
        kind = self._data[head]
        if status == 0xFF and kind == END_OF_TRACK:
            self._is_ended = True
        elif status == 0xFF:
            self._keep(meta(kind, payload))
        else:
            self._keep(bytes((status,)) + variable_length(length) + payload)
        return at + length

    def _keep(self, data: bytes) -> None:
        self.kept.append(KeptEvent(self.tick, self._slot(), data))

    def _slot(self) -> int:
        slot = BEFORE_OFFS
        for at in range(len(self.notes) - 4, -1, -4):
            tick, status, _, velocity = self.notes[at : at + 4]
            if tick != self.tick:
                break
            if status >= 0x90 and velocity:
                return AFTER_ONS
            slot = BETWEEN
        return slot


def assemble(file_type: int, division: int, tracks: list[bytes], foreign: list[bytes]) -> bytes:
    """The MIDI file with these track bodies."""
    header = struct.pack(">4sIHHH", b"MThd", 6, file_type, len(tracks), division)
    bodies = (b"MTrk" + len(body).to_bytes(4, "big") + body for body in tracks)
    return b"".join((header, *bodies, *foreign))


def track_body(events: list[tuple[int, bytes]], end_tick: int) -> bytes:
    """The bytes of a track chunk: `events` are (tick, bytes) in order, with running status."""
    parts: list[bytes] = []
    now, running = 0, -1
    for tick, data in events:
        delta = tick - now
        if delta > MAX_DELTA:
            parts.append(_fill(delta))
            delta, running = delta % MAX_DELTA, -1
        parts.append(_SHORT[delta] if delta < 128 else variable_length(delta))
        status = data[0]
        parts.append(data[1:] if status == running else data)
        running = status if status < 0xF0 else -1
        now = tick
    gap = max(0, end_tick - now)
    parts.append(_fill(gap) + variable_length(gap % MAX_DELTA) + meta(END_OF_TRACK, b""))
    return b"".join(parts)


_SHORT = [bytes((value,)) for value in range(128)]


def _fill(delta: int) -> bytes:
    """Empty texts that carry a wait longer than one event can."""
    return delta // MAX_DELTA * (variable_length(MAX_DELTA) + meta(0x01, b""))
