from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QPushButton, QTextEdit
from pytestqt.qtbot import QtBot

import resources
from models.notes import Note
from studio.score.midi_file import read_midi
from studio.score.score import Edit
from studio.settings import Settings
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.file_actions import FileActions
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.main_window import MainWindow, Place

MELODY = resources.path("demo", "melody.mid")
PATIENCE_MS = 60_000  # of a test on a slow machine; no test waits for it to pass
NOTE = Note(0, 30, 120, 90, 0)
Answer = QMessageBox.StandardButton


class Desk:
    """The window with its files, and what it asked the user."""

    def __init__(self, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
        self.score = ScoreViewModel()
        self.listen = ListenViewModel(None)
        self.heard: list[Path] = []
        monkeypatch.setattr(self.listen, "open_file", self.heard.append)
        places = [Place(name, name.title(), QTextEdit()) for name in ("listen", "compose", "train")]
        self.window = MainWindow(places, QLabel("transport"), settings)
        qtbot.addWidget(self.window)
        self.window.show()
        self.files = FileActions(self.window, self.score, self.listen)
        self.asked: list[str] = []
        self.answer = Answer.Cancel
        monkeypatch.setattr(QMessageBox, "exec", lambda box: self._ask(box))

    def _ask(self, box: QMessageBox) -> Answer:
        self.asked.append(box.text())
        return self.answer

    def edit(self) -> None:
        self.score.request(Edit("Draw", added=frozenset({NOTE})))
        assert self.score.is_dirty

    def notices(self) -> list[tuple[str, str]]:
        return [(banner.level, banner.text) for banner in self.window.notices.banners]


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(qtbot, monkeypatch, Settings(tmp_path / "settings.json"))
    yield desk
    desk.listen.close()
    desk.score.close()


@pytest.fixture
def save_name(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | str], None]:
    """What the user will write into the next file dialogs."""

    def choose(name: Path | str) -> None:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(name), ""))

    return choose


def copy(path: Path) -> Path:
    path.write_bytes(MELODY.read_bytes())
    return path


@pytest.mark.parametrize("name", ["a.mid", "B.MID", "c.Midi"])
def test_a_score_goes_to_compose(name: str, desk: Desk, tmp_path: Path) -> None:
    desk.window.show_place("train")
    desk.files.open_all([copy(tmp_path / name)])
    assert desk.window.open_places == {"compose"}
    assert desk.score.path == tmp_path / name
    assert len(desk.score.song.score) == 30
    assert name in desk.window.windowTitle()
    assert desk.notices() == []


@pytest.mark.parametrize("name", ["a.wav", "B.WAV", "c.Ogg", "d.mp3", "e.FLAC"])
def test_a_sound_goes_to_listen(name: str, desk: Desk, tmp_path: Path) -> None:
    desk.files.open_all([tmp_path / name])
    assert desk.heard == [tmp_path / name]
    assert desk.window.open_places == {"listen"}


@pytest.mark.parametrize("name", ["a.txt", "mid", "b.mid.pdf"])
def test_what_is_neither_is_told(name: str, desk: Desk, tmp_path: Path) -> None:
    desk.files.open_all([tmp_path / name])
    ((level, text),) = desk.notices()
    assert level == "warning"
    assert text.startswith(f"{name}: ")
    assert desk.heard == []
    assert desk.score.path is None


def test_a_dropped_file_is_opened(desk: Desk, tmp_path: Path) -> None:
    desk.window.files_dropped.emit([copy(tmp_path / "a.mid"), tmp_path / "b.wav"])
    assert desk.score.path == tmp_path / "a.mid"
    assert desk.heard == [tmp_path / "b.wav"]


def test_what_was_opened_or_saved_can_be_opened_again(
    desk: Desk, tmp_path: Path, save_name: Callable[[Path | str], None]
) -> None:
    recent = desk.window.recent_files
    desk.files.open_all([copy(tmp_path / "a.mid")])
    (tmp_path / "broken.mid").write_bytes(b"no music")
    desk.files.open_all([tmp_path / "broken.mid"])
    save_name(tmp_path / "b.studio")
    assert desk.files.save_as()
    assert recent.files == [tmp_path / "b.studio", tmp_path / "a.mid"]
    recent.chosen.emit(tmp_path / "a.mid")
    assert desk.score.path == tmp_path / "a.mid"
    assert recent.files[0] == tmp_path / "a.mid"


