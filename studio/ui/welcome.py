"""What a musician sees at the first start: three things to do, each one click away."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from studio.ui.icons import icon
from studio.ui.theme import GRID, ICON_S, SPACE_M, SPACE_S, font_bold


class WelcomeBar(QFrame):
    """Three first actions and a cross. It comes back only when the settings are cleared."""

    play_song = Signal()
    play_sound = Signal()
    ask_model = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setProperty("kind", "card")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, SPACE_S, SPACE_S, SPACE_S)
        layout.setSpacing(SPACE_M)
        title = QLabel(self.tr("New here? Three first steps:"))
        title.setFont(font_bold())
        layout.addWidget(title)
        for button in self._first_steps():
            layout.addWidget(button)
        layout.addStretch(1)
        layout.addWidget(self._close_button())

    def _first_steps(self) -> list[QPushButton]:
        play = self._button("welcome_play", "play", self.tr("Play the song"))
        play.setToolTip(self.tr("Hear the score that is open (Space)"))
        play.clicked.connect(self.play_song)
        watch = self._button("welcome_listen", "listen", self.tr("Watch a sound"))
        watch.setToolTip(self.tr("Play the demo sound, see it and hear its genre named"))
        watch.clicked.connect(self.play_sound)
        ask = self._button("welcome_suggest", "wand", self.tr("Ask the model for notes"))
        ask.setToolTip(self.tr("Let the model propose notes to add and to remove"))
        ask.clicked.connect(self.ask_model)
        return [play, watch, ask]

    def _button(self, name: str, sign: str, text: str) -> QPushButton:
        button = QPushButton(icon(sign), text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        return button

    def _close_button(self) -> QToolButton:
        close = QToolButton()
        close.setObjectName("welcome_close")
        close.setAccessibleName(self.tr("Close the welcome"))
        close.setToolTip(self.tr("Close; it will not come back"))
        close.setIcon(icon("cross"))
        close.setIconSize(QSize(ICON_S, ICON_S))
        close.clicked.connect(self.dismiss)
        return close

    def dismiss(self) -> None:
        """Go, and say so, so that it is remembered."""
        self.hide()
        self.dismissed.emit()
