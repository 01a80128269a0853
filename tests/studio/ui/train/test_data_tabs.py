import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget
from pytestqt.qtbot import QtBot

import resources
from models.data.audio_dataset import load_audio_dataset
from models.data.inspect import inspect
from models.split_file import SPLITS_FILE
from studio.audio.file_source import FileSource
from studio.settings import music_dir
from studio.training.data_splits import Group
from studio.ui.listen import listen_view_model
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.train import clip_player, train_view_model
from studio.ui.train.data_map_view import MOST_SHOWN, DataMapView
from studio.ui.train.train_panel import TrainPanel
from studio.ui.train.train_view_model import TrainViewModel
from tests.studio.ui.train.train_place import train_panel

RATE = 22_050


class SilentFile(FileSource):
    """A file that no loudspeaker plays: tests must not depend on a sound card."""

    is_paced = False

    def __init__(self, path: Path) -> None:
        super().__init__(path, is_audible=False, is_paced=True)


@pytest.fixture(scope="module")
def looked_over(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("data") / "music"
    shutil.copytree(resources.path("demo", "training_genre"), folder)
    noise = 0.1 * np.random.default_rng(0).standard_normal(4 * RATE)
    soundfile.write(folder / "piano" / "tape noise.wav", noise, RATE)
    return inspect(folder)


@pytest.fixture
def report(looked_over: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    """The report of a copy of the data that the test may change."""
    folder = tmp_path / "music"
    shutil.copytree(looked_over["folder"], folder)
    items = [dict(item) for item in looked_over["items"]]
    return {**looked_over, "path": str(folder), "folder": str(folder), "items": items}


@pytest.fixture
def listen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[ListenViewModel]:
    monkeypatch.setattr(listen_view_model, "FileSource", SilentFile)
    monkeypatch.setattr(clip_player, "FileSource", SilentFile)
    view_model = ListenViewModel(None)
    yield view_model
    view_model.close()


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainViewModel]:
    monkeypatch.setattr(train_view_model, "inspect_data", inspect)  # else in another process
    view_model = TrainViewModel()
    yield view_model
    view_model.close()


@pytest.fixture
def panel(qtbot: QtBot, model: TrainViewModel, listen: ListenViewModel) -> Iterator[TrainPanel]:
    panel = train_panel(model, listen)
    qtbot.addWidget(panel)
    panel.resize(1170, 800)
    panel.show()
    yield panel
    qtbot.waitUntil(lambda: model.state != "inspecting", timeout=60_000)


def tell(model: TrainViewModel, report: dict[str, Any]) -> None:
    model.data = Path(report["path"])
    model._on_inspection(model.data, report)


def button(panel: QWidget, name: str) -> QAbstractButton:
    found = panel.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton), name
    return found


