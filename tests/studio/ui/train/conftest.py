from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.ui.train.train_panel import TrainPanel
from studio.ui.train.train_view_model import TrainViewModel
from tests.studio.ui.train.train_place import train_panel


@pytest.fixture
def model() -> Iterator[TrainViewModel]:
    view_model = TrainViewModel()
    yield view_model
    view_model.close()


@pytest.fixture
def panel(qtbot: QtBot, model: TrainViewModel) -> TrainPanel:
    panel = train_panel(model)
    qtbot.addWidget(panel)
    panel.resize(1170, 600)
    panel.show()
    return panel
