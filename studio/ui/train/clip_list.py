"""The clips of one cell of the confusion matrix, to be heard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.training.results import Clip
from studio.ui.icons import icon
from studio.ui.theme import GRID, SPACE_M, font_bold, font_small
from studio.ui.train.card import describe, enable
from studio.ui.train.clip_player import ClipPlayer


class ClipList(QWidget):
    """A list with Play and Next; Return or a double click plays, Space plays and stops."""

    def __init__(self, player: ClipPlayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("clip_list_pane")
        self._player = player
        self._title = QLabel()
        self._title.setObjectName("clip_list_title")
        self._title.setFont(font_bold())
        self._title.setWordWrap(True)
        self._list = QListWidget()
        self._list.setObjectName("clip_list")
        self._list.setAccessibleName(self.tr("Clips of the cell"))
        describe(self._list, self.tr("Return or a double click plays from there on"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.itemActivated.connect(lambda _: self._player.play(self._list.currentRow()))
        self._play = self._button("clip_play", "play", self._on_play)
        self._next = self._button("clip_next", "", self._on_next)
        self._next.setText(self.tr("Next"))
        self._next.setAccessibleName(self._next.text())
        self._problem = QLabel()
        self._problem.setObjectName("clip_problem")
        self._problem.setProperty("kind", "warning")
        self._problem.setFont(font_small())
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._lay_out()
        player.changed.connect(self._refresh)
        player.failed.connect(self._on_failed)
        self.show_clips("", [])

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(self._play)
        row.addWidget(self._next)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        column.addWidget(self._title)
        column.addWidget(self._list, 1)
        column.addWidget(self._problem)
        column.addLayout(row)
        self.setMinimumWidth(28 * GRID)

    def _button(self, name: str, sign: str, slot: object) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        if sign:
            button.setIcon(icon(sign))
        button.clicked.connect(slot)
        return button

    def show_clips(self, title: str, clips: Sequence[Clip]) -> None:
        """Offer these clips; nothing is played yet."""
        self._player.choose([clip.path for clip in clips])
        self._title.setText(title or self.tr("Click a cell to hear its clips."))
        self._problem.hide()
        self._list.clear()
        for clip in clips:
            item = QListWidgetItem(f"{clip.confidence:.0%}   {clip.path.name}")
            item.setToolTip(str(clip.path))
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._refresh()

    def play_first(self) -> None:
        """Play from the first clip on, if there is one."""
        if self._list.count():
            self._player.play(0)

    def _on_play(self) -> None:
        if self._player.is_playing:
            self._player.stop()
        else:
            self._player.play(max(0, self._list.currentRow()))

    def _on_next(self) -> None:
        current = self._player.index if self._player.is_playing else self._list.currentRow()
        self._problem.hide()
        self._player.play((current + 1) % max(1, self._list.count()))

    def _on_failed(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()

    def _refresh(self) -> None:
        is_playing = self._player.is_playing
        if is_playing:
            self._list.setCurrentRow(self._player.index)
        for row in range(self._list.count()):
            font = self._list.item(row).font()
            font.setBold(is_playing and row == self._player.index)
            self._list.item(row).setFont(font)
        self._play.setIcon(icon("stop" if is_playing else "play"))
        self._play.setText(self.tr("Stop") if is_playing else self.tr("Play"))
        tip = self.tr("Be silent") if is_playing else self.tr("Play the clips from here on")
        self._play.setAccessibleName(self._play.text())
        enable(self._play, tip, "" if self._list.count() else self.tr("Click a cell first"))
        alone = "" if self._list.count() > 1 else self.tr("There is no other clip")
        enable(self._next, self.tr("Play the next clip"), alone)

    def hideEvent(self, event: QHideEvent) -> None:
        self._player.stop()
        super().hideEvent(event)
