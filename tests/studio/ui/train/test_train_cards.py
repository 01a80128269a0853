from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.errors import StudioError
from studio.training.run_follower import RunState
from studio.ui.theme import theme
from studio.ui.train.class_bars import MAX_ROWS, ROW, ClassBars
from studio.ui.train.curve_plot import CurvePlot
from studio.ui.train.data_tabs import MAX_WARNINGS
from studio.ui.train.metric_words import duration_words, metric_words
from studio.ui.train.train_panel import TrainPanel
from studio.ui.train.train_view_model import TrainViewModel


def report_of(kind: str, n_classes: int = 3, warnings: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "kind": kind,
        "path": "/music/mine",
        "n_items": 12,
        "seconds": 90.0,
        "classes": {f"class {n}": {"items": n + 1, "seconds": 60.0 * n} for n in range(n_classes)},
        "splits": {"valid": 1, "train": 10, "test": 1},
        "has_own_split": False,
        "warnings": list(warnings),
    }


@pytest.fixture(autouse=True)
def light() -> Iterator[None]:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    before = theme().mode
    theme().install(app, "light")
    yield
    theme().set_mode(before)


def tell(model: TrainViewModel, report: dict[str, Any]) -> None:
    """As if the folder had been looked over."""
    model.data = Path(report["path"])
    model._on_inspection(model.data, report)


def part(panel: QWidget, name: str) -> Any:
    found = panel.findChild(QWidget, name)
    assert found is not None, name
    return found


def test_every_control_says_what_it_does(panel: TrainPanel) -> None:
    for name in ("train_kind", "train_preset", "train_epochs", "train_start", "train_choose"):
        assert part(panel, name).accessibleName(), name
        assert part(panel, name).toolTip(), name


def test_the_start_button_says_why_it_is_disabled(panel: TrainPanel, model: TrainViewModel) -> None:
    start: QPushButton = part(panel, "train_start")
    reason: QLabel = part(panel, "train_reason")
    assert not start.isEnabled()
    assert reason.isVisible()
    assert reason.text() == start.toolTip() == "Choose a folder of music first."
    tell(model, report_of("genre"))
    assert start.isEnabled()
    assert not reason.isVisible()


def test_a_base_that_does_not_fit_is_told_where_the_cost_would_be(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel
) -> None:
    def refuse(kind: str) -> tuple[str, ...]:
        raise StudioError(f"no {kind} model can begin from it")

    model.base_settings = refuse
    tell(model, report_of("genre"))
    qtbot.waitUntil(lambda: "can begin from it" in part(panel, "train_estimate").text())
    assert not model.start("genre")


@pytest.mark.parametrize("state", ["idle", "ready", "running"])
def test_a_button_that_can_not_be_pressed_says_why(
    panel: TrainPanel, model: TrainViewModel, state: str
) -> None:
    """What it says then is not what it says when it can be pressed."""
    if state != "idle":
        tell(model, report_of("genre"))
    if state == "running":
        model._set_state("running")
    names = {"train_start", "map_play", "map_next", "runs_resume", "runs_open", "clip_play"}
    names |= {"clip_next", "split_to_train", "split_to_valid", "split_to_test", "split_forget"}
    reasons = ("first", "None is", "no other", "Not now", "nothing", "stop", "Stop", "End within")
    for name in names:
        button = part(panel, name)
        assert button.statusTip() == button.toolTip(), name
        says_why = any(word in button.toolTip() for word in reasons)
        assert button.isEnabled() or says_why, (name, button.toolTip())


def test_only_what_the_data_can_teach_is_offered(panel: TrainPanel, model: TrainViewModel) -> None:
    kind = panel.settings_card.kind
    for data, kinds in (("genre", ["genre"]), ("score", ["ar-cnn", "lstm"]), ("genre", ["genre"])):
        tell(model, report_of(data))
        assert [kind.itemData(index) for index in range(kind.count())] == kinds


