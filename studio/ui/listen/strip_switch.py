"""Buttons that show or hide what stands beside the picture, and remember it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from studio.settings import Settings
from studio.ui.icons import icon
from studio.ui.place_keys import PlaceKey, tip_with_keys
from studio.ui.theme import GRID, ICON_S


class StripSwitch(QToolButton):
    """Checked while `strip` is shown; `name` is that of its icon, too."""

    def __init__(
        self,
        name: str,
        text: str,
        tip: str,
        key: PlaceKey,
        strip: QWidget,
        store: Settings | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName(f"show_{name}")
        self.setAccessibleName(text)
        tip_with_keys(self, tip, key)
        self.setIcon(icon(name))
        self.setIconSize(QSize(ICON_S, ICON_S))
        self.setMinimumHeight(4 * GRID - 4)
        self.setCheckable(True)
        self._strip, self._store = strip, store or Settings()
        is_shown = self._store.get(self.objectName(), True) is not False
        self.setChecked(is_shown)
        if not is_shown:
            strip.hide()
        self.toggled.connect(self._on_toggled)

    def _on_toggled(self, is_shown: bool) -> None:
        self._strip.setVisible(is_shown)
        self._store.set(self.objectName(), is_shown)
