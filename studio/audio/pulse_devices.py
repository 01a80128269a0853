"""The sources of a PulseAudio or PipeWire server, which PortAudio's ALSA shows as one device.

The server's own tool lists them; a stream is sent to one of them by an environment variable that
the server's client library reads when the stream is opened.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TOOL = "pactl"
ANSWER_S = 3.0  # a frozen server is none
DOORS = ("pulse", "pipewire", "default")  # ALSA's names of the way to the server, best first
_opening = threading.Lock()  # the variable belongs to the whole process


@dataclass(frozen=True, slots=True)
class PulseSource:
    """A source as the server tells of it; `key` is the server's own name for it."""

    key: str
    name: str
    server: str
    channels: int
    sample_rate: int
    is_monitor: bool
    is_default: bool


def list_sources() -> list[PulseSource]:
    """Every source of the server; none where there is no server or not its tool."""
    if not is_possible():
        return []
    info, rows = _ask("info"), _ask("list", "sources")
    if not isinstance(info, dict) or not isinstance(rows, list):
        return []
    server = "PipeWire" if "PipeWire" in str(info.get("server_name")) else "PulseAudio"
    names = Counter(row["description"] for row in rows)
    return [
        _source(row, server, info.get("default_source_name"), names[row["description"]] == 1)
        for row in rows
    ]


def is_possible() -> bool:
    """Whether there is a tool that could be asked."""
    return sys.platform.startswith("linux") and shutil.which(TOOL) is not None


def is_served() -> bool:
    """Whether there is a server, and it answers."""
    return is_possible() and _ask("info") is not None


@contextlib.contextmanager
def directed_to(key: str) -> Iterator[None]:
    """Streams opened meanwhile listen to the source `key`; '' leaves it to the server."""
    if not key:
        yield
        return
    with _opening:
        before = os.environ.get("PULSE_SOURCE")
        os.environ["PULSE_SOURCE"] = key
        try:
            yield
        finally:
            del os.environ["PULSE_SOURCE"]
            if before is not None:
                os.environ["PULSE_SOURCE"] = before


def environment() -> dict[str, str]:
    """The tool's surroundings: its words and figures as they are written here."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _ask(*words: str) -> Any:
    command = [TOOL, "-f", "json", *words]
    try:
        done = subprocess.run(
            command, env=environment(), capture_output=True, timeout=ANSWER_S, check=True
        )
        return json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _source(row: dict[str, Any], server: str, default: Any, is_unique: bool) -> PulseSource:
    name = row["description"] if is_unique else f"{row['description']} [{row['name']}]"
    _, channels, rate = row["sample_specification"].split()
    return PulseSource(
        key=row["name"],
        name=name,
        server=server,
        channels=int(channels.removesuffix("ch")),
        sample_rate=int(rate.removesuffix("Hz")),
        is_monitor=row.get("monitor_source", "") != "",
        is_default=row["name"] == default,
    )
