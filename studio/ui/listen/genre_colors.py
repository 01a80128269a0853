"""What a genre reading says to people, and in which colour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor

from studio.ui.theme import theme

UNSURE_BELOW = 0.4  # with eleven genres chance is 0.09; below this the best guess is often wrong
SOFT_SHARE = 0.38


def genre_color(label: str, labels: Sequence[str]) -> QColor:
    """One colour a genre: the theme's track colours, and lighter or darker when they run out."""
    index = list(labels).index(label)
    color = theme().track_color(index)
    return color if index < 8 else color.lighter(130) if theme().is_dark else color.darker(140)


def soft(color: QColor) -> QColor:
    """`color` as a quiet ground for text: most of it is the panel's own surface."""
    ground = theme().color("surface_raised")

    def mixed(strong: int, weak: int) -> int:
        return round(SOFT_SHARE * strong + (1 - SOFT_SHARE) * weak)

    return QColor(
        mixed(color.red(), ground.red()),
        mixed(color.green(), ground.green()),
        mixed(color.blue(), ground.blue()),
    )


def top(probabilities: dict[str, float], n: int = 3) -> list[tuple[str, float]]:
    """The `n` most likely genres, most likely first."""
    return sorted(probabilities.items(), key=lambda item: -item[1])[:n]
