"""What is at a place of the picture: time, frequency, note and level, in words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from studio.analysis.picture import level_at
from studio.ui.listen.frequency_axis import MINUS, note_and_cents
from studio.ui.listen.listen_view_model import ListenViewModel

NO_SOUND = "no sound"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the sound, whatever part of it is in sight: a sample position and a frequency."""

    position: int
    hz: float


def describe(view_model: ListenViewModel, place: Place) -> str:
    """'12.34 s · 440 Hz · A4 +0 ct · 3 dB', with real minus signs; '' before anything was heard."""
    if view_model.hearing is None or place.hz <= 0:
        return ""
    level = level_at(view_model.history, view_model.settings, place.position, place.hz)
    no_sound = QCoreApplication.translate("readout", NO_SOUND)
    db = no_sound if level is None else f"{level:.0f} dB"
    seconds = place.position / view_model.sample_rate
    text = f"{seconds:.2f} s · {place.hz:.0f} Hz · {note_and_cents(place.hz)} · {db}"
    return text.replace("-", MINUS)
