"""Some of what `tests/bench/bench_kills.py` does two hundred times."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.killed_session import check, states
from tests.killed_training import train_whole


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the training that nobody kills."""
    return train_whole(tmp_path_factory.mktemp("training") / "whole")


@pytest.mark.parametrize("seed", range(20))
def test_a_killed_session_loses_at_most_its_last_second(
    seed: int, whole: Path, qtbot: QtBot
) -> None:
    check(seed, whole)


def test_the_sessions_have_something_to_lose(qtbot: QtBot) -> None:
    after = states(0, 40)
    assert len({tuple(notes) for notes in after}) >= 20
    assert len(after[-1]) > 5
