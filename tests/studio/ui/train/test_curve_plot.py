import pytest
from pytestqt.qtbot import QtBot

from studio.training.run_follower import RunState
from studio.ui.theme import theme
from studio.ui.train.curve_plot import CurvePlot


@pytest.mark.parametrize("losses", [[0.9, 0.5], [0.004, 0.002], [4000.0, 2000.0]])
def test_the_axis_shows_the_loss_itself_in_both_themes(qtbot: QtBot, losses: list[float]) -> None:
    plot = CurvePlot()
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show()
    state = RunState(epochs=[1, 2], train_losses=losses, valid_losses=losses, best_epoch=2)
    for mode in ("light", "dark"):
        theme().set_mode(mode)
        plot.show_state(state)
        plot.grab()
        assert plot._plot.getAxis("left").autoSIPrefixScale == 1


def test_there_is_no_plot_before_there_is_a_curve(qtbot: QtBot) -> None:
    plot = CurvePlot()
    qtbot.addWidget(plot)
    plot.compare([])  # as the list of runs says when it is filled
    assert plot.is_empty
    plot.compare([("other", RunState(epochs=[1], train_losses=[1.0], valid_losses=[1.0]))])
    assert not plot.is_empty
    assert len(plot._others) == 1
    plot.compare([])
    assert plot._others == []
