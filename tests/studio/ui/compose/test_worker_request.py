"""A request to the worker: what comes of one that was given up is passed over."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot

from models.protocol import Conditions, edit_to_json
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.worker_request import Request, WorkerRequest
from tests.studio.ui.compose.fake_worker import ADD, REMOVE, Worker

ASKED = Request(Path("model"), Conditions())


def started(score: ScoreViewModel, worker: Worker, parent: QObject) -> WorkerRequest:
    request = WorkerRequest(score, worker, parent)  # type: ignore[arg-type]
    request.submit(ASKED, 7, ())
    return request


def answer(worker: Worker, number: int) -> None:
    """Edits and the end of a request, all in one batch."""
    for event in (REMOVE, ADD):
        worker.say(number, "edit", edit=edit_to_json(event, 480))
    worker.say(number, "done", n_edits=2, seconds=0.1)
    QCoreApplication.processEvents()


def test_edits_come_before_the_end_and_then_nothing_is_under_way(
    qtbot: QtBot, score: ScoreViewModel, worker: Worker
) -> None:
    parent, told = QObject(), []
    request = started(score, worker, parent)
    request.arrived.connect(lambda events: told.append(events))
    request.ended.connect(lambda body: told.append((body["event"], request.is_under_way)))
    assert request.is_under_way
    answer(worker, 1)
    assert told == [[REMOVE, ADD], ("done", False)]
    assert not request.cancel()
    assert worker.cancelled == []


def test_given_up_while_its_edits_arrive_it_does_not_end(
    qtbot: QtBot, score: ScoreViewModel, worker: Worker
) -> None:
    parent, ends = QObject(), []
    request = started(score, worker, parent)
    request.arrived.connect(lambda _: request.cancel())
    request.ended.connect(ends.append)
    answer(worker, 1)
    assert (ends, worker.cancelled) == ([], [1])


def test_only_the_last_request_is_listened_to(
    qtbot: QtBot, score: ScoreViewModel, worker: Worker
) -> None:
    parent, ends = QObject(), []
    request = started(score, worker, parent)
    request.ended.connect(lambda body: ends.append(body["id"]))
    request.cancel()
    request.submit(ASKED, 8, ())
    answer(worker, 1)
    assert (ends, request.is_under_way) == ([], True)
    answer(worker, 2)
    assert ends == [2]
    assert [asked["conditions"]["seed"] for asked in worker.asked] == [7, 8]
