"""Listening to a microphone: Studio against Friture, CPU and memory, on the same display and sound.

Friture (GPL-3) is no part of Studio: install it apart and say how it is started, for example
`bench_friture.py --friture "/opt/friture/bin/python /opt/friture/main.py --no-splash"`.
"""

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

sys.path.insert(0, str(Path(__file__).parents[1]))
from sound_server import SoundServer

WARM_UP_S, MEASURED_S = 12.0, 20.0
STUDIO = [sys.executable, "-P", "-m", "studio", "--listen"]
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGESIZE")


@contextmanager
def x_server(screen: str = "1280x800x24") -> Iterator[str]:
    """A real X server without a screen."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", screen, "-nolisten", "tcp"]
    null = subprocess.DEVNULL
    server = subprocess.Popen(command, pass_fds=[writer], stdout=null, stderr=null)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        yield f":{pipe.readline().strip()}"
    server.terminate()
    server.wait(10)


def music(path: Path, seconds: float = 300.0, rate: int = 48_000) -> None:
    """Chords with overtones and noise, so that the whole picture has something to show."""
    rng = np.random.default_rng(0)
    t = np.arange(round(seconds * rate)) / rate
    sound = 0.01 * rng.standard_normal(len(t))
    for hz in (110.0, 220.0, 277.2, 329.6):
        for partial in range(1, 12):
            sound += 0.03 / partial * np.sin(2 * np.pi * hz * partial * t + partial)
    soundfile.write(path, (sound * (0.6 + 0.4 * np.sin(2 * np.pi * t))).astype(np.float32), rate)


def family(pid: int) -> list[int]:
    """A process and all that came of it."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(word) for word in task.read_text().split()]
    return found


def cpu_s(pids: list[int]) -> float:
    """CPU seconds that the processes have used."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS_PER_S


def rss_mb(pid: int) -> float:
    """Resident memory of one process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES / 1e6


def measure(command: list[str], env: dict[str, str], reset: Callable[[], None]) -> list[float]:
    """Cores of the main process, cores of all its processes, MB of the main process."""
    reset()
    null = subprocess.DEVNULL
    program = subprocess.Popen(command, env=env, stdin=null, stdout=null, stderr=null)
    try:
        time.sleep(WARM_UP_S)
        main, all_pids = [program.pid], family(program.pid)
        began, cpu, cpu_all = time.monotonic(), cpu_s(main), cpu_s(all_pids)
        time.sleep(MEASURED_S)
        passed = time.monotonic() - began
        own, whole = cpu_s(main) - cpu, cpu_s(all_pids) - cpu_all
        return [own / passed, whole / passed, rss_mb(program.pid)]
    finally:
        program.kill()
        program.wait(10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--friture", help="the command that starts Friture")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    if not args.friture:
        sys.stdout.write("Friture: not measured (say how it is started with --friture)\n")
        return
    with tempfile.TemporaryDirectory() as folder, x_server() as display:
        home = Path(folder)
        music(home / "music.wav")
        server = SoundServer(home / "sound")
        env = {**server.env, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        env |= {"STUDIO_HOME": str(home / "studio"), "LIBGL_ALWAYS_SOFTWARE": "1"}

        def reset() -> None:
            server.play(home / "music.wav")

        pairs = []
        for _ in range(args.runs):
            theirs = measure(shlex.split(args.friture), env, reset)
            pairs.append((measure(STUDIO, env, reset), theirs))
        server.close()
    for index, what in enumerate(("cores, main process", "cores, all processes", "MB, main")):
        ours = statistics.median(pair[0][index] for pair in pairs)
        theirs = statistics.median(pair[1][index] for pair in pairs)
        ratio = statistics.median(pair[0][index] / pair[1][index] for pair in pairs)
        line = f"{what}: Studio {ours:.2f}, Friture {theirs:.2f}, ratio {ratio:.2f}\n"
        sys.stdout.write(line)


if __name__ == "__main__":
    main()
