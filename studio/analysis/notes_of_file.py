"""The notes of a sound file that holds one voice or instrument."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from models.notes import Note
from models.tempo_map import TempoMap
from studio.analysis.transcriber import HeardNote, Transcriber
from studio.audio.overview import read_mono

BLOCK = 1 << 14


def notes_of_file(path: Path, is_wanted: Callable[[], bool] = lambda: True) -> list[HeardNote]:
    """Transcribe a file.

    Parameters
    ----------
    path : Path
        Any sound file that Studio reads.
    is_wanted : callable
        Asked between blocks; once it says no, what was heard so far is given.

    Returns
    -------
    list of HeardNote
        In the order of their onsets.

    Raises
    ------
    ModelError
        If the file can't be read.
    """
    samples, sample_rate = read_mono(path)
    transcriber = Transcriber(sample_rate)
    heard: list[HeardNote] = []
    for at in range(0, len(samples), BLOCK):
        heard += transcriber.push(samples[at : at + BLOCK])
        if not is_wanted():
            break
    return heard + transcriber.finish()


def placed(
    heard: list[HeardNote], tempo_map: TempoMap, start_tick: float, track: int
) -> list[Note]:
    """The notes of a sound that begins at a tick, as long and as far apart as they were heard.

    Parameters
    ----------
    heard : list of HeardNote
    tempo_map : TempoMap
        Of the song that they come into.
    start_tick : float
        Where the sound begins.
    track : int
        Their track.

    Returns
    -------
    list of Note
    """
    zero_s = tempo_map.ticks_to_seconds(start_tick)
    notes = []
    for note in heard:
        start = max(0, round(tempo_map.seconds_to_ticks(zero_s + note.onset_s)))
        end = round(tempo_map.seconds_to_ticks(zero_s + note.offset_s))
        notes.append(Note(start, note.pitch, max(1, end - start), note.velocity, track))
    return notes
