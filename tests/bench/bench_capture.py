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
HOLD = 20_000_000  # a sum that holds the interpreter for half a second, as a slow library call does
BURST_S, BURSTS = 0.1, 15
BRIGHT = 90
PULLS = 4
N_FFT, FRAME_S, ASKED_S = 4096, 0.016, 0.03
FLOOR_MS = 1000 * (ASKED_S + N_FFT / 2 / RATE + FRAME_S)  # the driver, half a window, a frame


def counted(path: Path, seconds: float) -> None:
    """A file whose two channels are the number of each sample, 16 bits in each."""
    n = np.arange(round(seconds * RATE))
    low, high = (n % 65_536).astype(np.uint16), (n // 65_536).astype(np.uint16)
    soundfile.write(path, np.stack([low.view(np.int16), high.view(np.int16)], axis=1), RATE)


def missing(frames: NDArray[np.float32]) -> tuple[int, float]:
    """How many samples between the first and the last are not there; the seconds that are."""
    low, high = (np.round(frames.T * 32_768).astype(np.int64)) % 65_536
    n = high * 65_536 + low
    n = n[n > 0]  # 0: what the player itself did not deliver in time
    steps = np.diff(n) - 1
    return int(steps[steps > 0].sum()), len(n) / RATE


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
        stopping.wait(0.25)


def capture(way: str, seconds: float, is_held: bool) -> dict[str, Any]:
    """In a process of its own: capture, and count what is missing."""
    sys.setswitchinterval(0.0005)  # as the application does
    stopping = threading.Event()
    if is_held:
        threading.Thread(target=hold_interpreter, args=(stopping,), daemon=True).start()
    source = opened_callback() if way == "callback" else opened_source()
    taken, position, began, cpu = [], 0, time.monotonic(), time.process_time()
    flowing_at, behind_s = None, 0.0
    while time.monotonic() - began < seconds + START_S:
        written = source.ring.written
        if flowing_at is None and written:
            flowing_at = time.monotonic() - written / RATE
        if flowing_at is not None:
            behind_s = max(behind_s, time.monotonic() - flowing_at - written / RATE)
        taken.append(source.ring.read(position, written - position))
        position = written
        time.sleep(0.02)
    cpu_s = time.process_time() - cpu
    stopping.set()
    lost, checked_s = missing(np.concatenate(taken))
    source.stop()
    told = source.lost_samples
    cpu_s /= seconds + START_S
    return {
        "lost": lost,
        "checked_s": checked_s,
        "told": told,
        "cpu_s": cpu_s,
        "behind_s": behind_s,
    }


def opened_source(key: str = KEY) -> Any:
    from studio.audio.devices import list_inputs
    from studio.audio.input_stream import MicrophoneSource

    source = MicrophoneSource(next(d for d in list_inputs() if d.key == key))
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


def watch_plug() -> None:
    """In a process of its own: say when an input is missed and when it is heard again."""
    source = opened_source("desk.monitor")
    while source.ring.written == 0:
        time.sleep(0.005)
    say(json.dumps({"heard": time.monotonic()}))
    for _ in range(PULLS):
        while not source.is_lost:
            time.sleep(0.005)
        say(json.dumps({"missed": time.monotonic()}))
        while source.is_lost:
            time.sleep(0.005)
        say(json.dumps({"back": time.monotonic()}))
    source.stop()


def measure_plug(folder: Path) -> None:
    server = SoundServer(folder / "plug")
    desk = ("module-null-sink", "sink_name=desk", f"rate={RATE}")
    index = server.load(*desk)
    child = in_child(server, "plug")
    assert child.stdout is not None
    json.loads(child.stdout.readline())
    missed_ms, back_ms = [], []
    for pull in range(PULLS):
        time.sleep(1.0)
        pulled_at = time.monotonic()
        server.unload(index)
        missed_ms.append(1000 * (json.loads(child.stdout.readline())["missed"] - pulled_at))
        time.sleep(0.5 + 2.0 * pull)  # the longer it is away, the more seldom it is tried
        plugged_at = time.monotonic()
        index = server.load(*desk)
        back_ms.append(1000 * (json.loads(child.stdout.readline())["back"] - plugged_at))
    child.communicate()
    server.close()
    say(
        f"an input pulled out and put back {PULLS} times: missed after at most "
        f"{max(missed_ms):.0f} ms ({max(missed_ms) / 2000:.2f} x the 2 s allowed), heard again "
        f"after at most {max(back_ms):.0f} ms ({max(back_ms) / 3000:.2f} x the 3 s allowed)"
    )


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
        ("and beside a thread that holds the GIL for 0.5 s", 2, "held"),
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
                f"({heard['told']} told), at most {1000 * heard['behind_s']:.0f} ms behind, "
                f"{1000 * heard['cpu_s']:.0f} ms of CPU a second"
            )


def measure_delay(folder: Path) -> None:
    server = SoundServer(folder / "delay")
    said = answer(in_child(server, "pixels"))
    server.close()
    pixel, ear = statistics.median(said["pixel_ms"]), statistics.median(said["ear_ms"])
    say(
        f"from sound to pixel, {len(said['pixel_ms'])} bursts: median {pixel:.0f} ms, worst "
        f"{max(said['pixel_ms']):.0f} ms; driver, half a window and a frame make up "
        f"{FLOOR_MS:.0f} ms: {pixel / FLOOR_MS:.2f} x; the window says {said['told_ms']:.0f} ms "
        f"(a recorder alone, parec at 5 ms, hears them after {ear:.0f} ms)"
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
    if sys.argv[1:2] == ["plug"]:
        watch_plug()
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--only", choices=["ways", "delay", "plug"])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if chosen.only in (None, "ways"):
            compare_ways(Path(name), chosen.seconds)
        if chosen.only in (None, "delay"):
            measure_delay(Path(name))
        if chosen.only in (None, "plug"):
            measure_plug(Path(name))


if __name__ == "__main__":
    main()
