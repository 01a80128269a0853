from pathlib import Path
from typing import Any

import numpy as np

from models.protocol import Message
from studio.assistant.live_genre import GenreReading, LiveGenre

WINDOW = np.zeros(8, np.float32)


class Worker:
    """Keeps requests; the test answers them."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.samples: Any = None
        self.on_reply: Any = None

    def submit(self, body: dict[str, Any], on_reply: Any, samples: Any) -> int:
        self.asked.append(body)
        self.on_reply, self.samples = on_reply, samples
        return len(self.asked)

    def reply(self, event: str, **values: Any) -> None:
        self.on_reply(Message({"id": len(self.asked), "event": event, **values}))


def make(folder: Path | None) -> tuple[Worker, LiveGenre, list[GenreReading], list[str]]:
    readings: list[GenreReading] = []
    errors: list[str] = []
    worker = Worker()
    live = LiveGenre(worker, folder, readings.append, errors.append)  # type: ignore[arg-type]
    return worker, live, readings, errors


def test_a_window_comes_back_as_a_reading_at_its_position() -> None:
    worker, live, readings, errors = make(Path("model"))
    assert live.push_window(WINDOW, 48000, 144_000)
    asked = worker.asked[0]
    assert (asked["do"], asked["sample_rate"], asked["position"]) == ("classify", 48000, 144_000)
    assert worker.samples is WINDOW
    worker.reply("genre", labels=["a", "b"], probabilities=[0.75, 0.25], position=144_000, ms=3.5)
    assert readings == [GenreReading(144_000, ("a", "b"), (0.75, 0.25), 3.5)]
    assert errors == []


def test_while_an_answer_is_under_way_windows_are_dropped_and_not_queued() -> None:
    worker, live, readings, _ = make(Path("model"))
    assert live.push_window(WINDOW, 48000, 1)
    assert not live.push_window(WINDOW, 48000, 2)
    worker.reply("genre", labels=["a"], probabilities=[1.0], position=1, ms=1.0)
    assert live.push_window(WINDOW, 48000, 3)
    assert [asked["position"] for asked in worker.asked] == [1, 3]
    assert [reading.position for reading in readings] == [1]


def test_an_error_is_told_and_the_next_window_is_asked_about() -> None:
    worker, live, readings, errors = make(Path("model"))
    live.push_window(WINDOW, 48000, 1)
    worker.reply("error", message="The model process stopped.")
    assert errors == ["The model process stopped."]
    assert readings == []
    assert live.push_window(WINDOW, 48000, 2)


def test_another_model_is_asked_from_the_next_window_on() -> None:
    worker, live, _, _ = make(None)
    assert not live.push_window(WINDOW, 48000, 1)
    live.folder = Path("new")
    assert live.push_window(WINDOW, 48000, 2)
    assert worker.asked[0]["folder"] == str(Path("new"))


def test_a_reading_knows_how_long_and_how_loud_its_window_was() -> None:
    worker, live, readings, _ = make(Path("model"))
    for peak in (0.5, 0.0005, 0.0):
        live.push_window(np.array([0, peak, -peak / 2, 0], np.float32), 2, 4)
        worker.reply("genre", labels=["a"], probabilities=[1.0], position=4, ms=1.0)
    assert [round(reading.peak_dbfs, 1) for reading in readings] == [-6.0, -66.0, -180.0]
    assert [reading.is_silent for reading in readings] == [False, True, True]
    assert readings[0].window_s == 2.0
