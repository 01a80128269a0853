"""Where the sound comes from: devices, files, the demo."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from studio.ui.icons import icon
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.source_menu import SourceMenu
from studio.ui.theme import GRID, ICON_M, SPACE_M, font_small, tabular

DELAY_EVERY = 30  # frames
MAX_NAME_WIDTH = 40 * GRID


class SourceBar(QWidget):
    """Chooses, starts and stops what is listened to."""

    open_requested = Signal()
    demo_requested = Signal()

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("source_bar")
        self._view_model = view_model
        self._choose = self._source_button()
        self._stop = self._tool("listen_stop", "stop", self.tr("Stop listening"))
        self._stop.clicked.connect(view_model.stop)
        self._name = QLabel()
        self._name.setObjectName("listen_source_name")
        self._delay = QLabel()
        self._delay.setObjectName("listen_delay")
        self._delay.setProperty("kind", "muted")
        self._delay.setFont(tabular(font_small()))
        self._frames = 0
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_M)
        for widget in (self._choose, self._stop, self._name, self._delay):
            layout.addWidget(widget)
        layout.addStretch(1)
        view_model.started.connect(self._refresh)
        view_model.stopped.connect(self._refresh)
        view_model.input.changed.connect(self._refresh)
        view_model.ticked.connect(self._on_ticked)
        self._refresh()

    def _source_button(self) -> QPushButton:
        button = QPushButton(icon("microphone"), self.tr("Source"))
        button.setObjectName("listen_source")
        button.setAccessibleName(self.tr("Choose the source"))
        button.setToolTip(self.tr("Choose an input device, the system's sound, a file or the demo"))
        button.setStatusTip(self.tr("Choose what to listen to"))
        self.menu = SourceMenu(self._view_model, button)
        self.menu.open_requested.connect(self.open_requested)
        self.menu.demo_requested.connect(self.demo_requested)
        button.setMenu(self.menu)
        return button

    def _tool(self, name: str, sign: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIcon(icon(sign))
        button.setIconSize(QSize(ICON_M, ICON_M))
        button.setToolTip(tip)
        button.setStatusTip(tip)
        button.setAccessibleName(tip)
        return button

    def _refresh(self) -> None:
        model = self._view_model
        self._stop.setVisible(model.is_running)
        text = self._words() if model.is_running else ""
        metrics = QFontMetrics(self._name.font())  # a long name must not widen the window
        self._name.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, MAX_NAME_WIDTH))
        self._name.setToolTip(text)
        self._name.setProperty("kind", "warning" if model.input.is_away else "")
        self._name.style().polish(self._name)
        self._show_delay()

    def _words(self) -> str:
        """'Desk · 48 kHz · 2 ch, mixed'."""
        model = self._view_model
        watch = model.input
        if watch.is_away:
            return self.tr("{0} is gone: waiting for it…").format(model.source_name)
        text = self.tr("{0} · {1:g} kHz").format(model.source_name, model.sample_rate / 1000)
        if watch.n_channels == 1:
            return self.tr("{0} · 1 ch").format(text)
        index = watch.channel.index
        if index is None:
            return self.tr("{0} · {1} ch, mixed").format(text, watch.n_channels)
        return self.tr("{0} · ch {1} of {2}").format(text, index + 1, watch.n_channels)

    def _show_delay(self) -> None:
        """How late one sees the sound, and the driver's own delay."""
        watch = self._view_model.input
        latency = watch.driver_latency_s
        self._delay.setVisible(self._view_model.is_running and latency is not None)
        if latency is None:
            return
        asked_ms, actual_ms = (round(1000 * seconds) for seconds in latency)
        seen_ms = round(1000 * watch.picture_delay_s)
        self._delay.setText(self.tr("{0} ms to the picture").format(actual_ms + seen_ms))
        tip = self.tr(
            "From sound to picture: {0} ms in the driver ({1} ms were asked for), then {2} ms to "
            "the screen. Choose another delay in the source menu; a shorter window is quicker, too."
        )
        self._delay.setToolTip(tip.format(actual_ms, asked_ms, seen_ms))
        self._delay.setStatusTip(self._delay.toolTip())

    def _on_ticked(self, _n_columns: int) -> None:
        self._frames += 1
        if self._frames % DELAY_EVERY == 0:
            self._show_delay()
