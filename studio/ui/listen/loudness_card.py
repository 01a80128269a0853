"""How loud it is: a meter for each channel, and loudness as broadcasters measure it."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.analysis.loudness import LoudnessReading
from studio.ui.listen.card_column import is_in_sight
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.loudness_card_meters import NO_LEVELS, ChannelMeters
from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_bold, font_normal, tabular

FRAMES_PER_LEVEL = 2
FRAMES_PER_TEXT = 14  # figures that change more often can't be read


class LoudnessCard(QFrame):
    """Follows what the view-model hears."""

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loudness_card")
        self.setAccessibleName(self.tr("Loudness"))
        self.setProperty("kind", "card")
        self._view_model = view_model
        self._n_frames = 0
        self.meters = ChannelMeters()
        self.meters.clip_reset.connect(view_model.reset_clip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(SPACE_M)
        layout.addLayout(self._caption())
        layout.addWidget(self.meters)
        self._values: dict[str, QLabel] = {}
        layout.addLayout(self._figures())
        view_model.started.connect(self.refresh)
        view_model.stopped.connect(self.refresh)
        view_model.ticked.connect(self._on_ticked)
        self.refresh()

    def _caption(self) -> QHBoxLayout:
        caption = QLabel(self.tr("Loudness"))
        caption.setProperty("kind", "muted")
        self.restart_button = QToolButton()
        self.restart_button.setObjectName("loudness_restart")
        self.restart_button.setText(self.tr("Anew"))
        self.restart_button.setAccessibleName(self.tr("Measure loudness anew"))
        tip = self.tr("Forget the integrated loudness and the range, and measure anew (N)")
        self.restart_button.setToolTip(tip)
        self.restart_button.setStatusTip(tip)
        self.restart_button.clicked.connect(self.restart)
        row = QHBoxLayout()
        row.addWidget(caption, 1)
        row.addWidget(self.restart_button)
        return row

    def _figures(self) -> QGridLayout:
        tr = self.tr
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnStretch(0, 1)
        rows = (
            ("integrated", tr("Integrated"), tr("Of all since the start, but for quiet passages")),
            ("short_term", tr("Short-term"), tr("Of the last 3 seconds")),
            ("momentary", tr("Momentary"), tr("Of the last 0.4 seconds")),
            ("range", tr("Range"), tr("Between quiet and loud passages, in loudness units")),
        )
        for row, (name, words, tip) in enumerate(rows):
            label, value = QLabel(words), QLabel()
            label.setProperty("kind", "muted")
            value.setObjectName(f"loudness_{name}")
            value.setAccessibleName(tr("{0} loudness").format(words))
            value.setFont(tabular(font_bold() if row == 0 else font_normal()))
            for widget in (label, value):
                widget.setToolTip(tr("{0} (EBU R 128)").format(tip))
                widget.setStatusTip(widget.toolTip())
            grid.addWidget(label, row, 0)
            grid.addWidget(value, row, 1)
            self._values[name] = value
        return grid

    def restart(self) -> None:
        """Measure loudness anew from now on."""
        if self._view_model.hearing is not None:
            self._view_model.hearing.loudness.restart()
            self.refresh()

    def _on_ticked(self, _n_columns: int) -> None:
        hearing = self._view_model.hearing
        self._n_frames += 1
        if hearing is not None and is_in_sight(self) and self._n_frames % FRAMES_PER_LEVEL == 0:
            self.meters.set_levels(hearing.level.channels, hearing.level.clipped)
            if self._n_frames % FRAMES_PER_TEXT == 0:
                self._show_figures()

    def refresh(self) -> None:
        """Show what is known now; without a source, the last figures and no level."""
        hearing = self._view_model.hearing
        is_running = hearing is not None and self._view_model.is_running
        if hearing is not None and is_running:
            self.meters.set_levels(hearing.level.channels, hearing.level.clipped)
        else:
            self.meters.set_levels(NO_LEVELS, (False,))
        self.restart_button.setEnabled(is_running)
        self._show_figures()

    def _show_figures(self) -> None:
        hearing = self._view_model.hearing
        reading = hearing.loudness.reading if hearing is not None else LoudnessReading()
        texts = {
            "integrated": _figure(reading.integrated_lufs, "LUFS"),
            "short_term": _figure(reading.short_term_lufs, "LUFS"),
            "momentary": _figure(reading.momentary_lufs, "LUFS"),
            "range": _figure(reading.range_lu, "LU"),
        }
        for name, text in texts.items():
            self._values[name].setText(text)
        self.meters.setAccessibleDescription(self.meters.words())


def _figure(value: float | None, unit: str) -> str:
    number = "\N{EN DASH}" if value is None else f"{value:.1f}".replace("-", MINUS)
    return f"{number} {unit}"
