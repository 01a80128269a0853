"""The application's style sheet, in the theme's colours. Kept small: Fusion does the rest."""

from __future__ import annotations

from collections.abc import Callable
from string import Template

from PySide6.QtGui import QColor

_SHEET = Template("""
QToolTip { color: $text; background: $surface_raised; border: 1px solid $border; padding: 4px 6px; }
QFrame[kind="card"] { background: $surface_raised; border: 1px solid $border; border-radius: 8px; }
QLabel[kind="muted"] { color: $text_muted; }
QLabel[kind="error"] { color: $error; }
QLabel[kind="warning"] { color: $warning; }
QPushButton {
    background: $surface_raised; border: 1px solid $border_strong; border-radius: 4px;
    padding: 5px 12px; min-height: 18px;
}
QPushButton:hover { border-color: $accent; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 11px; }
QPushButton:pressed, QPushButton:checked { background: $accent_soft; border-color: $accent; }
QPushButton:disabled { color: $border_strong; border-color: $border; }
QPushButton[kind="primary"] {
    background: $accent; color: $text_on_accent; border: 1px solid $accent; font-weight: 600;
}
QPushButton[kind="primary"]:hover { border-color: $text; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled {
    background: $surface_sunken; color: $text_muted; border-color: $border;
}
QToolButton {
    background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 4px;
}
QToolButton:hover { background: $accent_soft; }
QToolButton:focus { border-color: $accent; }
QToolButton:checked { background: $accent_soft; border-color: $accent; }
QToolButton[popupMode="1"] { padding-right: 14px; }
QToolButton[kind="lane"] { padding: 2px 0; }
QToolButton[kind="lane"]::menu-indicator { image: none; }
QToolButton[kind="menu"] { padding-right: 18px; }
QToolButton[kind="menu"]::menu-indicator { subcontrol-position: right center; right: 5px; }
QToolButton[kind="place"] { padding: 8px 4px; border-radius: 8px; }
QToolBar {
    background: $surface; border: none; border-bottom: 1px solid $border;
    spacing: 4px; padding: 2px 4px;
}
QStatusBar { background: $surface; border-top: 1px solid $border; color: $text_muted; }
QStatusBar::item { border: none; }
QDockWidget::title { background: $surface; padding: 6px 8px; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QScrollArea { border: none; }
QGroupBox { border: none; margin-top: 20px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; }
QHeaderView::section { background: $surface; color: $text_muted; border: none; padding: 4px 6px; }
QTableView::item { padding: 0 3px; }
QProgressBar {
    border: none; border-radius: 3px; background: $surface_sunken; max-height: 6px; min-height: 6px;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QTextBrowser { border: none; }
""")


def style_sheet(color: Callable[[str], QColor]) -> str:
    """The style sheet in the colours that `color` gives for each role."""
    return _SHEET.substitute(_Colors(color))


class _Colors(dict[str, str]):
    def __init__(self, color: Callable[[str], QColor]) -> None:
        super().__init__()
        self._color = color

    def __missing__(self, role: str) -> str:
        return self._color(role).name()
