"""The worker's loop, spoken to over pipes as the application does."""

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.inference.score import load
from models.networks.ar_cnn import ArCnn
from models.notes import Note
from models.protocol import (
    Conditions,
    Message,
    Piece,
    edit_from_json,
    read_message,
    write_message,
)
from models.serve import Server, serve
from models.warm_models import MAX_MODELS
from tests.models.genre_sounds import RATE, beeps, write_model
from tests.models.tiny_score_model import TUNE, write_score_model

LAST = {"pong", "loaded", "genre", "expected", "done", "cancelled", "error"}


class Worker:
    """A server in a thread, and the application's ends of its two pipes."""

    def __init__(self) -> None:
        (stdin, self.stdin_fd), (self.stdout_fd, stdout) = os.pipe(), os.pipe()
        self.stdin = os.fdopen(self.stdin_fd, "wb")
        self.stdout = os.fdopen(self.stdout_fd, "rb")
        self._ends = os.fdopen(stdin, "rb"), os.fdopen(stdout, "wb")
        self.thread = threading.Thread(target=serve, args=self._ends)
        self.thread.start()

    def send(self, body: dict[str, Any], samples: Any = None) -> None:
        write_message(self.stdin, Message(body, samples))

    def reply(self) -> dict[str, Any]:
        message = read_message(self.stdout)
        assert message is not None
        return message.body

    def replies(self, number: object) -> list[dict[str, Any]]:
        """All the replies to a request, which are the next ones."""
        found = [self.reply()]
        while found[-1]["event"] not in LAST:
            found.append(self.reply())
        assert {body["id"] for body in found} == {number}
        return found

    def close(self) -> None:
        self.stdin.close()
        self.thread.join(60)
        assert not self.thread.is_alive()
        self.stdout.close()
        for end in self._ends:
            with contextlib.suppress(BrokenPipeError):
                end.close()


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_score_model(tmp_path_factory.mktemp("models") / "tiny")


def suggestion(folder: Path, number: int = 1, **conditions: Any) -> dict[str, Any]:
    return {
        "id": number,
        "do": "suggest",
        "folder": str(folder),
        "score": TUNE.to_json(),
        "conditions": Conditions(**conditions).to_json(),
    }


def test_the_events_of_the_model_arrive_one_by_one(worker: Worker, folder: Path) -> None:
    worker.send(suggestion(folder, max_add=5, max_remove=3, seed=2))
    *edits, last = worker.replies(1)
    conditions = Conditions(max_add=5, max_remove=3, seed=2)
    expected = list(load(folder).suggest(TUNE, conditions))
    assert len(expected) > 1
    assert [edit_from_json(edit["edit"], 480) for edit in edits] == expected
    assert (last["event"], last["n_edits"]) == ("done", len(expected))


def test_a_sign_of_life_is_given_in_the_middle_of_work(worker: Worker, folder: Path) -> None:
    worker.send(suggestion(folder, max_add=64, max_remove=32, iterations=1000))
    assert worker.reply()["event"] == "edit"
    worker.send({"id": 0, "do": "pulse"})
    found = [worker.reply()]
    while found[-1]["event"] == "edit":
        found.append(worker.reply())
    assert (found[-1]["id"], found[-1]["event"]) == (0, "pulse")  # and not after the last edit
    worker.send({"do": "cancel", "target": 1})
    worker.replies(1)


def test_new_bars_come_after_the_end(worker: Worker, folder: Path) -> None:
    worker.send({**suggestion(folder, max_add=50), "do": "continue", "bars": 2})
    *edits, last = worker.replies(1)
    assert last["event"] == "done"
    starts = [edit_from_json(edit["edit"], 480).note.start for edit in edits]
    assert starts
    assert min(starts) >= TUNE.end
    assert max(starts) < TUNE.end + 2 * 4 * 480


def test_a_cancel_is_seen_between_two_events(worker: Worker, folder: Path) -> None:
    worker.send(suggestion(folder, max_add=64, max_remove=32, iterations=1000))
    assert worker.reply()["event"] == "edit"
    worker.send({"do": "cancel", "target": 1})
    *edits, last = worker.replies(1)
    assert last["event"] == "cancelled"
    assert last["n_edits"] == len(edits) + 1 < 96


