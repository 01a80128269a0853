"""The buttons that record, and that keep the last seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QActionGroup, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from studio.ui.icons import icon
from studio.ui.keymap import in_brackets, keymap
from studio.ui.listen.keep_choices import CHOICES, KeepChoices, clock, size
from studio.ui.listen.keeping import Keeping
from studio.ui.listen.key_rows import KEEP, RECORD
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.recording import Recording
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.theme import GRID, ICON_M, SPACE_M, font_normal, tabular


class KeepBar(QWidget):
    """Record, how long and how big it is, and Keep with its choices."""

    told = Signal(str, str, object)  # level, text, the folder to show or None

    def __init__(
        self, view_model: ListenViewModel, view: SpectrogramView, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("keep_bar")
        self.choices = KeepChoices(parent=self)
        self.recording = Recording(view_model, self.choices, self)
        self.keeping = Keeping(view_model, view, self.choices, self)
        self._view_model = view_model
        self._record = self._button("listen_record", "record", self.recording.toggle)
        self._record.setCheckable(True)
        self._length = QLabel()
        self._length.setObjectName("listen_recorded")
        self._length.setFont(tabular(font_normal()))
        self._keep = self._button("listen_keep", "save", self.keeping.keep)
        self._keep.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self._keep.setMenu(self._menu())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        for widget in (self._length, self._record, self._keep):
            row.addWidget(widget)
        for teller in (self.recording, self.keeping):
            teller.told.connect(self.told)
            teller.changed.connect(self._refresh)
        self.choices.changed.connect(self._refresh)
        keymap().changed.connect(self._refresh)
        view_model.started.connect(self._refresh)
        view_model.stopped.connect(self._refresh)
        self._refresh()

    def _button(self, name: str, sign: str, act: Any) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIcon(icon(sign, "error" if sign == "record" else "text"))
        button.setIconSize(QSize(ICON_M, ICON_M))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setMinimumHeight(4 * GRID)
        button.clicked.connect(lambda: act())
        return button

    def _menu(self) -> QMenu:
        tr = self.tr
        menu = QMenu(self)
        menu.setObjectName("listen_keep_menu")
        menu.setToolTipsVisible(True)
        lengths = {seconds: tr("The last {0}").format(_length(seconds)) for seconds in LENGTHS}
        self._group(menu, "seconds", lengths)
        menu.addSeparator()
        formats = {"wav": tr("Keep as WAV"), "flac": tr("Keep as FLAC, half the size")}
        self._group(menu, "sound_format", formats)
        menu.addSeparator()
        samples = {
            "float": tr("Record every bit (WAV, 32-bit float)"),
            "24-bit": tr("Record in 24 bits (WAV)"),
        }
        self._group(menu, "record_format", samples)
        menu.addSeparator()
        choose = menu.addAction(icon("folder"), tr("Choose the folder…"))
        choose.setObjectName("listen_keep_folder")
        choose.triggered.connect(self.choose_folder)
        show = menu.addAction(icon("open"), tr("Show the folder"))
        show.setObjectName("listen_keep_show")
        show.triggered.connect(lambda: show_folder(self.choices.folder))
        return menu

    def _group(self, menu: QMenu, name: str, texts: dict[Any, str]) -> None:
        group = QActionGroup(menu)
        for value, text in texts.items():
            action = menu.addAction(text)
            action.setObjectName(f"listen_keep_{value}")
            action.setCheckable(True)
            action.setChecked(self.choices[name] == value)
            action.triggered.connect(lambda _=False, value=value: self.choices.choose(name, value))
            group.addAction(action)

    def choose_folder(self) -> None:
        """Ask where recordings and what is kept shall go."""
        title = self.tr("Folder for recordings")
        folder = QFileDialog.getExistingDirectory(self, title, str(self.choices.folder))
        if folder:
            self.choices.choose("folder", folder)

    def _refresh(self) -> None:
        recording, keeping = self.recording, self.keeping
        self._record.setEnabled(self._view_model.is_running or recording.is_on)
        self._record.setChecked(recording.is_on)
        self._record.setText(self.tr("Stop") if recording.is_on else self.tr("Record"))
        tip = self.tr("Record what is heard to the disk, as long as there is room")
        tip = self.tr("End the recording") if recording.is_on else tip
        _describe(self._record, tip + in_brackets(RECORD))
        self._length.setVisible(recording.is_on)
        self._length.setText(f"{clock(recording.seconds)} · {size(recording.n_bytes)}")
        length = _length(self.choices["seconds"])
        self._keep.setText(self.tr("Keep {0}").format(length))
        self._keep.setEnabled(self._view_model.hearing is not None and not keeping.is_on)
        tip = self.tr("Keep the last {0} as sound, picture and table of readings")
        _describe(self._keep, tip.format(length) + in_brackets(KEEP))


LENGTHS = sorted(CHOICES["seconds"])


def _length(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _describe(button: QToolButton, tip: str) -> None:
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setStatusTip(tip)


def show_folder(folder: Path) -> None:
    """Show a folder in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
