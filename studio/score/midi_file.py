"""MIDI files in and out: a `Song` keeps all that a file holds and writes it back."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.notes import Note
from models.plain_file import read_file
from studio.errors import StudioError
from studio.file_errors import why_not_written
from studio.score import meta_events, smf
from studio.score.general_midi import DRUM_CHANNEL
from studio.score.note_columns import NoteColumns
from studio.score.note_keys import found_in, row_keys
from studio.score.score import Score
from studio.score.smf import Chunk
from studio.score.smf_writer import NoteEnds, track_bytes
from studio.score.song import NO_RELEASE, Song
from studio.score.text_encoding import encoding_of
from studio.score.track import Track
from studio.settings import write_atomically, write_keeping_previous

MAX_FILE_BYTES = 256 << 20
Ints = NDArray[np.int64]


def read_midi(path: Path | str) -> Song:
    """Open a MIDI file; what was wrong with it is in `song.warnings`.

    Raises StudioError where it can't be read or is no MIDI file of type 0 or 1.
    """
    return parse_midi(read_bounded(Path(path)), Path(path).name)


def read_bounded(path: Path) -> bytes:
    """The content of `path`. Raises StudioError where it can't be read or is absurdly large."""
    try:
        if path.is_dir():
            raise StudioError(f"{path} is a folder: choose a file.")
        return read_file(path, MAX_FILE_BYTES)
    except ValueError as error:
        raise StudioError(f"{path} is {error}.") from error
    except OSError as error:
        raise StudioError(f"{path} can't be read: {error.strerror or error}.") from error


def write_midi(song: Song, path: Path | str, *, keep_previous: bool = False) -> None:
    """Write `song` as a MIDI file, the whole of it or nothing. Raises StudioError.

    With `keep_previous` the file that was there is kept beside it, ending in `.bak`.
    """
    write = write_keeping_previous if keep_previous else write_atomically
    try:
        write(Path(path), midi_bytes(song))
    except OSError as error:
        raise StudioError(why_not_written(path, error)) from error


def parse_midi(data: bytes, name: str = "The file") -> Song:
    """The song that the bytes of a MIDI file hold. Raises StudioError as `read_midi` does."""
    problems: Counter[str] = Counter()
    raw = smf.parse(data, name, problems)
    ticks_per_beat = _resolution(raw, problems)
    encoding = encoding_of(event for chunk in raw.chunks for event in chunk.events)
    tracks: list[Track] = []
    parts: list[Ints] = []
    for index, (chunk, events) in enumerate(zip(raw.chunks, raw.note_events, strict=True)):
        paired = _pair(events, chunk.end_tick, problems)
        chunk.end_tick = max(chunk.end_tick, int(paired.end.max(initial=0)))
        new_tracks = _tracks_of(index, chunk, np.unique(paired.channel).tolist(), encoding)
        of_channel = {track.channel: len(tracks) + i for i, track in enumerate(new_tracks)}
        tracks += new_tracks
        parts.append(paired.rows(of_channel))
    rows = np.concatenate(parts, axis=1) if parts else np.zeros((6, 0), dtype=np.int64)
    columns = NoteColumns.from_rows(*rows[:5])
    if len(columns) < rows.shape[1]:
        problems["notes that were there twice were merged"] += rows.shape[1] - len(columns)
    score = Score(columns, ticks_per_beat=ticks_per_beat)
    song = Song(score, tracks, raw.chunks, file_type=raw.file_type)
    _keep_releases(song, rows)
    song.foreign_chunks, song.encoding = raw.foreign_chunks, encoding
    _check_metas(song, problems)
    song.warnings = [f"{text} ({n} times)" if n > 1 else text for text, n in problems.items()]
    return song


