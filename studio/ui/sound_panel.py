"""How the song sounds: volume, room, chorus, SoundFont, the delay of a wireless loudspeaker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from studio.audio.master import (
    LARGE_BUFFER_MS,
    MAX_DB,
    NORMAL_BUFFER_MS,
    SILENT_DB,
    SMALL_BUFFER_MS,
)
from studio.audio.soundfont import default_soundfont
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.sound_view_model import SoundViewModel
from studio.ui.theme import GRID, SPACE_M, font_small, tabular

WIDTH = 40 * GRID
MOST_DELAY_MS = 1000
_PERCENT = 100


class SoundPanel(QWidget):
    """Shows and changes what a `SoundViewModel` holds."""

    def __init__(
        self, sound: SoundViewModel, panic: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sound_panel")
        self.setFixedWidth(WIDTH)
        self._sound = sound
        tr = self.tr
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(2 * GRID)
        self._form.setVerticalSpacing(GRID)
        self.volume, self._volume_text = self._slider(
            "sound_volume", tr("Volume"), int(SILENT_DB), int(MAX_DB), tr("Of the whole song")
        )
        self.reverb, self._reverb_text = self._slider(
            "sound_reverb", tr("Room"), 0, _PERCENT, tr("How much the room answers")
        )
        self.chorus, self._chorus_text = self._slider(
            "sound_chorus", tr("Chorus"), 0, _PERCENT, tr("The sound doubled, a little out of tune")
        )
        self.delay = self._delay()
        self.buffer, self._gaps_label = self._buffer()
        self._add_soundfont()
        self._add_panic(panic)
        self.volume.valueChanged.connect(lambda value: sound.change(volume_db=float(value)))
        self.reverb.valueChanged.connect(lambda value: sound.change(reverb=value / _PERCENT))
        self.chorus.valueChanged.connect(lambda value: sound.change(chorus=value / _PERCENT))
        self.delay.valueChanged.connect(lambda value: sound.change(delay_ms=float(value)))
        self.buffer.activated.connect(
            lambda index: sound.change(buffer_ms=self.buffer.itemData(index))
        )
        sound.changed.connect(self.follow)
        self.follow()

    def _slider(
        self, name: str, text: str, least: int, most: int, tip: str
    ) -> tuple[QSlider, QLabel]:
        slider, value = QSlider(Qt.Orientation.Horizontal), QLabel()
        slider.setRange(least, most)
        slider.setPageStep(max(1, (most - least) // 10))
        value.setFont(tabular(font_small()))
        value.setMinimumWidth(6 * GRID)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout()
        row.addWidget(slider, 1)
        row.addWidget(value)
        self._name(slider, name, text, tip)
        self._form.addRow(text, row)
        return slider, value

    def _delay(self) -> QSpinBox:
        box = QSpinBox()
        box.setRange(0, MOST_DELAY_MS)
        box.setSingleStep(10)
        box.setSuffix(self.tr(" ms"))
        text = self.tr("Speaker delay")
        tip = self.tr("A wireless loudspeaker's delay: the playhead waits, recordings are moved")
        self._name(box, "sound_delay", text, tip)
        self._form.addRow(text, box)
        return box

    def _buffer(self) -> tuple[QComboBox, QLabel]:
        box, gaps = QComboBox(), QLabel()
        for text, size_ms in (
            (self.tr("Small: keys sound at once"), SMALL_BUFFER_MS),
            (self.tr("Normal"), NORMAL_BUFFER_MS),
            (self.tr("Large: for busy machines"), LARGE_BUFFER_MS),
        ):
            box.addItem(text, size_ms)
        text = self.tr("Sound buffer")
        tip = self.tr("How much sound lies ready in the device: less is sooner, more is safer")
        self._name(box, "sound_buffer", text, tip)
        gaps.setObjectName("sound_gaps")
        gaps.setFont(font_small())
        gaps.setProperty("kind", "muted")
        column = QVBoxLayout()
        column.setSpacing(SPACE_M)
        column.addWidget(box)
        column.addWidget(gaps)
        self._form.addRow(text, column)
        return box, gaps

    def _add_soundfont(self) -> None:
        self._font_label = QLabel()
        self._font_label.setObjectName("soundfont_label")
        self._font_label.setFont(font_small())
        self._font_label.setProperty("kind", "muted")
        self._font_label.setWordWrap(True)
        choose, usual = QPushButton(self.tr("Choose…")), QPushButton(self.tr("Built in"))
        self._name(
            choose,
            "soundfont_choose",
            self.tr("Choose a SoundFont"),
            self.tr("Play another set of instruments: an .sf2 or .sf3 file"),
        )
        self._name(
            usual, "soundfont_usual", self.tr("The usual SoundFont"), self.tr("Back to the usual")
        )
        choose.clicked.connect(self._choose_soundfont)
        usual.clicked.connect(lambda: self._sound.choose_soundfont(None))
        row = QHBoxLayout()
        row.addWidget(choose)
        row.addWidget(usual)
        box = QVBoxLayout()
        box.setSpacing(SPACE_M)
        box.addWidget(self._font_label)
        box.addLayout(row)
        self._form.addRow(self.tr("SoundFont"), box)

    def _add_panic(self, panic: Callable[[], None]) -> None:
        button = QPushButton(self.tr("Silence everything"))
        tip = self.tr("Stop, and end every note here and on what is connected (Ctrl+.)")
        self._name(button, "panic_button", button.text(), tip)
        button.clicked.connect(panic)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(self._form)
        column.addWidget(button)

    def _name(self, widget: QWidget, name: str, text: str, tip: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(text)
        widget.setToolTip(tip)
        widget.setStatusTip(tip)

    def _choose_soundfont(self) -> None:
        start = str(self._sound.soundfont.parent)
        kinds = self.tr("SoundFonts (*.sf2 *.sf3)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("SoundFont"), start, kinds)
        if name:
            self._sound.choose_soundfont(Path(name))

    def follow(self) -> None:
        """Show what is set."""
        sound = self._sound.sound
        for widget, value in (
            (self.volume, sound.volume_db),
            (self.reverb, sound.reverb * _PERCENT),
            (self.chorus, sound.chorus * _PERCENT),
            (self.delay, sound.delay_ms),
        ):
            widget.blockSignals(True)
            widget.setValue(round(value))
            widget.blockSignals(False)
        self.buffer.setCurrentIndex(max(0, self.buffer.findData(sound.buffer_ms)))
        gaps = self._sound.underruns
        self._gaps_label.setText(self.tr("Interruptions so far: {0}").format(gaps))
        self._gaps_label.setVisible(gaps > 0)
        self._volume_text.setText(_decibels(sound.volume_db))
        self._reverb_text.setText(f"{sound.reverb:.0%}")
        self._chorus_text.setText(f"{sound.chorus:.0%}")
        font = self._sound.soundfont
        self._font_label.setText(self.tr("Built in") if font == default_soundfont() else font.name)
        self._font_label.setToolTip(str(font))


class SoundMenu(QMenu):
    """The panel as something that opens under its button."""

    def __init__(
        self, sound: SoundViewModel, panic: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sound_menu")
        self.panel = SoundPanel(sound, panic)
        holder = QWidgetAction(self)
        holder.setDefaultWidget(self.panel)
        self.addAction(holder)
        self.aboutToShow.connect(self.panel.follow)


def _decibels(volume_db: float) -> str:
    if volume_db <= SILENT_DB:
        return f"{MINUS}∞ dB"
    sign = "+" if volume_db > 0 else ""
    return f"{sign}{volume_db:.0f} dB".replace("-", MINUS)
