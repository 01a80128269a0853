"""What is measured in a stretch of kept sound: level, loudness, pitch, tempo and key."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from studio.analysis.channels import ChannelChoice
from studio.analysis.kept_sound import KeptSound
from studio.analysis.level import to_dbfs
from studio.analysis.loudness import Loudness, LoudnessReading
from studio.analysis.music_facts import MusicFacts, MusicFactsListener
from studio.analysis.pitch import PitchTracker

ROWS_PER_S = 10


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A tenth of a second. Levels are in dB below full scale; None stands for nothing to tell."""

    start_s: float
    peak_dbfs: float
    rms_dbfs: float
    loudness: LoudnessReading
    facts: MusicFacts
    pitch_hz: float | None = None


def measure(sound: KeptSound, channel: ChannelChoice) -> list[ReadingRow]:
    """Measure `sound` as it is measured live, a row for each tenth of a second.

    Parameters
    ----------
    sound : KeptSound
    channel : ChannelChoice
        What peak, RMS, pitch, tempo and key are of. Loudness is of all channels.

    Returns
    -------
    list of ReadingRow
        Their times count from the start of `sound`. Loudness, tempo and key are what was known
        at the end of each row, the pitch is the median of those found within it, in Hz.
    """
    rate = sound.memory.sample_rate
    step = max(1, rate // ROWS_PER_S)
    loudness = Loudness(rate, sound.n_channels)
    facts, pitches = MusicFactsListener(rate), PitchTracker(rate)
    found: defaultdict[int, list[float]] = defaultdict(list)
    rows = []
    for index, frames in enumerate(sound.portions(step)):
        mono = channel.mono(frames)
        loudness.push(frames)
        facts.push(mono, index * step)
        for reading in pitches.push(mono):
            if reading.hz is not None:
                found[reading.position // step].append(reading.hz)
        peak = float(np.abs(mono).max())
        rms = float(np.sqrt(np.mean(np.square(mono, dtype=np.float64))))
        row = (index * step / rate, to_dbfs(peak), to_dbfs(rms), loudness.reading, facts.reading)
        rows.append(row)
    medians = (float(np.median(found[n])) if found[n] else None for n in range(len(rows)))
    return [ReadingRow(*row, hz) for row, hz in zip(rows, medians, strict=True)]