def test_what_the_dialog_names_is_opened(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = str(copy(tmp_path / "a.mid"))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([name], ""))
    desk.window.actions_by_name["open"].trigger()
    assert desk.score.path == Path(name)


def test_unsaved_changes_are_asked_for(desk: Desk, tmp_path: Path) -> None:
    first, second = copy(tmp_path / "first.mid"), copy(tmp_path / "second.mid")
    desk.files.open_all([first])
    assert desk.asked == []
    desk.edit()
    desk.files.open_all([second])
    assert len(desk.asked) == 1
    assert desk.score.path == first
    assert NOTE in desk.score.song.score
    desk.answer = Answer.Discard
    desk.files.open_all([second])
    assert desk.score.path == second
    assert NOTE not in desk.score.song.score
    assert first.read_bytes() == MELODY.read_bytes()


def test_save_as_an_answer_saves_first(desk: Desk, tmp_path: Path) -> None:
    first, second = copy(tmp_path / "first.mid"), copy(tmp_path / "second.mid")
    desk.files.open_all([first])
    desk.edit()
    desk.answer = Answer.Save
    desk.files.open_all([second])
    assert desk.score.path == second
    assert NOTE in read_midi(first).score


@pytest.mark.parametrize(
    ("answer", "closes"), [(Answer.Cancel, False), (Answer.Discard, True), (Answer.Save, True)]
)
def test_the_window_closes_when_the_user_agrees(
    answer: Answer, closes: bool, desk: Desk, tmp_path: Path
) -> None:
    desk.files.open_all([copy(tmp_path / "a.mid")])
    desk.edit()
    desk.answer = answer
    event = QCloseEvent()
    desk.files.ask_before_closing(event)
    assert event.isAccepted() == closes
    assert (NOTE in read_midi(tmp_path / "a.mid").score) == (answer == Answer.Save)


def test_a_score_that_cant_be_saved_keeps_the_window_open(
    desk: Desk, save_name: Callable[[Path | str], None], tmp_path: Path
) -> None:
    desk.edit()
    desk.answer = Answer.Save
    for name in ("", tmp_path / "no" / "folder.mid"):
        save_name(name)
        event = QCloseEvent()
        desk.files.ask_before_closing(event)
        assert not event.isAccepted()
        assert desk.score.is_dirty


