"""Volume and pan of a track, as a part of its menu."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QSlider, QWidget

from studio.score.track_sound import track_sound, track_sound_edit
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import GRID

MOST = 127


class TrackMixer(QWidget):
    """Two sliders; a drag is one edit, made when it ends."""

    def __init__(
        self, view_model: ScoreViewModel, index: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("track_mixer")
        self.setMinimumWidth(30 * GRID)
        self._view_model, self._index = view_model, index
        sound = track_sound(view_model.song, index)
        self.volume = self._slider("volume", self.tr("Volume"), sound.volume)
        self.pan = self._slider("pan", self.tr("Left to right"), sound.pan)
        form = QFormLayout(self)
        form.setContentsMargins(3 * GRID, GRID, 2 * GRID, GRID)
        form.addRow(self.tr("Volume"), self.volume)
        form.addRow(self.tr("Left to right"), self.pan)

    def _slider(self, name: str, text: str, value: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName(f"track_{name}")
        slider.setAccessibleName(text)
        slider.setToolTip(text)
        slider.setStatusTip(self.tr("{0} of this track; heard when it is let go").format(text))
        slider.setRange(0, MOST)
        slider.setPageStep(8)
        slider.setValue(value)
        slider.setTracking(False)
        slider.valueChanged.connect(lambda value: self._change(text, **{name: value}))
        return slider

    def _change(self, label: str, **values: int) -> None:
        song = self._view_model.song
        sound = replace(track_sound(song, self._index), **values)
        self._view_model.request(track_sound_edit(song, self._index, sound, label))
