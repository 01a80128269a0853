import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sound_server import SoundServer
from tests.window_session import Session


@pytest.fixture(scope="session")
def x_display() -> Iterator[str]:
    """A real X server without a screen, at 1280 by 800, that ends with the tests."""
    program = shutil.which("Xvfb")
    assert program, "Xvfb is missing; 'make test' installs it (Debian: apt install xvfb)"
    reader, writer = os.pipe()
    command = [
        program,
        "-displayfd",
        str(writer),
        "-screen",
        "0",
        "1280x800x24",
        "-nolisten",
        "tcp",
    ]
    server = subprocess.Popen(
        command, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writer)
    with os.fdopen(reader) as pipe:
        number = pipe.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait(10)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SoundServer]:
    server = SoundServer(tmp_path / "pulse")
    yield server
    server.close()


@pytest.fixture
def session(server: SoundServer, tmp_path: Path) -> Iterator[Session]:
    session = Session(server, tmp_path / "home")
    yield session
    session.close()
