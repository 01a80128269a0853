"""The help pages, shown in the application as they are on the web."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QKeySequence, QShortcut, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

import resources
from studio.ui.theme import GRID

PICTURE_WIDTH = 560


class HelpText(QTextBrowser):
    """A page with its pictures, each as wide as the page at most and as sharp as it is."""

    def loadResource(  # noqa: N802 (Qt names it so)
        self, kind: int, name: QUrl | str
    ) -> Any:
        """The picture of a page, by its file name."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        image = QImage(str(resources.path("help", QUrl(name).fileName())))
        ratio = self.devicePixelRatioF()
        width = min(image.width(), round(PICTURE_WIDTH * ratio))
        image = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
        return image


class HelpWindow(QWidget):
    """A window beside the main one with the page of a place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("help_window")
        self.setWindowTitle(self.tr("Studio help"))
        self.resize(640, 720)
        self.page = ""
        self._browser = HelpText()
        self._browser.setObjectName("help_text")
        self._browser.setAccessibleName(self.tr("Help"))
        self._browser.setOpenLinks(False)
        self._browser.anchorClicked.connect(self._follow)
        self._browser.document().setDocumentMargin(3 * GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._browser)
        QShortcut(QKeySequence("Esc"), self, self.close)

    def open_page(self, page: str) -> None:
        """Show `resources/help/PAGE.md` and bring the window to the front."""
        self.page = page
        text = resources.path("help", f"{page}.md").read_text(encoding="utf-8")
        self._browser.setMarkdown(text)
        self.show()
        self.raise_()
        self.activateWindow()

    def _follow(self, url: QUrl) -> None:
        name = url.path()
        if not url.scheme() and name.endswith(".md") and "/" not in name:
            self.open_page(name.removesuffix(".md"))
