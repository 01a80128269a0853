"""The map of a data set with what plays its points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.errors import StudioError
from studio.ui.icons import icon
from studio.ui.theme import SPACE_M, SPACE_S, font_small
from studio.ui.train.card import enable
from studio.ui.train.clip_player import ClipPlayer
from studio.ui.train.data_map_view import DataMapView
from studio.ui.train.score_preview import ScorePreview


class MapPane(QWidget):
    """Click a point and it is heard; Next walks through those that are unlike the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map_pane")
        self.map = DataMapView()
        self.player = ClipPlayer(self)
        self._preview = ScorePreview(self)
        self._report: dict[str, Any] = {}
        self._index = -1
        self._about = self._label("map_about", "muted")
        self._about.setFont(font_small())
        self._now = self._label("map_now", "")
        self._now.setTextFormat(Qt.TextFormat.PlainText)
        self._play = self._button("map_play", self._on_play)
        self._next = self._button("map_next", self._on_next)
        self._next.setText(self.tr("Next unlike the others"))
        self._next.setAccessibleName(self._next.text())
        self._lay_out()
        self.map.item_chosen.connect(self.play)
        self._preview.made.connect(self._on_preview)
        self.player.changed.connect(self._refresh)
        self.player.failed.connect(self._now.setText)

    def _label(self, name: str, kind: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setProperty("kind", kind)
        label.setWordWrap(True)
        return label

    def _button(self, name: str, slot: object) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(self._play)
        row.addWidget(self._next)
        row.addWidget(self._now, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_M, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self._about)
        column.addWidget(self.map, 1)
        column.addLayout(row)

    def show_report(self, report: dict[str, Any]) -> None:
        """Show the map of a report."""
        self.player.stop()
        items = report.get("items", [])
        self._report, self._index = report, -1
        self.map.show_items(items)
        text = self.tr("What is alike lies close together. Click a point to hear it.")
        n_nowhere = sum(item["x"] is None for item in items)
        if n_nowhere:
            text += " " + self.tr("{0} without sound or notes have no place.").format(n_nowhere)
        if self.map.n_shown < len(items):
            text += " " + self.tr("{0} of {1} are drawn, all that are ringed among them.").format(
                self.map.n_shown, len(items)
            )
        self._about.setText(text)
        self._now.clear()
        self._refresh()

    def play(self, index: int) -> None:
        """Play an item of the report."""
        self._index = index
        self.map.set_current(index)
        path = Path(self._report["folder"]) / self._report["items"][index]["path"]
        self._now.setText(self.map.words(index))
        if self._report["kind"] == "score":
            self.player.stop()
            self._preview.make(path)
            return
        self._start(path)

    def _start(self, path: Path) -> None:
        self.player.choose([path])
        self.player.play(0)
        self._refresh()

    def _on_preview(self, path: Path, outcome: Path | StudioError) -> None:
        items = self._report.get("items", [])
        is_wanted = 0 <= self._index < len(items) and self.isVisible()
        if not is_wanted or path != Path(self._report["folder"]) / items[self._index]["path"]:
            return  # another was chosen meanwhile
        if isinstance(outcome, StudioError):
            self._now.setText(str(outcome))
        else:
            self._start(outcome)

    def _on_play(self) -> None:
        if self.player.is_playing:
            self.player.stop()
        elif self._index >= 0:
            self.play(self._index)

    def _on_next(self) -> None:
        ringed = self.map.unusual
        if ringed:
            after = [index for index in ringed if index > self._index]
            self.play(after[0] if after else ringed[0])

    def _refresh(self) -> None:
        is_playing = self.player.is_playing
        self._play.setIcon(icon("stop" if is_playing else "play"))
        self._play.setText(self.tr("Stop") if is_playing else self.tr("Play"))
        self._play.setAccessibleName(self._play.text())
        tip = self.tr("Be silent") if is_playing else self.tr("Play the chosen point")
        has_choice = is_playing or self._index >= 0
        enable(self._play, tip, "" if has_choice else self.tr("Click a point first"))
        none = "" if self.map.unusual else self.tr("None is unlike the others of its class")
        enable(self._next, self.tr("Play the next of the ringed points"), none)

    def hideEvent(self, event: QHideEvent) -> None:
        self.player.stop()
        super().hideEvent(event)
