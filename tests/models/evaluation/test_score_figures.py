from pathlib import Path
from typing import Any

from matplotlib.image import imread

from models.evaluation.figures import settings_foot
from models.evaluation.score_figures import draw_likelihoods, draw_repair_table, score_rows

REPAIR = {"removal_auc": 0.9, "addition_hit_at_k": 0.5, "corrupted_f1": 0.8, "repair_f1": 0.9}
METRICS: dict[str, Any] = {
    "valid": {
        "chorales": {"n_pieces": 3, **REPAIR, "nll": 5.0, "nll_by_piece": [4.0, 5.0, 6.0]},
        "valid_loss": 0.1,
    },
    "test": {"chorales": {"n_pieces": 2, **REPAIR, "nll": None, "nll_by_piece": []}},
}


def test_the_table_has_a_row_for_each_split_and_set_the_test_split_first(tmp_path: Path) -> None:
    assert [(split, name) for split, name, _ in score_rows(METRICS)] == [
        ("test", "chorales"),
        ("valid", "chorales"),
    ]
    assert draw_repair_table(tmp_path / "table.png", METRICS, "foot")
    assert imread(tmp_path / "table.png").std() > 0.01
    assert not draw_repair_table(tmp_path / "none.png", {"valid": {"valid_loss": 1.0}}, "")
    assert not (tmp_path / "none.png").exists()


def test_likelihoods_are_drawn_where_there_are_some(tmp_path: Path) -> None:
    assert draw_likelihoods(tmp_path / "one.png", METRICS, "foot")
    other = {"valid": {"chorales": {"n_pieces": 3, "nll_by_piece": [1.0, 1.0, 9.0]}}}
    assert draw_likelihoods(tmp_path / "two.png", other, "foot")
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "two.png").read_bytes()
    assert not draw_likelihoods(tmp_path / "none.png", {"test": METRICS["test"]}, "")
    assert not (tmp_path / "none.png").exists()


def test_the_settings_at_the_foot_are_wrapped_and_whole() -> None:
    settings = {f"setting_{n}": n for n in range(40)}
    foot = settings_foot("mine", "studio train lstm songs", settings)
    assert foot.startswith("mine: studio train lstm songs")
    assert all(f"setting_{n}={n}" in foot.replace("\n", " ") for n in range(40))
    assert max(map(len, foot.splitlines())) <= 120
