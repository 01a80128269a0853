"""A private PulseAudio without a sound card: what is played into one sink is what is heard."""

import os
import shutil
import subprocess
import time
from pathlib import Path

ALSA_SETTINGS = """\
pcm.!default { type pulse }
ctl.!default { type pulse }
pcm.pulse { type pulse }
"""
MODULES = (
    "module-native-protocol-unix socket={socket} auth-anonymous=1",
    "module-null-sink sink_name=speakers rate=48000",
    "module-null-sink sink_name=room rate=48000",
    "module-remap-source master=room.monitor source_name=microphone",
)
NEEDED = ("pulseaudio", "pactl", "paplay", "parec")


class SoundServer:
    """Two null sinks: 'speakers' is the default output, 'room' is what the microphone hears."""

    def __init__(self, folder: Path) -> None:
        missing = [name for name in NEEDED if shutil.which(name) is None]
        assert not missing, (
            f"{', '.join(missing)} missing; 'make test' installs what brings them "
            "(Debian: apt install pulseaudio pulseaudio-utils libasound2-plugins)"
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".asoundrc").write_text(ALSA_SETTINGS)
        self._socket = folder / "native"
        self.env = {
            **os.environ,
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_STATE_PATH": str(folder / "state"),
            "HOME": str(folder),  # PortAudio's ALSA finds PulseAudio by ~/.asoundrc
        }
        self._log = folder / "pulse.log"
        self._children: list[subprocess.Popen[bytes]] = []
        self._start()

    def die(self) -> None:
        """As when it crashes."""
        self.server.kill()
        self.server.wait(10)
        self._socket.unlink(missing_ok=True)

    def rise(self) -> None:
        """Come back, where it was."""
        self._start()

    def _start(self) -> None:
        options = "-n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --realtime=no"
        command = ["pulseaudio", *options.split(), f"--log-target=file:{self._log}"]
        for module in MODULES:
            command += ["-L", module.format(socket=self._socket)]
        self.server = self._spawn(command)
        deadline = time.monotonic() + 20
        while not self._answers():
            assert self.server.poll() is None, f"pulseaudio ended: {self._log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, "pulseaudio does not answer"
            time.sleep(0.05)
        self._run("pactl", "set-default-sink", "speakers")
        self._run("pactl", "set-default-source", "microphone")
        # Without a reader on the monitor the first block comes only after about two seconds.
        self._spawn(["parec", "--device=room.monitor", "--latency-msec=5"])

    def play(self, path: Path, sink: str = "room", *words: str) -> "subprocess.Popen[bytes]":
        """Play a WAV file; into the room, the microphone hears it."""
        return self._spawn(["paplay", f"--device={sink}", *words, str(path)])

    def load(self, module: str, *words: str) -> str:
        """Plug something in; what `unload` wants to pull it out again."""
        return self._say("load-module", module, *words)

    def unload(self, index: str) -> None:
        """Pull it out."""
        self._say("unload-module", index)

    def _say(self, *words: str) -> str:
        done = subprocess.run(
            ["pactl", *words], env=self.env, capture_output=True, text=True, timeout=20, check=True
        )
        return done.stdout.strip()

    def close(self) -> None:
        """End the server and everything that uses it."""
        for child in reversed(self._children):
            child.kill()
            child.wait(10)

    def _answers(self) -> bool:
        return self._socket.exists() and self._run("pactl", "info", check=False) == 0

    def _run(self, *command: str, check: bool = True) -> int:
        done = subprocess.run(command, env=self.env, capture_output=True, timeout=20, check=check)
        return done.returncode

    def _spawn(self, command: list[str]) -> "subprocess.Popen[bytes]":
        null = subprocess.DEVNULL
        child = subprocess.Popen(command, env=self.env, stdin=null, stdout=null, stderr=null)
        self._children.append(child)
        return child
