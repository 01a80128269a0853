"""Another genre model is chosen while music plays: the real worker, the real card, no restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

import resources
from studio import settings
from studio.assistant.worker_client import WorkerClient
from studio.audio.file_source import FileSource
from studio.ui.listen import listen_view_model
from studio.ui.listen.genre_panel import GenrePanel
from studio.ui.listen.listen_view_model import ListenViewModel
from tests.models.genre_sounds import write_model

SLOW_MS = 120_000


class SilentFile(FileSource):
    """Plays at its own pace, without a loudspeaker."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, is_audible=False)


@pytest.fixture
def model(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[ListenViewModel]:
    monkeypatch.setattr(listen_view_model, "FileSource", SilentFile)
    worker = WorkerClient()
    worker.start()
    view_model = ListenViewModel(worker)
    yield view_model
    view_model.close()
    worker.close()


def test_any_registered_model_is_asked_from_the_next_window_on(
    qtbot: QtBot, model: ListenViewModel
) -> None:
    write_model(settings.models_dir() / "mine")  # hears one second; knows beeps and thumps
    panel = GenrePanel(model)
    qtbot.addWidget(panel)
    panel.show()
    assert model.open_file(resources.path("demo", "demo_listen.ogg"))
    source, file = model.source, model.file
    assert file is not None
    file.loop = (0.0, 20.0)  # on a busy machine it may take a while
    qtbot.waitUntil(lambda: bool(model.readings), timeout=SLOW_MS)
    shipped = model.readings[-1]
    assert "jazz" in shipped.labels
    assert shipped.window_s == 3.0
    box = panel.findChild(QComboBox, "genre_model")
    assert box is not None
    assert "mine" in [box.itemText(i) for i in range(box.count())]
    for name, labels, window_s in (
        ("mine", ("beeps", "thumps"), 1.0),
        ("genre-cnn", shipped.labels, 3.0),
    ):
        box.setCurrentText(name)
        box.activated.emit(box.currentIndex())
        assert not model.readings
        qtbot.waitUntil(lambda: bool(model.readings), timeout=SLOW_MS)
        qtbot.waitUntil(lambda w=window_s: model.readings[-1].window_s == w, timeout=SLOW_MS)
        assert {reading.labels for reading in model.readings} == {labels}
        assert set(model.probabilities) == set(labels)
    assert model.source is source
    assert model.is_running
    assert model.genre.failure == ""
