import gc
import threading
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from models.errors import ModelError
from studio.errors import StudioError
from studio.ui.background import Background

PATIENCE_MS = 10_000


def test_work_is_done_beside_the_window_and_handed_over_in_it(qtbot: QtBot) -> None:
    taken: list[tuple[object, threading.Thread]] = []
    background = Background()
    background.do(
        threading.current_thread, lambda worker: taken.append((worker, threading.current_thread()))
    )
    qtbot.waitUntil(lambda: bool(taken), timeout=PATIENCE_MS)
    ((worker, taker),) = taken
    assert taker is threading.main_thread()
    assert worker is not taker


@pytest.mark.parametrize("error", [StudioError("no"), ModelError("no"), OSError("no")])
def test_what_the_user_is_to_be_told_is_handed_over(qtbot: QtBot, error: Exception) -> None:
    taken: list[object] = []
    background = Background()

    def work() -> None:
        raise error

    background.attempt(work, taken.append, also=(OSError,))
    qtbot.waitUntil(lambda: taken == [error], timeout=PATIENCE_MS)


def test_an_error_of_ours_is_not_taken_for_an_outcome(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", caught.append)
    taken: list[object] = []

    def work() -> None:
        raise ValueError("ours")

    background = Background()
    background.attempt(work, taken.append).join()
    assert [row.exc_type for row in caught] == [ValueError]
    qtbot.wait(20)
    assert taken == []


def test_a_window_that_is_closed_meanwhile_is_left_in_peace(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", caught.append)
    may_end = threading.Event()
    background = Background()
    thread = background.do(may_end.wait, lambda outcome: pytest.fail("there is no window"))
    background.deleteLater()
    qtbot.wait(20)
    may_end.set()
    thread.join()
    gc.collect()
    qtbot.wait(20)
    assert caught == []
