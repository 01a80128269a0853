"""Capturing beside busy processors: ours against a Python callback; and from sound to pixel.

What is played is a count, so that each sample that is missing is known, whatever the driver says.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))
from sound_server import SoundServer

RATE = 48_000
KEY = "room.monitor"
START_S = 3.0  # until a stream flows
HOLD = 2_000_000  # a sum that holds the interpreter for some 50 ms, as a slow library call does
BURST_S, BURSTS = 0.1, 15
BRIGHT = 90


def counted(path: Path, seconds: float) -> None:
    """A file whose two channels are the number of each sample, 16 bits in each."""
    n = np.arange(round(seconds * RATE))
    low, high = (n % 65_536).astype(np.uint16), (n // 65_536).astype(np.uint16)
    soundfile.write(path, np.stack([low.view(np.int16), high.view(np.int16)], axis=1), RATE)


def missing(frames: NDArray[np.float32]) -> tuple[int, float]:
    """How many of the samples between the first and the last are not there; the time checked."""
    low, high = (np.round(frames.T * 32_768).astype(np.int64)) % 65_536
    n = high * 65_536 + low
    (heard,) = np.nonzero(n)
    n = n[heard[0] : heard[-1] + 1]
    return int((np.diff(n) - 1).sum()), len(n) / RATE


@contextmanager
def hogs(count: int) -> Iterator[None]:
    """Processes that want all the time there is."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    yield
    for process in busy:
        process.kill()
        process.wait()


def hold_interpreter(stopping: threading.Event) -> None:
    while not stopping.is_set():
        sum(range(HOLD))
        stopping.wait(0.01)


def capture(way: str, seconds: float, is_held: bool) -> dict[str, Any]:
    """In a process of its own: capture, and count what is missing."""
    sys.setswitchinterval(0.0005)  # as the application does
    stopping = threading.Event()
    if is_held:
        threading.Thread(target=hold_interpreter, args=(stopping,), daemon=True).start()
    source = opened_callback() if way == "callback" else opened_source()
    taken, position, began, cpu = [], 0, time.monotonic(), time.process_time()
    while time.monotonic() - began < seconds + START_S:
        written = source.ring.written
        taken.append(source.ring.read(position, written - position))
        position = written
        time.sleep(0.02)
    cpu_s = time.process_time() - cpu
    stopping.set()
    lost, checked_s = missing(np.concatenate(taken))
    source.stop()
    told = source.lost_samples
    return {"lost": lost, "checked_s": checked_s, "told": told, "cpu_s": cpu_s / seconds}


def opened_source() -> Any:
    from studio.audio.devices import list_inputs
    from studio.audio.input_stream import MicrophoneSource

    source = MicrophoneSource(next(d for d in list_inputs() if d.key == KEY))
    source.start()
    return source


def opened_callback() -> Any:
    """The baseline: sounddevice calls Python, which copies into the same ring."""
    import sounddevice

    from studio.audio.devices import device_index, list_inputs
    from studio.audio.pulse_devices import directed_to
    from studio.audio.ring_buffer import RingBuffer

    device = next(d for d in list_inputs() if d.key == KEY)

    class Callback:
        ring, lost_samples = RingBuffer(20 * RATE, 2), 0

        def on_block(self, data: Any, n: int, clock: Any, status: Any) -> None:
            self.lost_samples += bool(status.input_overflow)
            self.ring.write(data)

        def stop(self) -> None:
            self.stream.abort()
            self.stream.close()

    source = Callback()
    with directed_to(KEY):
        source.stream = sounddevice.InputStream(
            device=device_index(device),
            channels=2,
            samplerate=RATE,
            dtype="float32",
            latency=0.03,
            callback=source.on_block,
        )
    source.stream.start()
    return source


