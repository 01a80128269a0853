"""Files dropped on the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class FileDropFilter(QObject):
    """Lets `widget` take local files; panels inside it may take a drop first."""

    dropped = Signal(list)  # of Path

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and local_files(event.mimeData()):
            event.acceptProposedAction()
            return True
        if type(event) is QDropEvent and local_files(event.mimeData()):
            event.acceptProposedAction()
            self.dropped.emit(local_files(event.mimeData()))
            return True
        return False


def local_files(data: QMimeData) -> list[Path]:
    """The files that a drag carries; what is not a local file is left out."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
