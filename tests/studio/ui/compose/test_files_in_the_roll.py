"""Files dropped on the roll, and notes dragged out of it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from models.notes import Note
from studio.score.midi_file import read_midi, write_midi
from studio.score.score import Edit
from studio.ui.compose.drag_out import DragOut
from studio.ui.compose.roll_drops import RollDrops
from studio.ui.compose.score_view_model import ScoreViewModel
from tests.studio.audio.songs import BEAT, make_song

BAR = 4 * BEAT
PIXELS_PER_BEAT = 20


class Roll:
    def __init__(self, qtbot: QtBot) -> None:
        self.score = ScoreViewModel()
        self.widget = QWidget()
        qtbot.addWidget(self.widget)
        self.widget.resize(400, 200)
        self.drops = RollDrops(self.score, self.widget, lambda x: x / PIXELS_PER_BEAT * BEAT)
        self.said: list[str] = []
        self.drops.notice.connect(lambda level, text: self.said.append(text))

    def drop(self, path: Path, x: float) -> bool:
        """Whether it was taken."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        copy = Qt.DropAction.CopyAction
        enter = QDragEnterEvent(QPoint(int(x), 9), copy, data, left, none)
        enter.setAccepted(False)
        QApplication.sendEvent(self.widget, enter)
        if enter.isAccepted():
            QApplication.sendEvent(self.widget, QDropEvent(QPointF(x, 9), copy, data, left, none))
        return enter.isAccepted()


@pytest.fixture
def roll(qtbot: QtBot) -> Roll:
    return Roll(qtbot)


def test_a_midi_file_comes_to_the_bar_where_it_is_let_go(roll: Roll, tmp_path: Path) -> None:
    path = tmp_path / "riff.mid"
    write_midi(make_song([Note(0, 60, BEAT), Note(BEAT, 64, BEAT)]), path)
    assert roll.drop(path, 4.5 * PIXELS_PER_BEAT)
    notes = roll.score.score.notes
    assert [(n.start, n.pitch) for n in notes] == [(BAR, 60), (BAR + BEAT, 64)]
    assert roll.score.score.undo_label == "Insert riff.mid"
    assert set(roll.score.selection) == set(notes)
    roll.score.undo()
    assert len(roll.score.score) == 0


def test_a_sound_file_comes_as_the_notes_heard_in_it(
    qtbot: QtBot, roll: Roll, tmp_path: Path
) -> None:
    path = tmp_path / "hum.wav"
    t = np.arange(22_050) / 22_050
    tone = 0.3 * np.sin(2 * np.pi * 440 * t) * np.minimum(1, t / 0.01)
    soundfile.write(path, np.concatenate([tone, np.zeros(9000)]), 22_050)
    assert roll.drop(path, 4.5 * PIXELS_PER_BEAT)
    qtbot.waitUntil(lambda: len(roll.score.score) == 1, timeout=20_000)
    note = roll.score.score.notes[0]
    assert note.pitch == 69
    assert abs(note.start - BAR) < BEAT / 10
    assert "Listening to hum.wav" in roll.said[0]


def test_what_is_no_music_is_left_to_the_window(roll: Roll, tmp_path: Path) -> None:
    assert not roll.drop(tmp_path / "text.txt", 0)


@pytest.mark.parametrize("name", ["broken.mid", "broken.wav"])
def test_a_broken_file_is_told_and_nothing_changes(
    qtbot: QtBot, roll: Roll, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"no music")
    assert roll.drop(path, 0)
    qtbot.waitUntil(lambda: any("broken" in text for text in roll.said[-1:]), timeout=20_000)
    assert roll.score.score.undo_label is None


def test_silence_is_told(qtbot: QtBot, roll: Roll, tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    soundfile.write(path, np.zeros(22_050), 22_050)
    roll.drop(path, 0)
    qtbot.waitUntil(lambda: any("no notes were found" in text for text in roll.said))


def dragged(button: DragOut) -> list[Note] | None:
    data = button.mime_data()
    return None if data is None else read_midi(Path(data.urls()[0].toLocalFile())).score.notes


def test_the_selection_is_dragged_out_else_the_loop_else_all(qtbot: QtBot) -> None:
    score, loop = ScoreViewModel(), [None]
    button = DragOut(score, lambda: loop[0])
    qtbot.addWidget(button)
    assert dragged(button) is None
    notes = [Note(i * BAR, 60 + i, BEAT) for i in range(4)]
    score.request(Edit("Add", added=frozenset(notes)))
    assert [n.pitch for n in dragged(button) or ()] == [60, 61, 62, 63]
    loop[0] = (BAR, 3 * BAR)  # type: ignore[call-overload]
    assert [(n.start, n.pitch) for n in dragged(button) or ()] == [(0, 61), (BAR, 62)]
    score.select([notes[3]])
    assert [(n.start, n.pitch) for n in dragged(button) or ()] == [(0, 63)]
