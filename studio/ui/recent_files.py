"""The files that were opened or saved last, as a menu."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QMenu, QWidget

from studio.settings import Settings

KEY, MAX_FILES = "recent_files", 10


def _tr(text: str) -> str:
    return QCoreApplication.translate("RecentFiles", text)


class RecentFiles(QMenu):
    """The latest first; what is no longer there is not offered. Known on this machine only."""

    chosen = Signal(Path)

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(_tr("Open &recent"), parent)
        self._settings = settings
        self.setObjectName("recent_menu")
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)
        self.menuAction().setStatusTip(_tr("What was opened or saved last"))
        self._fill()

    @property
    def files(self) -> list[Path]:
        """What can be opened again, the latest first."""
        return [path for path in self._kept() if path.is_file()]

    def _kept(self) -> list[Path]:
        names = self._settings.get(KEY, [])
        is_list = isinstance(names, list)
        return [Path(name) for name in names if isinstance(name, str)] if is_list else []

    def add(self, path: Path) -> None:
        """`path` was opened or saved just now."""
        path = path.absolute()
        files = [path, *(other for other in self._kept() if other != path)]
        self._keep(files[:MAX_FILES])

    def forget(self) -> None:
        """Know of no file."""
        self._keep([])

    def _keep(self, files: list[Path]) -> None:
        self._settings.set(KEY, [str(file) for file in files])
        self._fill()

    def _fill(self) -> None:
        self.clear()
        files = self.files
        for number, path in enumerate(files, start=1):
            name = path.name.replace("&", "&&")
            action = self.addAction(f"&{number % 10}  {name}")
            action.setObjectName(f"recent_{number}")
            action.setToolTip(str(path))
            action.setStatusTip(_tr("Open {0}").format(path))
            action.triggered.connect(partial(self.chosen.emit, path))
        self.addSeparator()
        action = self.addAction(_tr("Forget these files"))
        action.setObjectName("recent_forget")
        action.triggered.connect(self.forget)
        self.menuAction().setEnabled(bool(files))
