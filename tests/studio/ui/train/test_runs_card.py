from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialogButtonBox, QPushButton
from pytestqt.qtbot import QtBot

from models.settings.kinds import KIND_SETTINGS
from studio.training.run_follower import RunState
from studio.training.run_list import RunSummary
from studio.ui.train.metric_words import estimate_words
from studio.ui.train.run_card import caption_of
from studio.ui.train.runs_table import COMPARE, MOST_COMPARED, NAME, STANDING
from studio.ui.train.settings_dialog import SettingsDialog
from studio.ui.train.train_panel import TrainPanel
from studio.ui.train.train_view_model import TrainViewModel


def state_of(*losses: float, accuracy: float = 0.5) -> RunState:
    state = RunState()
    state.take({"event": "start", "n_epochs": 9})
    for n, loss in enumerate(losses, 1):
        metrics = {"valid_loss": loss, "accuracy": accuracy}
        values = {"epoch": n, "train_loss": loss / 2, "valid_loss": loss, "metrics": metrics}
        state.take({"event": "epoch", "seconds": 3.0 * n, **values})
        if loss == min(losses[:n]):
            state.take({"event": "best", **values})
    return state


def run_of(name: str, standing: Any = "done", **changes: Any) -> RunSummary:
    settings = {"epochs": 9, "width": 8}
    state = state_of(3.0, 1.5, 2.0)
    folder = Path("/runs") / name
    return RunSummary(folder, "genre", Path("/m"), "quick", changes, settings, 0, standing, state)


@pytest.fixture
def panel(panel: TrainPanel) -> TrainPanel:
    panel.resize(1170, 900)
    return panel


def show(model: TrainViewModel, *runs: RunSummary) -> None:
    model.shelf.listed.emit(list(runs))


def test_the_table_is_hidden_until_there_is_a_run(panel: TrainPanel, model: TrainViewModel) -> None:
    assert not panel.runs_card.isVisible()
    show(model, run_of("a"))
    assert panel.runs_card.isVisible()
    cells = [panel.runs_card.table.item(0, n) for n in range(NAME, STANDING + 1)]
    texts = [cell.text() for cell in cells if cell is not None]
    assert texts == ["a", "quick", "2 of 3", "1.500", "accuracy 0.50", "9 s", "done"]


def test_ticked_runs_are_drawn_over_each_other_by_mouse_and_keys(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel
) -> None:
    table, plot = panel.runs_card.table, panel.run_card.plot
    show(model, run_of("a"), run_of("b", width=4))
    table.setFocus()
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert [name for name, _ in plot._compared] == ["b"]
    box = table.item(0, COMPARE)
    assert box is not None
    box.setCheckState(Qt.CheckState.Checked)
    assert [name for name, _ in plot._compared] == ["a", "b"]
    assert plot.isVisible()
    show(model, run_of("new"), run_of("a"), run_of("b"))  # a new one on top: the ticks stay
    assert [name for name, _ in plot._compared] == ["a", "b"]
    assert table.current is not None
    assert table.current.name == "b"
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert [name for name, _ in plot._compared] == ["a"]


def test_no_more_curves_than_can_be_told_apart(panel: TrainPanel, model: TrainViewModel) -> None:
    show(model, *[run_of(f"{n}") for n in range(MOST_COMPARED + 2)])
    table = panel.runs_card.table
    for row in range(MOST_COMPARED + 2):
        table.selectRow(row)
        table.toggle_compared()
    assert len(panel.run_card.plot._compared) == MOST_COMPARED


