import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTextBrowser
from pytestqt.qtbot import QtBot

import resources
from models.card import Card
from models.data_state import data_state
from models.training.lineage import parent_of
from studio import settings
from studio.training.model_trash import deleted_models
from studio.training.model_zip import export_model
from studio.training.registry import list_models
from studio.training.run_process import RunRequest
from studio.ui.theme import theme
from studio.ui.train import models_view_model as module
from studio.ui.train.lineage_words import headline, lineage_rows
from studio.ui.train.models_card import ModelsCard
from studio.ui.train.models_table import DATE, MEASURED, NAME, STATE
from studio.ui.train.models_view_model import ModelsViewModel
from studio.ui.train.train_view_model import TrainViewModel
from tests.models.genre_sounds import write_model
from tests.models.tiny_score_model import write_score_model

SLOW_MS = 120_000  # two cores may be busy with other work


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One model that ships, two of the user's."""
    folder = tmp_path / "resources"
    real = resources.path
    write_score_model(folder / "models" / "shipped")
    monkeypatch.setattr(
        resources, "path", lambda *p: folder.joinpath(*p) if p[0] == "models" else real(*p)
    )
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme().install(app, "light")
    write_model(settings.models_dir() / "beeps")
    return write_score_model(settings.models_dir() / "tunes")


class Told(list[Any]):
    """Keeps what a signal says."""

    def __call__(self, *values: Any) -> None:
        self.append(values if len(values) > 1 else values[0])


@pytest.fixture
def train(qtbot: QtBot) -> Iterator[TrainViewModel]:
    train = TrainViewModel()
    yield train
    train.close()


@pytest.fixture
def model(train: TrainViewModel) -> Iterator[ModelsViewModel]:
    others = set(threading.enumerate())  # of tests before this one, and in no hurry
    yield ModelsViewModel(train)
    for thread in set(threading.enumerate()) - others:
        thread.join(10)


@pytest.fixture
def card(qtbot: QtBot, model: ModelsViewModel) -> ModelsCard:
    card = ModelsCard(model)
    qtbot.addWidget(card)
    card.resize(1140, 340)
    card.show()
    known(qtbot, model, 3)
    return card


def known(qtbot: QtBot, model: ModelsViewModel, n_models: int) -> None:
    """Wait until so many models are listed, and their states are known."""

    def is_known() -> bool:
        return len(model.rows) == n_models and all(row.state for row in model.rows)

    qtbot.waitUntil(is_known, timeout=SLOW_MS)


def choose(card: ModelsCard, name: str) -> None:
    (row,) = (row for row in card._view_model.rows if row.entry.name == name)
    card.table.choose(row.entry)


def cell(card: ModelsCard, name: str, column: int) -> str:
    names = [row.entry.name for row in card._view_model.rows]
    item = card.table.item(names.index(name), column)
    assert item is not None
    return item.text()


def test_every_control_says_what_it_does(card: ModelsCard) -> None:
    buttons = [card.use, card.fine_tune, card.rename, card.export, card.delete, card.imports]
    for widget in (*buttons, card.from_nothing, card.trash):
        assert widget.objectName().startswith("models_")
        assert widget.accessibleName()
        assert widget.toolTip()
        assert widget.statusTip() == widget.toolTip()


def test_all_models_are_listed_with_what_tells_them_apart(card: ModelsCard) -> None:
    names = [cell(card, row.entry.name, NAME) for row in card._view_model.rows]
    assert names == ["shipped", "beeps", "tunes"]
    assert cell(card, "tunes", MEASURED) == "AUC 0.50 (valid)"
    assert cell(card, "tunes", STATE) == "\N{EN DASH}"
    choose(card, "beeps")
    assert card.use.text() == "Use in Listen"
    choose(card, "shipped")
    assert card.use.text() == "Use in Compose"
    assert (card.rename.isEnabled(), card.delete.isEnabled()) == (False, False)
    assert card.delete.toolTip() == "It ships with Studio"


def test_nothing_is_said_of_models_before_they_are_listed(
    qtbot: QtBot, model: ModelsViewModel
) -> None:
    card = ModelsCard(model)
    qtbot.addWidget(card)
    assert "Looking" in card.about.toPlainText()
    model.listed.emit([])
    assert "no models" in card.about.toPlainText()


