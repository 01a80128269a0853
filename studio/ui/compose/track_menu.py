"""What can be said of a track: its name, its instrument and its colour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget, QWidgetAction

from studio.errors import StudioError
from studio.score.general_midi import PROGRAM_NAMES
from studio.score.track_edits import choose_instrument, delete_track, rename_track
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.track_colors import TrackColorMenu
from studio.ui.compose.track_mixer import TrackMixer
from studio.ui.theme import SPACE_S

FAMILIES = (
    "Pianos",
    "Bells and mallets",
    "Organs",
    "Guitars",
    "Basses",
    "Strings",
    "Ensembles",
    "Brass",
    "Reeds",
    "Pipes",
    "Synth leads",
    "Synth pads",
    "Synth effects",
    "Folk",
    "Percussion",
    "Sounds",
)
FAMILY_SIZE = 8


class TrackNameField(QLineEdit):
    """Lies over the name while it is written; Enter keeps it, Esc leaves it."""

    def __init__(self, view_model: ScoreViewModel, index: int, row: QWidget) -> None:
        super().__init__(row)
        self._view_model, self._index = view_model, index
        self.setObjectName(f"track_{index + 1}_name")
        self.setAccessibleName(self.tr("Name of the track"))
        self.setToolTip(self.tr("Enter: keep it. Esc: leave it"))
        self.setStatusTip(self.toolTip())
        self.hide()

    def open(self) -> None:
        """Come up with the name as it is."""
        row = self.parentWidget()
        height = self.sizeHint().height()
        width = (row.width() if row else 200) - 2 * SPACE_S
        self.setGeometry(SPACE_S, SPACE_S, width, height)
        self.setText(self._view_model.tracks[self._index].name)
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.hide()
            self._rename(self.text().strip())
        else:
            super().keyPressEvent(event)
        event.accept()

    def _rename(self, name: str) -> None:
        try:
            edit = rename_track(self._view_model.song, self._index, name)
        except StudioError as error:
            self._view_model.refused.emit(str(error))
        else:
            self._view_model.request(edit)


def remove_track(view_model: ScoreViewModel, index: int) -> None:
    """Delete a track; undo brings it back. Why that can't be is told."""
    try:
        edit = delete_track(view_model.song, index)
    except StudioError as error:
        view_model.refused.emit(str(error))
    else:
        view_model.request(edit)


class TrackMenu(QMenu):
    """Rename, instrument, colour, volume and pan, and an end to it."""

    def __init__(
        self, view_model: ScoreViewModel, index: int, rename: Callable[[], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("track_menu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = self.addAction(self.tr("Rename…") + "\tF2")
        action.setObjectName("track_rename")
        action.triggered.connect(rename)
        if not view_model.tracks[index].is_drums:
            self._add_instruments(view_model, index)
        self.addMenu(TrackColorMenu(view_model, index, self))
        mixer = QWidgetAction(self)
        self.mixer = TrackMixer(view_model, index)
        mixer.setDefaultWidget(self.mixer)
        self.addAction(mixer)
        self.addSeparator()
        action = self.addAction(self.tr("Delete track") + "\tDel")
        action.setObjectName("track_delete")
        action.setEnabled(view_model.n_tracks > 1)
        action.triggered.connect(lambda: remove_track(view_model, index))

    def _add_instruments(self, view_model: ScoreViewModel, index: int) -> None:
        menu = self.addMenu(self.tr("Instrument"))
        for family, title in enumerate(FAMILIES):
            part = menu.addMenu(self.tr(title))
            first = family * FAMILY_SIZE
            for program in range(first, first + FAMILY_SIZE):
                action = part.addAction(PROGRAM_NAMES[program])
                action.setObjectName(f"instrument_{program}")
                action.setCheckable(True)
                action.setChecked(program == view_model.tracks[index].program)
                action.triggered.connect(
                    lambda _=False, program=program: view_model.request(
                        choose_instrument(view_model.song, index, program)
                    )
                )
