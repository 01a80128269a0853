"""Measures what playing costs and whether it holds: voices, effects, rendering, busy processors.

    python tests/bench/bench_playback.py [--seconds 60]

Voices: 64 held notes rendered in blocks of 256 samples against real time (a tenth of a core is
allowed). Rendering: the demo song into a WAV file against real time (50 x is asked). Busy: the
demo song round a loop through PulseAudio's null sink, alone and beside two processes that want all
the time there is; what came too late is counted by the player, and clicks in what came out are
compared with the tempo map (2 ms is allowed) and with the playhead (10 ms). Stutter: a steady tone
beside a thread that holds the interpreter, ours and one from a callback in Python.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from numpy.typing import NDArray

import resources
from models.notes import Note
from models.protocol import TrackInfo
from studio.audio.master import MasterStage, SoundSettings
from studio.audio.render import render_song
from studio.audio.soundfont import shipped_soundfont
from studio.audio.synth import Synth
from studio.score.midi_file import read_midi, write_midi
from tests.sound_server import SoundServer
from tests.studio.audio.songs import BEAT, make_song

ROOT = Path(__file__).parents[2]
RATE, BLOCK, VOICES = 44_100, 256, 64
SERVER_RATE, CLICK = 48_000, 76
WATCH_PLAYHEAD = ROOT / "tests" / "studio" / "audio" / "programs" / "watch_playhead.py"
HELD = "beside a thread that holds the interpreter for 0.1 s again and again"
HOLD = """
import json, sys, threading, time
def hold():
    count, began = 1 << 20, time.perf_counter()
    sum(range(count))
    count = round(count * 0.1 / (time.perf_counter() - began))
    while True:
        sum(range(count))
        time.sleep(0.02)
if sys.argv[4] == "held":
    threading.Thread(target=hold, daemon=True).start()
"""
PYTHON_TONE = (
    """
import numpy as np, sounddevice
"""
    + HOLD
    + """
tone = np.sin(2 * np.pi * 441 * np.arange(44100) / 44100).astype("f4")[:, None] * 0.1
at = 0
def fill(out, count, times, status):
    global at
    out[:] = np.take(tone, np.arange(at, at + count), axis=0, mode="wrap")
    at += count
sys.setswitchinterval(0.0005)
with sounddevice.OutputStream(44100, channels=2, dtype="float32", latency=0.06, callback=fill):
    time.sleep(float(sys.argv[2]))
"""
)
PLAY = (
    """
import json, sys, time
from pathlib import Path
from studio.audio.player import Player
from studio.audio.soundfont import shipped_soundfont
from studio.score.midi_file import read_midi
sys.setswitchinterval(0.0005)
song = read_midi(Path(sys.argv[1]))
player = Player(shipped_soundfont())
player.set_song(song)
if sys.argv[3] == "loop":
    player.set_loop(0, song.end)
player.play(0)
"""
    + HOLD
    + """
time.sleep(float(sys.argv[2]))
engine = player._engine
ons, offs = engine.synth.note_ons, engine.synth.note_offs
sounding = len(engine.synth.sounding())
cpu_s = time.process_time()
told = {"underruns": player.underruns, "hanging": ons - offs - sounding, "cpu_s": cpu_s}
sys.stdout.write(json.dumps(told))
player.close()
"""
)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def cpu_share(render: Callable[[], object], seconds: float = 10.0) -> float:
    """CPU time of rendering blocks for so much sound, as a share of its length."""
    render()
    began = time.process_time()
    for _ in range(round(seconds * RATE / BLOCK)):
        render()
    return (time.process_time() - began) / seconds


def voices() -> None:
    synth = Synth(shipped_soundfont(), sample_rate=RATE)
    for i in range(VOICES):
        synth.program(i // 16, (16, 19, 48, 52)[i // 16])  # sounds that do not die away
        synth.note_on(i // 16, 40 + i % 16 * 3, 80)
    share = cpu_share(lambda: synth.render(BLOCK))
    say(f"{VOICES} voices, blocks of {BLOCK}: {share:.3f} of a core, {share / 0.1:.2f} x the tenth")
    for name, settings in (
        ("room", SoundSettings(reverb=0.3)),
        ("room and chorus", SoundSettings(reverb=0.3, chorus=0.3)),
    ):
        stage = MasterStage(RATE)
        stage.settings = settings
        block = synth.render(BLOCK)
        extra = cpu_share(lambda stage=stage, block=block: stage.process(block))
        say(f"{name}: {extra:.3f} of a core, {extra / share:.2f} x the voices")


def rendering(folder: Path) -> None:
    song = read_midi(resources.path("demo", "song.mid"))
    for name, sound in (("dry", SoundSettings()), ("with room", SoundSettings(reverb=0.3))):
        began = time.process_time()
        rendered = render_song(
            song, folder / "song.wav", soundfont=shipped_soundfont(), sound=sound
        )
        by_cpu = rendered.seconds / (time.process_time() - began)
        factor = rendered.real_time_factor
        say(
            f"demo song into a WAV, {name}: {factor:.0f} x real time, {factor / 50:.1f} x the 50; "
            f"by CPU time {by_cpu:.0f} x"
        )


@contextmanager
def hogs(count: int) -> Iterator[None]:
    """Processes that want all the time there is."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    yield
    for process in busy:
        process.kill()
        process.wait()


