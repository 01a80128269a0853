"""What happens to an error that nobody expected: into the log, and one dialog that names it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from studio.log import log, log_path


class CrashHandler(QObject):
    """Takes uncaught errors from every thread. The application stays alive."""

    _caught = Signal(str)

    def __init__(self, window: QWidget, save: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._save = window, save
        self._dialog: QMessageBox | None = None
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Catch from now on."""
        sys.excepthook = self._on_error
        threading.excepthook = lambda args: self._on_error(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def _on_error(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, SystemExit):
            return  # how a thread ends on purpose
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("uncaught", exc_info=(kind, error, trace))
        self._caught.emit(f"{kind.__name__}: {error}")

    def _show(self, summary: str) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            return
        self._dialog = QMessageBox(
            QMessageBox.Icon.Warning,
            self.tr("Studio"),
            self.tr("Something went wrong in Studio itself. Your music is still here."),
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Ok,
            self._window,
        )
        self._dialog.setObjectName("crash_dialog")
        self._dialog.setInformativeText(
            self.tr("{0}\n\nIt is wise to save the score now. Details are in {1}").format(
                summary, log_path()
            )
        )
        self._dialog.button(QMessageBox.StandardButton.Save).clicked.connect(self._save)
        self._dialog.open()
