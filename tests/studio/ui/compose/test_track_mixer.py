"""Volume and pan in a track's menu: each drag is one edit, and it shows what is so."""

import pytest
from pytestqt.qtbot import QtBot

import resources
from studio.score.track_sound import TrackSound, track_sound
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.track_menu import TrackMenu
from studio.ui.compose.track_mixer import TrackMixer


@pytest.fixture
def score() -> ScoreViewModel:
    made = ScoreViewModel()
    assert made.open(resources.path("demo", "song.mid"))
    return made


def test_sliders_are_one_edit_each(qtbot: QtBot, score: ScoreViewModel) -> None:
    mixer = TrackMixer(score, 1)
    qtbot.addWidget(mixer)
    before = track_sound(score.song, 1)
    assert (mixer.volume.value(), mixer.pan.value()) == (before.volume, before.pan)
    mixer.volume.setValue(40)
    mixer.pan.setValue(20)
    assert track_sound(score.song, 1) == TrackSound(40, 20)
    score.undo()
    assert track_sound(score.song, 1) == TrackSound(40, before.pan)
    score.undo()
    assert track_sound(score.song, 1) == before


def test_drums_have_them_too(qtbot: QtBot, score: ScoreViewModel) -> None:
    menu = TrackMenu(score, 4, lambda: None, None)  # type: ignore[arg-type]
    qtbot.addWidget(menu)
    menu.mixer.volume.setValue(33)
    assert track_sound(score.song, 4).volume == 33
