"""How the picture is to look: what the columns are made of, and which level has which colour."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.analysis.history import to_db
from studio.analysis.scales import SCALES
from studio.analysis.spectrogram import SpectrogramSettings
from studio.analysis.windows import WINDOWS
from studio.settings import Settings
from studio.ui.listen.color_map import COLOR_MAPS
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.viewport import Viewport

SETTINGS_KEY = "picture"
KEPT = ("n_fft", "hop_length", "scale", "window", "fmin_hz", "fmax_hz")
N_FFTS = (512, 1024, 2048, 4096, 8192, 16384)
HOPS = (64, 128, 256, 512, 1024, 2048, 4096)
LOWEST_DB, HIGHEST_DB = -120.0, 0.0
SMALLEST_RANGE_DB = 10.0
AUTO_EVERY = 30  # frames: twice a second
AUTO_SHARE = 0.25  # of the way to what is measured, at a time: no flicker
AUTO_HEADROOM_DB = 6.0
AUTO_RANGE_DB = (40.0, 90.0)
AUTO_COLUMNS = 120  # of what is in sight


@dataclass(frozen=True, slots=True)
class Look:
    """Which level has which colour. Levels are in dB below a full-scale sine."""

    color_map: str = "dusk"
    floor_db: float = -90.0
    ceiling_db: float = -10.0
    is_auto: bool = False
    is_locked: bool = False


class PictureModel(QObject):
    """The picture's settings, remembered; the only one that changes them."""

    look_changed = Signal()
    settings_changed = Signal()
    shown_changed = Signal()
    refused = Signal(str)

    def __init__(
        self,
        view_model: ListenViewModel,
        viewport: Viewport,
        store: Settings | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model, self._viewport = view_model, viewport
        self._store = store or Settings()
        self.look = Look()
        self._frames = 0
        self._n_fft = self.settings.n_fft  # as chosen: constant-Q has a window of its own
        self._restore(self._store.get(SETTINGS_KEY, {}))
        view_model.ticked.connect(self._on_ticked)
        view_model.started.connect(self.shown_changed)
        view_model.picture_changed.connect(self.shown_changed)

    @property
    def settings(self) -> SpectrogramSettings:
        """What the user chose; a source's sample rate may limit it."""
        return self._view_model.wanted

    @property
    def shown(self) -> SpectrogramSettings:
        """What the picture in sight is made by, at the sample rate of its sound."""
        return self._view_model.settings

    def change(self, **changes: Any) -> bool:
        """Change settings of the columns; False, and a sentence told, if they don't fit together.

        A hop longer than the window becomes as long as the window.
        """
        wanted = {name: getattr(self.settings, name) for name in KEPT}
        wanted = {**wanted, "n_fft": self._n_fft, **changes}
        wanted["hop_length"] = min(wanted["hop_length"], wanted["n_fft"])
        try:
            settings = SpectrogramSettings(self.settings.sample_rate, **wanted)
        except ValueError:
            text = self.tr("From {0:g} to {1:g} Hz is no range: the second must be the higher.")
            self.refused.emit(text.format(wanted["fmin_hz"], wanted["fmax_hz"]))
            return False
        self._n_fft = wanted["n_fft"]
        self._view_model.change_settings(settings, float(self._viewport.span_s))
        self._remember()
        self.settings_changed.emit()
        return True

    def change_look(self, **changes: Any) -> None:
        """Change colours or levels; levels keep a distance, and stay as they are while locked."""
        look = replace(self.look, **changes)
        if self.look.is_locked and look.is_locked:
            look = replace(look, floor_db=self.look.floor_db, ceiling_db=self.look.ceiling_db)
        if {"floor_db", "ceiling_db"} & changes.keys() and not changes.get("is_auto"):
            look = replace(look, is_auto=False)
        self._set_look(_with_room(look, moved="ceiling_db" in changes))

    def reset(self) -> None:
        """Everything as it is at first."""
        self._set_look(Look())
        fresh = SpectrogramSettings()
        self.change(**{name: getattr(fresh, name) for name in KEPT})

    def _set_look(self, look: Look) -> None:
        if look != self.look:
            self.look = look
            self._remember()
            self.look_changed.emit()

    def _remember(self) -> None:
        kept = {name: getattr(self.settings, name) for name in KEPT}
        self._store.set(SETTINGS_KEY, {**kept, "n_fft": self._n_fft, **asdict(self.look)})

    def _restore(self, values: Any) -> None:
        """Take what was remembered, if it makes sense: the file may be from another version."""
        if not isinstance(values, dict):
            return
        with contextlib.suppress(TypeError, ValueError):
            kept = {name: values[name] for name in KEPT if name in values}
            if kept.get("scale", "log") in SCALES and kept.get("window", "hann") in WINDOWS:
                self._view_model.change_settings(SpectrogramSettings(**kept))
                self._n_fft = kept.get("n_fft", self._n_fft)
        names = asdict(self.look).keys() & values.keys()
        with contextlib.suppress(TypeError, ValueError):
            look = replace(self.look, **{name: values[name] for name in names})
            if look.color_map in COLOR_MAPS:
                self.look = _with_room(look, moved=True)

    def _on_ticked(self, n_columns: int) -> None:
        self._frames += 1
        if self.look.is_auto and not self.look.is_locked and self._frames % AUTO_EVERY == 0:
            self._adapt()

    def _adapt(self) -> None:
        """Move the levels towards what is in sight: the quietest tenth is dark."""
        history, rate = self._view_model.history, self._view_model.sample_rate
        end, span = self._viewport.end_position, self._viewport.span_s * rate
        at = np.linspace(max(0.0, end - span), end, AUTO_COLUMNS).astype(np.int64)
        levels, is_there = history.at(at, round(rate / 2))
        if not is_there.any():
            return
        db = to_db(levels[is_there])
        low, high = np.percentile(db, (10, 99.9))
        ceiling = min(HIGHEST_DB, float(high) + AUTO_HEADROOM_DB)
        smallest, widest = AUTO_RANGE_DB
        floor = ceiling - min(max(ceiling - float(low), smallest), widest)
        look = self.look
        self._set_look(
            replace(
                look,
                floor_db=look.floor_db + AUTO_SHARE * (floor - look.floor_db),
                ceiling_db=look.ceiling_db + AUTO_SHARE * (ceiling - look.ceiling_db),
            )
        )


def _with_room(look: Look, *, moved: bool) -> Look:
    """`look` inside the limits; if `moved`, the ceiling was, and the floor gives way."""
    floor = min(max(float(look.floor_db), LOWEST_DB), HIGHEST_DB - SMALLEST_RANGE_DB)
    ceiling = min(max(float(look.ceiling_db), LOWEST_DB + SMALLEST_RANGE_DB), HIGHEST_DB)
    if ceiling - floor < SMALLEST_RANGE_DB:
        if moved:
            floor = ceiling - SMALLEST_RANGE_DB
        else:
            ceiling = floor + SMALLEST_RANGE_DB
    return replace(look, floor_db=floor, ceiling_db=ceiling)
