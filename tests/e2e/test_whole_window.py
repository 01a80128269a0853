"""The real window, with a real worker and a real training process, on the demo material."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

import resources
from studio.app import StudioApp
from studio.score.midi_file import midi_bytes
from studio.settings import music_dir
from studio.training.registry import list_models
from studio.ui.listen.spectrogram_view import SpectrogramView
from studio.ui.theme import theme

SLOW_MS = 60_000  # two cores may be busy with other work


@pytest.fixture
def app(qtbot: QtBot) -> Iterator[StudioApp]:
    theme().set_mode("light")
    app = StudioApp()
    qtbot.addWidget(app.window)
    app.window.resize(1280, 720)
    app.start()
    qtbot.waitUntil(lambda: app.score.song.end > 0, timeout=SLOW_MS)
    yield app
    app.close()


def press(qtbot: QtBot, app: StudioApp, name: str) -> None:
    button = app.window.findChild(QPushButton, name)
    assert button is not None
    assert button.isEnabled(), button.toolTip()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_tempo_and_key_heard_are_used_in_the_score(qtbot: QtBot, app: StudioApp) -> None:
    before = midi_bytes(app.score.song)
    app.listen_panel.tempo_key.use_in_score.emit(97.456, "F#m")
    assert [round(change.bpm, 1) for change in app.score.song.tempo] == [97.5]
    shown = {"bpm_label": "97.5 bpm", "key_label": "F♯ minor"}
    for name, text in shown.items():
        label = app.window.findChild(QLabel, name)
        assert label is not None
        assert label.text() == text
    app.score.undo()
    assert midi_bytes(app.score.song) == before
    app.score.is_dirty = False  # nothing to ask for when the window is closed


def test_a_file_is_opened_its_picture_moves_and_its_genre_is_named(
    qtbot: QtBot, app: StudioApp
) -> None:
    app.files.open_all([resources.path("demo", "demo_listen.ogg")])
    assert app.window.open_places == {"listen"}
    view = app.window.findChild(SpectrogramView, "spectrogram")
    assert view is not None
    qtbot.waitUntil(lambda: app.listen.history.count > 20, timeout=SLOW_MS)
    first = view.grab().toImage()
    count = app.listen.history.count
    qtbot.waitUntil(lambda: app.listen.history.count > count + 20, timeout=SLOW_MS)
    assert view.grab().toImage() != first
    qtbot.waitUntil(lambda: len(app.listen.readings) >= 2, timeout=SLOW_MS)
    headline = app.window.findChild(QLabel, "genre_name")
    assert headline is not None
    assert headline.text() in {*app.listen.probabilities, "unsure"}
    assert sum(app.listen.probabilities.values()) == pytest.approx(1, abs=1e-3)
    assert app.listen.lost_samples == 0


def test_what_was_heard_is_kept_by_a_key_and_the_banner_says_where(
    qtbot: QtBot, app: StudioApp
) -> None:
    app.files.open_all([resources.path("demo", "demo_listen.ogg")])
    qtbot.waitUntil(lambda: app.listen.history.count > 20, timeout=SLOW_MS)
    qtbot.keyClick(app.listen_panel, Qt.Key.Key_K)
    notices = app.window.notices
    qtbot.waitUntil(lambda: any("Kept" in b.text for b in notices.banners), timeout=SLOW_MS)
    (banner,) = (banner for banner in notices.banners if "Kept" in banner.text)
    (folder,) = music_dir().iterdir()
    assert str(folder) in banner.text
    assert sorted(path.suffix for path in folder.iterdir()) == [".csv", ".png", ".wav"]
    show = banner.findChild(QPushButton, "notice_action")
    assert show is not None
    assert show.text() == "Show"


def test_suggestions_are_taken_and_undone_to_the_same_bytes(
    qtbot: QtBot, app: StudioApp, tmp_path: Path
) -> None:
    song = tmp_path / "song.mid"
    song.write_bytes(resources.path("demo", "song.mid").read_bytes())
    app.files.open_all([song])
    before = midi_bytes(app.score.song)
    form = app.assistant_panel.form
    form.add.setValue(3)
    form.remove.setValue(2)
    press(qtbot, app, "assistant_suggest")
    qtbot.waitUntil(lambda: app.suggestions.state != "working", timeout=SLOW_MS)
    assert app.suggestions.state == "ready", app.suggestions.failure
    actions = [ghost.event.action for ghost in app.suggestions.ghosts]
    assert 1 <= actions.count("add") <= 3
    assert actions.count("remove") <= 2
    assert midi_bytes(app.score.song) == before, "nothing changes until it is accepted"
    press(qtbot, app, "assistant_take")
    assert midi_bytes(app.score.song) != before
    assert app.suggestions.ghosts == ()
    app.window.actions_by_name["undo"].trigger()
    assert midi_bytes(app.score.song) == before
    assert app.score.save()
    assert song.read_bytes() == before


def test_a_training_is_started_followed_stopped_and_its_model_used(
    qtbot: QtBot, app: StudioApp
) -> None:
    app.window.show_place("train")
    press(qtbot, app, "train_demo_sounds")
    qtbot.waitUntil(lambda: app.train.state == "ready", timeout=SLOW_MS)
    assert app.train.start("genre", "tiny", epochs=500)
    qtbot.waitUntil(lambda: len(app.train.run_state.epochs) >= 2, timeout=SLOW_MS)
    seen = len(app.train.run_state.epochs)
    qtbot.waitUntil(lambda: len(app.train.run_state.epochs) > seen, timeout=SLOW_MS)
    press(qtbot, app, "train_start")  # by now: stop and keep best
    qtbot.waitUntil(lambda: app.train.state == "ended", timeout=SLOW_MS)
    assert len(app.train.run_state.epochs) < 500
    assert app.train.follower is not None
    assert app.train.follower.best is not None, app.train.run_state.message
    press(qtbot, app, "train_use")
    assert "my-genre" in [entry.name for entry in list_models() if entry.card]
    assert app.listen.genre_folder is not None
    assert app.listen.genre_folder.name == "my-genre"
    assert app.window.open_places == {"listen"}


def test_the_window_opens_without_sound_and_says_what_is_missing(
    qtbot: QtBot, app: StudioApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.audio.input_stream.list_inputs", list)
    app.window.show_place("listen")
    with qtbot.waitSignal(app.listen.no_input, timeout=20_000):
        press(qtbot, app, "listen_start_microphone")
    card = app.window.findChild(QLabel, "listen_card_text")
    assert card is not None
    assert card.isVisible()
    assert "No microphone" in card.text()
    assert "open a sound file" in card.text()


def test_a_bad_file_is_told_and_the_score_stays(
    qtbot: QtBot, app: StudioApp, tmp_path: Path
) -> None:
    before = midi_bytes(app.score.song)
    for name in ("song.mid", "song.wav"):
        (tmp_path / name).write_text("this is a poem, not music")
        app.files.open_all([tmp_path / name])
        assert name in app.window.notices.banners[-1].text
    assert midi_bytes(app.score.song) == before
