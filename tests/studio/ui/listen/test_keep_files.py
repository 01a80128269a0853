from pathlib import Path
from typing import Any, cast

import numpy as np

from studio.analysis.channels import MIX
from studio.analysis.kept_sound import KeptSound
from studio.analysis.sound_memory import SoundMemory
from studio.assistant.live_genre import GenreReading
from studio.ui.listen.keep_files import COLUMNS, KeepJob, csv_rows

RATE = 16_000
START = 50_000  # the stream had begun long before


def job(*readings: GenreReading) -> KeepJob:
    memory = SoundMemory(RATE, 1)
    memory.push_frames(np.zeros((2 * RATE, 1), dtype=np.float32), START)
    sound = KeptSound.last(memory, 60)
    assert sound is not None
    snapshot = cast(Any, None)  # no picture is asked for
    return KeepJob(Path(), "n", sound, MIX, "wav", snapshot, readings)


def test_genres_stand_where_they_were_heard() -> None:
    readings = (
        GenreReading(START - 10, ("a", "b"), (0.9, 0.1), 1.0),
        GenreReading(START + RATE // 2, ("a", "b"), (0.2, 0.8), 1.0),
    )
    names, *rows = csv_rows(job(*readings))
    assert names == [*COLUMNS, "p a", "p b"]
    assert [row[len(COLUMNS) - 1] for row in rows] == ["a"] * 5 + ["b"] * 15
    assert rows[5][-2:] == ["0.200", "0.800"]


def test_of_two_models_the_last_one_is_told_of() -> None:
    old = GenreReading(START - 10, ("x",), (1.0,), 1.0)
    new = GenreReading(START + RATE, ("a", "b"), (0.2, 0.8), 1.0)
    names, *rows = csv_rows(job(old, new))
    assert all(len(row) == len(names) for row in rows)
    assert [row[len(COLUMNS) - 1] for row in rows] == [""] * 10 + ["b"] * 10


def test_silence_and_no_model_leave_their_places_empty() -> None:
    names, *rows = csv_rows(job())
    assert names == list(COLUMNS)
    assert len(rows) == 20
    assert list(rows[3]) == ["0.3", "-90.0", "-90.0", *[""] * (len(COLUMNS) - 3)]
