"""Keys in words for the user."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def key_words(key: str) -> str:
    """'Bb' and 'F#m', as MIDI spells keys, in words: B♭ major, F♯ minor."""
    spelt = key.replace("b", "♭").replace("#", "♯")
    if key.endswith("m"):
        return QCoreApplication.translate("Keys", "{0} minor").format(spelt[:-1])
    return QCoreApplication.translate("Keys", "{0} major").format(spelt)