def drop(panel: TrainPanel, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    panel.data_card.dropEvent(event)


def test_every_control_says_what_it_does(
    panel: TrainPanel, model: TrainViewModel, report: dict[str, Any]
) -> None:
    tell(model, report)
    controls = [*panel.data_card.findChildren(QAbstractButton)]
    controls += panel.data_card.findChildren(QComboBox)
    named = [
        c
        for c in controls
        if c.objectName() and c.objectName()[0].islower() and c.objectName()[:3] != "qt_"
    ]
    assert len(named) >= 11
    for control in named:
        assert control.accessibleName(), control.objectName()
        assert control.toolTip(), control.objectName()
        assert control.statusTip(), control.objectName()


def test_a_group_is_moved_by_hand_and_the_next_look_agrees(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel, report: dict[str, Any]
) -> None:
    tell(model, report)
    tabs = panel.data_card.tabs
    tabs.setCurrentWidget(tabs.splits)
    to_test = button(panel, "split_to_test")
    assert not to_test.isEnabled()
    row = next(i for i, g in enumerate(tabs.splits.model.groups) if g.split == "train")
    group = tabs.splits.model.groups[row]
    tabs.splits.table.selectRow(row)
    qtbot.mouseClick(to_test, Qt.MouseButton.LeftButton)
    assert tabs.splits.model.groups[row].split == "test"
    folder = Path(report["path"])
    assert {c.split for c in load_audio_dataset(folder).clips if c.group == group.name} == {"test"}
    assert "changed by you" in panel.data_card._summary.text()
    assert button(panel, "split_forget").isEnabled()
    tabs.splits.table.selectRow(row)
    panel.activateWindow()
    tabs.splits.table.setFocus()
    qtbot.keyClick(tabs.splits.table, Qt.Key.Key_1)
    assert tabs.splits.model.groups[row].split == "train"
    qtbot.mouseClick(button(panel, "split_forget"), Qt.MouseButton.LeftButton)
    assert not (folder / SPLITS_FILE).exists()
    qtbot.waitUntil(lambda: model.state == "ready", timeout=30_000)
    assert not button(panel, "split_forget").isEnabled()


def test_heads_of_figures_stand_above_them(panel: TrainPanel) -> None:
    model, role = panel.data_card.tabs.splits.model, Qt.ItemDataRole.TextAlignmentRole
    model.groups = [Group("a", "a", 1, 1.0, "train")]
    for column in range(model.columnCount()):
        head = model.headerData(column, Qt.Orientation.Horizontal, role)
        assert head == model.data(model.index(0, column), role)


def test_splits_stay_while_a_model_learns_from_them(
    panel: TrainPanel, model: TrainViewModel, report: dict[str, Any]
) -> None:
    tell(model, report)
    panel.data_card.tabs.splits.table.selectRow(0)
    assert button(panel, "split_to_valid").isEnabled()
    model._set_state("running")
    assert not button(panel, "split_to_valid").isEnabled()


def test_a_class_with_nothing_to_learn_from_is_told(
    panel: TrainPanel, model: TrainViewModel, report: dict[str, Any]
) -> None:
    tell(model, report)
    tabs = panel.data_card.tabs
    tabs.setCurrentWidget(tabs.splits)
    chosen = [(g.label, g.name) for g in tabs.splits.model.groups if g.label == "piano"]
    tabs.splits.move_requested.emit(chosen, "valid")
    assert "Nothing to learn from is left of piano" in tabs.splits._leaks.text()
    assert tabs.splits._leaks.isVisible()


def test_a_click_on_a_point_plays_it_and_next_goes_to_the_strange_one(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel, report: dict[str, Any]
) -> None:
    tell(model, report)
    pane = panel.data_card.tabs.map
    panel.data_card.tabs.setCurrentWidget(pane)
    index = next(i for i, item in enumerate(report["items"]) if item["class"] == "strings")
    place = pane.map.place_of(index)
    assert place is not None
    nearest = pane.map.part_at(place)
    qtbot.mouseClick(pane.map, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert pane.player.is_playing
    assert report["items"][nearest]["path"] in pane._now.text()
    qtbot.mouseClick(button(panel, "map_play"), Qt.MouseButton.LeftButton)
    assert not pane.player.is_playing
    qtbot.mouseClick(button(panel, "map_next"), Qt.MouseButton.LeftButton)
    assert "tape noise.wav" in pane._now.text()
    assert pane.player.is_playing
    panel.data_card.tabs.setCurrentIndex(0)
    assert not pane.player.is_playing


def test_the_strange_ones_are_walked_by_keys(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel, report: dict[str, Any]
) -> None:
    tell(model, report)
    view = panel.data_card.tabs.map.map
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert "tape noise.wav" in view.accessibleName()
    with qtbot.waitSignal(view.item_chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert report["items"][chosen.args[0]]["path"] == "piano/tape noise.wav"


def test_what_is_like_another_class_says_which(qtbot: QtBot) -> None:
    item = {"path": "a.wav", "class": "rock", "x": 0.0, "y": 0.0, "unusual": True, "like": "metal"}
    view = DataMapView()
    qtbot.addWidget(view)
    view.show_items([item])
    assert view.words(0) == "a.wav (rock): rather like metal"


def test_of_very_many_points_every_strange_one_is_drawn(qtbot: QtBot) -> None:
    rng = np.random.default_rng(0)
    items = [
        {"path": f"{n}", "class": "a", "x": x, "y": y, "unusual": n % 997 == 5}
        for n, (x, y) in enumerate(rng.uniform(-1, 1, (100_000, 2)).tolist())
    ]
    view = DataMapView()
    qtbot.addWidget(view)
    view.show_items(items)
    assert view.n_shown <= MOST_SHOWN + len(view.unusual) + 1
    assert set(view.unusual) <= set(view._shown)


def test_a_score_is_heard_from_the_map(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel
) -> None:
    tell(model, inspect(resources.path("demo", "training_scores")))
    pane = panel.data_card.tabs.map
    panel.data_card.tabs.setCurrentWidget(pane)
    pane.play(0)
    qtbot.waitUntil(lambda: pane.player.is_playing, timeout=30_000)
    pane.player.stop()
    assert "notes from MIDI" in panel.data_card._summary.text()


def test_dropped_sound_files_go_into_the_class_that_is_named(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel, report: dict[str, Any]
) -> None:
    tell(model, report)
    told: list[str] = []
    model.notice.connect(lambda _, text: told.append(text))
    files = [Path(report["path"]) / "piano" / f"clip0{n}.ogg" for n in (1, 2)]
    drop(panel, *files)
    assert "Give the class a name first." in told
    panel.data_card.collect_row.name.setEditText("keys")
    drop(panel, *files, Path(report["path"]) / "LICENCE.txt")
    assert any("1 of what was dropped is left alone" in text for text in told)
    panel.data_card._collect.wait()
    qtbot.waitUntil(lambda: "keys" in (model.report or report)["classes"], timeout=60_000)
    names = sorted(path.name for path in (Path(report["path"]) / "keys").iterdir())
    assert names == ["clip01.ogg", "clip02.ogg"]
    assert model.report is not None
    assert model.report["classes"]["keys"]["items"] == 2


def test_several_folders_are_a_class_each(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel, report: dict[str, Any]
) -> None:
    folder = Path(report["path"])
    drop(panel, folder / "piano", folder / "strings")
    panel.data_card._collect.wait()
    own = music_dir() / "My classes"
    assert sorted(p.name for p in own.iterdir()) == ["piano", "strings"]
    qtbot.waitUntil(lambda: model.state == "ready", timeout=60_000)
    assert model.report is not None
    assert set(model.report["classes"]) == {"piano", "strings"}


def test_a_clip_ends_when_a_training_begins(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel, listen: ListenViewModel, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "noise.wav", 0.1 * np.ones(20 * RATE), RATE)
    assert listen.open_file(tmp_path / "noise.wav")
    panel.data_card.collect_row.name.setEditText("noise")
    recording = panel.data_card._collect.recording
    assert recording is not None
    recording_button = button(panel, "collect_record")
    qtbot.mouseClick(recording_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: recording.seconds > 0.1, timeout=20_000)
    model._set_state("running")
    qtbot.waitUntil(lambda: not recording.is_on, timeout=20_000)
    assert model.state == "running"
    listen.stop()
    (clip,) = (music_dir() / "My classes" / "noise").iterdir()
    assert soundfile.info(clip).frames > 0.1 * RATE


def test_a_clip_is_recorded_into_a_class_from_what_listen_hears(
    qtbot: QtBot, panel: TrainPanel, model: TrainViewModel, listen: ListenViewModel, tmp_path: Path
) -> None:
    t = np.arange(20 * RATE) / RATE
    soundfile.write(tmp_path / "hum.wav", 0.3 * np.sin(2 * np.pi * 220 * t), RATE)
    assert listen.open_file(tmp_path / "hum.wav")
    record = button(panel, "collect_record")
    panel.data_card.collect_row.name.setEditText("hum")
    recording = panel.data_card._collect.recording
    assert recording is not None
    for _ in range(2):
        qtbot.mouseClick(record, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: recording.seconds > 0.3, timeout=20_000)
        assert record.text().startswith("Stop")
        qtbot.mouseClick(record, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not recording.is_on, timeout=20_000)
    listen.stop()
    clips = sorted((music_dir() / "My classes" / "hum").glob("*.wav"))
    assert len(clips) == 2
    for clip in clips:
        sound, rate = soundfile.read(clip)
        assert rate == RATE
        assert len(sound) > 0.3 * RATE
        spectrum = np.abs(np.fft.rfft(sound))
        assert spectrum.argmax() * rate / len(sound) == pytest.approx(220, abs=4)
    qtbot.waitUntil(lambda: model.state == "ready" and model.report is not None, timeout=60_000)
    assert model.report is not None
    assert model.report["classes"]["hum"]["items"] == 2