def test_the_button_asks_for_what_was_chosen(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = panel.settings_card
    card.start_requested.disconnect(model.start)
    tell(model, report_of("score"))
    card.kind.setCurrentIndex(1)
    card.preset.setCurrentIndex(card.preset.findData("tiny"))
    with qtbot.waitSignal(card.start_requested) as asked:
        qtbot.mouseClick(card.start, Qt.MouseButton.LeftButton)
    assert asked.args == ["lstm", "tiny", None, ()]
    card.epochs.setValue(5)
    with qtbot.waitSignal(card.start_requested) as asked:
        qtbot.mouseClick(card.start, Qt.MouseButton.LeftButton)
    assert asked.args == ["lstm", "tiny", 5, ()]
    card.changes = {"n_bars": 4, "hidden": 24}
    with qtbot.waitSignal(card.start_requested) as asked:
        qtbot.mouseClick(card.start, Qt.MouseButton.LeftButton)
    assert asked.args == ["lstm", "tiny", 5, ("hidden=24", "n_bars=4")]
    card.preset.setCurrentIndex(0)
    assert card.settings == ()  # another preset has other values


def test_during_a_run_the_button_stops_it(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel
) -> None:
    start: QPushButton = part(panel, "train_start")
    tell(model, report_of("genre"))
    model._set_state("running")
    assert start.text() == "Stop and keep best"
    fields = [part(panel, f"train_{name}") for name in ("kind", "preset", "epochs")]
    assert not any(field.isEnabled() for field in fields)
    with qtbot.waitSignal(panel.settings_card.stop_requested):
        qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
    model._set_state("stopping")
    assert not start.isEnabled()
    assert part(panel, "train_reason").isVisible()
    model._set_state("ended")
    assert (start.text(), start.isEnabled()) == ("Start training", True)
    assert all(field.isEnabled() for field in fields)


def test_the_data_is_folded_away_during_a_run(panel: TrainPanel, model: TrainViewModel) -> None:
    tell(model, report_of("genre", warnings=("Mind the gap.",)))
    bars, warnings = part(panel, "class_bars"), part(panel, "train_warnings")
    assert bars.isVisible()
    assert warnings.isVisible()
    model._set_state("running")
    assert not bars.isVisible()
    assert not warnings.isVisible()
    assert not part(panel, "train_choose").isEnabled()
    details: QToolButton = part(panel, "train_details")
    details.click()
    assert bars.isVisible()
    model._set_state("ended")
    assert part(panel, "train_choose").isEnabled()


def test_what_was_found_is_summed_up(panel: TrainPanel, model: TrainViewModel) -> None:
    many = tuple(f"Warning {n}." for n in range(MAX_WARNINGS + 2))
    tell(model, report_of("score", warnings=many))
    summary = part(panel, "train_summary").text()
    for words in ("mine", "12 MIDI files", "1.5 minutes", "train 10, valid 1, test 1"):
        assert words in summary
    shown = part(panel, "train_warnings").text().splitlines()
    assert len(shown) == MAX_WARNINGS + 1
    assert "and 2 more" in shown[-1]


def test_another_folder_that_is_bad_leaves_no_old_data(
    panel: TrainPanel, model: TrainViewModel
) -> None:
    tell(model, report_of("genre"))
    model.report = None
    model._set_state("inspecting")
    model._set_state("idle")
    assert not part(panel, "class_bars").isVisible()
    assert not part(panel, "train_details").isVisible()
    assert not part(panel, "train_start").isEnabled()


def test_a_folder_may_be_dropped(
    panel: TrainPanel, model: TrainViewModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Path] = []
    monkeypatch.setattr(model, "inspect", taken.append)
    (tmp_path / "file.wav").touch()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(p)) for p in (tmp_path / "file.wav", tmp_path)])
    left = Qt.MouseButton.LeftButton
    action, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    panel.data_card.dropEvent(QDropEvent(QPointF(5, 5), action, data, left, keys))
    assert taken == [tmp_path]


def test_eleven_classes_and_a_run_fit_into_a_small_window(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel
) -> None:
    tell(model, report_of("genre", 11, tuple(f"Warning {n}." for n in range(8))))
    model._set_state("running")
    qtbot.wait(1)
    scroll = part(panel, "train_scroll")
    assert panel.run_card.geometry().bottom() <= scroll.viewport().height()
    assert scroll.widget().minimumSizeHint().width() <= 900


