"""What tests have the workers of a cluster do: found there by its name."""

import os
import signal
import uuid
from pathlib import Path

KILLED_AT = 50


def square(number: int) -> int:
    return number * number


def noted_square(notes: Path, number: int) -> int:
    """The square; leaves a note of who did it. The first to do `KILLED_AT` is killed at it."""
    (notes / f"{number} {os.getpid()} {uuid.uuid4().hex}").touch()
    if number == KILLED_AT:
        try:
            (notes / "killed").touch(exist_ok=False)
        except FileExistsError:
            return square(number)
        os.kill(os.getpid(), signal.SIGKILL)
    return square(number)


def refuse(number: int) -> int:
    raise ValueError(f"{number} is refused")
