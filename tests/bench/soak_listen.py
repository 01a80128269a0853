"""An hour of listening, run as fast as the analysis can: memory, threads and open files.

The whole application hears music in stereo at 48 kHz through the ring that a microphone fills. The
source waits for whoever listens, so that nothing is lost however fast it goes. The first ten
minutes fill the memories of sound and picture; from then on nothing may grow.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtTest import QTest

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench_friture import PAGE_BYTES

from studio.analysis.hearing import Hearing
from studio.app import SWITCH_INTERVAL_S, StudioApp, make_qt_application
from studio.audio.ring_buffer import RingBuffer
from studio.settings import Settings

RATE, BLOCK, MUSIC_S = 48_000, 512, 20
AHEAD = RATE // 2  # samples that the source may be ahead of those who listen
FULL_S = 600  # of sound, when the memories are full
LINE = "{:>8} {:>8} {:>8} {:>8} {:>8}\n"


class Progress:
    """Listens to how far a thread is."""

    position = 0

    def push(self, block: NDArray[np.float32], position: int) -> None:
        self.position = position + len(block)

    def reset(self, position: int) -> None:
        self.position = position


class EagerSource:
    """Some music over and over, as fast as it is heard."""

    name, sample_rate, lost_samples, is_active = "soak", RATE, 0, True

    def __init__(self, bits: int) -> None:
        self.ring, self._bits = RingBuffer(20 * RATE, 2), bits
        self.listening: Callable[[], int] = lambda: 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(2)

    def _run(self) -> None:
        sound, at = music(self._bits), 0
        while not self._stopping.is_set():
            if self.ring.written - self.listening() > AHEAD:
                self._stopping.wait(0.002)
                continue
            self.ring.write(np.broadcast_to(sound[at : at + BLOCK, None], (BLOCK, 2)))
            at = (at + BLOCK) % (len(sound) - BLOCK)


def music(bits: int) -> NDArray[np.float32]:
    """Chords that change each second, with noise, shape (n,): the same in both channels.

    Rounded to 16 bits, as CDs, most files and most microphones have it, or not at all.
    """
    rng = np.random.default_rng(0)
    t = np.arange(RATE, dtype=np.float32) / RATE
    sound = np.empty(MUSIC_S * RATE, dtype=np.float32)  # little besides: memory is measured
    for second in range(MUSIC_S):
        tones = 0.1 * rng.standard_normal(RATE, dtype=np.float32)
        for hz in 55 * 2 ** (rng.integers(0, 48, 4) / 12):
            for k in range(1, 8):
                tones += np.sin(np.float32(2 * np.pi * hz * k) * t) / k
        sound[second * RATE : (second + 1) * RATE] = 0.04 * tones * np.exp(-2 * t)
    if bits == 16:
        sound *= np.float32(1 << 15)
        np.rint(sound, out=sound)
        sound /= np.float32(1 << 15)
    return sound


def figures() -> tuple[float, int, int]:
    """MB of memory, threads, open files."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return (
        pages * PAGE_BYTES / 1e6,
        threading.active_count(),
        len(list(Path("/proc/self/fd").iterdir())),
    )


def begin_to_listen(app: StudioApp, bits: int) -> EagerSource:
    """Have the application hear the music, as fast as all who listen can."""
    source = EagerSource(bits)
    hearing = Hearing(source, app.listen.genre.ask, app.listen.wanted)
    quick, slow = Progress(), Progress()
    hearing.listen_with(quick)
    hearing.listen_with(slow, slow=True)
    # the window's share: columns that it has not fetched are dropped at some time
    source.listening = lambda: min(quick.position, slow.position, app.listen.history.last_position)
    hearing.start()
    app.listen._begin(hearing)
    return source


def listen(
    app: StudioApp, bits: int, hours: float, every_s: float
) -> list[tuple[float, float, int, int]]:
    """Rows of sound heard in seconds, MB, threads, files."""
    begin_to_listen(app, bits)
    rows: list[tuple[float, float, int, int]] = []
    began = time.monotonic()
    sys.stdout.write(LINE.format("minute", "MB", "threads", "files", "x speed"))
    while (heard_s := app.listen.history.last_position / RATE) < hours * 3600:
        QTest.qWait(50)
        if heard_s >= len(rows) * every_s:
            rows.append((heard_s, *figures()))
            speed = heard_s / (time.monotonic() - began)
            text = (f"{heard_s / 60:.1f}", f"{rows[-1][1]:.0f}", *rows[-1][2:], f"{speed:.0f}")
            sys.stdout.write(LINE.format(*text))
            sys.stdout.flush()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=1.0, help="of sound")
    parser.add_argument("--bits", type=int, choices=(16, 32), default=16, help="of each sample")
    args = parser.parse_args()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    make_qt_application("dark")
    with tempfile.TemporaryDirectory() as folder:
        app = StudioApp(Settings(Path(folder) / "settings.json"))
        app.window.resize(1440, 900)
        app.start()
        app.window.show_place("listen")
        rows = listen(app, args.bits, args.hours, 60.0)
        lost = app.listen.lost_samples
        app.close()
    flat = np.array([row for row in rows if row[0] > FULL_S + 60])
    if len(flat) < 2:
        return
    slope = np.polyfit(flat[:, 0] / 600, flat[:, 1], 1)[0]
    sys.stdout.write(
        f"from minute 11 on: {slope:+.2f} MB each 10 minutes, {flat[:, 1].max():.0f} MB at most, "
        f"threads {flat[:, 2].min():.0f} to {flat[:, 2].max():.0f}, "
        f"files {flat[:, 3].min():.0f} to {flat[:, 3].max():.0f}, {lost} samples lost\n"
    )


if __name__ == "__main__":
    main()
