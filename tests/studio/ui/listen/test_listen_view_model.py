from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from models.protocol import Message
from studio.analysis.picture import level_at
from studio.assistant.live_genre import GenreReading
from studio.audio.file_source import FileSource
from studio.audio.input_stream import NoInputError
from studio.ui.listen import listen_view_model
from studio.ui.listen.input_choice import InputChoice
from studio.ui.listen.listen_view_model import ListenViewModel

Tone = Callable[..., Path]
RATE = 16_000


def reading(position: int, **shares: float) -> GenreReading:
    return GenreReading(position, tuple(shares), tuple(shares.values()), 5.0)


class SlowWorker:
    """Keeps every question until the test answers it."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, Any], Callable[[Message], None]]] = []

    def submit(self, body: dict[str, Any], on_reply: Callable[[Message], None], y: Any) -> None:
        self.asked.append((body, on_reply))


def answer(worker: SlowWorker, index: int, **shares: float) -> None:
    body, on_reply = worker.asked[index]
    reply = {"event": "genre", "labels": list(shares), "probabilities": list(shares.values())}
    on_reply(Message(reply | {"position": body["position"], "ms": 3.0}))


@pytest.mark.parametrize("content", [b"", b"RIFF and nothing that follows", b"\0" * 5000])
def test_a_broken_file_is_said_and_what_plays_plays_on(
    model: ListenViewModel, tmp_path: Path, tone: Tone, content: bytes
) -> None:
    notices: list[tuple[str, str]] = []
    model.notice.connect(lambda kind, text: notices.append((kind, text)))
    model.open_file(tone())
    playing = model.source
    broken = tmp_path / "broken.wav"
    broken.write_bytes(content)
    assert not model.open_file(broken)
    ((kind, text),) = notices
    assert kind == "error"
    assert "broken.wav" in text
    assert "\n" not in text
    assert model.source is playing


def test_no_microphone_is_told_to_the_place_and_nothing_runs(
    qtbot: QtBot, model: ListenViewModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(self: InputChoice) -> None:
        raise NoInputError("No microphone was found.")

    monkeypatch.setattr(InputChoice, "find", none)
    with qtbot.waitSignal(model.no_input, timeout=20_000) as said:
        model.start_microphone()
    assert said.args == ["No microphone was found."]
    assert not model.is_running


def test_the_level_and_the_picture_are_those_of_the_file(
    model: ListenViewModel, hear: Callable[[Path], None], tone: Tone
) -> None:
    hear(tone(2000, amplitude=0.25))
    assert model.level.rms_dbfs == pytest.approx(-15.05, abs=0.1)
    hearing = model.hearing
    assert hearing is not None
    middle = model.history.last_position // 2
    assert level_at(hearing.history, hearing.settings, middle, 2000) == pytest.approx(-12, abs=1)
    quiet = level_at(hearing.history, hearing.settings, middle, 400)
    assert quiet is not None
    assert quiet < -60
    assert level_at(hearing.history, hearing.settings, 10**9, 2000) is None
    assert model.lost_samples == 0
    assert not model.has_clipped


def test_clipping_is_remembered_until_it_is_put_out(
    model: ListenViewModel, hear: Callable[[Path], None], tone: Tone
) -> None:
    hear(tone(amplitude=1.0, seconds=1))
    assert model.has_clipped
    model.reset_clip()
    assert not model.has_clipped


def test_probabilities_are_the_mean_of_the_last_readings(model: ListenViewModel) -> None:
    assert model.probabilities == {}
    for index in range(10):
        model.readings.append(reading(index, rock=index / 10, jazz=1 - index / 10))
    assert model.probabilities == pytest.approx({"rock": 0.75, "jazz": 0.25})


def test_stopping_keeps_the_picture(
    model: ListenViewModel, hear: Callable[[Path], None], tone: Tone
) -> None:
    hear(tone())
    heard = model.history.last_position
    model.stop()
    assert not model.is_running
    assert model.history.last_position >= heard


@pytest.fixture
def worker() -> SlowWorker:
    return SlowWorker()


@pytest.fixture
def asking(worker: SlowWorker, model: ListenViewModel) -> Iterator[ListenViewModel]:
    """A model with a worker; it depends on `model` for the silent files."""
    view_model = ListenViewModel(worker)  # type: ignore[arg-type]
    yield view_model
    view_model.close()


def test_another_genre_model_answers_without_a_restart(
    asking: ListenViewModel, worker: SlowWorker, tone: Tone, paced: None, qtbot: QtBot
) -> None:
    asking.genre_folder = Path("old")
    asking.open_file(tone(seconds=30))
    assert asking.file is not None
    qtbot.waitUntil(lambda: len(worker.asked) == 1, timeout=30_000)
    answer(worker, 0, rock=0.9, jazz=0.1)
    qtbot.waitUntil(lambda: len(asking.readings) == 1, timeout=10_000)
    assert asking.readings[0].position == worker.asked[0][0]["position"]
    qtbot.waitUntil(lambda: len(worker.asked) == 2, timeout=10_000)
    asking.genre_folder = Path("new")
    assert not asking.readings
    assert asking.probabilities == {}
    answer(worker, 1, rock=0.9, jazz=0.1)  # of the old model, too late
    qtbot.waitUntil(lambda: len(worker.asked) == 3, timeout=10_000)
    answer(worker, 2, polka=0.2, waltz=0.5, march=0.3)
    qtbot.waitUntil(lambda: bool(asking.readings), timeout=10_000)
    folders = [body["folder"] for body, _ in worker.asked]
    assert folders[:3] == ["old", "old", "new"]
    assert set(asking.probabilities) == {"polka", "waltz", "march"}


def test_an_answer_about_the_source_before_is_not_drawn_over_the_new_one(
    asking: ListenViewModel, worker: SlowWorker, tone: Tone, qtbot: QtBot
) -> None:
    asking.genre_folder = Path("any")
    asking.open_file(tone(seconds=4))
    qtbot.waitUntil(lambda: len(worker.asked) == 1, timeout=30_000)
    asking.open_file(tone(500, seconds=1))
    answer(worker, 0, rock=1.0)
    qtbot.waitUntil(lambda: asking.history.last_position > 10_000, timeout=10_000)
    qtbot.wait(50)
    assert not asking.readings


def test_an_output_that_opens_slowly_does_not_leave_the_picture_empty(
    model: ListenViewModel, tone: Tone, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listen_view_model, "IDLE_FRAMES", 3)
    path, start = tone(seconds=2), FileSource.start
    monkeypatch.setattr(FileSource, "start", lambda file: Timer(0.3, start, [file]).start())
    monkeypatch.setattr(FileSource, "is_paused", False)  # it is to play, but nothing comes yet
    model.open_file(path)
    qtbot.waitUntil(lambda: model.history.last_position > RATE, timeout=10_000)
