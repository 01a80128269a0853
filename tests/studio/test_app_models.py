from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio import settings
from studio.app import StudioApp
from studio.ui.train.models_view_model import ModelsViewModel
from tests.models.genre_sounds import write_model
from tests.models.tiny_score_model import write_score_model


@pytest.fixture
def app(qtbot: QtBot) -> Iterator[StudioApp]:
    """The window, not shown; its worker is not started."""
    app = StudioApp()
    qtbot.addWidget(app.window)
    yield app
    app.close()


def listed(qtbot: QtBot, app: StudioApp, *own: str) -> ModelsViewModel:
    """The models, once the user's own are listed by these names."""
    models = app.models
    models.refresh()

    def is_listed() -> bool:
        return [r.entry.name for r in models.rows if r.entry.origin == "user"] == [*own]

    qtbot.waitUntil(is_listed, timeout=60_000)
    return models


def test_who_uses_a_model_goes_on_when_it_is_renamed_deleted_and_brought_back(
    qtbot: QtBot, app: StudioApp
) -> None:
    beeps = write_model(settings.models_dir() / "beeps")
    tunes = write_score_model(settings.models_dir() / "tunes")
    models = listed(qtbot, app, "beeps", "tunes")
    form = app.assistant_panel.form
    for row in models.rows[-2:]:
        models.use(row.entry)
    assert app.listen.genre_folder == beeps
    assert form.model.currentData() == str(tunes)
    for row in models.rows[-2:]:
        models.rename(row.entry, f"my {row.entry.name}")
    assert app.listen.genre_folder == beeps.with_name("my beeps")
    assert Path(form.model.currentData()) == tunes.with_name("my tunes")
    for row in listed(qtbot, app, "my beeps", "my tunes").rows[-2:]:
        models.delete(row.entry)
    assert app.listen.genre_folder is not None
    assert app.listen.genre_folder.name == "genre-cnn"
    assert form.model.findText("my tunes") < 0
    assert form.model.currentIndex() >= 0
    for banner in app.window.notices.banners:
        undo = banner.findChild(QPushButton, "notice_action")
        assert undo is not None
        undo.click()
    assert form.model.findText("my tunes") >= 0
    listed(qtbot, app, "my beeps", "my tunes")
