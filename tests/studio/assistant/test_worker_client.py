"""The real worker process, and toy workers that fail as real ones might."""

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import resources
from models.notes import Note
from models.protocol import Conditions, Message, Piece
from studio.assistant.worker_client import MAX_QUICK_DEATHS, WorkerClient

WAIT_S = 60
ECHO = """
import sys
from models.protocol import Message, read_message, write_message
while (m := read_message(sys.stdin.buffer)) is not None:
    event = {"ping": "pong", "hang": None}.get(m.body["do"], "done")
    if event:
        write_message(sys.stdout.buffer, Message({"id": m.body["id"], "event": event}))
"""
SCALE = Piece(
    480, tuple(Note(240 * i, 60 + p, 240) for i, p in enumerate([0, 2, 4, 5, 7, 9, 11] * 4))
)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def echo() -> Iterator[WorkerClient]:
    client = WorkerClient([sys.executable, "-c", ECHO])
    client.start()
    yield client
    client.close()


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerClient]:
    client = WorkerClient()
    client.start()
    yield client
    client.close()


def ask(
    client: WorkerClient, body: dict[str, object], samples: np.ndarray | None = None
) -> list[dict]:
    """All the replies to a request."""
    replies: queue.SimpleQueue[dict] = queue.SimpleQueue()
    client.submit(body, lambda message: replies.put(message.body), samples)
    found = [replies.get(timeout=WAIT_S)]
    while found[-1]["event"] == "edit":
        found.append(replies.get(timeout=WAIT_S))
    return found


def suggestion(**conditions: object) -> dict[str, object]:
    folder = resources.path("models", "ar-cnn")
    wanted = Conditions(**conditions).to_json()  # type: ignore[arg-type]
    return {"do": "suggest", "folder": str(folder), "score": SCALE.to_json(), "conditions": wanted}


def test_the_real_worker_proposes_edits_within_the_caps(worker: WorkerClient) -> None:
    *edits, last = ask(worker, suggestion(max_add=3, max_remove=2, seed=5))
    assert last["event"] == "done"
    assert last["n_edits"] == len(edits)
    actions = [edit["edit"]["action"] for edit in edits]
    assert len(actions) > 0
    assert actions.count("add") <= 3
    assert actions.count("remove") <= 2
    again = ask(worker, suggestion(max_add=3, max_remove=2, seed=5))
    assert [e["edit"] for e in again[:-1]] == [e["edit"] for e in edits]


def test_a_suggestion_is_cancelled_between_two_events(worker: WorkerClient) -> None:
    replies: list[str] = []
    ended = threading.Event()
    number = 0

    def on_reply(message: Message) -> None:
        replies.append(message.body["event"])
        if replies[-1] == "edit":
            worker.cancel(message.body["id"])
        else:
            ended.set()

    number = worker.submit(suggestion(max_add=150, max_remove=0, iterations=1000), on_reply)
    assert number
    assert ended.wait(WAIT_S)
    assert replies[-1] == "cancelled"
    assert ask(worker, {"do": "ping"})[0]["event"] == "pong"


@pytest.mark.parametrize(
    "body",
    [
        {"do": "dance"},
        {"do": "suggest"},
        {"do": "load", "folder": "/no/such/model"},
        {"do": "classify", "folder": str(resources.path("models", "ar-cnn")), "sample_rate": 8000},
        {**suggestion(), "score": {"notes": [[0, 300, 1, 1, 0]]}},
        {**suggestion(), "conditions": {"mood": "sad"}},
    ],
)
def test_a_bad_request_is_answered_and_the_worker_lives(
    worker: WorkerClient, body: dict[str, object]
) -> None:
    (reply,) = ask(worker, body)
    assert reply["event"] == "error"
    assert "Traceback" not in reply["message"]
    assert ask(worker, {"do": "ping"})[0]["event"] == "pong"


def test_a_killed_worker_is_told_and_started_again(echo: WorkerClient) -> None:
    until(lambda: echo.state == "ready")
    replies: queue.SimpleQueue[dict] = queue.SimpleQueue()
    echo.submit({"do": "hang"}, lambda message: replies.put(message.body))
    process = echo._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    reply = replies.get(timeout=WAIT_S)
    assert reply["event"] == "error"
    assert "ask again" in reply["message"]
    until(lambda: echo.state == "ready" and echo._process is not process)
    assert ask(echo, {"do": "anything"})[0]["event"] == "done"


def test_a_worker_that_can_not_start_fails_with_its_own_words() -> None:
    client = WorkerClient([sys.executable, "-c", "raise SystemExit('no room for a model')"])
    states: list[str] = []
    client.on_state = states.append
    client.start()
    until(lambda: client.state == "failed")
    assert "no room for a model" in client.failure
    assert states.count("starting") == 1
    assert client._quick_deaths == MAX_QUICK_DEATHS
    (reply,) = ask(client, {"do": "ping"})
    assert reply["event"] == "error"
    client.close()


def test_close_leaves_no_process_and_no_thread() -> None:
    before = threading.active_count()
    client = WorkerClient([sys.executable, "-c", ECHO])
    client.start()
    until(lambda: client.state == "ready")
    process = client._process
    client.close()
    assert process is not None
    assert process.poll() is not None
    until(lambda: threading.active_count() <= before)


def test_what_a_library_prints_does_not_break_the_pipe() -> None:
    program = (
        "import sys; from studio.commands import worker; import models.serve as s;"
        "s.serve = lambda i, o: (print('noise'), s.Server(i, o).run()); worker.run(None)"
    )
    client = WorkerClient([sys.executable, "-c", program])
    client.start()
    assert ask(client, {"do": "ping"})[0]["event"] == "pong"
    client.close()