def test_what_the_model_expects_is_told_even_while_it_suggests(
    worker: Worker, folder: Path
) -> None:
    worker.send(suggestion(folder, max_add=64, max_remove=32, iterations=1000))
    assert worker.reply()["event"] == "edit"
    look = {"do": "expect", "score": TUNE.to_json(), "start_tick": 0, "end_tick": 1920}
    worker.send({"id": 2, "folder": str(folder), **look})
    replies = [worker.reply()]
    while replies[-1]["event"] != "done":
        replies.append(worker.reply())
    (told,) = (body for body in replies if body["id"] == 2)
    assert told["event"] == "expected"
    seen, missed = load(folder).expectation.look(TUNE, 0, 1920)
    assert [TUNE.notes[row[0]] for row in told["notes"]] == [row.note for row in seen]
    assert [row[1] for row in told["notes"]] == pytest.approx([row.likelihood for row in seen])
    assert [row[:2] for row in told["missed"]] == [[m.start, m.pitch] for m in missed]
    assert replies[-1]["n_edits"] == 96, "the suggestion goes on as if nothing had been asked"


def test_a_cancel_is_seen_before_the_first_event_of_a_long_piece(
    worker: Worker, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece of hundreds of bars takes many passes before anything can be proposed."""
    begun, cancelled, passes = threading.Event(), threading.Event(), []
    forward, take = ArCnn.forward, Server._take

    def slow(network: ArCnn, *values: Any) -> Any:
        passes.append(1)
        begun.set()
        assert cancelled.wait(60)
        return forward(network, *values)

    def told(server: Server, message: Message) -> None:
        take(server, message)
        if message.body["do"] == "cancel":
            cancelled.set()

    monkeypatch.setattr(ArCnn, "forward", slow)
    monkeypatch.setattr(Server, "_take", told)
    piece = Piece(480, tuple(Note(1920 * bar, 60, 480) for bar in range(400)))
    worker.send({**suggestion(folder), "score": piece.to_json()})
    assert begun.wait(60)
    worker.send({"do": "cancel", "target": 1})
    assert worker.replies(1) == [{"id": 1, "event": "cancelled", "n_edits": 0}]
    assert len(passes) == 1
    worker.send(suggestion(folder, 2, max_add=1, max_remove=0))
    assert worker.replies(2)[-1]["event"] == "done"


def test_a_cancelled_request_that_still_waits_is_not_begun(worker: Worker, folder: Path) -> None:
    worker.send(suggestion(folder, 1))
    worker.send(suggestion(folder, 2))
    worker.send({"do": "cancel", "target": 2})
    assert worker.replies(1)[-1]["event"] == "done"
    assert worker.replies(2) == [{"id": 2, "event": "cancelled", "n_edits": 0}]


@pytest.mark.parametrize("target", [1, None, "1", [], 1.5, True])
def test_a_cancel_of_nothing_does_nothing(worker: Worker, folder: Path, target: Any) -> None:
    worker.send({"do": "cancel", "target": target})
    worker.send({"id": 1, "do": "ping"})
    assert worker.replies(1) == [{"id": 1, "event": "pong"}]


def test_a_model_is_loaded_once_and_again_when_its_folder_is_another(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[Path] = []
    monkeypatch.setattr("models.inference.score.load", lambda at: (loads.append(at), load(at))[1])
    folder = write_score_model(tmp_path / "model")
    for number in (1, 2):
        worker.send({"id": number, "do": "load", "folder": str(folder)})
        *steps, reply = worker.replies(number)
        assert [step["step"] for step in steps] == ["reading the weights", "warming up"]
        assert reply["event"] == "loaded"
        assert reply["card"]["architecture"] == "ar-cnn"
    assert loads == [folder]
    write_score_model(folder, seed=4)
    worker.send({"id": 3, "do": "load", "folder": str(folder)})
    worker.replies(3)
    assert loads == [folder, folder]
    for index in range(MAX_MODELS):  # the least used gives way
        another = write_score_model(tmp_path / f"model-{index}")
        worker.send({"id": 4, "do": "load", "folder": str(another)})
        worker.replies(4)
    worker.send({"id": 5, "do": "load", "folder": str(folder)})
    worker.replies(5)
    assert loads.count(folder) == 3


def test_sound_is_named(worker: Worker, tmp_path: Path) -> None:
    folder = write_model(tmp_path / "genre")
    sound = beeps(1.0, seed=0)
    request = {"do": "classify", "folder": str(folder), "sample_rate": RATE, "position": 77}
    worker.send({**request, "id": 1}, sound)
    (reply,) = worker.replies(1)
    assert reply["event"] == "genre"
    assert reply["position"] == 77
    assert len(reply["labels"]) == len(reply["probabilities"])
    assert sum(reply["probabilities"]) == pytest.approx(1, abs=1e-5)
    worker.send({**request, "id": 2})
    assert worker.replies(2)[0]["event"] == "error"


def test_models_of_the_wrong_kind_are_told_apart(
    worker: Worker, folder: Path, tmp_path: Path
) -> None:
    genre = write_model(tmp_path / "genre")
    worker.send(suggestion(genre, 1))
    assert "genre model" in worker.replies(1)[0]["message"]
    worker.send({"id": 2, "do": "classify", "folder": str(folder), "sample_rate": RATE})
    assert "genre model" in worker.replies(2)[0]["message"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def odd(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Changes of some of the values under `names`."""
    return st.dictionaries(st.sampled_from(names), values, max_size=2)


@pytest.fixture(scope="module")
def one_worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    what=st.sampled_from(["suggest", "continue", "expect", "load", "classify", "dance"]),
    body=odd(["folder", "score", "conditions", "bars", "sample_rate", "end_tick"]),
    score=odd(["ticks_per_beat", "tracks", "tempo", "time_signatures", "key_signatures"]),
    conditions=odd(["temperature", "tracks", "locked", "key", "pitch_min", "mood"]),
)
def test_whatever_is_asked_gets_one_last_reply_and_the_worker_lives(
    one_worker: Worker,
    folder: Path,
    what: str,
    body: dict[str, Any],
    score: dict[str, Any],
    conditions: dict[str, Any],
) -> None:
    request = suggestion(folder, 7, max_add=1, max_remove=1, iterations=1)
    request["score"] |= score
    request["conditions"] |= conditions
    more = {"do": what, "bars": 1, "start_tick": 0, "end_tick": 1920}
    one_worker.send(request | more | body)
    last = one_worker.replies(7)[-1]
    assert last["event"] in {"done", "loaded", "expected", "error"}
    assert last["event"] != "error" or "Traceback" not in last["message"]
    one_worker.send({"id": 8, "do": "ping"})
    assert one_worker.replies(8) == [{"id": 8, "event": "pong"}]


