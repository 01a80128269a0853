import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from models.card import Card
from models.evaluation.genre import genre_metrics
from models.evaluation.genre_report import write_genre_report
from models.evaluation.predictions import Predictions
from studio.errors import StudioError
from studio.training.results import find_clip, load_results
from studio.ui.theme import theme
from studio.ui.train.confusion_view import ConfusionView
from studio.ui.train.train_panel import TrainPanel
from studio.ui.train.train_view_model import TrainViewModel
from tests.studio.ui.train.train_place import train_panel

LABELS = ("jazz", "pop", "rock")
# of three clips each: all right; two taken for rock; one taken for jazz
SAID = (0, 0, 0, 1, 2, 2, 0, 2, 2)
PATIENCE_MS = 20_000


def write_run(folder: Path, music: Path, split: str = "valid", seconds: float = 0.2) -> Path:
    """Results as a run leaves them, and the clips they are about."""
    music.mkdir(exist_ok=True)
    paths = []
    for i in range(9):
        path = music / f"clip {i}.wav"
        soundfile.write(path, np.zeros(round(8000 * seconds), np.float32), 8000)
        paths.append(path)
    sure = 0.55 + 0.04 * np.arange(9)
    probabilities = np.repeat(((1 - sure) / 2)[:, None], 3, axis=1)
    probabilities[np.arange(9), SAID] = sure
    targets = np.repeat(np.arange(3), 3)
    groups = tuple(map(str, range(9)))
    predictions = Predictions(LABELS, tuple(paths), groups, targets, probabilities)
    metrics = {**genre_metrics(predictions), "split": split}
    card = Card(name="my-model", features={"window_s": 3.0})
    folder.mkdir(exist_ok=True)
    write_genre_report(folder, card, "music", metrics, predictions, f"_{split}")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", tmp_path / "music")


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[TrainViewModel]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme().install(app, "light")
    view_model = TrainViewModel()
    yield view_model
    view_model.close()


@pytest.fixture
def panel(qtbot: QtBot, model: TrainViewModel, run: Path) -> TrainPanel:
    panel = train_panel(model)
    qtbot.addWidget(panel)
    panel.resize(1170, 640)
    panel.show()
    model.measured.load(run)
    qtbot.waitUntil(lambda: panel.results_card.isVisible(), timeout=PATIENCE_MS)
    return panel


def part(panel: QWidget, name: str) -> Any:
    found = panel.findChild(QWidget, name)
    assert found is not None, name
    return found


def rows(clips: QListWidget) -> list[str]:
    return [clips.item(i).text().split("   ")[1] for i in range(clips.count())]


def test_results_are_read_as_they_were_written(run: Path, tmp_path: Path) -> None:
    (results,) = load_results(run)
    assert results.labels == LABELS
    assert results.confusion == [[3, 0, 0], [0, 1, 2], [1, 0, 2]]
    assert [clip.path.name for clip in results.of_cell("pop", "rock")] == [
        "clip 5.wav",
        "clip 4.wav",
    ]
    assert [curve.label for curve in results.roc] == list(LABELS)
    assert results.roc[0].points[0] == (0, 0)
    assert results.roc[0].points[-1] == (1, 1)
    assert "my-model" in results.settings
    write_run(run, tmp_path / "music", "test")
    assert [each.split for each in load_results(run)] == ["test", "valid"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"metrics": {}}', "null"])
def test_damaged_results_are_refused_in_a_sentence(run: Path, text: str) -> None:
    (run / "results_valid.json").write_text(text)
    with pytest.raises(StudioError, match=r"results_valid\.json holds no results.*\.$"):
        load_results(run)


def test_a_table_with_gaps_is_refused(run: Path) -> None:
    found = json.loads((run / "results_valid.json").read_text())
    found["metrics"]["confusion"] = [[1]]
    (run / "results_valid.json").write_text(json.dumps(found))
    with pytest.raises(StudioError, match="gaps"):
        load_results(run)


def test_a_folder_without_results_is_told(
    qtbot: QtBot, model: TrainViewModel, tmp_path: Path
) -> None:
    told: list[str] = []
    model.notice.connect(lambda level, text: told.append(text))
    model.measured.load(tmp_path)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
    assert str(tmp_path) in told[0]
    assert told[0].endswith(".")


def test_the_figures_stand_with_their_intervals(panel: TrainPanel) -> None:
    text = part(panel, "results_figures").text().replace("\N{NO-BREAK SPACE}", " ")
    assert "9 clips" in text
    assert "accuracy 0.67 (0.35 to 0.88)" in text
    assert "calibration error" in text
    table = part(panel, "genre_table")
    assert table.rowCount() == 3
    assert table.item(1, 0).text() == "pop"
    assert table.item(1, 3).text().startswith("0.33 (")
    assert "my-model" in part(panel, "results_settings").text()


