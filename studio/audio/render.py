"""A song into a sound file, faster than it plays."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.audio.master import MasterStage, SoundSettings
from studio.audio.playback import Playback
from studio.audio.sequence import Sequence
from studio.audio.sound_saver import write_sound
from studio.audio.synth import Stereo, Synth
from studio.errors import StudioError
from studio.file_errors import why_not_written
from studio.score.song import Song
from studio.settings import new_file_mode

FORMATS = {".wav": ("WAV", "PCM_24"), ".flac": ("FLAC", "PCM_24"), ".ogg": ("OGG", "VORBIS")}
PORTION = 1 << 14  # samples; libsndfile crashes on long stereo OGGs that are written in one call
TAIL_S = 4.0  # how long the last notes may ring
_SILENCE = 1e-4  # -80 dB
DRY = SoundSettings()


@dataclass(frozen=True)
class Rendered:
    """What was written: its length, its notes, and how much faster than playing it was."""

    path: Path
    seconds: float
    notes: int
    real_time_factor: float


def render_samples(
    song: Song,
    *,
    sample_rate: int = 44100,
    soundfont: Path | None = None,
    muted: frozenset[int] = frozenset(),
    sound: SoundSettings = DRY,
) -> Iterator[Stereo]:
    """The sound of `song` in portions of shape (n, 2), until the last note has rung out."""
    master = MasterStage(sample_rate)
    master.settings = sound
    yield from map(master.process, _dry_samples(song, sample_rate, soundfont, muted))


def _dry_samples(
    song: Song, sample_rate: int, soundfont: Path | None, muted: frozenset[int]
) -> Iterator[Stereo]:
    sequence = Sequence.from_song(song, sample_rate)
    playback = Playback(Synth(soundfont, sample_rate=sample_rate), sequence)
    playback.set_muted(muted)
    playback.play(0)
    end = sequence.end
    while playback.position < end:
        yield playback.render(min(PORTION, end - playback.position))
    playback.stop()
    yield from _tail(playback, round(TAIL_S * sample_rate))


def _tail(playback: Playback, longest: int) -> Iterator[Stereo]:
    rendered = 0
    while rendered < longest:
        portion = playback.render(min(PORTION // 4, longest - rendered))
        rendered += len(portion)
        yield portion
        if np.abs(portion).max() < _SILENCE:
            return


def render_song(
    song: Song,
    path: Path,
    *,
    sample_rate: int = 44100,
    soundfont: Path | None = None,
    muted: frozenset[int] = frozenset(),
    sound: SoundSettings = DRY,
    on_progress: Callable[[float], None] = lambda seconds: None,
) -> Rendered:
    """Write the sound of `song` to `path` (.wav, .flac or .ogg), the whole file or none.

    Raises StudioError for an unknown ending, a SoundFont that can't be used or a full disk.
    """
    if path.suffix.lower() not in FORMATS:
        raise StudioError(f"{path}: the name must end in .wav, .flac or .ogg.")
    started = time.perf_counter()
    portions = render_samples(
        song, sample_rate=sample_rate, soundfont=soundfont, muted=muted, sound=sound
    )
    try:
        count = _write(path, sample_rate, portions, on_progress)
    except OSError as error:
        raise StudioError(why_not_written(path, error)) from error
    seconds = count / sample_rate
    took = max(time.perf_counter() - started, 1e-9)
    notes = int(np.isin(song.score.columns.track, list(muted), invert=True).sum())
    return Rendered(path, seconds, notes, seconds / took)


def render_tracks(
    song: Song,
    path: Path,
    *,
    sample_rate: int = 44100,
    soundfont: Path | None = None,
    muted: frozenset[int] = frozenset(),
    sound: SoundSettings = DRY,
) -> list[Rendered]:
    """Write each track that has notes and is not muted to a file of its own, named after `path`.

    Together they sound as the song. Raises StudioError as `render_song` does.
    """
    every = frozenset(range(len(song.tracks)))
    used = {int(track) for track in song.score.columns.track}
    rendered = []
    for index in sorted(used - muted):
        words = re.sub(r"[^\w -]+", "_", song.tracks[index].name).strip()
        name = f"{path.stem} - {index + 1:02d} {words}".strip() + path.suffix
        rendered.append(
            render_song(
                song,
                path.with_name(name),
                sample_rate=sample_rate,
                soundfont=soundfont,
                muted=every - {index},
                sound=sound,
            )
        )
    return rendered


def _write(
    path: Path, sample_rate: int, portions: Iterator[Stereo], on_progress: Callable[[float], None]
) -> int:
    """Write beside `path` and put it in its place when it is complete; returns the samples."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    encoding = FORMATS[path.suffix.lower()]
    try:
        with os.fdopen(handle, "wb+", buffering=0) as raw:
            count = write_sound(
                raw, portions, sample_rate, 2, encoding, lambda n: on_progress(n / sample_rate)
            )
            os.fsync(raw.fileno())
        os.chmod(name, new_file_mode())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return count