class Window:
    """Listen on the monitor, offscreen; `seen_at` tells when the picture's newest edge was lit."""

    def __init__(self) -> None:
        from PySide6.QtWidgets import QApplication

        from studio.ui.listen.listen_panel import ListenPanel
        from studio.ui.listen.listen_view_model import ListenViewModel
        from studio.ui.theme import theme

        self._qt = QApplication([])
        theme().install(self._qt, "dark")
        self.model = ListenViewModel(None)
        self._panel = ListenPanel(self.model)
        self._panel.resize(1400, 700)
        self._panel.show()
        self.is_waiting = False
        self.seen_at: float | None = None
        self.model.ticked.connect(self._on_ticked)

    def _on_ticked(self, _: int) -> None:
        from PySide6.QtCore import QTimer

        if self.is_waiting:
            QTimer.singleShot(0, self._look)

    def _look(self) -> None:
        from PySide6.QtCore import QRect

        view = self._panel.view
        strip = view.grab(QRect(view.width() - 12, view.height() // 4, 10, view.height() // 2))
        image = strip.toImage()
        lit = sum(
            image.pixelColor(x, y).value() > BRIGHT
            for x in range(0, image.width(), 3)
            for y in range(0, image.height(), 8)
        )
        if self.is_waiting and lit > image.height() // 32:  # not a speck
            self.seen_at, self.is_waiting = time.monotonic(), False

    def run_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._qt.processEvents()
            if condition():
                return True
            time.sleep(0.001)
        return False


def watch_pixels() -> dict[str, Any]:
    """In a process of its own: from a burst's leaving a player to its first painted pixel."""
    from studio.audio.devices import list_inputs

    sys.setswitchinterval(0.0005)
    window, ears, player = Window(), Ears(), Burster()
    model = window.model
    model.start_microphone(next(d for d in list_inputs() if d.key == KEY))
    window.run_until(lambda: False, 4.0)
    pixel_ms, ear_ms, rng = [], [], random.Random(0)
    for _ in range(BURSTS):
        ears.heard_at, window.seen_at, window.is_waiting = None, None, True
        left_at = player.burst()
        if window.run_until(lambda: bool(window.seen_at and ears.heard_at), 2.0):
            pixel_ms.append(1000 * (window.seen_at - left_at))
            ear_ms.append(1000 * (ears.heard_at - left_at))
        window.is_waiting = False
        window.run_until(lambda: False, 0.8 + 0.4 * rng.random())
    _, given_s = model.input.driver_latency_s or (0.0, 0.0)
    told_ms = 1000 * (given_s + model.input.picture_delay_s)
    for part in (model, player, ears):
        part.close()
    return {"pixel_ms": pixel_ms, "ear_ms": ear_ms, "told_ms": told_ms}


class Burster:
    """A player that is always connected, and plays noise when it is told."""

    def __init__(self) -> None:
        words = ["pacat", "--playback", "--raw", "--format=float32le", f"--rate={RATE}"]
        self._player = subprocess.Popen(
            [*words, "--channels=1", "--latency-msec=10", "--device=room"], stdin=subprocess.PIPE
        )
        noise = np.random.default_rng(0).standard_normal(round(BURST_S * RATE))
        self._burst = (0.15 * noise).astype(np.float32).tobytes()

    def burst(self) -> float:
        assert self._player.stdin is not None
        self._player.stdin.write(self._burst)
        self._player.stdin.flush()
        return time.monotonic()

    def close(self) -> None:
        self._player.kill()
        self._player.communicate()


class Ears:
    """The baseline: the quickest recorder there is, and when it heard something."""

    def __init__(self) -> None:
        words = ["parec", "--raw", "--format=float32le", f"--rate={RATE}", "--channels=1"]
        self._recorder = subprocess.Popen(
            [*words, "--latency-msec=5", f"--device={KEY}"], stdout=subprocess.PIPE
        )
        self.heard_at: float | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        assert self._recorder.stdout is not None
        while block := os.read(self._recorder.stdout.fileno(), 4096):
            samples = np.frombuffer(block[: len(block) // 4 * 4], dtype=np.float32)
            if self.heard_at is None and np.abs(samples).max(initial=0) > 0.05:
                self.heard_at = time.monotonic()

    def close(self) -> None:
        self._recorder.kill()
        self._recorder.wait()


def in_child(server: SoundServer, *words: str) -> "subprocess.Popen[str]":
    env = server.env | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path.cwd())}
    env["STUDIO_HOME"] = server.env["HOME"]
    return subprocess.Popen(
        [sys.executable, __file__, *words],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def answer(child: "subprocess.Popen[str]") -> dict[str, Any]:
    output, _ = child.communicate()
    return dict(json.loads(output))


def compare_ways(folder: Path, seconds: float) -> None:
    counted(folder / "count.wav", seconds + 2 * START_S)
    for title, n_hogs, held in (
        ("beside two busy processes", 2, ""),
        ("and a held GIL", 2, "held"),
    ):
        for way in ("callback", "ours"):
            server = SoundServer(folder / f"{way}{held}")
            child = in_child(server, "capture", way, str(seconds), held)
            with hogs(n_hogs):
                time.sleep(START_S / 2)
                server.play(folder / "count.wav")
                heard = answer(child)
            server.close()
            say(
                f"{way:8} {title}: {heard['lost']} of {heard['checked_s']:.0f} s of samples lost "
                f"({heard['told']} told), {1000 * heard['cpu_s']:.0f} ms of CPU a second"
            )


def measure_delay(folder: Path) -> None:
    server = SoundServer(folder / "delay")
    said = answer(in_child(server, "pixels"))
    server.close()
    pixel, ear = statistics.median(said["pixel_ms"]), statistics.median(said["ear_ms"])
    say(
        f"from sound to pixel, {len(said['pixel_ms'])} bursts: median {pixel:.0f} ms, worst "
        f"{max(said['pixel_ms']):.0f} ms; a recorder alone (parec, 5 ms) hears them after "
        f"{ear:.0f} ms: {pixel / ear:.1f} x; the window says {said['told_ms']:.0f} ms"
    )


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    if sys.argv[1:2] == ["capture"]:
        say(json.dumps(capture(sys.argv[2], float(sys.argv[3]), sys.argv[4] == "held")))
        return
    if sys.argv[1:2] == ["pixels"]:
        say(json.dumps(watch_pixels()))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--only", choices=["ways", "delay"])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if chosen.only != "delay":
            compare_ways(Path(name), chosen.seconds)
        if chosen.only != "ways":
            measure_delay(Path(name))


if __name__ == "__main__":
    main()
