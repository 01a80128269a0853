"""Work that may wait, in a thread that gives way to the others."""

from __future__ import annotations

import contextlib
import os
import threading

LOW_PRIORITY = 10


def lower_priority() -> None:
    """Have the thread that calls this come after the others, where the system knows of it."""
    with contextlib.suppress(AttributeError, OSError):  # Linux: the nice value of a thread
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW_PRIORITY)
