"""That an attempt to reach a network is seen; the tour's test shows that Studio makes none."""

import sys
from pathlib import Path

import pytest

from tests.no_network import run_without_network

ATTEMPTS = {
    "tcp": "socket.create_connection(('192.0.2.1', 80), 1)",
    "udp": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "loopback": "socket.create_connection(('127.0.0.1', 80), 1)",
    "name": "socket.getaddrinfo('studio.example', 80)",
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_an_attempt_is_seen(attempt: str, tmp_path: Path) -> None:
    done = run_without_network([sys.executable, "-c", f"import socket; {attempt}"], tmp_path)
    assert done.returncode == 1
    assert "OSError" in done.stderr or "gaierror" in done.stderr
    assert done.attempts


def test_a_command_that_stays_at_home_is_not_suspected(tmp_path: Path) -> None:
    local = "import socket; a, b = socket.socketpair(); a.send(b'x'); print(b.recv(1))"
    done = run_without_network([sys.executable, "-c", local], tmp_path)
    assert (done.returncode, done.stdout, done.attempts) == (0, "b'x'\n", {})
