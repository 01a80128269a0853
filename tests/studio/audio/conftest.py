from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sound_server import SoundServer


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[SoundServer]:
    """A real audio server of the test's own, with a microphone that hears what the test plays."""
    server = SoundServer(tmp_path / "pulse")
    yield server
    server.close()
