import itertools
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from studio.assistant import pulse
from studio.assistant.pulse import Pulse

WAIT_S = 30


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "PULSE_S", 0.01)
    monkeypatch.setattr(pulse, "SILENT_S", 0.05)
    monkeypatch.setattr(pulse, "HUNG_S", 0.2)


class Patient:
    """Whom the pulse is taken of, and what was said of it."""

    def __init__(self, answer: Callable[[Pulse], bool]) -> None:
        self.asked = 0
        self.silent, self.hung = threading.Event(), threading.Event()
        self._answer = answer
        self.pulse = Pulse(self._ask, self.silent.set, self.hung.set)
        self.pulse.start()

    def _ask(self) -> bool:
        self.asked += 1
        return self._answer(self.pulse)


@pytest.fixture
def patients() -> Iterator[list[Patient]]:
    found: list[Patient] = []
    yield found
    for patient in found:
        patient.pulse.stop()
        patient.pulse.join(WAIT_S)
        assert not patient.pulse.is_alive()


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_who_gives_no_sign_is_told_to_be_silent_then_hung(patients: list[Patient]) -> None:
    patients.append(Patient(lambda pulse: True))
    assert patients[0].silent.wait(WAIT_S)
    assert patients[0].hung.wait(WAIT_S)
    assert patients[0].asked == 1


def test_who_answers_at_once_is_asked_again_and_again(patients: list[Patient]) -> None:
    def answer(pulse: Pulse) -> bool:
        pulse.beat()
        return True

    patients.append(Patient(answer))
    until(lambda: patients[0].asked > 40)
    assert not patients[0].hung.is_set()


def test_who_has_no_work_is_not_waited_for(patients: list[Patient]) -> None:
    patients.append(Patient(lambda pulse: False))
    until(lambda: patients[0].asked > 40)
    assert not patients[0].silent.is_set()
    assert not patients[0].hung.is_set()


def test_a_clock_that_leaps_is_no_silence(
    patients: list[Patient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "HUNG_S", 10.0)
    real, leaps = time.monotonic, itertools.count()
    monkeypatch.setattr(time, "monotonic", lambda: real() + 100 * next(leaps))
    patients.append(Patient(lambda pulse: True))
    assert patients[0].silent.wait(WAIT_S)
    assert not patients[0].hung.is_set()
    monkeypatch.undo()
