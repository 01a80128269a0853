import itertools

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

import resources
from studio.ui.icons import icon
from studio.ui.theme import COLORS, TRACK_COLORS, contrast, theme

SURFACES = ("surface", "surface_raised", "surface_sunken")
TEXTS = ("text", "text_muted", "accent", "warning", "error", "success")
STATES = ("border_strong", "note", "note_selected", "ghost_added", "ghost_removed", "playhead")
ICONS = sorted(path.stem for path in resources.path("icons").glob("*.svg"))


def shade(role: str, *, dark: bool) -> QColor:
    return QColor(COLORS[role][dark])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("text", "surface"), list(itertools.product(TEXTS, SURFACES)))
def test_text_can_be_read(text: str, surface: str, dark: bool) -> None:
    assert contrast(shade(text, dark=dark), shade(surface, dark=dark)) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_text_on_the_accent_can_be_read(dark: bool) -> None:
    assert contrast(shade("text_on_accent", dark=dark), shade("accent", dark=dark)) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("state", "surface"), list(itertools.product(STATES, SURFACES[:2])))
def test_states_can_be_told_from_what_they_lie_on(state: str, surface: str, dark: bool) -> None:
    assert contrast(shade(state, dark=dark), shade(surface, dark=dark)) >= 3


@pytest.mark.parametrize("dark", [False, True])
def test_tracks_can_be_seen_on_the_roll(dark: bool) -> None:
    for pair, surface in itertools.product(TRACK_COLORS, SURFACES):
        assert contrast(QColor(pair[dark]), shade(surface, dark=dark)) >= 3


def ink(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x, y in itertools.product(range(image.width()), range(image.height()))
        if image.pixelColor(x, y).alpha() == 255
    }


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_drawn_in_the_colours_of_the_theme(qtbot: QtBot, name: str) -> None:
    drawn = icon(name)
    for mode in ("light", "dark"):
        theme().set_mode(mode)
        assert theme().color("text").name() in ink(drawn.pixmap(48, 48).toImage())


def test_an_unknown_icon_is_an_error(qtbot: QtBot) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no_such_icon")
