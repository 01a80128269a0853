import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from studio.log import log, log_path, start_log
from studio.ui.crash_handler import CrashHandler


@pytest.fixture
def saved() -> list[object]:
    """What was given to save; empty as long as nobody pressed the button."""
    return []


@pytest.fixture
def window(qtbot: QtBot, saved: list[object]) -> Iterator[QWidget]:
    """A window whose uncaught errors are handled; afterwards everything is as it was."""
    hooks = sys.excepthook, threading.excepthook
    handlers, level = list(log.handlers), log.level
    window = QWidget()
    qtbot.addWidget(window)
    start_log()
    handler = CrashHandler(window, lambda: saved.append(None))
    handler.install()
    yield window
    sys.excepthook, threading.excepthook = hooks
    for added in [handler for handler in log.handlers if handler not in handlers]:
        log.removeHandler(added)
        added.close()
    log.setLevel(level)


def dialogs(window: QWidget) -> list[QMessageBox]:
    found = window.findChildren(QMessageBox, "crash_dialog")
    return [dialog for dialog in found if dialog.isVisible()]


def fail(text: str) -> None:
    raise LookupError(text)


def break_down(text: str) -> None:
    """As if `text` had been raised and nobody had caught it."""
    try:
        fail(text)
    except LookupError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_an_error_is_logged_and_told_once(qtbot: QtBot, window: QWidget) -> None:
    break_down("first")
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    break_down("second")
    qtbot.wait(1)
    (dialog,) = dialogs(window)
    assert "LookupError: first" in dialog.informativeText()
    assert str(log_path()) in dialog.informativeText()
    text = log_path().read_text(encoding="utf-8")
    for words in ("Traceback (most recent call last)", "first", "second", "in fail"):
        assert words in text


def test_an_error_after_the_dialog_was_closed_is_told_again(qtbot: QtBot, window: QWidget) -> None:
    break_down("first")
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    dialogs(window)[0].accept()
    assert dialogs(window) == []
    break_down("second")
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    assert "second" in dialogs(window)[0].informativeText()


def test_the_application_goes_on_after_an_error(qtbot: QtBot, window: QWidget) -> None:
    break_down("once")
    ticks: list[int] = []
    timer = QTimer(window, interval=1)
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start()
    qtbot.waitUntil(lambda: len(ticks) > 3)
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)


def test_an_error_in_a_thread_is_told_too(qtbot: QtBot, window: QWidget) -> None:
    def work() -> None:
        raise ZeroDivisionError("in the thread")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    assert "ZeroDivisionError: in the thread" in dialogs(window)[0].informativeText()
    assert "in work" in log_path().read_text(encoding="utf-8")


def test_a_thread_that_ends_on_purpose_is_no_error(qtbot: QtBot, window: QWidget) -> None:
    thread = threading.Thread(target=lambda: sys.exit(0))
    thread.start()
    thread.join()
    qtbot.wait(1)
    assert dialogs(window) == []
    assert not log_path().exists()


def test_an_interrupt_is_no_error(
    qtbot: QtBot, window: QWidget, capsys: pytest.CaptureFixture[str]
) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    qtbot.wait(1)
    assert dialogs(window) == []
    assert "KeyboardInterrupt" in capsys.readouterr().err


def test_the_dialog_offers_to_save(qtbot: QtBot, window: QWidget, saved: list[object]) -> None:
    break_down("first")
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    (dialog,) = dialogs(window)
    assert not saved
    dialog.button(QMessageBox.StandardButton.Save).click()
    assert len(saved) == 1
    assert dialogs(window) == []
