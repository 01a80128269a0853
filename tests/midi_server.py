"""A private JACK server without a sound card: virtual MIDI ports, as keyboards have real ones."""

import os
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

NEEDED = ("jackd", "jack_wait")
API = "UNIX_JACK"


class MidiServer:
    """Runs until `close`; `JACK_DEFAULT_SERVER` leads this process to it."""

    def __init__(self, folder: Path) -> None:
        missing = [name for name in NEEDED if shutil.which(name) is None]
        assert not missing, (
            f"{', '.join(missing)} missing; 'make test' installs what brings them "
            "(Debian: apt install jackd2)"
        )
        self.name = f"studio-{uuid.uuid4().hex[:8]}"
        self.env = {
            **os.environ,
            "JACK_DEFAULT_SERVER": self.name,
            "JACK_NO_AUDIO_RESERVATION": "1",
            "JACK_NO_START_SERVER": "1",
        }
        self._ports: list[Any] = []
        folder.mkdir(parents=True, exist_ok=True)
        options = "-r -S -t 5000 --no-mlock -d dummy -r 48000 -p 256 -C 2 -P 2"
        command = ["jackd", "-n", self.name, *options.split()]
        with (folder / "jackd.log").open("wb") as log:
            self._server = subprocess.Popen(
                command, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        subprocess.run(
            ["jack_wait", "-s", self.name, "-w", "-t", "20"],
            env=self.env,
            capture_output=True,
            timeout=30,
            check=True,
        )

    def keyboard(self, name: str) -> Any:
        """A virtual keyboard: what it sends, inputs hear."""
        return self._kept(self._backend().open_output("keys", client_name=name, virtual=True))

    def expander(self, name: str, callback: Any = None) -> Any:
        """A virtual sound module: it hears what is sent to it."""
        return self._kept(
            self._backend().open_input("in", client_name=name, virtual=True, callback=callback)
        )

    def _kept(self, port: Any) -> Any:
        self._ports.append(port)
        return port

    def die(self) -> None:
        """Go away under its clients. One that is killed would leave its name taken for ever."""
        self._server.terminate()
        self._server.wait(10)

    def unplug(self) -> None:
        """Close every port that was opened here."""
        for port in self._ports:
            port.close()
        self._ports = []

    def _backend(self) -> Any:
        import mido

        return mido.Backend(f"mido.backends.rtmidi/{API}")

    def close(self) -> None:
        """End the server."""
        self.unplug()
        self._server.terminate()
        self._server.wait(10)
        for left in Path("/dev/shm").glob(f"jack_sem.*_{self.name}_*"):
            left.unlink()
