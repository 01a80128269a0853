from hypothesis import given, settings
from hypothesis import strategies as st

from models.notes import EditEvent, Note
from studio.assistant.suggestion import Suggestion
from studio.score.score import Score

SCORE = [Note(480 * beat, pitch, 480) for beat in range(4) for pitch in (60, 64)]
REMOVALS = [EditEvent("remove", note, 0.5) for note in SCORE]
ADDITIONS = [EditEvent("add", Note(480 * beat, 67, 240), 0.5) for beat in range(4)]
EVENTS = [*REMOVALS, *ADDITIONS]


@settings(deadline=None)
@given(st.lists(st.integers(0, len(EVENTS) - 1), max_size=20))
def test_only_what_is_taken_is_made_and_one_undo_takes_it_back(toggled: list[int]) -> None:
    suggestion = Suggestion().with_events(EVENTS)
    for index in toggled:
        suggestion = suggestion.toggled(index)
    taken = {e for i, e in enumerate(EVENTS) if toggled.count(i) % 2 == 0}
    assert suggestion.n_accepted == len(taken)
    score = Score(SCORE)
    score.apply(suggestion.edit("Accept"))
    gone = {e.note for e in taken if e.action == "remove"}
    come = {e.note for e in taken if e.action == "add"}
    assert set(score.notes) == (set(SCORE) - gone) | come
    score.undo()
    assert score.notes == sorted(SCORE)


def test_what_no_longer_fits_the_score_falls_away() -> None:
    suggestion = Suggestion().with_events(EVENTS).toggled(1)
    edited = (set(SCORE) - {SCORE[0]}) | {ADDITIONS[0].note}
    kept = suggestion.fitting(lambda e: (e.note in edited) == (e.action == "remove"))
    assert kept.n_dropped == 2
    assert [ghost.event for ghost in kept.ghosts] == [*REMOVALS[1:], *ADDITIONS[1:]]
    assert [ghost.is_accepted for ghost in kept.ghosts][:2] == [False, True]


def test_all_and_none() -> None:
    suggestion = Suggestion().with_events(EVENTS)
    assert suggestion.with_all(False).n_accepted == 0
    assert not suggestion.with_all(False).edit("Accept")
    assert suggestion.with_all(False).with_all(True) == suggestion
