"""The files that are kept of what was heard: sound, picture and readings, in a folder of theirs."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from studio.analysis.channels import ChannelChoice
from studio.analysis.kept_readings import ReadingRow, measure
from studio.analysis.kept_sound import KeptSound
from studio.assistant.live_genre import GenreReading
from studio.audio.sound_saver import SoundFormat, save_sound
from studio.errors import StudioError
from studio.file_errors import why_not_written
from studio.ui.listen.frequency_axis import note_and_cents
from studio.ui.listen.picture_export import Snapshot, paint

FORBIDDEN = '<>:"/\\|?*'  # in names of files, on one system or another
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class KeepJob:
    """What is to be kept, and where."""

    folder: Path
    name: str
    sound: KeptSound
    channel: ChannelChoice
    sound_format: SoundFormat
    snapshot: Snapshot
    readings: Sequence[GenreReading]


def write_kept(job: KeepJob) -> Path:
    """Write all of it, or nothing; returns the folder it is in.

    Raises StudioError if the disk is full or the folder can't be written.
    """
    unfinished: str | None = None
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
        unfinished = tempfile.mkdtemp(prefix=".keeping-", dir=job.folder)
        _write_files(job, Path(unfinished))
        os.chmod(unfinished, 0o755)
        target = unused(job.folder, job.name)
        os.rename(unfinished, target)
    except OSError as error:
        if unfinished is not None:
            shutil.rmtree(unfinished, ignore_errors=True)
        raise StudioError(why_not_written(job.folder / job.name, error)) from error
    return target


def _write_files(job: KeepJob, folder: Path) -> None:
    path = folder / f"{job.name}.{job.sound_format}"
    sound = job.sound  # first: its oldest part may be overwritten while it sounds on
    rate = sound.memory.sample_rate
    save_sound(path, sound.portions(), rate, sound.n_channels, job.sound_format)
    if not paint(job.snapshot).save(str(folder / f"{job.name}.png")):
        raise OSError(f"the picture {job.name}.png was refused")
    with (folder / f"{job.name}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(csv_rows(job))
    for written in folder.iterdir():
        with written.open("rb+") as file_:
            os.fsync(file_.fileno())


COLUMNS = (
    *("time_s", "peak_dbfs", "rms_dbfs", "momentary_lufs", "short_term_lufs", "integrated_lufs"),
    *("pitch_hz", "note", "tempo_bpm", "tempo_confidence", "key", "key_confidence", "genre"),
)


def csv_rows(job: KeepJob) -> Iterator[Sequence[str]]:
    """The readings, a row for each tenth of a second, under a row of names with units."""
    labels = job.readings[-1].labels if job.readings else ()
    yield [*COLUMNS, *(f"p {label}" for label in labels)]
    readings = [reading for reading in job.readings if reading.labels == labels]
    ends = [reading.position for reading in readings]
    rate = job.sound.memory.sample_rate
    for row in measure(job.sound, job.channel):
        known = bisect_right(ends, job.sound.start + round(row.start_s * rate))
        yield _figures(row) + _genre(readings[known - 1] if known else None, len(labels))


def _figures(row: ReadingRow) -> list[str]:
    loudness, tempo, key = row.loudness, row.facts.tempo, row.facts.key
    numbers: tuple[float | None, ...] = (
        *(row.start_s, row.peak_dbfs, row.rms_dbfs),
        *(loudness.momentary_lufs, loudness.short_term_lufs, loudness.integrated_lufs),
    )
    return [
        *("" if number is None else f"{number:.1f}" for number in numbers),
        *(("", "") if row.pitch_hz is None else _pitch(row.pitch_hz)),
        *(("", "") if tempo is None else (f"{tempo.bpm:.1f}", f"{tempo.confidence:.2f}")),
        *(("", "") if key is None else (key.key, f"{key.confidence:.2f}")),
    ]


def _pitch(hz: float) -> tuple[str, str]:
    return f"{hz:.2f}", note_and_cents(hz)


def _genre(reading: GenreReading | None, n_labels: int) -> list[str]:
    """The most likely genre and how likely each is; empty before the first reading."""
    if reading is None:
        return [""] * (1 + n_labels if n_labels else 1)
    best = max(zip(reading.probabilities, reading.labels, strict=True))[1]
    return [best, *(f"{p:.3f}" for p in reading.probabilities)]


def file_name(now: datetime, source: str) -> str:
    """A name that says when and what of, and that every file system takes."""
    kept = "".join(" " if c in FORBIDDEN or not c.isprintable() else c for c in source)
    plain = " ".join(kept.split())[:LONGEST_NAME].strip(" .")
    return f"{now:%Y-%m-%d %H.%M.%S} {plain}".strip()


def unused(folder: Path, name: str, suffix: str = "") -> Path:
    """A path in `folder` where nothing is yet: the name, or the name and a number."""
    path, number = folder / f"{name}{suffix}", 2
    while path.exists():
        path = folder / f"{name} {number}{suffix}"
        number += 1
    return path
