"""JACK servers that go away: PortAudio must not take the process with it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.notes import Note
from studio.audio import jack
from studio.score.midi_file import write_midi
from tests.midi_server import MidiServer
from tests.sound_server import SoundServer
from tests.studio.audio.songs import BEAT, make_song

PROGRAM = Path(__file__).parent / "programs" / "lose_jack.py"


@pytest.fixture
def jack_server(tmp_path: Path) -> Iterator[MidiServer]:
    server = MidiServer(tmp_path / "jack")
    yield server
    server.close()


def lose(server: MidiServer, tmp_path: Path, **environment: str) -> tuple[list[str], list[str]]:
    """The drivers that a player found beside `server`, and what it said when that died."""
    write_midi(make_song([Note(0, 60, 6 * BEAT)]), tmp_path / "song.mid")
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), str(tmp_path / "song.mid")],
        env={**server.env, **environment, "PYTHONPATH": "."},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        server.die()
        rest, _ = process.communicate("go on\n", timeout=60)
    assert process.returncode == 0
    return first["apis"], json.loads(rest)["notices"]


def test_the_only_server_is_joined_and_its_death_survived(
    jack_server: MidiServer, tmp_path: Path
) -> None:
    apis, notices = lose(jack_server, tmp_path)
    assert jack.HOST_API in apis
    assert notices == ["The sound device is gone. The playhead runs without sound."]


def test_beside_another_sound_server_it_is_not_joined(
    jack_server: MidiServer, sound_server: SoundServer, tmp_path: Path
) -> None:
    only_sound = {name: sound_server.env[name] for name in ("PULSE_SERVER", "HOME")}
    apis, notices = lose(jack_server, tmp_path, **only_sound)
    assert jack.HOST_API not in apis
    assert notices == []


def test_whoever_wishes_joins_it_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(jack.WISH, "1")
    assert jack.is_wanted()
    monkeypatch.setenv(jack.WISH, "0")
    assert not jack.is_wanted()


def test_only_portaudio_is_kept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(jack.WISH, "0")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "mine")
    with jack.joined_if_wanted():
        assert not jack.socket().exists()
    assert jack.socket().name.startswith("jack_mine_")