def test_only_a_run_that_was_left_can_be_gone_on_with(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(model, "resume", lambda run: asked.append(run.name))
    resume: QPushButton = panel.runs_card.resume
    show(model, run_of("a"), run_of("b", "paused"), run_of("c", "interrupted"))
    enabled, reasons = [], []
    for row in range(3):
        panel.runs_card.table.selectRow(row)
        enabled.append(resume.isEnabled())
        reasons.append(resume.toolTip())
    assert enabled == [False, True, True]
    assert "end" in reasons[0]
    assert "end" not in reasons[1]
    qtbot.mouseClick(resume, Qt.MouseButton.LeftButton)
    assert asked == ["c"]
    model._set_state("running")
    assert not resume.isEnabled()
    assert "One training at a time" in resume.toolTip()


def test_a_metric_is_drawn_in_place_of_the_loss(panel: TrainPanel) -> None:
    card = panel.run_card
    state = state_of(3.0, 1.0, accuracy=0.75)
    card._on_progress(state)
    names = [card.quantity.itemData(index) for index in range(card.quantity.count())]
    assert names == ["loss", "accuracy"]
    assert card.plot.points["train"] == [(1, 1.5), (2, 0.5)]
    card.plot.show_quantity("accuracy")
    assert card.plot.points == {"train": [], "valid": [(1, 0.75), (2, 0.75)]}


def test_the_settings_are_printed_below_an_exported_plot(
    panel: TrainPanel, model: TrainViewModel, tmp_path: Path
) -> None:
    show(model, run_of("a", width=8))
    panel.runs_card.table.selectRow(0)
    panel.runs_card.table.toggle_compared()
    plot = panel.run_card.plot
    caption = caption_of(run_of("a", width=8))
    assert caption == "a: genre on m, quick, width=8, seed 0 (epochs=9, width=8)"
    assert panel.run_card.save_picture(tmp_path / "curves.png")
    image = QImage(str(tmp_path / "curves.png"))
    assert image.width() == 2 * plot.width()
    assert image.height() > 2 * plot.height()
    below = [image.pixelColor(x, image.height() - 20) for x in range(image.width())]
    rows = range(2 * plot.height(), image.height())
    inks = {image.pixelColor(x, y).rgb() for x in range(20, 200) for y in rows}
    assert len(inks) > 2, below[:3]
    assert [p.name for p in tmp_path.iterdir()] == ["curves.png"]
    told: list[str] = []
    model.notice.connect(lambda level, text: told.append(text))
    assert not panel.run_card.save_picture(tmp_path / "none" / "curves.png")
    assert "can't be written" in told[0]


def test_warnings_are_shown_beside_the_curves(panel: TrainPanel, model: TrainViewModel) -> None:
    state = state_of(1.0)
    state.take({"event": "warning", "message": "Only 4 clips check the model."})
    panel.run_card._on_progress(state)
    assert panel.run_card._warnings.isVisible()
    assert "Only 4 clips" in panel.run_card._warnings.text()


def test_all_settings_begin_as_the_preset_and_say_what_differs(qtbot: QtBot) -> None:
    dialog = SettingsDialog("genre", "quick", {"width": 40})
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.changes == {"width": 40}
    assert dialog.fields.keys() == {r.name for r in KIND_SETTINGS["genre"].rows} - {"epochs"}
    rate = dialog.fields["learning_rate"]
    qtbot.keyClick(rate.widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(rate.widget, "5")
    ok = dialog._buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    assert "learning_rate is 5, and must be 1e-06 to 1" in dialog._told.text()
    rate.show(0.01)
    assert ok.isEnabled()
    assert dialog.changes == {"width": 40, "learning_rate": 0.01}
    assert dialog._names["width"].font().bold()
    qtbot.keyClicks(dialog._filter, "steps")
    assert rate.widget.isVisible()
    assert not dialog.fields["width"].widget.isVisible()
    qtbot.mouseClick(dialog.findChild(QPushButton, "settings_reset"), Qt.MouseButton.LeftButton)
    assert dialog.changes == {}


@pytest.mark.parametrize("kind", sorted(KIND_SETTINGS))
def test_every_setting_has_a_control_that_keeps_its_value(qtbot: QtBot, kind: str) -> None:
    dialog = SettingsDialog(kind, "quick", {})
    qtbot.addWidget(dialog)
    assert dialog.changes == {}
    for name, field in dialog.fields.items():
        assert not field.error, name
        assert field.widget.accessibleName() == name
        assert field.row.about.words in field.widget.toolTip()


def test_an_estimate_is_told_in_two_lines_and_warns_of_too_much() -> None:
    found = {"total_s": 90.0, "epochs": 9, "device": "cpu", "samples_per_s": 20.0}
    words = estimate_words({**found, "memory_mb": 800.0, "machine_memory_mb": 16000.0})
    assert words == (
        "At most 1 min 30 s for 9 epochs on cpu, 20 examples a second.\n0.8 GB of memory, of 16 GB."
    )
    assert "too much" in estimate_words(
        {**found, "memory_mb": 15000.0, "machine_memory_mb": 16000.0}
    )
    assert "memory" not in estimate_words({**found, "memory_mb": None, "machine_memory_mb": None})