def test_a_click_on_a_cell_plays_its_clips_one_after_another(
    qtbot: QtBot, panel: TrainPanel
) -> None:
    view: ConfusionView = part(panel, "confusion_view")
    player = panel.results_card.player
    heard: list[int] = []
    player.changed.connect(lambda: heard.append(player.index))
    place = view.cell_rect(1, 2).center().toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert part(panel, "clip_list_title").text() == "pop taken for rock: 2 of 3 clips"
    assert rows(part(panel, "clip_list")) == ["clip 5.wav", "clip 4.wav"]
    assert player.is_playing
    assert part(panel, "clip_play").text() == "Stop"
    qtbot.waitUntil(lambda: not player.is_playing, timeout=PATIENCE_MS)
    assert heard == [0, 1, -1]
    assert part(panel, "clip_play").text() == "Play"


def test_cells_and_clips_work_by_keys(qtbot: QtBot, panel: TrainPanel) -> None:
    view: ConfusionView = part(panel, "confusion_view")
    player = panel.results_card.player
    assert view.cell == ("pop", "rock")  # the most frequent mistake
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Right)  # already at the edge
    assert view.cell == ("rock", "rock")
    assert "rock named rightly: 2 of 3 clips" in view.accessibleName()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert player.is_playing
    play: QPushButton = part(panel, "clip_play")
    qtbot.keyClick(play, Qt.Key.Key_Space)
    assert not player.is_playing
    clips: QListWidget = part(panel, "clip_list")
    clips.setCurrentRow(1)
    qtbot.keyClick(clips, Qt.Key.Key_Return)
    assert player.index == 1
    player.stop()


def test_next_goes_to_the_next_clip_and_round(qtbot: QtBot, panel: TrainPanel) -> None:
    view: ConfusionView = part(panel, "confusion_view")
    view.cell_chosen.emit("pop", "rock")
    player, button = panel.results_card.player, part(panel, "clip_next")
    assert player.index == 0
    button.click()
    assert player.index == 1
    button.click()
    assert player.index == 0
    player.stop()


def test_an_empty_cell_plays_nothing(panel: TrainPanel) -> None:
    part(panel, "confusion_view").cell_chosen.emit("jazz", "pop")
    assert not panel.results_card.player.is_playing
    assert not part(panel, "clip_play").isEnabled()
    assert part(panel, "clip_list_title").text() == "jazz taken for pop: 0 of 3 clips"


def test_clips_that_have_moved_are_looked_for_in_the_data_folder_else_named(
    panel: TrainPanel, model: TrainViewModel, tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere"
    (tmp_path / "music").rename(moved)
    part(panel, "confusion_view").cell_chosen.emit("pop", "rock")
    problem: QLabel = part(panel, "clip_problem")
    assert problem.isVisible()
    assert "clip 4.wav is no longer in" in problem.text()
    assert problem.text().endswith(".")
    assert not panel.results_card.player.is_playing
    model.data = moved
    part(panel, "confusion_view").cell_chosen.emit("pop", "rock")
    assert panel.results_card.player.is_playing
    assert not problem.isVisible()
    panel.results_card.player.stop()


def test_a_clip_is_found_at_the_same_place_below_another_folder(tmp_path: Path) -> None:
    (tmp_path / "new" / "jazz").mkdir(parents=True)
    (tmp_path / "new" / "jazz" / "a.wav").write_bytes(b"")
    found = find_clip(Path("/old/place/jazz/a.wav"), tmp_path / "new")
    assert found == tmp_path / "new" / "jazz" / "a.wav"
    with pytest.raises(StudioError, match=r"b\.wav is no longer in"):
        find_clip(Path("/old/place/jazz/b.wav"), tmp_path / "new")
    with pytest.raises(StudioError):
        find_clip(Path("/old/place/jazz/a.wav"), None)


def test_results_leave_when_the_next_run_begins_and_are_silent_when_hidden(
    panel: TrainPanel, model: TrainViewModel
) -> None:
    part(panel, "confusion_view").cell_chosen.emit("pop", "rock")
    panel.results_card.tabs.setCurrentIndex(1)
    assert not panel.results_card.player.is_playing
    model._set_state("running")
    assert not panel.results_card.isVisible()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_tab_is_drawn_in_the_colours_of_the_theme(
    panel: TrainPanel, mode: Any, qtbot: QtBot
) -> None:
    theme().set_mode(mode)
    note = theme().color("note").rgb()
    for name, tab in (("confusion_view", 0), ("roc_view", 2), ("calibration_view", 4)):
        panel.results_card.tabs.setCurrentIndex(tab)
        QApplication.processEvents()
        image = part(panel, name).grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint32)
        assert (pixels == note).sum() > 30, name
    theme().set_mode("light")


def test_every_control_says_what_it_does(panel: TrainPanel) -> None:
    for name in ("clip_list", "clip_play", "clip_next", "train_earlier", "results_split"):
        assert part(panel, name).accessibleName(), name
        assert part(panel, name).toolTip(), name
        assert part(panel, name).statusTip(), name
