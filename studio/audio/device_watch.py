"""Tells when an input comes or goes, where the sound server can tell."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable

from studio.audio import pulse_devices

AGAIN_S = 1.0
TOLD = ("'new' on source #", "'remove' on source #", "'change' on server")


class DeviceWatch:
    """Calls `on_change` from a thread of its own; does nothing where there is no sound server.

    Changes that come while `on_change` looks at an earlier one are told together.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._stopping, self._has_changed = threading.Event(), threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to watch."""
        if pulse_devices.is_possible():
            threading.Thread(target=self._run, name="devices", daemon=True).start()
            threading.Thread(target=self._tell, name="devices told", daemon=True).start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopping.set()
        self._has_changed.set()
        with self._lock:
            if self._child is not None:
                self._child.kill()

    def _run(self) -> None:
        while not self._stopping.is_set():
            child = self._begin()
            if child is not None:
                self._follow(child)
            if not self._stopping.wait(AGAIN_S):
                self._has_changed.set()  # the server ended; what it said meanwhile was missed

    def _tell(self) -> None:
        while self._has_changed.wait() and not self._stopping.is_set():
            self._has_changed.clear()
            self._on_change()

    def _begin(self) -> subprocess.Popen[str] | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            try:
                self._child = subprocess.Popen(
                    [pulse_devices.TOOL, "subscribe"],
                    env=pulse_devices.environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
            except OSError:
                self._stopping.set()
                self._has_changed.set()
                return None
            return self._child

    def _follow(self, child: subprocess.Popen[str]) -> None:
        with child:
            for line in child.stdout or ():
                if any(told in line for told in TOLD):
                    self._has_changed.set()
