"""Why something can't be written, in words for the user."""

import errno
from pathlib import Path

_ROOM = "Make room there, or write to another disk."
_ELSEWHERE = "Choose another folder."
REMEDIES = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EROFS: _ELSEWHERE,
    errno.ENOENT: _ELSEWHERE,
    errno.ENOTDIR: _ELSEWHERE,
    errno.EACCES: "Close what else has it open, or choose another name or folder.",
    errno.EPERM: "Close what else has it open, or choose another name or folder.",
}


def reason_of(error: Exception) -> str:
    """What the system says of it."""
    return str(getattr(error, "strerror", None) or error)


def because(failed: str, error: Exception) -> str:
    """The sentence that something `failed` to be written, why and, where we know, what to do."""
    remedy = REMEDIES.get(getattr(error, "errno", None) or 0, "")
    return f"{failed}: {reason_of(error)}. {remedy}".rstrip()


def why_not_written(what: Path | str, error: Exception) -> str:
    """The sentence that `what` can't be written."""
    return because(f"{what} can't be written", error)
