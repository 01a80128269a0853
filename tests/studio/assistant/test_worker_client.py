"""The real worker process, and toy workers that fail as real ones might."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.assistant import pulse, worker_client
from studio.assistant.worker_client import CLOSED, WorkerClient
from tests.models.tiny_score_model import write_score_model
from tests.studio.assistant.worker_replies import WAIT_S, Replies, ask, suggestion, until

ECHO = """
import sys
from models.protocol import Message, read_message, write_message
while (m := read_message(sys.stdin.buffer)) is not None:
    event = {"ping": "pong", "hang": "edit"}.get(m.body["do"], "done")
    if m.body["do"] != "cancel":
        write_message(sys.stdout.buffer, Message({"id": m.body["id"], "event": event}))
"""
DUMB = "import time; time.sleep(1000)"  # reads nothing, says nothing, does not end by itself
DEAF = f"""
import sys, time
from models.protocol import Message, read_message, write_message
number = read_message(sys.stdin.buffer).body["id"]
write_message(sys.stdout.buffer, Message({{"id": number, "event": "pong"}}))
{DUMB}
"""


def started(program: str) -> WorkerClient:
    client = WorkerClient([sys.executable, "-c", program])
    client.start()
    return client


@pytest.fixture
def echo() -> Iterator[WorkerClient]:
    client = started(ECHO)
    yield client
    client.close()


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerClient]:
    client = WorkerClient()
    client.start()
    yield client
    client.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_score_model(tmp_path_factory.mktemp("models") / "tiny")


def endless(folder: Path) -> dict[str, Any]:
    return suggestion(folder, max_add=10_000, max_remove=0, iterations=10_000)


def test_the_real_worker_proposes_edits_within_the_caps(worker: WorkerClient, folder: Path) -> None:
    *edits, last = ask(worker, suggestion(folder, max_add=3, max_remove=2, seed=5))
    assert last["event"] == "done"
    actions = [edit["edit"]["action"] for edit in edits]
    assert len(actions) == last["n_edits"] > 0
    assert actions.count("add") <= 3
    assert actions.count("remove") <= 2
    again = ask(worker, lambda: suggestion(folder, max_add=3, max_remove=2, seed=5))
    assert [e["edit"] for e in again[:-1]] == [e["edit"] for e in edits]


def test_a_suggestion_is_cancelled_between_two_events(worker: WorkerClient, folder: Path) -> None:
    replies = Replies()
    number = worker.submit(endless(folder), replies)
    assert replies.next()["event"] == "edit"
    worker.cancel(number)
    assert replies.all()[-1]["event"] == "cancelled"
    assert ask(worker, {"do": "ping"})[0]["event"] == "pong"


@pytest.mark.parametrize(
    "change",
    [
        {"do": "dance"},
        {"score": None},
        {"do": "load", "folder": "/no/such/model"},
        {"do": "classify", "sample_rate": 8000},
        {"score": {"notes": [[0, 300, 1, 1, 0]]}},
        {"conditions": {"mood": "sad"}},
    ],
)
def test_a_bad_request_is_answered_and_the_worker_lives(
    worker: WorkerClient, folder: Path, change: dict[str, Any]
) -> None:
    *_, reply = ask(worker, suggestion(folder) | change)
    assert reply["event"] == "error"
    assert "Traceback" not in reply["message"]
    assert ask(worker, {"do": "ping"})[0]["event"] == "pong"


def test_a_request_that_can_not_be_written_is_answered(echo: WorkerClient) -> None:
    (reply,) = ask(echo, {"do": "anything", "what": object()})
    assert reply["event"] == "error"
    (reply,) = ask(echo, lambda: {}["no such key"])
    assert reply["event"] == "error"
    assert ask(echo, {"do": "anything"})[0]["event"] == "done"


def test_a_worker_killed_in_mid_suggestion_is_told_and_started_again(
    worker: WorkerClient, folder: Path
) -> None:
    replies = Replies()
    worker.submit(endless(folder), replies)
    assert replies.next()["event"] == "edit"
    before = worker.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    last = replies.all()[-1]
    assert last["event"] == "error"
    assert "ask again" in last["message"]
    *edits, last = ask(worker, suggestion(folder, max_add=1, max_remove=1))
    assert last["event"] == "done"
    assert edits
    assert worker.pid not in (None, before)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't stop a process by a signal")
def test_a_worker_that_hangs_is_told_and_goes_on_if_it_can(
    worker: WorkerClient, folder: Path
) -> None:
    replies = Replies()
    number = worker.submit(endless(folder), replies)
    assert replies.next()["event"] == "edit"
    before = worker.pid
    assert before is not None
    os.kill(before, signal.SIGSTOP)
    until(lambda: worker.state == "silent")
    os.kill(before, signal.SIGCONT)
    until(lambda: worker.state == "ready")
    worker.cancel(number)
    assert replies.all()[-1]["event"] == "cancelled"
    assert worker.pid == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't stop a process by a signal")
def test_a_worker_that_hangs_for_long_is_started_again(
    worker: WorkerClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = Replies()
    worker.submit(endless(folder), replies)
    assert replies.next()["event"] == "edit"
    before = worker.pid
    assert before is not None
    os.kill(before, signal.SIGSTOP)
    monkeypatch.setattr(pulse, "HUNG_S", pulse.SILENT_S)
    last = replies.all()[-1]
    assert last["event"] == "error"
    assert "ask again" in last["message"]
    monkeypatch.undo()
    assert ask(worker, suggestion(folder, max_add=1, max_remove=0))[-1]["event"] == "done"
    assert worker.pid not in (None, before)


def test_requests_made_before_there_is_a_process_wait_for_it() -> None:
    client = WorkerClient([sys.executable, "-c", ECHO])
    replies = Replies()
    client.submit({"do": "anything"}, replies)
    client.start()
    assert replies.next()["event"] == "done"
    client.close()


def test_a_listener_that_fails_does_not_silence_the_others(echo: WorkerClient) -> None:
    def fail(value: object) -> None:
        raise RuntimeError(value)

    echo.on_state = fail
    echo.submit({"do": "anything"}, fail)
    assert ask(echo, {"do": "anything"})[0]["event"] == "done"


def test_a_worker_that_can_not_start_fails_with_its_own_words(tmp_path: Path) -> None:
    is_well = tmp_path / "well"
    client = WorkerClient(
        [sys.executable, "-c", f"import os\nif not os.path.exists({str(is_well)!r}):\n"
         f" raise SystemExit('no room for a model')\n{ECHO}"]
    )  # fmt: skip
    replies = Replies()
    states: list[str] = []
    client.on_state = states.append
    client.submit({"do": "anything"}, replies)
    client.start()
    assert "no room for a model" in replies.next()["message"]
    until(lambda: client.state == "failed")
    assert "no room for a model" in client.failure
    assert states == ["starting", "failed"]
    (reply,) = ask(client, {"do": "anything"})
    assert reply["event"] == "error"
    is_well.touch()
    client.start()
    assert ask(client, {"do": "anything"})[0]["event"] == "done"
    assert client.failure == ""
    client.close()


def test_a_worker_that_dies_each_time_it_is_asked_is_given_up() -> None:
    burn = "    if m.body['do'] == 'burn': sys.exit('burnt out')\n    event ="
    client = started(ECHO.replace("    event =", burn))
    told = [ask(client, {"do": "burn"})[0]["message"] for _ in range(3)]
    assert all("ask again" in text for text in told[:2])
    until(lambda: client.state == "failed")
    assert "burnt out" in client.failure
    client.close()


def test_a_program_that_is_not_there_fails_at_once() -> None:
    client = WorkerClient(["/no/such/program"])
    client.start()
    until(lambda: client.state == "failed")
    assert "/no/such/program" in client.failure
    client.close()


def test_a_worker_that_talks_nonsense_is_given_up() -> None:
    client = started("import sys; sys.stdout.write('welcome to my library'); sys.stdout.flush()")
    until(lambda: client.state == "failed")
    client.close()


@pytest.mark.parametrize("program", [ECHO, DUMB, DEAF])
def test_close_leaves_no_process_no_thread_and_no_request(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_client, "CLOSE_TIMEOUT_S", 0.4)
    before = threading.active_count()
    client = started(program)
    replies = Replies()
    big = {"do": "hang", "text": "x" * (1 << 20)}  # more than a pipe holds
    client.submit(big, replies)
    until(lambda: client.pid is not None)
    pid = client.pid
    assert pid is not None
    client.close()
    assert client.state == "stopped"
    assert replies.all()[-1] == {"id": 1, "event": "error", "message": CLOSED}
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert threading.active_count() <= before
    (reply,) = ask(client, {"do": "anything"})
    assert reply["message"] == CLOSED


def test_asking_never_waits_for_the_worker() -> None:
    client = started(DEAF)
    ended = threading.Event()

    def ask_much() -> None:
        for _ in range(8):  # together more than a pipe holds
            client.submit({"do": "hang", "text": "x" * (1 << 16)}, lambda message: None)
        ended.set()

    thread = threading.Thread(target=ask_much)
    thread.start()
    assert ended.wait(WAIT_S), "submit waits for a worker that does not read"
    thread.join()
    client.close()


def test_a_worker_dies_with_its_application() -> None:
    application = (
        "import time\n"
        "from studio.assistant.worker_client import WorkerClient\n"
        "client = WorkerClient()\n"
        "client.start()\n"
        "while client.state != 'ready': time.sleep(0.01)\n"
        "print(client.pid, flush=True)\n"
        "time.sleep(1000)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", application], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        pid = int(process.stdout.readline())
    os.kill(pid, 0)
    process.kill()
    process.wait()
    until(lambda: not is_alive(pid))


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped, by whoever, does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_what_a_library_prints_does_not_break_the_pipe() -> None:
    client = started(
        "import os, sys; from studio.commands import worker; import models.serve as s;"
        "s.serve = lambda i, o: (print('noise'), os.write(1, b'more'), s.Server(i, o).run());"
        "worker.run(None)"
    )
    assert ask(client, {"do": "ping"})[0]["event"] == "pong"
    client.close()


def test_the_folder_one_is_in_is_not_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("models", "numpy", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a trap')")
    monkeypatch.chdir(tmp_path)
    client = WorkerClient()
    client.start()
    assert ask(client, {"do": "ping"})[0]["event"] == "pong"
    client.close()


def test_the_replies_of_many_threads_go_where_they_belong(echo: WorkerClient) -> None:
    found: list[tuple[int, int]] = []

    def ask_often() -> None:
        for _ in range(20):
            replies = Replies()
            number = echo.submit({"do": "anything"}, replies)
            found.append((number, replies.next()["id"]))

    threads = [threading.Thread(target=ask_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert all(asked == answered for asked, answered in found)
