"""Every colour, size and duration by its role, for light and dark.

Views ask `theme().color("role")` when they paint and repaint on `theme().changed`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from studio.ui.style_sheet import style_sheet

Mode = Literal["system", "light", "dark"]

GRID = 8
SPACE_S, SPACE_M, SPACE_L = 4, 8, 16
ICON_S, ICON_M, ICON_L = 16, 20, 24
MOTION_MS = 120  # nothing moves for longer

# role -> (light, dark)
COLORS: dict[str, tuple[str, str]] = {
    "surface": ("#F4F4F2", "#1B1C1F"),
    "surface_raised": ("#FFFFFF", "#26282C"),
    "surface_sunken": ("#E7E7E4", "#131416"),
    "border": ("#D0D0CC", "#3A3D43"),
    "border_strong": ("#85858A", "#72767E"),
    "text": ("#1D1E20", "#ECECEA"),
    "text_muted": ("#5C5F66", "#A5A9B1"),
    "text_on_accent": ("#FFFFFF", "#10131A"),
    "accent": ("#2D5FB8", "#82AEFF"),
    "accent_soft": ("#DCE6F7", "#2B3A55"),
    "note": ("#0072B2", "#56B4E9"),
    "note_selected": ("#1D1E20", "#FFFFFF"),
    "note_muted": ("#85858A", "#72767E"),
    "ghost_added": ("#00735A", "#35D6A8"),
    "ghost_removed": ("#B3400A", "#FF9466"),
    "playhead": ("#C2185B", "#FF6FA5"),
    "grid_bar": ("#A9A9A6", "#50545C"),
    "grid_beat": ("#CECECB", "#34373D"),
    "grid_step": ("#E4E4E1", "#292B30"),
    "key_white": ("#FFFFFF", "#DADAD6"),
    "key_black": ("#35363A", "#131416"),
    "row_black": ("#EDEDEA", "#202226"),
    "row_tonic": ("#E6EEFC", "#23293A"),
    "warning": ("#8A5300", "#F2B84B"),
    "error": ("#B3261E", "#FF8A80"),
    "success": ("#1B6E3C", "#6BD58F"),
    "curve_train": ("#0072B2", "#56B4E9"),
    "curve_valid": ("#B3400A", "#F2A154"),
}

# After Okabe & Ito's palette (2008), told apart by colour-blind eyes; (on light, on dark)
TRACK_COLORS: tuple[tuple[str, str], ...] = (
    ("#0072B2", "#56B4E9"),
    ("#C25400", "#E69F00"),
    ("#00805F", "#1DBF92"),
    ("#A94F82", "#E08FBF"),
    ("#8A7A00", "#F0E442"),
    ("#5B3FA8", "#A78BFA"),
    ("#8B2E1F", "#E8674F"),
    ("#5C5F66", "#A5A9B1"),
)


class Theme(QObject):
    """The look in force. There is one: `theme()`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mode: Mode = "system"
        self._is_dark = False

    @property
    def mode(self) -> Mode:
        """What the user chose: follow the system, light or dark."""
        return self._mode

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in force."""
        return self._is_dark

    def color(self, role: str) -> QColor:
        """The colour of `role`; a KeyError for a role that the table has not."""
        return QColor(COLORS[role][self._is_dark])

    def track_color(self, index: int) -> QColor:
        """The colour at `index` of the tracks' palette; they repeat after eight."""
        return QColor(TRACK_COLORS[index % len(TRACK_COLORS)][self._is_dark])

    def install(self, app: QApplication, mode: Mode = "system") -> None:
        """Dress `app`, and follow the system from now on where `mode` says so."""
        app.setStyle("Fusion")
        app.setFont(font_normal())
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.set_mode(mode)

    def set_mode(self, mode: Mode) -> None:
        """Change the look of everything that is on the screen."""
        self._mode = mode
        dark = {"light": False, "dark": True}.get(mode)
        self._apply(_system_is_dark() if dark is None else dark)

    def _follow_system(self) -> None:
        if self._mode == "system":
            self._apply(_system_is_dark())

    def _apply(self, is_dark: bool) -> None:
        self._is_dark = is_dark
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setPalette(self._palette())
            app.setStyleSheet(style_sheet(self.color))
        self.changed.emit()

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, name in _PALETTE_ROLES.items():
            palette.setColor(role, self.color(name))
        for role in (
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.Text,
            QPalette.ColorRole.ButtonText,
        ):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("border_strong"))
        return palette


_PALETTE_ROLES = {
    QPalette.ColorRole.Window: "surface",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface_raised",
    QPalette.ColorRole.AlternateBase: "surface",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "text_muted",
    QPalette.ColorRole.Button: "surface_raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "error",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "text_on_accent",
    QPalette.ColorRole.ToolTipBase: "surface_raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Midlight: "surface",
    QPalette.ColorRole.Dark: "border_strong",
    QPalette.ColorRole.Light: "surface_raised",
}


@cache
def theme() -> Theme:
    """The application's one theme."""
    return Theme()


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _font(points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    return _made_font(QGuiApplication.font().family(), points, weight)


@cache  # painting asks for the same few at every frame
def _made_font(family: str, points: float, weight: QFont.Weight) -> QFont:
    font = QFont(family)
    font.setPointSizeF(points)
    font.setWeight(weight)
    return font


def font_small() -> QFont:
    """Axis labels, captions."""
    return _font(8.5)


def font_normal() -> QFont:
    """Everything that is read."""
    return _font(10)


def font_bold() -> QFont:
    """Headings within a panel."""
    return _font(10, QFont.Weight.DemiBold)


def font_large() -> QFont:
    """The one thing of a place: the genre heard, the title of an empty state."""
    return _font(15, QFont.Weight.DemiBold)


def tabular(font: QFont) -> QFont:
    """`font` with figures of equal width, so that what counts does not dance."""
    copy = QFont(font)
    copy.setFeature(QFont.Tag("tnum"), 1)
    return copy


def contrast(first: QColor, second: QColor) -> float:
    """The contrast ratio of two colours, 1..21 (WCAG 2.1, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    parts: Iterable[float] = (color.redF(), color.greenF(), color.blueF())
    return sum(w * linear(part) for w, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