def test_what_another_program_wrote_is_not_replaced_unasked(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(MELODY.read_bytes())
    desk.files.open_all([path])
    desk.edit()
    path.write_bytes(b"of another program")
    assert not desk.files.save()
    assert path.read_bytes() == b"of another program"
    assert "changed by another program" in desk.asked[-1]
    assert desk.score.is_dirty
    desk.answer = Answer.Save
    assert desk.files.save()
    assert NOTE in read_midi(path).score.notes
    assert (tmp_path / "song.mid.bak").read_bytes() == b"of another program"


def test_what_we_wrote_ourselves_is_replaced_unasked(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(MELODY.read_bytes())
    desk.files.open_all([path])
    desk.edit()
    assert desk.files.save()
    desk.score.undo()
    assert desk.files.save()
    assert NOTE not in read_midi(path).score.notes
    assert NOTE in read_midi(path.with_name("song.mid.bak")).score.notes
    assert desk.asked == []


def test_a_file_that_was_removed_is_written_anew(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(MELODY.read_bytes())
    desk.files.open_all([path])
    desk.edit()
    path.unlink()
    assert desk.files.save()
    assert NOTE in read_midi(path).score.notes
    assert desk.asked == []


def test_saving_asks_for_a_name_once(
    desk: Desk, save_name: Callable[[Path | str], None], tmp_path: Path
) -> None:
    desk.files.open_first_song()
    assert desk.score.path is None
    desk.edit()
    save_name(tmp_path / "mine")
    assert desk.files.save()
    assert NOTE in read_midi(tmp_path / "mine.mid").score
    assert not desk.score.is_dirty
    save_name(tmp_path / "other")
    desk.score.undo()
    assert desk.files.save()
    assert NOTE not in read_midi(tmp_path / "mine.mid").score
    assert not (tmp_path / "other.mid").exists()


def test_save_as_goes_on_under_the_new_name(
    desk: Desk, save_name: Callable[[Path | str], None], tmp_path: Path
) -> None:
    desk.files.open_all([copy(tmp_path / "a.mid")])
    save_name(tmp_path / "b.studio")
    desk.window.actions_by_name["save_as"].trigger()
    assert desk.score.path == tmp_path / "b.studio"
    assert "b.studio" in desk.window.windowTitle()
    desk.files.open_all([tmp_path / "a.mid"])
    desk.files.open_all([tmp_path / "b.studio"])
    assert desk.score.path == tmp_path / "b.studio"
    assert len(desk.score.song.score) == 30


def test_the_title_says_what_is_not_saved(desk: Desk, tmp_path: Path) -> None:
    desk.files.open_all([copy(tmp_path / "a.mid")])
    clean = desk.window.windowTitle()
    desk.edit()
    assert desk.window.windowTitle() == f"{clean}*"


def test_the_score_is_exported_as_sound(
    qtbot: QtBot, desk: Desk, save_name: Callable[[Path | str], None], tmp_path: Path
) -> None:
    desk.files.open_all([copy(tmp_path / "a.mid")])
    save_name(tmp_path / "sound")
    desk.window.actions_by_name["export_audio"].trigger()
    qtbot.waitUntil(lambda: bool(desk.notices()), timeout=PATIENCE_MS)
    assert desk.notices() == [("info", f"Written: {tmp_path / 'sound.wav'}")]
    samples, rate = soundfile.read(tmp_path / "sound.wav")
    assert len(samples) / rate > 5
    assert float(np.abs(samples).max()) > 0.01


def test_an_export_that_fails_is_told(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.files.open_first_song()
    desk.files.export(tmp_path / "no" / "sound.wav")
    qtbot.waitUntil(lambda: bool(desk.notices()), timeout=PATIENCE_MS)
    ((level, text),) = desk.notices()
    assert level == "error"
    assert "sound.wav" in text


def leave_edits_behind(tmp_path: Path) -> None:
    """As a session that died would: its process lets go of the journal and deletes nothing."""
    score = ScoreViewModel()
    assert score.open(copy(tmp_path / "a.mid"))
    score.request(Edit("Draw", added=frozenset({NOTE})))
    score._journal.close()


def press(desk: Desk, qtbot: QtBot, label: str) -> None:
    (banner,) = desk.window.notices.banners
    (button,) = [b for b in banner.findChildren(QPushButton) if b.text() == label]
    with qtbot.waitSignal(banner.destroyed):
        button.click()


def test_lost_edits_are_offered_and_come_back(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    assert not desk.files.offer_recovery()
    leave_edits_behind(tmp_path)
    assert desk.files.offer_recovery()
    press(desk, qtbot, "Bring them back")
    assert NOTE in desk.score.song.score
    assert desk.score.is_dirty
    assert desk.score.path == tmp_path / "a.mid"
    assert not desk.files.offer_recovery()


def test_lost_edits_may_be_given_up(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    leave_edits_behind(tmp_path)
    assert desk.files.offer_recovery()
    press(desk, qtbot, "Discard")
    assert not desk.score.has_recovery()
    assert NOTE not in desk.score.song.score


def test_musicxml_goes_out_and_comes_in_beside_the_window(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk.files.open_all([MELODY])
    before = [(n.pitch, n.track) for n in desk.score.score.notes]
    path = tmp_path / "melody.musicxml"
    desk.files.export_musicxml(path)
    qtbot.waitUntil(path.exists, timeout=PATIENCE_MS)
    desk.score.new_song()
    desk.files.open_all([path])
    qtbot.waitUntil(lambda: len(desk.score.score) > 0, timeout=PATIENCE_MS)
    assert sorted((n.pitch, n.track) for n in desk.score.score.notes) == sorted(before)
    assert desk.score.path is None


def test_broken_musicxml_is_told_in_words(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "broken.musicxml"
    path.write_text("no xml")
    desk.files.open_all([path])
    labels = desk.window.notices.findChildren
    qtbot.waitUntil(
        lambda: any("broken.musicxml" in label.text() for label in labels(QLabel)),
        timeout=PATIENCE_MS,
    )
