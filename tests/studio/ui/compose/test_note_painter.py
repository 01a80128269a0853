import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.ui.compose.note_styles import LEVEL_SIZE, NoteLook
from studio.ui.theme import contrast, theme


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("is_audible", [True, False])
@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("is_chosen", [True, False])
def test_the_outline_of_a_note_stands_out_from_the_paper(
    qtbot: QtBot, mode: str, is_audible: bool, is_active: bool, is_chosen: bool
) -> None:
    before = theme().mode
    theme().set_mode(mode)  # type: ignore[arg-type]
    try:
        for track in range(8):
            audible = frozenset({track}) if is_audible else frozenset()
            look = NoteLook(track if is_active else 99, audible, np.zeros(0, dtype=np.bool_))
            edge = look.style(track, 0, is_chosen).edge
            for paper in ("surface_raised", "row_black", "row_tonic"):
                assert contrast(edge, theme().color(paper)) >= 3, (track, paper)
    finally:
        theme().set_mode(before)


def test_a_louder_note_is_stronger_and_a_chosen_one_differs_by_its_outline(qtbot: QtBot) -> None:
    look = NoteLook(0, frozenset({0}), np.zeros(0, dtype=np.bool_))
    paper = theme().color("surface_raised")
    fills = [look.style(0, velocity // LEVEL_SIZE, 0).fill for velocity in (1, 60, 127)]
    strengths = [contrast(fill, paper) for fill in fills]
    assert strengths == sorted(strengths)
    assert strengths[0] < strengths[-1]
    assert look.style(0, 3, 1).edge != look.style(0, 3, 0).edge
    assert look.style(0, 3, 1).fill == look.style(0, 3, 0).fill
