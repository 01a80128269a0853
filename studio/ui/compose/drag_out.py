"""A button that is dragged out of the window: the chosen notes as a MIDI file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from models.notes import Note
from studio.errors import StudioError
from studio.score.excerpt import excerpt
from studio.score.midi_file import write_midi
from studio.settings import cache_dir
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.icons import icon
from studio.ui.theme import ICON_M


class DragOut(QToolButton):
    """Dragged: the selection, else what lies in the loop, else the whole song."""

    def __init__(
        self,
        score: ScoreViewModel,
        loop: Callable[[], tuple[int, int] | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._score, self._loop = score, loop
        self._pressed: QPoint | None = None
        self.setObjectName("drag_out_button")
        self.setIcon(icon("drag_out"))
        self.setIconSize(QSize(ICON_M, ICON_M))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tip = self.tr("Drag this into a folder or another program: the chosen notes as a MIDI file")
        self.setAccessibleName(self.tr("Drag out as MIDI"))
        self.setToolTip(tip)
        self.setStatusTip(tip)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        way = (event.position().toPoint() - self._pressed).manhattanLength()
        if way >= QApplication.startDragDistance():
            self._pressed = None
            self._drag()

    def _drag(self) -> None:
        data = self.mime_data()
        if data is not None:
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)

    def mime_data(self) -> QMimeData | None:
        """What is dragged: a file that lies ready; None where there are no notes."""
        notes = self._notes()
        if not notes:
            return None
        path = cache_dir() / "dragged" / self._name()
        try:
            path.parent.mkdir(exist_ok=True)
            write_midi(excerpt(self._score.song, notes), path)
        except (StudioError, OSError) as error:
            self._score.notice.emit("error", str(error))
            return None
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        return data

    def _notes(self) -> list[Note]:
        notes = sorted(self._score.selection) or self._score.score.notes
        loop = None if self._score.selection else self._loop()
        return [n for n in notes if loop is None or loop[0] <= n.start < loop[1]]

    def _name(self) -> str:
        path = self._score.path
        stem = path.stem if path else self.tr("notes")
        return f"{stem}.mid"
