"""MusicXML in and out, through music21: what notation programs read and write.

The library is an extra (`pip install 'music-studio[musicxml]'`) and takes seconds to import: the
window converts in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import KeySignature, TempoChange, TimeSignature
from studio.errors import StudioError
from studio.file_errors import why_not_written
from studio.score.general_midi import DRUM_CHANNEL
from studio.score.meta_events import key_name
from studio.score.midi_file import read_bounded
from studio.score.musicxml_guard import plain_xml
from studio.score.song import Song
from studio.score.track import Track
from studio.settings import write_atomically

SUFFIXES = (".musicxml", ".mxl", ".xml")
TICKS_PER_BEAT = 480
USUAL_VELOCITY = 80
GRACE_TICKS = TICKS_PER_BEAT // 8
MAX_PLAYED_AGAIN = 200  # bars; the library needs some 30 ms of CPU for each
DIVISORS = (8, 6)  # of a quarter note: notation knows no finer time than 1/32 and triplets of 1/16


def is_musicxml(path: Path) -> bool:
    """Whether `path` is named as MusicXML."""
    return path.suffix.lower() in SUFFIXES


def read_musicxml(path: Path) -> Song:
    """The music of a MusicXML file, repeats played out. Raises StudioError."""
    return parse_musicxml(read_bounded(path), path.name)


def parse_musicxml(content: bytes, name: str) -> Song:
    """The music in the bytes of a MusicXML file. Raises StudioError."""
    importer = _library("musicxml.xmlToM21").MusicXMLImporter()
    try:
        root = ElementTree.fromstring(plain_xml(content))
        is_modest = _played_again(root) <= MAX_PLAYED_AGAIN
        piece = _piece(importer.xmlRootToScore(root), _sounds(root), plays_repeats=is_modest)
        song = Song.from_piece(piece)
    except Exception as error:  # whatever the library stumbles over
        raise StudioError(f"{name} is no MusicXML that can be read ({error!s:.200}).") from error
    if not is_modest:
        song.warnings.append("passages that are repeated very often are there once only")
    return song


def _played_again(root: ElementTree.Element) -> int:
    """How many bars more there may be than if every repeat were played twice."""
    times = [int(repeat.get("times", "2")) for repeat in root.iter("repeat")]
    return sum(1 for _ in root.iter("measure")) * max(0, max(times, default=2) - 2)


def _library(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(f"music21.{name}")
    except ImportError as error:
        raise StudioError(
            "MusicXML needs the package music21: install it with "
            "“pip install 'music-studio[musicxml]'”."
        ) from error


def _piece(score: Any, sounds: Sequence[_Sound], *, plays_repeats: bool) -> Piece:
    parts = list(score.parts) or [score]
    parts = [_expanded(part) for part in parts] if plays_repeats else parts
    flat = parts[0].flatten()
    tempos = {
        _ticks(mark.offset): mark.getQuarterBPM()
        for mark in flat.getElementsByClass("MetronomeMark")
        if mark.getQuarterBPM()
    }
    notes = {note for index, part in enumerate(parts) for note in _notes(part, index)}
    return Piece(
        TICKS_PER_BEAT,
        tuple(sorted(notes)),
        tuple(
            _track(part, index, sounds[index] if index < len(sounds) else _Sound())
            for index, part in enumerate(parts)
        ),
        tuple(TempoChange(tick, round(60e6 / bpm)) for tick, bpm in sorted(tempos.items())),
        tuple(
            TimeSignature(_ticks(sign.offset), sign.numerator, sign.denominator)
            for sign in flat.getElementsByClass("TimeSignature")
        ),
        tuple(_keys(flat.getElementsByClass("KeySignature"))),
    )


def _expanded(part: Any) -> Any:
    try:
        return part.expandRepeats()
    except Exception:  # noqa: BLE001 - repeats that can't be followed: as it is written
        return part


def _ticks(beats: Any) -> int:
    return max(0, round(float(beats) * TICKS_PER_BEAT))


def _notes(part: Any, track: int) -> Iterator[Note]:
    """The notes of a part, those that are tied as one."""
    tied: dict[tuple[int, int], Note] = {}  # by the pitch and the tick at which the next begins
    for element in part.flatten().notes:
        start = _ticks(element.offset)
        length = _ticks(element.quarterLength) or GRACE_TICKS
        for single in getattr(element, "notes", (element,)):
            velocity = single.volume.velocity or element.volume.velocity or USUAL_VELOCITY
            loud = min(127, max(1, round(velocity)))
            for pitch in _pitches(single):
                before = tied.pop((pitch, start), None)
                note = Note(start, min(127, max(0, pitch)), length, loud, track)
                if before is not None and single.tie and single.tie.type != "start":
                    whole = before.duration + length
                    note = replace(before, duration=whole)
                elif before is not None:
                    yield before
                if single.tie and single.tie.type != "stop":
                    tied[pitch, note.end] = note
                else:
                    yield note
    yield from tied.values()


def _pitches(element: Any) -> Iterable[int]:
    if hasattr(element, "displayPitch"):
        instrument = getattr(element, "storedInstrument", None)
        drum = getattr(instrument, "percMapPitch", None)
        return [drum if drum is not None else element.displayPitch().midi]
    return [round(pitch.ps) for pitch in getattr(element, "pitches", ())]


def _track(part: Any, index: int, sound: _Sound) -> TrackInfo:
    is_drums = sound.channel == DRUM_CHANNEL + 1 or any(
        hasattr(element, "displayPitch") for element in part.flatten().notes
    )
    name = part.partName or f"Part {index + 1}"
    return TrackInfo(str(name), 0 if is_drums else max(0, sound.program - 1), is_drums)


class _Sound(NamedTuple):
    """Channel and program of a part, counted from 1 as MusicXML does."""

    channel: int = 0
    program: int = 1


def _sounds(root: ElementTree.Element) -> list[_Sound]:
    """How the parts sound: music21 keeps only the programs whose instruments it knows by name."""
    return [
        _Sound(
            int(part.findtext("midi-instrument/midi-channel") or 0),
            int(part.findtext("midi-instrument/midi-program") or 1),
        )
        for part in root.iter("score-part")
    ]


def _keys(signatures: Iterable[Any]) -> Iterator[KeySignature]:
    for signature in signatures:
        name = key_name(signature.sharps, is_minor=getattr(signature, "mode", "") == "minor")
        if name is not None:
            yield KeySignature(_ticks(signature.offset), name)


def write_musicxml(song: Song, path: Path) -> None:
    """Write `song` as MusicXML, in the times that notation can write. Raises StudioError."""
    exporter = _library("musicxml.m21ToXml")
    try:
        content = exporter.GeneralObjectExporter(_notation(song)).parse()
    except Exception as error:
        raise StudioError(f"{path.name} can't be made: {error}.") from error
    try:
        write_atomically(path, content)
    except OSError as error:
        raise StudioError(why_not_written(path, error)) from error


def notation_beats(ticks: int, ticks_per_beat: int) -> Fraction:
    """The beats nearest to `ticks` that are a 1/32 or a triplet of 1/16."""
    beats = Fraction(ticks, ticks_per_beat)
    candidates = [Fraction(round(beats * divisor), divisor) for divisor in DIVISORS]
    return min(candidates, key=lambda candidate: abs(candidate - beats))


def _notation(song: Song) -> Any:
    stream = _library("stream")
    score = stream.Score()
    for index, track in enumerate(song.tracks):
        part = stream.Part()
        part.partName = track.name or track.instrument
        part.insert(0, _instrument(track))
        _insert_signatures(part, song, has_tempo=index == 0)
        columns = song.score.columns
        for note in columns.where(columns.track == index).all_notes():
            part.insert(*_written(note, song.ticks_per_beat))
        score.insert(0, part)
    return score


def _instrument(track: Track) -> Any:
    library = _library("instrument")
    if track.is_drums:
        found = library.UnpitchedPercussion()
        found.midiChannel = DRUM_CHANNEL
    else:
        found = library.Instrument()
        found.midiProgram, found.midiChannel = track.program, track.channel
    found.partName = found.instrumentName = track.name or track.instrument
    return found


def _insert_signatures(part: Any, song: Song, *, has_tempo: bool) -> None:
    meter, key, tempo = _library("meter"), _library("key"), _library("tempo")

    def beats(tick: int) -> Fraction:
        return notation_beats(tick, song.ticks_per_beat)

    for time in song.time_signatures or (TimeSignature(0, 4, 4),):
        sign = meter.TimeSignature(f"{time.numerator}/{time.denominator}")
        part.insert(beats(time.tick), sign)
    for signature in song.key_signatures:
        name = signature.key.removesuffix("m").replace("b", "-")
        mode = "minor" if signature.key.endswith("m") else "major"
        part.insert(beats(signature.tick), key.Key(name, mode))
    for change in song.tempo if has_tempo else ():
        part.insert(beats(change.tick), tempo.MetronomeMark(number=round(change.bpm, 2)))


def _written(note: Note, ticks_per_beat: int) -> tuple[Fraction, Any]:
    start = notation_beats(note.start, ticks_per_beat)
    end = notation_beats(note.end, ticks_per_beat)
    written = _library("note").Note(note.pitch)
    written.quarterLength = max(end - start, Fraction(1, DIVISORS[0]))
    written.volume.velocity = note.velocity
    return start, written
