import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from studio.log import LOG_FILES, crash_path, log, log_path, newest_lines, start_log


@pytest.fixture(autouse=True)
def handler() -> Iterator[RotatingFileHandler]:
    """The log's own handler; afterwards everything is as it was."""
    before, level = list(log.handlers), log.level
    start_log()
    (added,) = [handler for handler in log.handlers if handler not in before]
    assert isinstance(added, RotatingFileHandler)
    yield added
    log.removeHandler(added)
    added.close()
    log.setLevel(level)


def test_the_log_begins_a_new_file_before_it_grows_large(handler: RotatingFileHandler) -> None:
    handler.maxBytes = 1000
    for number in range(50):
        log.warning("line %d of some length, to fill the file", number)
    files = sorted(log_path().parent.glob("studio.log*"))
    assert len(files) == 1 + LOG_FILES
    assert all(file.stat().st_size <= 1000 for file in files)


def test_the_log_does_not_name_the_user() -> None:
    def fail() -> None:
        raise OSError(f"{Path.home()}/Music/song.mid: no such file")

    try:
        fail()
    except OSError:
        log.exception("could not open %s", Path.home() / "Music" / "song.mid")
    text = log_path().read_text(encoding="utf-8")
    assert "~/Music/song.mid" in text
    assert str(Path.home()) not in text


def test_the_newest_lines_come_oldest_first(handler: RotatingFileHandler) -> None:
    assert newest_lines(3) == []
    handler.setFormatter(logging.Formatter("%(message)s"))
    for number in range(5):
        log.info("%d", number)
    assert newest_lines(3) == ["2", "3", "4"]


def test_what_a_crash_of_the_process_left_is_in_the_log_of_the_next_session() -> None:
    session = "from studio.log import *; start_log(); log_crashes(); import os, signal; {}"
    root = Path(__file__).parents[2]

    def run(then: str) -> int:
        command = [sys.executable, "-c", session.format(then)]
        return subprocess.run(command, cwd=root, env=os.environ, check=False).returncode

    assert run("pass") == 0
    assert newest_lines(9) == []
    assert run("os.kill(os.getpid(), signal.SIGSEGV)") == -signal.SIGSEGV
    assert "Segmentation fault" in crash_path().read_text(encoding="utf-8")
    assert run("pass") == 0
    text = "\n".join(newest_lines(99))
    assert "the last session crashed" in text
    assert "Segmentation fault" in text
    assert run("pass") == 0
    assert "\n".join(newest_lines(99)) == text  # told once
