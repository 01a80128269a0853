from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.studio.ui.compose.roll_hands import (
    HIGH,
    LOW,
    Roll,
)


@pytest.fixture
def roll(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Roll]:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    roll = Roll(qtbot)
    yield roll
    roll.model.close()


@pytest.fixture
def pair(roll: Roll) -> Roll:
    """A roll with two notes on it."""
    roll.give(LOW, HIGH)
    return roll
