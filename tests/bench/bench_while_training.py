"""The real window listening while a model is trained, against the same without a training.

    python tests/bench/bench_while_training.py [rounds]

The whole application, as in `bench_listen.py` (an X server, PulseAudio's microphone, the log view,
everything on), alone and beside a training of a genre model of the shipped size, started as the
Train panel starts it: a process of its own at low priority. Prints frames a second, samples lost
and the share of the training's time that is left to it.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
import bench_listen
from bench_friture import music, x_server
from bench_listen import SoundServer, measured

import resources
from studio.training.run_follower import RunFollower
from studio.training.run_process import RunProcess, RunRequest

SETTINGS = ("crops_per_epoch=512", "patience=0")
BEGIN_S = 600


def begin_training() -> tuple[RunProcess, RunFollower]:
    """A training that is past its first batches."""
    request = RunRequest(
        "genre", resources.path("demo", "training_genre"), "default", 9999, SETTINGS
    )
    run = RunProcess(request)
    follower = RunFollower(run.folder)
    deadline = time.monotonic() + BEGIN_S
    while follower.state.step < 2:
        if not run.is_running or time.monotonic() > deadline:
            raise SystemExit(run.failure or "The training does not begin.")
        time.sleep(0.1)
        follower.poll()
    return run, follower


def batches(follower: RunFollower) -> int:
    while follower.poll():
        pass
    return follower.state.step


def main() -> None:
    n_rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    alone, beside, steps = [], [], []
    with tempfile.TemporaryDirectory() as folder, x_server("1920x1080x24") as display:
        home = Path(folder)
        music(home / "music.wav")
        server = SoundServer(home / "sound")
        os.environ["STUDIO_HOME"] = str(home / "studio")
        env = {**server.env, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        env |= {"PYTHONPATH": os.getcwd(), "STUDIO_HOME": str(home / "studio")}
        server.play(home / "music.wav")
        try:
            for _ in range(n_rounds):
                alone.append(measured(env, "log", "microphone"))
                run, follower = begin_training()
                before = batches(follower)
                beside.append(measured(env, "log", "microphone"))
                steps.append(batches(follower) - before)
                run.stop()
                run.wait(60)
        finally:
            server.close()
    for name, found in (("alone", alone), ("beside a training", beside)):
        mean = {key: statistics.mean(each[key] for each in found) for key in found[0]}
        sys.stdout.write(
            f"{name:18} {mean['frames']:5.1f} frames a second, {mean['columns']:.0f} columns, "
            f"{mean['lost']:.0f} samples lost a second, GUI thread {mean['gui']:.0%} of a core\n"
        )
    frames = [statistics.mean(each["frames"] for each in found) for found in (beside, alone)]
    passed_s = bench_listen.WARM_UP_S + bench_listen.MEASURED_S
    sys.stdout.write(
        f"frames: {frames[0] / frames[1]:.2f} x; the training made about "
        f"{statistics.mean(steps) / passed_s:.1f} batches a second meanwhile; "
        f"load {os.getloadavg()[0]:.0f}\n"
    )


if __name__ == "__main__":
    main()