def run(server: SoundServer, script: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env={**server.env, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def played(
    server: SoundServer, midi: Path, seconds: float, how: str, lock: str = "free"
) -> dict[str, float]:
    result: dict[str, float] = json.loads(run(server, PLAY, str(midi), str(seconds), how, lock))
    return result


def busy(server: SoundServer, seconds: float) -> None:
    midi = Path(str(resources.path("demo", "song.mid")))
    for name, count, lock in (
        ("alone", 0, "free"),
        ("beside two busy processes", 2, "free"),
        (HELD, 0, "held"),
    ):
        with hogs(count):
            told = played(server, midi, seconds, "loop", lock)
        say(
            f"{seconds:.0f} s through PulseAudio, {name}: {told['underruns']} underruns, "
            f"{told['hanging']} notes hanging, {told['cpu_s'] / seconds:.2f} of a core"
        )


@contextmanager
def recorded(server: SoundServer, raw: Path) -> Iterator[None]:
    """What comes out of the null sink meanwhile, into `raw`."""
    command = ["parec", "--device=speakers.monitor", "--latency-msec=10"]
    command += [f"--rate={SERVER_RATE}", "--channels=2", "--format=float32le"]
    with raw.open("wb") as file:
        recorder = subprocess.Popen(command, env=server.env, stdout=file)
        time.sleep(2.5)
        yield
        time.sleep(2.5)
        recorder.terminate()
        recorder.wait(10)


def loudness(raw: Path) -> NDArray[np.float32]:
    """What was recorded, mono, without its signs."""
    data = np.fromfile(raw, dtype="<f4")
    return np.abs(data[: len(data) // 2 * 2].reshape(-1, 2).mean(axis=1))


def stutter(server: SoundServer, folder: Path, seconds: float = 15.0) -> None:
    """Silence in a steady sound beside a thread that holds the interpreter, ours and Python's."""
    midi, raw = folder / "organ.mid", folder / "organ.raw"
    song = make_song([Note(0, 60, round(4 * seconds) * BEAT, 100)], [TrackInfo("Organ", 16)])
    write_midi(song, midi)
    gaps = {}
    for name, script in (("ours", PLAY), ("a callback in Python", PYTHON_TONE)):
        with recorded(server, raw):
            run(server, script, str(midi), str(seconds), "once", "held")
        y = loudness(raw)
        steps = np.diff(np.flatnonzero(y > 1e-3))
        lost = steps[steps > SERVER_RATE // 200]
        gaps[name] = float(lost.sum()) / SERVER_RATE
        say(f"{seconds:.0f} s of a tone, {HELD}: {name}, {len(lost)} gaps, {gaps[name]:.2f} s")
    say(f"silence: {gaps['ours'] / max(gaps['a callback in Python'], 1e-9):.3f} x")


def onsets(server: SoundServer, folder: Path) -> None:
    """Where clicks come out of the null sink, against the tempo map."""
    notes = [Note(i * BEAT // 2, CLICK, 60, 127) for i in range(40)]
    tempo = ((0, 120.0), (4 * BEAT, 146.0), (12 * BEAT, 87.0))
    song = make_song(notes, [TrackInfo("Wood", is_drums=True)], tempo)
    midi, raw = folder / "clicks.mid", folder / "clicks.raw"
    write_midi(song, midi)
    seconds = song.tempo_map.ticks_to_seconds(song.end)
    for name, count in (("alone", 0), ("beside two busy processes", 2)):
        with recorded(server, raw), hogs(count):
            played(server, midi, seconds + 1.0, "once")
        loud = np.flatnonzero(loudness(raw) > 4e-3)
        found = loud[np.diff(loud, prepend=-SERVER_RATE) > SERVER_RATE // 10] / SERVER_RATE
        true = np.array([song.tempo_map.ticks_to_seconds(n.start) for n in notes])
        if len(found) != len(true):
            say(f"clicks {name}: {len(found)} of {len(true)} were found")
            continue
        off_ms = 1000 * np.abs((found - found[0]) - (true - true[0]))
        say(
            f"clicks through PulseAudio, {name}: at most {off_ms.max():.2f} ms off, "
            f"{off_ms.max() / 2:.2f} x the 2 ms"
        )


def playhead(server: SoundServer, folder: Path) -> None:
    """When the playhead passed each click, against when it came out of the null sink."""
    notes = [Note((i + 1) * BEAT, CLICK, 60, 127) for i in range(40)]
    midi = folder / "playhead.mid"
    write_midi(make_song(notes, [TrackInfo("Wood", is_drums=True)]), midi)
    for name, count in (("alone", 0), ("beside two busy processes", 2)):
        with hogs(count):
            done = subprocess.run(
                [sys.executable, str(WATCH_PLAYHEAD), str(midi)],
                env={**server.env, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=True,
            )
        said = json.loads(done.stdout)
        passed_s, heard_s = np.array(said["passed_s"]), np.array(said["heard_s"])
        if len(passed_s) != len(heard_s):
            say(f"playhead {name}: {len(heard_s)} of {len(passed_s)} clicks were found")
            continue
        off_ms = 1000 * np.abs(passed_s - heard_s)
        say(
            f"playhead against sound, {name}: at most {off_ms.max():.1f} ms off, median "
            f"{np.median(off_ms):.1f} ms, {off_ms.max() / 10:.2f} x the 10 ms"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    args = parser.parse_args()
    voices()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rendering(folder)
        server = SoundServer(folder / "pulse")
        listener = subprocess.Popen(
            ["parec", "--device=speakers.monitor", "--latency-msec=5"],
            env=server.env,
            stdout=subprocess.DEVNULL,
        )
        try:
            onsets(server, folder)
            playhead(server, folder)
            stutter(server, folder)
            busy(server, args.seconds)
        finally:
            listener.kill()
            listener.wait()
            server.close()


if __name__ == "__main__":
    main()
