import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.audio.devices import Device
from studio.audio.ring_buffer import RingBuffer
from studio.errors import StudioError
from studio.ui.listen import listen_view_model
from studio.ui.listen.input_choice import InputChoice
from studio.ui.listen.listen_view_model import ListenViewModel

RATE = 16_000
SLOW_MS = 20_000
DESK = Device("desk", "ALSA", 2, RATE, "input")
Tone = Callable[..., Path]


class FakeMicrophone:
    """A microphone whose driver does what the test says."""

    refusal = ""
    opened: list["FakeMicrophone"]
    may_open: threading.Event  # the driver takes its time until it is set

    def __init__(self, device: Device | None = None, latency: str = "normal") -> None:
        self.name, self.sample_rate = "desk", RATE
        self.ring = RingBuffer(20 * RATE)
        self.lost_samples, self.is_active, self.is_open = 7, True, False

    def start(self) -> None:
        assert self.may_open.wait(SLOW_MS / 1000)
        self.opened.append(self)
        if self.refusal:
            raise StudioError(self.refusal)
        self.is_open = True

    def stop(self) -> None:
        self.is_open = False


@pytest.fixture(autouse=True)
def _no_real_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen_view_model, "MicrophoneSource", FakeMicrophone)
    monkeypatch.setattr(InputChoice, "find", lambda self: DESK)
    monkeypatch.setattr(FakeMicrophone, "opened", [], raising=False)
    monkeypatch.setattr(FakeMicrophone, "may_open", threading.Event(), raising=False)
    FakeMicrophone.may_open.set()


def test_a_microphone_opens_in_the_background(qtbot: QtBot, model: ListenViewModel) -> None:
    with qtbot.waitSignal(model.started, timeout=SLOW_MS):
        model.start_microphone()
        assert not model.is_running
    assert model.source_name == "desk"
    assert model.lost_samples == 7


def test_a_driver_that_refuses_is_told_in_its_words(
    qtbot: QtBot, model: ListenViewModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeMicrophone, "refusal", "desk can't be opened: it is busy.")
    with qtbot.waitSignal(model.notice, timeout=SLOW_MS) as told:
        model.start_microphone()
    assert told.args == ["error", "desk can't be opened: it is busy."]
    assert not model.is_running


@pytest.fixture
def done(model: ListenViewModel) -> list[str]:
    """What each opening came to, '' for success, in the order they were reported."""
    reasons: list[str] = []

    def take(_then: object, outcome: object) -> None:
        reasons.append(str(outcome) if isinstance(outcome, Exception) else "")

    model._opener._background._done.connect(take)
    return reasons


def test_a_device_that_opens_too_late_is_closed_again(
    qtbot: QtBot, model: ListenViewModel, tone: Tone, paced: None, done: list[str]
) -> None:
    FakeMicrophone.may_open.clear()
    begun: list[str] = []
    model.started.connect(lambda: begun.append(model.source_name))
    model.start_microphone()
    path = tone(seconds=30)
    model.open_file(path)
    assert not FakeMicrophone.opened
    FakeMicrophone.may_open.set()
    qtbot.waitUntil(lambda: len(done) == 1, timeout=SLOW_MS)
    assert [source.is_open for source in FakeMicrophone.opened] == [False]
    assert begun == [path.name] == [model.source_name]


def test_a_refusal_that_comes_too_late_is_not_told(
    qtbot: QtBot,
    model: ListenViewModel,
    monkeypatch: pytest.MonkeyPatch,
    tone: Tone,
    paced: None,
    done: list[str],
) -> None:
    monkeypatch.setattr(FakeMicrophone, "refusal", "desk can't be opened: it is busy.")
    FakeMicrophone.may_open.clear()
    told: list[str] = []
    model.notice.connect(lambda _, text: told.append(text))
    model.start_microphone()
    model.open_file(tone(seconds=30))
    FakeMicrophone.may_open.set()
    qtbot.waitUntil(lambda: len(done) == 1, timeout=SLOW_MS)
    assert not told
    assert model.file is not None


def test_of_two_devices_that_open_the_last_one_asked_for_is_kept(
    qtbot: QtBot, model: ListenViewModel, done: list[str]
) -> None:
    FakeMicrophone.may_open.clear()
    model.start_microphone()
    model.start_microphone()
    FakeMicrophone.may_open.set()
    qtbot.waitUntil(lambda: len(done) == 2, timeout=SLOW_MS)
    still_open = [source for source in FakeMicrophone.opened if source.is_open]
    assert still_open == [model.source]


def test_a_device_that_opens_after_listening_was_stopped_is_closed_again(
    qtbot: QtBot, model: ListenViewModel, done: list[str]
) -> None:
    FakeMicrophone.may_open.clear()
    model.start_microphone()
    model.stop()
    FakeMicrophone.may_open.set()
    qtbot.waitUntil(lambda: len(done) == 1, timeout=SLOW_MS)
    assert [source.is_open for source in FakeMicrophone.opened] == [False]
    assert not model.is_running


def test_a_device_that_is_unplugged_is_told_and_let_go(
    qtbot: QtBot, model: ListenViewModel
) -> None:
    with qtbot.waitSignal(model.started, timeout=SLOW_MS):
        model.start_microphone()
    source = model.source
    assert isinstance(source, FakeMicrophone)
    with qtbot.waitSignals([model.notice, model.lost, model.stopped], timeout=SLOW_MS):
        source.is_active = False
    assert not source.is_open
    assert not model.is_running


def test_nothing_is_painted_for_a_file_that_stands_still(
    qtbot: QtBot, model: ListenViewModel, tone: Tone
) -> None:
    model.open_file(tone(seconds=0.5))
    qtbot.waitUntil(lambda: not model._timer.isActive(), timeout=SLOW_MS)
    assert model.shown_position == model.history.last_position > 0
    frames: list[int] = []
    model.ticked.connect(frames.append)
    qtbot.wait(60)
    assert not frames
    model.toggle_pause()
    qtbot.waitUntil(lambda: len(frames) > 2, timeout=SLOW_MS)


def test_played_again_the_picture_goes_on(
    qtbot: QtBot, model: ListenViewModel, hear: Callable[[Path], None], tone: Tone
) -> None:
    hear(tone(seconds=1))
    file, before = model.file, model.history.last_position
    model.toggle_pause()
    qtbot.waitUntil(lambda: model.history.last_position > before + RATE // 2, timeout=SLOW_MS)
    assert model.file is file
