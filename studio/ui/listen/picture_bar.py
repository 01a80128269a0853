"""The bar above the picture: what it is made of, and which level has which colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.analysis.scales import SCALES
from studio.ui.icons import icon
from studio.ui.listen.color_bar import ColorBar
from studio.ui.listen.color_map import COLOR_MAPS
from studio.ui.listen.picture_drawer import PictureDrawer
from studio.ui.listen.picture_model import HOPS, N_FFTS, PictureModel
from studio.ui.theme import GRID, ICON_S, SPACE_M, font_small, tabular


class PictureBar(QWidget):
    """One row of what is changed often; the rest is in the drawer below it."""

    def __init__(self, model: PictureModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("picture_bar")
        self._model = model
        self.row = QHBoxLayout()
        self.row.setSpacing(SPACE_M)
        self._captions: dict[QComboBox, QLabel] = {}
        self._build_choices()
        self._build_levels()
        self.drawer = PictureDrawer(model)
        self.drawer.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_M)
        layout.addLayout(self.row)
        layout.addWidget(self.drawer)
        self._more.toggled.connect(self.drawer.setVisible)
        model.settings_changed.connect(self._follow)
        model.look_changed.connect(self._follow)
        model.shown_changed.connect(self._tell_resolution)
        self._follow()

    def _build_choices(self) -> None:
        tr = self.tr
        scales = [tr("Linear"), tr("Mel"), tr("Log"), tr("Notes"), tr("Constant-Q")]
        self._scale = self._choice(
            "picture_scale", tr("Scale"), tr("How pitch is spread over the height"), scales
        )
        self._scale.activated.connect(lambda index: self._model.change(scale=SCALES[index]))
        self._n_fft = self._choice(
            "picture_n_fft",
            tr("Window"),
            tr("Samples in a window: a long one tells pitches apart, a short one moments"),
            [str(n) for n in N_FFTS],
        )
        self._n_fft.activated.connect(lambda index: self._model.change(n_fft=N_FFTS[index]))
        self._hop = self._choice(
            "picture_hop", tr("Step"), tr("Samples from one column to the next"), map(str, HOPS)
        )
        self._hop.activated.connect(lambda index: self._model.change(hop_length=HOPS[index]))
        self._resolution = QLabel()
        self._resolution.setObjectName("picture_resolution")
        self._resolution.setProperty("kind", "muted")
        self._resolution.setFont(tabular(font_small()))
        self._resolution.setMinimumWidth(8 * GRID)  # the tip tells all where there is less room
        self.row.addWidget(self._resolution)
        self.row.addStretch(1)

    def _build_levels(self) -> None:
        tr = self.tr
        names = [tr("Dusk"), tr("Dune"), tr("Reef"), tr("Ember"), tr("Frost"), tr("Grey")]
        self._colors = self._choice(
            "picture_colors",
            tr("Colours"),
            tr("Colours from quiet to loud. Dune is safe for colour-blind eyes"),
            [*names, tr("Paper")],
        )
        self._colors.activated.connect(
            lambda index: self._model.change_look(color_map=COLOR_MAPS[index])
        )
        self._captions[self._colors].hide()  # the bar beside it says what it is
        self.row.addWidget(ColorBar(self._model), 2)
        self._auto = self._toggle("picture_auto", tr("Auto"), tr("Fit the levels to what is heard"))
        self._auto.clicked.connect(lambda on: self._model.change_look(is_auto=on))
        self._lock = self._toggle(
            "picture_lock", tr("Lock"), tr("Keep the levels as they are, to compare")
        )
        self._lock.clicked.connect(lambda on: self._model.change_look(is_locked=on))
        self._more = self._toggle(
            "picture_more", tr("More"), tr("Window function, exact ranges, reset")
        )
        self._more.setIcon(icon("chevron"))
        self._more.setIconSize(QSize(ICON_S, ICON_S))
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _choice(self, name: str, label: str, tip: str, texts: Any) -> QComboBox:
        caption = QLabel(label)
        caption.setProperty("kind", "muted")
        box = QComboBox()
        box.setObjectName(name)
        box.setAccessibleName(label)
        box.setToolTip(tip)
        box.setStatusTip(tip)
        box.addItems(list(texts))
        caption.setBuddy(box)
        self.row.addWidget(caption)
        self.row.addWidget(box)
        self._captions[box] = caption
        return box

    def _toggle(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setCheckable(True)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setStatusTip(tip)
        button.setMinimumHeight(4 * GRID - 4)
        self.row.addWidget(button)
        return button

    def _follow(self) -> None:
        settings, look = self._model.settings, self._model.look
        rows: Sequence[tuple[QComboBox, Callable[[], int]]] = (
            (self._scale, lambda: SCALES.index(settings.scale)),
            (self._n_fft, lambda: _index(N_FFTS, settings.n_fft)),
            (self._hop, lambda: _index(HOPS, settings.hop_length)),
            (self._colors, lambda: COLOR_MAPS.index(look.color_map)),
        )
        for box, index in rows:
            with QSignalBlocker(box):
                box.setCurrentIndex(index())
        has_own_window = settings.scale == "constant-q"
        self._n_fft.setEnabled(not has_own_window)
        own = self.tr("Constant-Q has a window of its own for each pitch")
        self._n_fft.setToolTip(own if has_own_window else self._n_fft.statusTip())
        self._tell_resolution()
        self._auto.setChecked(look.is_auto)
        self._auto.setEnabled(not look.is_locked)
        self._lock.setChecked(look.is_locked)

    def _tell_resolution(self) -> None:
        shown = self._model.shown
        hz, ms, rate = shown.hz_per_bin, shown.ms_per_column, shown.sample_rate
        self._resolution.setText(self.tr("{0:.1f} Hz · {1:.1f} ms").format(hz, ms))
        tip = self.tr("{0:.1f} Hz per bin and {1:.1f} ms per column, at {2} Hz sample rate")
        if shown.scale == "constant-q":  # its bins are as wide as a third of a semitone
            self._resolution.setText(self.tr("⅓ semitone · {0:.1f} ms").format(ms))
            tip = self.tr("⅓ semitone per row and {1:.1f} ms per column, at {2} Hz sample rate")
        self._resolution.setToolTip(tip.format(hz, ms, rate))


def _index(choices: Sequence[int], value: int) -> int:
    return choices.index(value) if value in choices else -1
