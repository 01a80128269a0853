"""Which tracks a model may change."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QMenu, QVBoxLayout, QWidget, QWidgetAction

from studio.ui.compose.form_parts import explain
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import SPACE_M, SPACE_S


class TrackChooser(QComboBox):
    """Names the chosen tracks; opened, it is a list of boxes that stays until it is left."""

    changed = Signal()

    def __init__(self, score: ScoreViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._score = score
        self.boxes: list[QCheckBox] = []
        self.menu = QMenu(self)
        self.menu.setObjectName("assistant_tracks_menu")
        explain(self, "assistant_tracks", self.tr("Tracks"), self.tr("Which tracks may change"))
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.addItem("")
        score.song_changed.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """List the tracks of the song, all of them chosen but drums, which models leave alone."""
        self.menu.clear()
        self.boxes = [
            self._box(index, track.name, is_drums=track.is_drums)
            for index, track in enumerate(self._score.tracks)
        ]
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        for box in self.boxes:
            column.addWidget(box)
        action = QWidgetAction(self.menu)
        action.setDefaultWidget(content)
        self.menu.addAction(action)
        self._name()

    def _box(self, index: int, name: str, *, is_drums: bool) -> QCheckBox:
        name = name or self.tr("Track {0}").format(index + 1)
        box = QCheckBox(name.replace("&", "&&"))
        tip = self.tr("Models leave drums alone") if is_drums else self.tr("May change")
        explain(box, f"assistant_track_{index + 1}", name, tip)
        box.setChecked(not is_drums)
        box.setEnabled(not is_drums)
        box.toggled.connect(self._name)
        return box

    @property
    def tracks(self) -> tuple[int, ...] | None:
        """The chosen tracks, counted from 0; None for all that there are."""
        return None if self._are_all() else self._chosen()

    @property
    def problem(self) -> str:
        """Why no track may change, '' where one may."""
        if self._chosen():
            return ""
        return self.tr("Choose a track that is not drums.")

    def _chosen(self) -> tuple[int, ...]:
        return tuple(index for index, box in enumerate(self.boxes) if box.isChecked())

    def _are_all(self) -> bool:
        return all(box.isChecked() for box in self.boxes if box.isEnabled())

    def _name(self) -> None:
        chosen = self._chosen()
        if self._are_all() and chosen:
            words = self.tr("All tracks")
        elif len(chosen) == 1:
            words = self.boxes[chosen[0]].accessibleName()
        else:
            words = self.tr("{0} of {1} tracks").format(len(chosen), len(self.boxes))
        self.setItemText(0, words)
        self.changed.emit()

    def showPopup(self) -> None:  # noqa: N802 (Qt names it so)
        self.menu.setMinimumWidth(self.width())
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # there is nothing to roll through
