"""What the application and its worker process say to each other, and how it is written.

A message is a JSON object with an optional block of float32 samples. On the pipe: two 4-byte
little-endian lengths (JSON bytes, payload bytes), then the JSON, then the payload. No pickle.

Requests carry an integer `id` and a `do`; every reply repeats the `id` and carries an `event`:

- `{"do": "ping"}` -> `{"event": "pong"}`
- `{"do": "load", "folder"}` -> some `{"event": "loading", "step"}`, then
  `{"event": "loaded", "card": {...}}`; keeps the model warm
- `{"do": "classify", "folder", "sample_rate", "position"}` + samples, shape (n,), mono
  -> `{"event": "genre", "labels": [...], "probabilities": [...], "position", "ms"}`; with
  `"evidence": true` also `"bands"`, `"frames"`, `"low_hz"`, `"high_hz"`, and as samples the
  votes of each place, shape (labels, bands, frames) laid end to end
- `{"do": "suggest", "folder", "score": {...}, "conditions": {...}}` -> any number of
  `{"event": "edit", "edit": {...}}`, then `{"event": "done", "n_edits", "seconds"}`
- `{"do": "continue", "folder", "score", "conditions", "bars"}` -> the same
- `{"do": "expect", "folder", "score", "start_tick", "end_tick"}` -> `{"event": "expected", "notes":
  [[index in the score, likelihood, rank, other pitch, its probability]], "missed": [[start tick,
  pitch, duration, probability]], "ms"}`, even between two events of a suggestion
- `{"do": "cancel", "target": id}` -> the cancelled request ends with `{"event": "cancelled"}`
- anything that fails -> `{"event": "error", "message"}`; the message is fit to show to the user
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from models.notes import EditEvent, Note
from models.tempo_map import KeySignature, TempoChange, TempoMap, TimeSignature

MAX_JSON_BYTES = 64 << 20
MAX_PAYLOAD_BYTES = 64 << 20
_HEADER = struct.Struct("<II")

AvoidedEdit = tuple[str, int, int]


class ProtocolError(RuntimeError):
    """The other side sent something that is not a message."""


@dataclass(frozen=True, slots=True)
class Message:
    """A JSON object and, where there is sound in it, float32 samples of shape (n,)."""

    body: dict[str, Any]
    samples: NDArray[np.float32] | None = None


def write_message(stream: BinaryIO, message: Message) -> None:
    """Write `message` and flush. One writer at a time. Raises OSError if the pipe is closed."""
    text = json.dumps(message.body, separators=(",", ":")).encode()
    samples = message.samples
    payload = b"" if samples is None else np.ascontiguousarray(samples, dtype="<f4").tobytes()
    stream.write(_HEADER.pack(len(text), len(payload)) + text + payload)
    stream.flush()


def read_message(stream: BinaryIO) -> Message | None:
    """Wait for the next message; None when the other side has closed the pipe.

    Raises ProtocolError for a message that is cut short, too long or no JSON object.
    """
    header = stream.read(_HEADER.size)
    if not header:
        return None
    if len(header) < _HEADER.size:
        raise ProtocolError("message cut short")
    n_json, n_payload = _HEADER.unpack(header)
    if n_json > MAX_JSON_BYTES or n_payload > MAX_PAYLOAD_BYTES or n_payload % 4:
        raise ProtocolError(f"message of {n_json} + {n_payload} bytes")
    text, payload = stream.read(n_json), stream.read(n_payload)
    if len(text) < n_json or len(payload) < n_payload:
        raise ProtocolError("message cut short")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise ProtocolError("not a JSON object")
    samples = np.frombuffer(payload, dtype="<f4").astype(np.float32) if n_payload else None
    return Message(body, samples)


@dataclass(frozen=True, slots=True)
class TrackInfo:
    """What a model may know of a track besides its notes."""

    name: str = ""
    program: int = 0
    is_drums: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole score as a model sees it: notes in ticks, tracks, tempo, metre, key."""

    ticks_per_beat: int
    notes: tuple[Note, ...]
    tracks: tuple[TrackInfo, ...] = (TrackInfo(),)
    tempo: tuple[TempoChange, ...] = ()
    time_signatures: tuple[TimeSignature, ...] = ()
    key_signatures: tuple[KeySignature, ...] = ()

    @property
    def tempo_map(self) -> TempoMap:
        """The piece's tempo map."""
        return TempoMap(self.ticks_per_beat, self.tempo)

    @property
    def end(self) -> int:
        """The tick at which the last note ends, 0 for an empty piece."""
        return max((note.end for note in self.notes), default=0)

    def to_json(self) -> dict[str, Any]:
        """The piece as a JSON object; notes as [start, pitch, duration, velocity, track]."""
        return {
            "ticks_per_beat": self.ticks_per_beat,
            "notes": [[n.start, n.pitch, n.duration, n.velocity, n.track] for n in self.notes],
            "tracks": [asdict(track) for track in self.tracks],
            "tempo": [[c.tick, c.us_per_beat] for c in self.tempo],
            "time_signatures": [[s.tick, s.numerator, s.denominator] for s in self.time_signatures],
            "key_signatures": [[k.tick, k.key] for k in self.key_signatures],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Piece:
        """Raises KeyError, TypeError or ValueError where `data` is not what `to_json` makes."""
        return cls(
            int(data["ticks_per_beat"]),
            tuple(Note(*map(int, row)) for row in data["notes"]),
            tuple(TrackInfo(**track) for track in data["tracks"]),
            tuple(TempoChange(*row) for row in data["tempo"]),
            tuple(TimeSignature(*row) for row in data["time_signatures"]),
            tuple(KeySignature(*row) for row in data["key_signatures"]),
        )


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the musician asks of a score model.

    `max_add` and `max_remove` are exact caps on edit events. `start_tick`, `end_tick` (None: the
    end), `tracks` (None: all), `pitch_min` and `pitch_max` bound the region in which notes may
    come and go. `locked` are indices into `Piece.notes` that must stay. `temperature` 0 takes
    the most probable event. `key` is 'auto', 'off' or a tonic with mode such as 'C:maj', 'A:min'.

    With `keep_rhythm` every track keeps the sixteenths at which its notes start: none is left
    without a note, none gets its first one. `max_per_bar` is the density: no note comes to a bar
    in which so many start already, counting the tracks that may change. `avoid` holds edits, each
    as (action, start tick, pitch), that are not proposed: those of the time before.
    """

    max_add: int = 8
    max_remove: int = 8
    iterations: int = 100
    temperature: float = 1.0
    seed: int = 0
    start_tick: int = 0
    end_tick: int | None = None
    tracks: tuple[int, ...] | None = None
    pitch_min: int = 0
    pitch_max: int = 127
    locked: tuple[int, ...] = ()
    key: str = "auto"
    keep_rhythm: bool = False
    max_per_bar: int | None = None
    avoid: tuple[AvoidedEdit, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The conditions as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Conditions:
        """Raises TypeError or ValueError where `data` is not what `to_json` makes."""
        tracks = data.get("tracks")
        return cls(
            **{
                **data,
                "tracks": None if tracks is None else tuple(tracks),
                "locked": tuple(data.get("locked", ())),
                "avoid": tuple((str(a), int(s), int(p)) for a, s, p in data.get("avoid", ())),
            }
        )


def edit_to_json(edit: EditEvent, ticks_per_beat: int) -> dict[str, Any]:
    """An edit event as the command line prints it: track from 1, start and length in beats."""
    note = edit.note
    return {
        "action": edit.action,
        "track": note.track + 1,
        "pitch": note.pitch,
        "start_beat": note.start / ticks_per_beat,
        "duration_beats": note.duration / ticks_per_beat,
        "velocity": note.velocity,
        "probability": edit.probability,
    }


def edit_from_json(data: dict[str, Any], ticks_per_beat: int) -> EditEvent:
    """The inverse of `edit_to_json`, exact to the tick."""
    note = Note(
        start=round(data["start_beat"] * ticks_per_beat),
        pitch=data["pitch"],
        duration=round(data["duration_beats"] * ticks_per_beat),
        velocity=data["velocity"],
        track=data["track"] - 1,
    )
    return EditEvent(data["action"], note, data["probability"])
