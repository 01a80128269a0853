"""Imports without PySide's look into every source; importing this is enough."""

from __future__ import annotations

import sys

import PySide6.QtCore  # noqa: F401  what is mended comes along with it


def keep_no_sources() -> None:
    """Have PySide take it that each module may use it, without reading its source.

    It looks for its own name there, for the sake of `__feature__`, which nobody here uses. Python
    keeps all lines that were read: 20 MB, for as long as the window is open.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):  # not a promise of PySide's: a later one may lack it
        setattr(feature, "_mod_uses_pyside", lambda module: True)  # noqa: B010  unknown to mypy


keep_no_sources()
