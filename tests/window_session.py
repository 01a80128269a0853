"""The real window in a process of its own, on a private sound server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.sound_server import SoundServer

PROGRAM = Path(__file__).parent / "programs" / "outlive_server.py"


class Session:
    """The window at work, and what it says."""

    def __init__(self, server: SoundServer, home: Path) -> None:
        self.home, self.said = home, list[dict[str, Any]]()
        env = {"QT_QPA_PLATFORM": "offscreen", "STUDIO_HOME": str(home), "PYTHONPATH": os.getcwd()}
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            env=server.env | env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def next(self, event: str) -> dict[str, Any]:
        """The next thing of a kind that it says."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(json.loads(line))
            if self.said[-1]["event"] == event:
                return self.said[-1]
        raise AssertionError(f"the program ended without '{event}': {self.said}")

    def facts(self) -> dict[str, Any]:
        """What it counts of itself now."""
        self.do("facts")
        return self.next("facts")

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