@pytest.mark.parametrize("number", [None, "1", 1.5, True, [1]])
def test_a_request_needs_a_number(worker: Worker, number: Any) -> None:
    worker.send({"id": number, "do": "ping"})
    assert worker.reply() == {
        "id": number,
        "event": "error",
        "message": "The request has no number.",
    }
    worker.send({"id": 1, "do": "ping"})
    assert worker.replies(1)[0]["event"] == "pong"


@pytest.mark.parametrize("junk", [b"\0" * 7, b"\xff" * 8, b"\3\0\0\0\0\0\0\0[1]"])
def test_what_is_no_message_is_answered_and_ends_the_worker(worker: Worker, junk: bytes) -> None:
    worker.stdin.write(junk)
    worker.stdin.close()
    reply = worker.reply()
    assert (reply["id"], reply["event"]) == (None, "error")
    worker.thread.join(60)
    assert not worker.thread.is_alive()


def test_the_worker_ends_in_mid_suggestion_when_the_application_goes(
    worker: Worker, folder: Path
) -> None:
    worker.send(suggestion(folder, max_add=10_000, max_remove=0, iterations=10_000))
    assert worker.reply()["event"] == "edit"
    worker.close()  # joins


def test_the_worker_ends_when_nobody_hears_it(worker: Worker, folder: Path) -> None:
    worker.stdout.close()
    worker.send(suggestion(folder, max_add=10_000, max_remove=0, iterations=10_000))
    worker.thread.join(60)
    assert not worker.thread.is_alive()
