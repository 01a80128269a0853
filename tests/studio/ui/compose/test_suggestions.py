"""The assistant's proposals, with a worker that answers when the test says so."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from models.notes import EditEvent, Note
from models.protocol import Conditions, Piece, edit_to_json
from studio.score.midi_file import midi_bytes
from studio.score.score import Edit
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from tests.studio.ui.compose.fake_worker import ADD, FIRST, NEW, REMOVE, SECOND, Worker


def test_the_worker_is_given_the_score_and_the_conditions(
    suggestions: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    suggestions.ask(Path("some/model"), Conditions(max_add=3, seed=9))
    asked = worker.asked[-1]
    assert (asked["do"], Path(asked["folder"])) == ("suggest", Path("some/model"))
    assert Conditions.from_json(asked["conditions"]) == Conditions(max_add=3, seed=9)
    assert Piece.from_json(asked["score"]) == score.song.to_piece()
    suggestions.ask_to_continue(Path("some/model"), Conditions(), 5)
    assert (worker.asked[-1]["do"], worker.asked[-1]["bars"]) == ("continue", 5)


def test_proposals_show_while_they_come_and_change_nothing(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    assert [ghost.event for ghost in proposed.ghosts] == [REMOVE, ADD]
    assert proposed.state == "working"
    assert set(score.score.notes) == {FIRST, SECOND}
    worker.reply("done", n_edits=2, seconds=0.1)
    assert proposed.state == "ready"


def test_many_replies_are_one_change(suggestions: SuggestionViewModel, worker: Worker) -> None:
    changes: list[int] = []
    suggestions.ask(Path("model"), Conditions(max_add=100))
    suggestions.changed.connect(lambda: changes.append(len(suggestions.ghosts)))
    worker.propose(*(EditEvent("add", Note(10 * i, 70, 5), 0.5) for i in range(100)))
    assert changes == [100]


def test_taken_proposals_are_one_undo_step(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    before = midi_bytes(score.song)
    worker.reply("done", n_edits=2, seconds=0.1)
    proposed.toggle(0)
    assert proposed.accept()
    assert set(score.score.notes) == {FIRST, SECOND, NEW}
    assert proposed.state == "idle"
    score.undo()
    assert midi_bytes(score.song) == before


def test_what_has_come_can_be_taken_while_the_rest_is_awaited(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    assert proposed.accept()
    assert set(score.score.notes) == {SECOND, NEW}
    assert worker.cancelled == [worker.asked[-1]["id"]]
    worker.propose(EditEvent("add", Note(0, 72, 480), 0.5))
    assert proposed.ghosts == ()


def test_refusing_leaves_the_score_as_it_was(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    before = midi_bytes(score.song)
    proposed.refuse()
    assert (proposed.ghosts, proposed.state) == ((), "idle")
    assert worker.cancelled == [worker.asked[-1]["id"]]
    assert midi_bytes(score.song) == before
    assert score.score.undo_label == "Start"


def test_a_cancelled_request_leaves_what_came_and_ignores_the_rest(
    proposed: SuggestionViewModel, worker: Worker
) -> None:
    proposed.cancel()
    assert worker.cancelled == [worker.asked[-1]["id"]]
    worker.propose(EditEvent("add", Note(0, 72, 480), 0.5))
    worker.reply("cancelled", n_edits=3)
    assert len(proposed.ghosts) == 2
    assert proposed.state == "ready"


def test_late_replies_to_an_earlier_request_are_passed_over(
    proposed: SuggestionViewModel, worker: Worker
) -> None:
    earlier = worker.asked[-1]["id"]
    proposed.ask(Path("model"), Conditions())
    worker.say(earlier, "edit", edit=edit_to_json(ADD, 480))
    worker.say(earlier, "cancelled", n_edits=3)
    worker.propose(REMOVE)
    assert [ghost.event for ghost in proposed.ghosts] == [REMOVE]
    assert proposed.state == "working"


def test_an_edit_meanwhile_drops_what_no_longer_fits_and_says_so(
    qtbot: QtBot, proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    with qtbot.waitSignal(proposed.notice) as told:
        score.request(Edit("Delete", removed=frozenset({FIRST})))
    assert [ghost.event for ghost in proposed.ghosts] == [ADD]
    assert "1 of the proposed edits no longer fit" in told.args[1]
    assert proposed.state == "working"
    worker.propose(EditEvent("add", SECOND, 0.5))  # what the model can't know: it is there
    worker.reply("done", n_edits=3, seconds=0.1)
    assert (proposed.state, proposed.n_dropped) == ("stale", 2)
    assert proposed.accept()
    assert set(score.score.notes) == {SECOND, NEW}


def test_a_proposal_of_which_nothing_fits_any_more_is_stale_and_not_ready(
    proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    worker.reply("done", n_edits=2, seconds=0.1)
    score.request(Edit("Mine", frozenset({FIRST}), frozenset({NEW})))
    assert (proposed.ghosts, proposed.state) == ((), "stale")
    proposed.ask(Path("model"), Conditions())
    assert (proposed.state, proposed.n_dropped) == ("working", 0)


def test_a_failure_is_told_with_its_reason_and_what_came_can_be_taken(
    qtbot: QtBot, proposed: SuggestionViewModel, score: ScoreViewModel, worker: Worker
) -> None:
    with qtbot.waitSignal(proposed.notice) as told:
        worker.reply("error", message="The model process stopped.")
    assert told.args == ["error", "The model process stopped."]
    assert proposed.state == "failed"
    assert proposed.accept()
    assert set(score.score.notes) == {SECOND, NEW}


def test_a_worker_that_has_failed_is_started_again_when_asked(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    worker.failure = "The model process can't be started: no room"
    worker.become("failed")
    assert (suggestions.model.state, suggestions.model.failure) == ("failed", worker.failure)
    suggestions.ask(Path("model"), Conditions())
    assert worker.n_starts == 1
    assert suggestions.state == "working"
    worker.propose(ADD)
    worker.reply("done", n_edits=1, seconds=0.1)
    assert suggestions.state == "ready"


def test_an_answer_that_comes_at_once_is_not_missed(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    worker.start = lambda: None  # type: ignore[method-assign]
    worker.failure = "no room"
    worker.become("failed")
    suggestions.ask(Path("model"), Conditions())
    QCoreApplication.processEvents()
    assert (suggestions.state, suggestions.failure) == ("failed", "no room")


def test_a_model_is_loading_until_it_is_there_or_refused(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    model = suggestions.model
    assert model.state == "none"
    worker.become("starting")
    model.load(Path("model"))
    assert model.state == "starting"
    worker.become("ready")
    assert model.state == "loading"
    worker.load()
    assert model.state == "ready"
    model.load(Path("other"))
    worker.load("error", message="other: this model can't be used: wrong hash.")
    assert (model.state, "wrong hash" in model.failure) == ("failed", True)


def test_a_worker_that_was_started_again_loads_the_model_again(
    suggestions: SuggestionViewModel, worker: Worker
) -> None:
    suggestions.model.load(Path("model"))
    worker.load()
    worker.become("starting")
    assert suggestions.model.state == "starting"
    worker.become("ready")
    assert len(worker.loads) == 2
    assert suggestions.model.state == "loading"


def test_another_song_drops_the_proposals(
    proposed: SuggestionViewModel, score: ScoreViewModel
) -> None:
    score.new_song()
    assert proposed.ghosts == ()
    assert proposed.state == "idle"
