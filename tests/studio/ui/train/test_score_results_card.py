import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from studio.ui.train.score_results_card import ScoreResultsCard

SET: dict[str, Any] = {"n_pieces": 3, "removal_auc": 0.91, "addition_hit_at_k": 0.5, "nll": None}


def write(folder: Path, kind: str = "lstm", picture: bool = True) -> Path:
    metrics = {"valid": {"mine": SET, "valid_loss": 0.2}, "test": {"mine": {**SET, "n_pieces": 2}}}
    report = {"kind": kind, "metrics": metrics, "command": "studio train lstm songs"}
    (folder / "figures").mkdir()
    (folder / "report.json").write_text(json.dumps(report))
    if picture:
        QPixmap(700, 300).save(str(folder / "figures" / "likelihoods.png"))
    return folder


@pytest.fixture
def card(qtbot: QtBot) -> ScoreResultsCard:
    card = ScoreResultsCard()
    qtbot.addWidget(card)
    return card


@pytest.mark.parametrize("picture", [True, False])
def test_the_repair_table_shows_test_before_validation(
    card: ScoreResultsCard, tmp_path: Path, picture: bool
) -> None:
    assert card.show_run(write(tmp_path, picture=picture))
    assert card.isVisible()
    table = card.table
    cells = [
        [item.text() for n in range(table.columnCount()) if (item := table.item(row, n))]
        for row in range(table.rowCount())
    ]
    dash = "\N{EN DASH}"
    assert cells == [
        ["Test", "mine", "2", "0.910", "0.500", dash, dash, dash],
        ["Validation", "mine", "3", "0.910", "0.500", dash, dash, dash],
    ]
    assert card.likelihoods.isVisible() == picture


def test_other_runs_and_none_are_not_shown(card: ScoreResultsCard, tmp_path: Path) -> None:
    assert not card.show_run(tmp_path)
    assert not card.show_run(write(tmp_path, kind="genre"))
    assert not card.isVisible()