def test_states_are_told_and_follow_the_data(
    qtbot: QtBot, card: ModelsCard, train: TrainViewModel, home: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.mid").write_bytes(b"x")
    written = json.loads((home / "card.json").read_text())
    written["training"] = {"data_state": data_state(data), "date": "2030-01-02T03:04:05"}
    (home / "card.json").write_text(json.dumps(written))

    def has_state(text: str) -> bool:
        return cell(card, "tunes", STATE) == text

    card._view_model.refresh()
    qtbot.waitUntil(lambda: has_state("up to date"), timeout=SLOW_MS)
    assert cell(card, "tunes", DATE) == "2030-01-02"
    train.data = data
    train.state_changed.emit("running")
    qtbot.waitUntil(lambda: has_state("training"), timeout=SLOW_MS)
    (data / "b.mid").write_bytes(b"y")
    train.state_changed.emit("ended")
    qtbot.waitUntil(lambda: has_state("out of date"), timeout=SLOW_MS)
    (data / "b.mid").unlink()
    item = {"path": "a.mid", "class": "", "group": "a.mid", "split": "train", "seconds": 1.0}
    train.inspected.emit({"path": str(data), "items": [item]})
    qtbot.waitUntil(lambda: has_state("up to date"), timeout=SLOW_MS)
    train.splits.move([("", "a.mid")], "test")
    qtbot.waitUntil(lambda: has_state("out of date"), timeout=SLOW_MS)


def test_a_model_is_renamed_in_place(
    qtbot: QtBot, card: ModelsCard, model: ModelsViewModel, home: Path
) -> None:
    moved = Told()
    model.moved.connect(moved)
    choose(card, "tunes")
    qtbot.mouseClick(card.rename, Qt.MouseButton.LeftButton)
    editor = card.table.findChild(QLineEdit)
    assert editor is not None
    editor.setText("My tunes")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    folder = home.with_name("My tunes")
    qtbot.waitUntil(lambda: [r.entry.folder for r in model.rows][1:2] == [folder], timeout=SLOW_MS)
    assert moved == [(home, folder)]
    assert Card.load(folder).name == "My tunes"


def test_a_name_that_is_taken_is_told_and_the_old_one_shown(
    qtbot: QtBot, card: ModelsCard, model: ModelsViewModel, home: Path
) -> None:
    notices = Told()
    model.notice.connect(notices)
    choose(card, "tunes")
    item = card.table.item(card.table.currentRow(), NAME)
    assert item is not None
    item.setText("beeps")
    ((level, text),) = notices
    assert level == "error"
    assert "already" in text
    qtbot.waitUntil(lambda: cell(card, "tunes", NAME) == "tunes", timeout=SLOW_MS)


def test_a_deleted_model_is_in_the_trash_and_comes_back(
    qtbot: QtBot, card: ModelsCard, model: ModelsViewModel, home: Path
) -> None:
    deleted, arrived = Told(), Told()
    model.deleted.connect(deleted)
    model.arrived.connect(arrived)
    choose(card, "tunes")
    qtbot.keyClick(card.table, Qt.Key.Key_Delete)
    known(qtbot, model, 2)
    qtbot.waitUntil(card.trash.isEnabled, timeout=SLOW_MS)
    assert deleted == deleted_models()
    assert card.trash.text() == "Trash (1)"
    (restore, *_) = card.trash.menu().actions()
    assert restore.text() == "Restore tunes"
    restore.trigger()
    known(qtbot, model, 3)
    assert arrived == [home]
    qtbot.waitUntil(lambda: not card.trash.isEnabled(), timeout=SLOW_MS)


def test_the_trash_is_emptied(qtbot: QtBot, card: ModelsCard, model: ModelsViewModel) -> None:
    choose(card, "tunes")
    qtbot.mouseClick(card.delete, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(card.trash.isEnabled, timeout=SLOW_MS)
    card.trash.menu().actions()[-1].trigger()
    qtbot.waitUntil(lambda: not card.trash.isEnabled(), timeout=SLOW_MS)
    assert deleted_models() == []


def test_a_shipped_model_is_not_deleted_by_its_key(qtbot: QtBot, card: ModelsCard) -> None:
    choose(card, "shipped")
    qtbot.keyClick(card.table, Qt.Key.Key_Delete)
    assert "shipped" in [entry.name for entry in list_models()]


def test_a_model_is_used_and_gone_on_with(
    qtbot: QtBot, card: ModelsCard, model: ModelsViewModel
) -> None:
    chosen = Told()
    model.model_chosen.connect(chosen)
    choose(card, "beeps")
    folder = settings.models_dir() / "beeps"
    qtbot.mouseClick(card.use, Qt.MouseButton.LeftButton)
    assert chosen == [("genre", str(folder))]
    assert model.base_settings("genre") == ()
    qtbot.mouseClick(card.fine_tune, Qt.MouseButton.LeftButton)
    told = card.findChild(QLabel, "models_base")
    assert told is not None
    assert told.text() == "The next training begins from beeps"
    assert model.base_settings("genre") == (f"base={folder}",)
    with pytest.raises(Exception, match="no lstm model can begin from it"):
        model.base_settings("lstm")
    qtbot.mouseClick(card.from_nothing, Qt.MouseButton.LeftButton)
    assert not told.isVisible()
    assert model.base_settings("genre") == ()


def test_a_base_that_is_put_away_is_no_base_any_more(
    qtbot: QtBot, card: ModelsCard, model: ModelsViewModel
) -> None:
    choose(card, "beeps")
    qtbot.mouseClick(card.fine_tune, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(card.delete, Qt.MouseButton.LeftButton)
    assert model.base is None


def test_a_refused_model_says_why_and_can_only_go(
    qtbot: QtBot, card: ModelsCard, model: ModelsViewModel, home: Path
) -> None:
    (home / "card.json").write_text("{}")
    model.refresh()
    qtbot.waitUntil(lambda: cell(card, "tunes", MEASURED) == "can't be used", timeout=SLOW_MS)
    choose(card, "tunes")
    assert [b.isEnabled() for b in (card.use, card.fine_tune, card.export)] == [False] * 3
    assert (card.rename.isEnabled(), card.delete.isEnabled()) == (True, True)
    assert "format" in card.use.toolTip()
    assert "format" in card.about.toPlainText()


def test_a_model_is_exported_and_a_dropped_zip_is_handed_to_the_import(
    qtbot: QtBot,
    card: ModelsCard,
    model: ModelsViewModel,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "sent.zip"
    notices = Told()
    model.notice.connect(notices)
    model.export(model.rows[-1].entry, target)
    qtbot.waitUntil(lambda: ("info", f"tunes is in {target}.") in notices, timeout=SLOW_MS)
    export_model(home, tmp_path / "again.zip")
    assert target.read_bytes() == (tmp_path / "again.zip").read_bytes()

    def imported(source: Path) -> Path:
        assert source == target
        return shutil.copytree(home, settings.models_dir() / "theirs")

    monkeypatch.setattr(module, "import_model", imported)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(target))])
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    card.dropEvent(drop)
    known(qtbot, model, 4)
    assert ("info", "theirs is checked and ready.") in notices


def test_an_import_that_is_refused_is_told_in_the_commands_words(
    qtbot: QtBot, model: ModelsViewModel, tmp_path: Path
) -> None:
    (tmp_path / "poem.zip").write_text("poem")
    notices = Told()
    model.notice.connect(notices)
    model.import_file(tmp_path / "poem.zip")
    qtbot.waitUntil(lambda: len(notices) == 2, timeout=SLOW_MS)
    level, text = notices[-1]
    assert level == "error"
    assert "no model that could be imported" in text


def test_where_a_model_comes_from_is_told(card: ModelsCard, home: Path) -> None:
    choose(card, "tunes")
    about = card.findChild(QTextBrowser, "models_about")
    assert about is not None
    assert "weights " + Card.load(home).sha256[:12] in about.toPlainText()
    parent = {**parent_of(home), "parent": {"name": "first", "sha256": "ab" * 32}}
    told = dict(
        lineage_rows(
            Card(
                labels=["a<b", "c"],
                data=[{"name": "songs", "items": 3, "split": {"train": 2, "test": 1}}],
                training={
                    "parent": parent,
                    "seed": 0,
                    "epochs": 5,
                    "best_epoch": 4,
                    "seconds": 61,
                    "app_version": "0.1.0",
                    "settings": {"width": 8, "base": ""},
                    "command": "studio train",
                },
            )
        )
    )
    assert told["Learned from"] == "songs: 3 items; train 2, test 1"
    assert told["Began from"].startswith("tunes (")
    assert ", which began from first (abababababab)" in told["Began from"]
    assert told["Trained"] == "5 epochs, the best was 4, 1 min 1 s, seed 0, Studio 0.1.0"
    assert told["Settings"] == "width=8"
    assert lineage_rows(Card(training={"parent": 3, "settings": 4, "data_state": 5}))
    assert headline(Card()) == ""


def test_the_next_training_begins_from_the_model_that_was_chosen(
    qtbot: QtBot,
    card: ModelsCard,
    train: TrainViewModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, notices = Told(), Told()

    class Run:
        """In the place of a process."""

        is_running, failure = True, ""

        def __init__(self, request: RunRequest, run: Path | None = None) -> None:
            asked(request)
            self.folder = tmp_path / "run"

    monkeypatch.setattr("studio.ui.train.train_view_model.RunProcess", Run)
    train.notice.connect(notices)
    choose(card, "beeps")
    qtbot.mouseClick(card.fine_tune, Qt.MouseButton.LeftButton)
    train.data = tmp_path
    assert not train.start("lstm")
    ((level, text),) = notices
    assert level == "error"
    assert "no lstm model can begin from it" in text
    assert train.start("genre", "tiny", 3)
    (request,) = asked
    words = request.arguments(tmp_path / "run")
    at = words.index("--set")
    assert words[at + 1] == f"base={settings.models_dir() / 'beeps'}"
    train.close()
