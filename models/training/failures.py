"""Every way in which a run can end before its time, as a last event and a sentence."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from models.errors import ModelError
from models.training.events import EventLog
from models.training.run import BEST, Stopper, StopRequestedError

NO_MEMORY = re.compile(r"out of memory|(can't|cannot) allocate memory|not enough memory", re.I)
PAUSED = "Paused. To go on, resume the run; it loses nothing."


@contextlib.contextmanager
def told(events: EventLog, run: Path, stopper: Stopper) -> Iterator[None]:
    """Make what is raised an "end" event and a ModelError; a wish to pause is only the former.

    Raises
    ------
    ModelError
        In words, with the place of the best model until then.
    """
    try:
        yield
    except (StopRequestedError, KeyboardInterrupt):
        if stopper.is_pause:
            tell_end(events, "paused", PAUSED)
            return
        message = "Stopped before anything was learned: there is no model to keep."
        if (run / BEST).exists():
            message = f"Interrupted; the best model until then is in {run / BEST}."
        tell_end(events, "stopped", message)
        raise ModelError(message) from None
    except ModelError as error:
        tell_end(events, "failed", str(error))
        raise
    except BrokenPipeError:  # whoever read our events has gone: that is for the command to judge
        raise
    except (OSError, MemoryError, RuntimeError) as error:
        message = f"{_reason(error, run)}{_kept(run)}"
        tell_end(events, "failed", message)
        raise ModelError(message) from error
    except Exception as error:  # a fault of ours: the run ends in its log, and the fault is raised
        tell_end(events, "failed", f"{type(error).__name__}: {error}")
        raise


def tell_end(events: EventLog, reason: str, message: str) -> None:
    """Write the last event, if it can be written at all."""
    with contextlib.suppress(OSError):
        events.write("end", reason=reason, message=message)


def _reason(error: Exception, run: Path) -> str:
    if isinstance(error, MemoryError) or NO_MEMORY.search(str(error)):
        return "There is not enough memory. Set a smaller batch_size, or close other programs."
    if isinstance(error, OSError):
        return f"{run}: the run can't go on: {error.strerror or error}."
    return f"The training can't go on: {error!s:.300}"


def _kept(run: Path) -> str:
    return f" The best model until then is in {run / BEST}." if (run / BEST).exists() else ""