def _resolution(raw: smf.RawFile, problems: Counter[str]) -> int:
    """Ticks per beat. Film time becomes beats of half a second, which sound the same."""
    if raw.division & 0x8000:
        frames, per_frame = 256 - (raw.division >> 8), raw.division & 0xFF
        problems["time counted in film frames was made into beats at 120 bpm"] += 1
        for chunk in raw.chunks:  # tempo has no meaning in film time, but would have one in beats
            chunk.events = [e for e in chunk.events if e.data[:2] != b"\xff\x51"]
        return max(1, frames * per_frame // 2)
    if raw.division == 0:
        problems["the resolution is missing; 480 ticks per beat were taken"] += 1
    return raw.division or 480


@dataclass
class _Paired:
    """The notes of one chunk, one array a field."""

    start: Ints
    end: Ints
    channel: Ints
    pitch: Ints
    velocity: Ints
    release: Ints

    def rows(self, track_of_channel: dict[int, int]) -> Ints:
        """The fields of notes, and how they are released."""
        table = np.zeros(16, dtype=np.int64)
        for channel, track in track_of_channel.items():
            table[channel] = track
        fields = (self.start, self.pitch, self.end - self.start, self.velocity)
        return np.stack((*fields, table[self.channel], self.release))


def _pair(events: Sequence[int], end_tick: int, problems: Counter[str]) -> _Paired:
    """Join note-ons with their note-offs, first on with first off on each key."""
    table = np.array(events, dtype=np.int64).reshape(-1, 4)
    if table.size and table[:, 2:].max() > 127:
        problems["values above 127 were lowered to 127"] += int((table[:, 2:] > 127).sum())
        table[:, 2:] = np.minimum(table[:, 2:], 127)
    key = (table[:, 1] & 0x0F) * 128 + table[:, 2]
    is_on = (table[:, 1] >= 0x90) & (table[:, 3] > 0)
    ons, offs = _in_key_order(key, is_on), _in_key_order(key, ~is_on)
    whole = _whole_keys(key, ons, offs)
    ons, offs = ons[whole[key[ons]]], offs[whole[key[offs]]]
    rows = [np.stack((ons, offs), axis=1)]
    rest = np.flatnonzero(~whole[key])
    rows.append(_pair_one_by_one(table, key, is_on, rest, problems))
    pairs = np.concatenate(rows)
    return _notes_of_pairs(table, pairs, end_tick, problems)


def _in_key_order(key: Ints, chosen: NDArray[np.bool_]) -> Ints:
    indices = np.flatnonzero(chosen)
    return indices[np.argsort(key[indices], kind="stable")]


def _whole_keys(key: Ints, ons: Ints, offs: Ints) -> NDArray[np.bool_]:
    """The keys where each note-on has its note-off after it: all of them, in a sound file."""
    size = 16 * 128
    whole: NDArray[np.bool_] = np.bincount(key[ons], minlength=size) == np.bincount(
        key[offs], minlength=size
    )
    balanced_ons, balanced_offs = ons[whole[key[ons]]], offs[whole[key[offs]]]
    whole[key[balanced_ons[balanced_offs < balanced_ons]]] = False
    return whole


def _pair_one_by_one(
    table: Ints, key: Ints, is_on: NDArray[np.bool_], rows: Ints, problems: Counter[str]
) -> Ints:
    """Pairs of (on, off) rows where offs are missing or too many; off is -1 where none comes.

    On a key with too few note-offs a new note-on ends the note before it: pairing by order would
    give every later note its neighbour's end.
    """
    balance = np.bincount(key[rows], weights=np.where(is_on[rows], 1, -1), minlength=16 * 128)
    open_ons: dict[int, deque[int]] = defaultdict(deque)
    pairs: list[tuple[int, int]] = []
    for row in rows.tolist():
        waiting = open_ons[key[row]]
        if is_on[row]:
            if waiting and balance[key[row]] > 0:
                problems["notes struck again before they ended were ended"] += 1
                pairs.append((waiting.popleft(), row))
            waiting.append(row)
        elif waiting:
            pairs.append((waiting.popleft(), row))
        else:
            problems["ends of notes that never began were dropped"] += 1
    for waiting in open_ons.values():
        pairs += [(row, -1) for row in waiting]
    if hanging := sum(map(len, open_ons.values())):
        problems["notes without an end were ended with their track"] += hanging
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _notes_of_pairs(table: Ints, pairs: Ints, end_tick: int, problems: Counter[str]) -> _Paired:
    pairs = pairs[np.argsort(pairs[:, 0])]
    ons, offs = table[pairs[:, 0]], table[pairs[:, 1]] if len(table) else table
    is_ended = pairs[:, 1] >= 0
    start = ons[:, 0]
    end = np.where(is_ended, offs[:, 0], end_tick)
    if short := int((end <= start).sum()):
        problems["notes of no length were made one tick long"] += short
    has_release = is_ended & (offs[:, 1] < 0x90)
    return _Paired(
        start,
        np.maximum(end, start + 1),
        ons[:, 1] & 0x0F,
        ons[:, 2],
        ons[:, 3],
        np.where(has_release, offs[:, 3], NO_RELEASE),
    )


def _tracks_of(index: int, chunk: Chunk, channels: list[int], encoding: str) -> list[Track]:
    """A track for each channel of the chunk that has notes or chooses an instrument."""
    programs: dict[int, int] = {}
    name = ""
    for event in chunk.events:
        if event.data[0] & 0xF0 == 0xC0:
            programs.setdefault(event.data[0] & 0x0F, event.data[1])
        elif not name and (text := meta_events.meta_payload(event.data, meta_events.NAME)):
            name = meta_events.decoded(text, encoding).strip("\0 ")
    used = sorted({*channels, *programs})
    return [
        Track(_track_name(name, channel, len(used)), index, channel, programs.get(channel, 0))
        for channel in used
    ]


def _track_name(name: str, channel: int, n_channels: int) -> str:
    if n_channels == 1:
        return name
    part = "drums" if channel == DRUM_CHANNEL else f"channel {channel + 1}"
    return f"{name}, {part}" if name else part.capitalize()


def _keep_releases(song: Song, rows: Ints) -> None:
    releases = rows[5]
    if not len(releases):
        return
    kinds, counts = np.unique(releases, return_counts=True)
    song.usual_release = int(kinds[np.argmax(counts)])
    for *note, release in rows[:, releases != song.usual_release].T.tolist():
        song.releases[Note(*note)] = release


def _check_metas(song: Song, problems: Counter[str]) -> None:
    checks = (
        (meta_events.TEMPO, meta_events.tempo_of, "tempo"),
        (meta_events.TIME_SIGNATURE, meta_events.time_signature_of, "time signature"),
        (meta_events.KEY_SIGNATURE, meta_events.key_of, "key signature"),
    )
    kinds = {kind: (meaning, name) for kind, meaning, name in checks}
    for event in song.kept_events():
        if event.data[0] == 0xFF and event.data[1] in kinds:
            meaning, name = kinds[event.data[1]]
            if meaning(event.tick, event.data) is None:
                problems[f"a {name} without a meaning is kept but not used"] += 1


def midi_bytes(song: Song) -> bytes:
    """`song` as a MIDI file. Equal songs give equal bytes."""
    columns = song.score.columns
    releases = _releases(song, columns)
    channels = np.array([track.channel for track in song.tracks] or [0], dtype=np.int64)
    chunks = np.array([track.chunk for track in song.tracks] or [0], dtype=np.int64)
    chunk_of = chunks[columns.track] if len(columns) else columns.track
    bodies = []
    for index, chunk in enumerate(song.chunks):
        rows = np.flatnonzero(chunk_of == index)
        ends = _note_ends(columns, rows, channels, releases)
        bodies.append(track_bytes(chunk.events, ends, chunk.end_tick))
    return smf.assemble(song.file_type, song.ticks_per_beat, bodies, song.foreign_chunks)


def _note_ends(columns: NoteColumns, rows: Ints, channels: Ints, releases: Ints) -> NoteEnds:
    channel, release = channels[columns.track[rows]], releases[rows]
    is_off = release != NO_RELEASE
    return NoteEnds(
        columns.start[rows],
        columns.ends[rows],
        columns.pitch[rows],
        columns.velocity[rows],
        0x90 | channel,
        np.where(is_off, 0x80, 0x90) | channel,
        np.where(is_off, release, 0),
    )


def _releases(song: Song, columns: NoteColumns) -> Ints:
    """How each note is released: the usual way, or its own."""
    releases = np.full(len(columns), song.usual_release, dtype=np.int64)
    own = list(song.releases)
    if not own:
        return releases
    getters = ("start", "pitch", "duration", "velocity", "track")
    fields = [np.array([getattr(note, name) for note in own], dtype=np.int64) for name in getters]
    mine, theirs = row_keys([columns.fields, fields])
    order = np.argsort(theirs)
    found = found_in(mine, theirs[order])
    at = np.searchsorted(theirs[order], mine[found])
    releases[found] = np.array(list(song.releases.values()), dtype=np.int64)[order][at]
    return releases
