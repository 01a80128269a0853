"""Before and after in turn, against a transport that notes what it is given."""

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from studio.assistant.suggestion import Suggestion, Variations
from studio.score.score import Edit
from studio.score.song import Song
from studio.ui.compose.audition import Audition
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from tests.studio.ui.compose.fake_worker import Worker

BAR = 1920
FIRST, NEW = Note(0, 60, 480), Note(BAR + 480, 64, 240)
EVENTS = (EditEvent("remove", FIRST, 0.9), EditEvent("add", NEW, 0.4))


class Stage:
    def __init__(self) -> None:
        self.is_playing = False
        self.loop: tuple[int, int] | None = None
        self.heard: list[Song | None] = []

    def play_toggle(self) -> None:
        self.is_playing = not self.is_playing

    def set_loop(self, start: int | None, end: int | None = None) -> None:
        self.loop = None if start is None or end is None else (start, end)

    def play_instead(self, song: Song | None) -> None:
        self.heard.append(song)

    @property
    def notes(self) -> set[Note] | None:
        song = self.heard[-1]
        return None if song is None else set(song.score.notes)


@pytest.fixture
def score(qtbot: QtBot) -> ScoreViewModel:
    score = ScoreViewModel()
    score.request(Edit("Start", added=frozenset({FIRST})))
    return score


@pytest.fixture
def suggestions(score: ScoreViewModel) -> SuggestionViewModel:
    suggestions = SuggestionViewModel(score, Worker())  # type: ignore[arg-type]
    suggestions._show(Variations((Suggestion().with_events(EVENTS),)))
    suggestions._set_state("ready")
    return suggestions


def test_before_and_after_are_heard_in_turn_and_the_score_stays(
    score: ScoreViewModel, suggestions: SuggestionViewModel
) -> None:
    stage = Stage()
    audition = Audition(score, suggestions, stage)
    audition.toggle()
    assert (stage.notes, stage.is_playing, audition.is_after) == ({NEW}, True, True)
    assert stage.loop == (0, 2 * BAR), "around the proposals"
    assert set(score.score.notes) == {FIRST}
    audition.toggle()
    assert (stage.notes, stage.is_playing, audition.is_after) == (None, True, False)
    audition.toggle()
    assert stage.notes == {NEW}


def test_a_loop_that_is_set_and_music_that_plays_are_left_as_they_are(
    score: ScoreViewModel, suggestions: SuggestionViewModel
) -> None:
    stage = Stage()
    stage.loop, stage.is_playing = (0, 480), True
    audition = Audition(score, suggestions, stage)
    audition.toggle()
    assert (stage.loop, stage.is_playing, stage.notes) == ((0, 480), True, {NEW})
    suggestions.refuse()
    QCoreApplication.processEvents()
    assert stage.loop == (0, 480)


def test_what_is_toggled_meanwhile_is_heard_at_once(
    score: ScoreViewModel, suggestions: SuggestionViewModel
) -> None:
    stage = Stage()
    audition = Audition(score, suggestions, stage)
    audition.toggle()
    suggestions.toggle(0)
    QCoreApplication.processEvents()
    assert stage.notes == {FIRST, NEW}


@pytest.mark.parametrize("answer", ["accept", "refuse"])
def test_once_answered_the_score_itself_is_heard_and_our_loop_ends(
    score: ScoreViewModel, suggestions: SuggestionViewModel, answer: str
) -> None:
    stage = Stage()
    audition = Audition(score, suggestions, stage)
    audition.toggle()
    getattr(suggestions, answer)()
    QCoreApplication.processEvents()
    assert (stage.notes, stage.loop, audition.is_after) == (None, None, False)


def test_without_proposals_there_is_nothing_to_hear(
    score: ScoreViewModel, suggestions: SuggestionViewModel
) -> None:
    suggestions.refuse()
    stage = Stage()
    Audition(score, suggestions, stage).toggle()
    assert (stage.heard, stage.is_playing) == ([], False)
