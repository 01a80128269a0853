"""The transport of a file: play and pause, the whole of it, a loop, its speed and its volume."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from studio.audio.file_source import FileSource
from studio.ui.icons import icon
from studio.ui.listen.key_rows import FASTER, LOOP, MUTE, PAUSE, SLOWER, TO_START
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.overview_strip import OverviewStrip
from studio.ui.place_keys import KeyTip, PlaceKey, tip_with_keys
from studio.ui.theme import GRID, ICON_M, SPACE_M, font_normal, tabular

SPEEDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
FULL_SPEED = SPEEDS.index(1.0)


class FileTransport(QWidget):
    """One row, shown while a file is open."""

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("file_transport")
        self._view_model = view_model
        self._loop: tuple[float, float] | None = None  # kept while looping is off
        tr = self.tr
        self._to_start = self._tool(
            "listen_to_start", "to_start", tr("Back to the start{0}"), TO_START
        )
        self._pause = self._tool(
            "listen_pause", "pause", tr("Pause the file, or play on{0}"), PAUSE
        )
        self._loop_button = self._tool(
            "listen_loop",
            "loop",
            tr("Loop{0}: the stretch that Shift+drag marked, or the file"),
            LOOP,
        )
        self._loop_button.setCheckable(True)
        self.overview = OverviewStrip()
        self._time = QLabel()
        self._time.setObjectName("listen_time")
        self._time.setFont(tabular(font_normal()))
        self._build_speed()
        self._build_volume()
        self._lay_out()
        self._to_start.clicked.connect(lambda: self.seek(0.0))
        self._pause.clicked.connect(view_model.toggle_pause)
        self._loop_button.clicked.connect(self.set_looping)
        self.overview.seek_chosen.connect(self.seek)
        self.overview.loop_chosen.connect(self.set_loop)
        view_model.started.connect(self._refresh)
        view_model.stopped.connect(self._refresh)
        view_model.ticked.connect(self._on_ticked)
        self._refresh()

    def _tool(self, name: str, sign: str, tip: str, key: PlaceKey) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIcon(icon(sign))
        button.setIconSize(QSize(ICON_M, ICON_M))
        tip_with_keys(button, tip, key)
        KeyTip(button, button.setAccessibleName, tip, key)
        return button

    def _build_speed(self) -> None:
        self._speed = QComboBox()
        self._speed.setObjectName("listen_speed")
        self._speed.setAccessibleName(self.tr("Speed"))
        tip = self.tr("How fast the file is played: slower{0}, faster{1}. The pitch stays")
        tip_with_keys(self._speed, tip, SLOWER, FASTER)
        self._speed.addItems([f"{speed:.0%}" for speed in SPEEDS])
        self._speed.setCurrentIndex(FULL_SPEED)
        self._speed.currentIndexChanged.connect(self._on_speed)

    def _build_volume(self) -> None:
        self._volume = QSlider(Qt.Orientation.Horizontal)
        self._volume.setObjectName("listen_volume")
        self._volume.setAccessibleName(self.tr("Volume"))
        tip = self.tr("How loud the file is heard; the picture sees it as it is")
        self._volume.setToolTip(tip)
        self._volume.setStatusTip(tip)
        self._volume.setRange(0, 100)
        self._volume.setValue(100)
        self._volume.setFixedWidth(10 * GRID)
        self._volume.valueChanged.connect(self._on_volume)
        self._mute = self._tool(
            "listen_mute", "speaker", self.tr("Mute the file{0}; the picture goes on"), MUTE
        )
        self._mute.setCheckable(True)
        self._mute.toggled.connect(self._on_muted)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        before: tuple[QWidget, ...] = (self._to_start, self._pause, self._loop_button)
        after: tuple[QWidget, ...] = (self._time, self._speed, self._mute, self._volume)
        for widget in before:
            row.addWidget(widget)
        row.addWidget(self.overview, 1)
        for widget in after:
            row.addWidget(widget)

    @property
    def _file(self) -> FileSource | None:
        return self._view_model.file

    def seek(self, seconds: float) -> None:
        """Go to a place in the file."""
        if self._file is not None:
            self._file.seek(seconds)
            self._show_time(self._file)

    def seek_by(self, seconds: float) -> None:
        """Go so much further, or with a negative number back."""
        if self._file is not None:
            self.seek(min(max(0.0, self._file.time_s + seconds), self._file.duration_s))

    def set_loop(self, start_s: float, end_s: float) -> None:
        """Loop a stretch from now on."""
        self._loop = (start_s, end_s)
        self.set_looping(True)

    def set_looping(self, on: bool) -> None:
        """Loop the marked stretch, or the whole file; or play on after the end."""
        if self._file is not None:
            whole = (0.0, self._file.duration_s)
            self._file.loop = (self._loop or whole) if on else None
        self._loop_button.setChecked(on)
        self.overview.update()

    def toggle_loop(self) -> None:
        """Loop, or loop no more."""
        self.set_looping(not self._loop_button.isChecked())

    def change_speed(self, steps: int) -> None:
        """So many steps of the list faster, or with a negative number slower."""
        index = self._speed.currentIndex() + steps
        self._speed.setCurrentIndex(min(max(index, 0), len(SPEEDS) - 1))

    def toggle_mute(self) -> None:
        """Hear the file no more, or again."""
        self._mute.toggle()

    def _on_muted(self, is_muted: bool) -> None:
        self._mute.setIcon(icon("mute" if is_muted else "speaker"))
        self._on_volume(self._volume.value())

    def _on_speed(self, index: int) -> None:
        if self._file is not None:
            self._file.speed = SPEEDS[index]

    def _on_volume(self, percent: int) -> None:
        if self._file is not None:
            loudness = (percent / 100) ** 2  # nearer to what the ear calls half
            self._file.volume = 0.0 if self._mute.isChecked() else loudness

    def _refresh(self) -> None:
        file = self._file
        self.setVisible(file is not None)
        self.overview.show_file(file)
        self._loop = None
        with QSignalBlocker(self._loop_button):
            self._loop_button.setChecked(False)
        if file is not None:
            self._on_speed(self._speed.currentIndex())
            self._on_volume(self._volume.value())
            self._show_time(file)

    def _on_ticked(self, _n_columns: int) -> None:
        file = self._file
        if file is None:
            return
        is_playing = file.is_active and not file.is_paused
        if self._pause.property("playing") != is_playing:
            self._pause.setProperty("playing", is_playing)
            self._pause.setIcon(icon("pause" if is_playing else "play"))
        self._show_time(file)

    def _show_time(self, file: FileSource) -> None:
        text = f"{_minutes(file.time_s)} / {_minutes(file.duration_s)}"
        if text != self._time.text():
            self._time.setText(text)
        self.overview.follow()


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
