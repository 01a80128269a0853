import threading
import time

import pytest
from pytestqt.qtbot import QtBot

from studio.ui.stall_watch import StallWatch


def dawdle(seconds: float) -> None:
    """Keep the window from answering."""
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        pass


def test_a_stall_is_logged_with_its_length_and_its_place(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    watch = StallWatch(limit_s=0.3)
    watch.start()
    qtbot.wait(60)
    dawdle(1.0)
    qtbot.waitUntil(lambda: "did not answer" in caplog.text)
    watch.close()
    (record,) = [record for record in caplog.records if "did not answer" in record.message]
    assert "in dawdle" in record.message
    lasted_ms = record.args[0] if isinstance(record.args, tuple) else None
    assert isinstance(lasted_ms, float)
    assert lasted_ms >= 900


def test_a_window_that_answers_is_not_named(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    watch = StallWatch(limit_s=30)
    watch.start()
    qtbot.wait(200)
    watch.close()
    assert caplog.text == ""


def test_the_watch_ends_in_the_middle_of_a_stall(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    watch = StallWatch(limit_s=0.05)
    watch.start()
    dawdle(0.5)
    watch.close()
    assert not [t for t in threading.enumerate() if t.name == "stall watch" and t.is_alive()]
    assert caplog.text == ""
