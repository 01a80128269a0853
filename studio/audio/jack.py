"""Whether PortAudio joins a JACK server: closing one that has died, it ends the whole process."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from studio.audio import pulse_devices

HOST_API = "JACK Audio Connection Kit"
WISH = "STUDIO_JACK"  # 1: join it though there is another sound server; 0: never
environment = threading.Lock()  # held while it is changed, and by whoever joins JACK for MIDI
_KEEPS_OUT = {"JACK_DEFAULT_SERVER": "none", "PIPEWIRE_NOJACK": "1"}


def socket() -> Path:
    """Where the JACK server listens that a client would be led to."""
    name = os.environ.get("JACK_DEFAULT_SERVER", "default")
    return Path("/dev/shm", f"jack_{name}_{os.getuid()}_0")


def is_wanted() -> bool:
    """Whether to join it: it was wished for, or nothing else could be heard."""
    wish = os.environ.get(WISH)
    if wish is not None or not sys.platform.startswith("linux"):
        return wish != "0"
    return socket().is_socket() and not pulse_devices.is_served()


@contextlib.contextmanager
def joined_if_wanted() -> Iterator[None]:
    """PortAudio that is begun meanwhile joins JACK only if that is wanted."""
    if is_wanted():
        yield
        return
    with environment:
        before = {name: os.environ.get(name) for name in _KEEPS_OUT}
        os.environ.update(_KEEPS_OUT)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
