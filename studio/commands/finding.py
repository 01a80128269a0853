"""One thing that was looked at by `studio doctor`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, what was seen, how to mend it."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
