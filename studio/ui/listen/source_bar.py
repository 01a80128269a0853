"""Where the sound comes from: devices, files, the demo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from studio.audio.devices import Device, list_inputs
from studio.errors import StudioError
from studio.ui.icons import icon
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.theme import GRID, ICON_M, SPACE_M

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
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_M)
        for widget in (self._choose, self._stop, self._name):
            layout.addWidget(widget)
        layout.addStretch(1)
        view_model.started.connect(self._refresh)
        view_model.stopped.connect(self._refresh)
        self._refresh()

    def _source_button(self) -> QPushButton:
        button = QPushButton(icon("microphone"), self.tr("Source"))
        button.setObjectName("listen_source")
        button.setAccessibleName(self.tr("Choose the source"))
        button.setToolTip(self.tr("Choose an input device, a file or the demo"))
        button.setStatusTip(self.tr("Choose what to listen to"))
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        button.setMenu(menu)
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

    def _fill(self, menu: QMenu) -> None:
        """The devices of this moment; the menu is filled when it opens, never at the start."""
        menu.clear()
        try:
            devices = list_inputs()
        except StudioError:
            devices = []
        for device in devices:
            self._add(menu, device.label, "microphone").triggered.connect(
                lambda _=False, device=device: self.start(device)
            )
        if not devices:
            menu.addAction(self.tr("No input device was found")).setEnabled(False)
        menu.addSeparator()
        self._add(menu, self.tr("Open a file…"), "file").triggered.connect(self.open_requested)
        self._add(menu, self.tr("The demo sound"), "listen").triggered.connect(self.demo_requested)

    def _add(self, menu: QMenu, text: str, sign: str) -> QAction:
        return menu.addAction(icon(sign), text)

    def start(self, device: Device) -> None:
        """Listen to `device`."""
        self._view_model.start_microphone(device)

    def open_file(self, path: Path) -> None:
        """Listen to a file."""
        self._view_model.open_file(path)

    def _refresh(self) -> None:
        model = self._view_model
        self._stop.setVisible(model.is_running)
        text = model.source_name
        if model.is_running:
            text = self.tr("{0}, {1:g} kHz").format(text, model.sample_rate / 1000)
        self._name.setToolTip(text)
        metrics = QFontMetrics(self._name.font())  # a long name must not widen the window
        self._name.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, MAX_NAME_WIDTH))
