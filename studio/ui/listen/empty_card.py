"""What Listen shows before anything sounds: what it is for, and what to do first."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.ui.icons import icon
from studio.ui.theme import GRID, SPACE_L, SPACE_M, font_large

BLOCK_WIDTH = 64 * GRID


class EmptyCard(QFrame):
    """Three first actions, and the reason where one of them can't be had."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("listen_empty")
        self.setProperty("kind", "card")
        title = QLabel(self.tr("See what sounds, and hear it named"))
        title.setFont(font_large())
        self.text = QLabel(
            self.tr(
                "Listen draws a live picture of sound, from the microphone or a file, "
                "and says which genre it hears. Everything stays on this machine."
            )
        )
        self.text.setObjectName("listen_card_text")
        self.text.setProperty("kind", "muted")
        self.text.setWordWrap(True)
        self.microphone = self._button(
            "microphone",
            "listen_start_microphone",
            self.tr("Start the microphone"),
            self.tr("Listen to the default input device"),
        )
        self.microphone.setProperty("kind", "primary")
        self.microphone.setIcon(icon("microphone", "text_on_accent"))
        self.microphone.setIcon(icon("microphone", "text_on_accent"))
        self.file = self._button(
            "file",
            "listen_open_file",
            self.tr("Open a file…"),
            self.tr("WAV, AIFF, FLAC, OGG, Opus or MP3; or drop one here (Ctrl+O)"),
        )
        self.demo = self._button(
            "listen",
            "listen_play_demo",
            self.tr("Play the demo"),
            self.tr("Watch a piece that comes with Studio"),
        )
        self._lay_out(title)

    def warn(self, reason: str) -> None:
        """Say what is missing, in place of what the card is for."""
        self.text.setText(reason)
        self.text.setProperty("kind", "warning")
        self.text.style().polish(self.text)

    def _button(self, sign: str, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(icon(sign), text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setStatusTip(tip)
        return button

    def _lay_out(self, title: QLabel) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_M)
        for button in (self.microphone, self.file, self.demo):
            buttons.addWidget(button)
        buttons.addStretch(1)
        block = QWidget()
        block.setFixedWidth(BLOCK_WIDTH)
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_L)
        for widget in (title, self.text):
            column.addWidget(widget)
        column.addLayout(buttons)
        across = QHBoxLayout()  # an alignment would ignore that the text wraps, and cut it off
        across.addStretch(1)
        across.addWidget(block)
        across.addStretch(1)
        rows = QVBoxLayout(self)
        rows.addStretch(2)
        rows.addLayout(across)
        rows.addStretch(3)