def test_bars_show_the_largest_classes_first(qtbot: QtBot) -> None:
    bars = ClassBars()
    qtbot.addWidget(bars)
    classes = {f"class {n:02}": {"items": n, "seconds": 60.0 * n} for n in range(20)}
    bars.show_classes(classes)
    assert bars.sizeHint().height() == MAX_ROWS * ROW
    assert "class 19: 19 files" in bars.accessibleName()
    assert "class 07" not in bars.accessibleName()
    bars.resize(600, bars.sizeHint().height())
    bars.show()
    lengths = [_bar_length(bars, row) for row in range(MAX_ROWS)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > 1.8 * lengths[-1] > 0


def _bar_length(bars: ClassBars, row: int) -> int:
    image = bars.grab().toImage()
    y = round((row + 0.5) * ROW * image.devicePixelRatio())
    note = theme().color("note").rgb()
    return sum(image.pixelColor(x, y).rgb() == note for x in range(image.width()))


def test_bars_without_a_length_are_drawn_too(qtbot: QtBot) -> None:
    bars = ClassBars()
    qtbot.addWidget(bars)
    bars.show_classes({"broken": {"items": 3, "seconds": 0.0}})
    bars.resize(600, 40)
    assert not bars.grab().isNull()


def test_metrics_say_on_what_they_were_measured() -> None:
    lines = metric_words(
        {
            "valid": {"accuracy": 0.9, "n": 3, "confusion": [[1]]},
            "test": {"accuracy": 0.8, "macro_f1": 0.75, "n": 1},
        }
    )
    assert lines == [
        "On test data that it never saw, 1 item: accuracy 0.80, macro F1 0.75.",
        "On validation data (it chose the best epoch by this, so a little flattering), "
        "3 items: accuracy 0.90.",
    ]


def test_metrics_of_a_score_model_lie_deeper() -> None:
    (line,) = metric_words({"test": {"n_pieces": 4, "repair": {"removal_auc": 0.7, "x": None}}})
    assert line == "On test data that it never saw, 4 items: wrong notes found, AUC 0.70."


@pytest.mark.parametrize("metrics", [{}, {"test": None}, {"test": {"accuracy": None}}, {"x": {}}])
def test_no_metrics_are_no_words(metrics: dict[str, Any]) -> None:
    assert metric_words(metrics) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.6, "1 min 0 s"), (303, "5 min 3 s"), (7500, "2 h 5 min")],
)
def test_durations_are_in_words(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


def test_a_run_says_where_it_stands(panel: TrainPanel, model: TrainViewModel) -> None:
    state = RunState(epoch=3, batch_loss=0.5, best_epoch=2, best_loss=0.25, seconds=61, eta_s=3700)
    model.progressed.emit(state)
    status = part(panel, "train_status").text()
    for words in ("epoch 3", "loss 0.500", "best 0.250 (epoch 2)", "1 min 1 s", "about 1 h 1 min"):
        assert words in status
    state.has_ended, state.message = True, "All epochs are done."
    model.progressed.emit(state)
    assert part(panel, "train_status").text().endswith("All epochs are done.")
    assert "left" not in part(panel, "train_status").text()


def test_losses_that_are_no_numbers_are_left_out_of_the_curve(qtbot: QtBot) -> None:
    plot = CurvePlot()
    qtbot.addWidget(plot)
    state = RunState(
        epochs=[1, 2, 3, 4],
        train_losses=[3.0, None, float("nan"), 1.0],
        valid_losses=[None, float("inf"), 2.0, None],
        best_epoch=3,
    )
    plot.show_state(state)
    assert plot.points == {"train": [(1, 3.0), (4, 1.0)], "valid": [(3, 2.0)]}
    plot.show_state(RunState())
    assert plot.points == {"train": [], "valid": []}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_curves_wear_the_colours_of_the_theme(qtbot: QtBot, mode: Any) -> None:
    plot = CurvePlot()
    qtbot.addWidget(plot)
    plot.resize(500, 300)
    plot.show()
    plot.show_state(RunState(epochs=[1, 2], train_losses=[2.0, 1.0], valid_losses=[2.5, 1.5]))
    theme().set_mode(mode)
    qtbot.wait(1)
    colours = _colours(plot)
    assert theme().color("surface_raised").rgb() in colours
    for role in ("curve_train", "curve_valid"):
        assert any(_distance(theme().color(role), colour) < 12 for colour in colours), role


def _colours(widget: QWidget) -> set[int]:
    image = widget.grab().toImage()
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def _distance(first: QColor, other: int) -> int:
    second = QColor(other)
    return max(
        abs(first.red() - second.red()),
        abs(first.green() - second.green()),
        abs(first.blue() - second.blue()),
    )
