"""The application on a real X server, worked with a real mouse and a real keyboard."""

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import resources
from studio.score.midi_file import read_midi

PROGRAM = Path(__file__).parent / "programs" / "open_window.py"
WAIT_S = 60


class Desktop:
    """A running window and a hand on its mouse and keys."""

    def __init__(self, display: str, song: Path) -> None:
        tool = shutil.which("xdotool")
        assert tool, "xdotool is missing; 'make test' installs it (Debian: apt install xdotool)"
        self._tool = tool
        self._env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(song)],
            env={**self._env, "PYTHONPATH": os.getcwd()},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        is_ready, _, _ = select.select([self.process.stdout], [], [], WAIT_S)
        assert is_ready, "the window did not open"
        self.parts: dict[str, list[int]] = json.loads(self.process.stdout.readline())

    def do(self, *words: object) -> str:
        command = [self._tool, *map(str, words)]
        done = subprocess.run(command, env=self._env, capture_output=True, text=True, check=True)
        return done.stdout

    def focus(self) -> None:
        window = self.do("search", "--sync", "--onlyvisible", "--name", "^Studio").split()[0]
        self.do("windowfocus", window)

    def place(self, part: str, x: float, y: float) -> tuple[int, int]:
        left, top, width, height = self.parts[part]
        return round(left + x * width), round(top + y * height)

    def click(self, part: str, x: float = 0.5, y: float = 0.5) -> None:
        self.do("mousemove", *self.place(part, x, y))
        self.do("click", 1)

    def drag(self, part: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.do("mousemove", *self.place(part, *start), "mousedown", 1)
        steps = 8
        for step in range(1, steps + 1):
            at = [a + (b - a) * step / steps for a, b in zip(start, end, strict=True)]
            self.do("mousemove", *self.place(part, *at))
        self.do("mouseup", 1)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(WAIT_S)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "melody.mid"
    path.write_bytes(resources.path("demo", "melody.mid").read_bytes())
    return path


@pytest.fixture
def desktop(x_display: str, song: Path) -> Iterator[Desktop]:
    desktop = Desktop(x_display, song)
    yield desktop
    desktop.end()


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_note_is_drawn_with_the_mouse_saved_and_undone_with_the_keys(
    desktop: Desktop, song: Path
) -> None:
    before = read_midi(song).score.notes
    original = song.read_bytes()
    desktop.focus()
    desktop.click("piano_roll", 0.5, 0.97)
    desktop.do("key", "b")
    desktop.drag("piano_roll", (0.3, 0.93), (0.5, 0.93))
    desktop.do("key", "ctrl+s")
    until(lambda: len(read_midi(song).score.notes) == len(before) + 1)
    (drawn,) = set(read_midi(song).score.notes) - set(before)
    assert drawn.duration > read_midi(song).ticks_per_beat // 4
    desktop.do("key", "ctrl+z")
    desktop.do("key", "ctrl+s")
    until(lambda: song.read_bytes() == original)
    assert desktop.process.poll() is None
