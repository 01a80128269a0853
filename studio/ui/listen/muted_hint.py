"""What to do where a microphone gives nothing but zeros: it is muted, or kept from Studio."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.theme import GRID, SPACE_M


class MutedHint(QFrame):
    """A card that comes after three seconds of exact zeros and goes with the first sound."""

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("muted_hint")
        self.setProperty("kind", "card")
        self._view_model = view_model
        self._text = QLabel()
        self._text.setObjectName("muted_hint_text")
        self._text.setProperty("kind", "warning")
        self._text.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        row.setSpacing(SPACE_M)
        row.addWidget(self._text, 1)
        self.hide()
        view_model.input.muted.connect(self._on_muted)

    def _on_muted(self, is_muted: bool) -> None:
        text = self.tr("{0} gives nothing but silence. Is it muted? {1}")
        self._text.setText(text.format(self._view_model.source_name, self._advice()))
        self.setVisible(is_muted)

    def _advice(self) -> str:
        """Where this system keeps the permission."""
        if sys.platform == "darwin":
            return self.tr(
                "Or Studio may not hear it: System Settings, Privacy & Security, Microphone."
            )
        if sys.platform == "win32":
            return self.tr(
                "Or Studio may not hear it: Settings, Privacy, Microphone, desktop apps."
            )
        return self.tr("Look at the input level in your sound settings.")
