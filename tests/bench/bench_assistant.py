"""Measures what a musician waits for beside the assistant: judged notes, and a cancel.

    python tests/bench/bench_assistant.py

The demo song, the shipped models, the real worker process. Anew: the milliseconds of CPU that the
model needs to judge the sixteen bars in sight after an edit when it remembers what it saw, against
those without memory. Edit to picture: from an edit in the window's process until the roll has the
new judgement, against the 100 ms allowed. Cancel: from Esc in mid-suggestion until the worker is
free again, against the 200 ms allowed; the window itself is free at once.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import torch
from PySide6.QtWidgets import QApplication

import resources
from models.inference import score as score_models
from models.inference.expectation import Expectation
from models.notes import Note
from models.protocol import Conditions
from studio.assistant.worker_client import WorkerClient
from studio.score.midi_file import read_midi
from studio.score.score import Edit
from studio.ui.compose.expectation_view_model import ExpectationViewModel
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel

BAR = 1920
BARS = 16
N_EDITS = 25
N_CANCELS = 9
LIVE_MS, CANCEL_MS = 100.0, 200.0
SONG = resources.path("demo", "song.mid")
PATIENCE_S = 60.0


def cpu_ms(work: Callable[[], object]) -> float:
    """The CPU time of a piece of work on this thread."""
    started = time.thread_time()
    work()
    return (time.thread_time() - started) * 1000


def judging(folder: Path) -> tuple[float, float]:
    """Milliseconds of CPU for an edit with memory, and without."""
    model = score_models.load(folder)
    torch.set_num_threads(1)
    piece = read_midi(SONG).to_piece()
    warm = model.expectation
    warm.look(piece, 0, BARS * BAR)
    kept, anew = [], []
    for index in range(N_EDITS):
        new = Note(480 * (index * 7 % (4 * BARS)) + 30, 50 + index % 24, 240)
        edited = replace(piece, notes=tuple(sorted({*piece.notes, new})))
        kept.append(cpu_ms(lambda edited=edited: warm.look(edited, 0, BARS * BAR)))
        fresh = Expectation(model.network)
        anew.append(cpu_ms(lambda edited=edited, fresh=fresh: fresh.look(edited, 0, BARS * BAR)))
    return statistics.median(kept), statistics.median(anew)


def wait(app: QApplication, is_done: Callable[[], bool]) -> float:
    """Milliseconds until something is so."""
    started = time.perf_counter()
    while not is_done() and time.perf_counter() - started < PATIENCE_S:
        app.processEvents()
        time.sleep(0.001)  # a window at rest takes no time from the worker
    return (time.perf_counter() - started) * 1000


def worker_ms(client: WorkerClient) -> float:
    """The CPU time of the worker process so far (Linux)."""
    words = Path(f"/proc/{client.pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def edit_to_picture(
    app: QApplication, client: WorkerClient, folder: Path
) -> tuple[list[float], float]:
    """Milliseconds from each of some edits until the roll has the new judgement.

    And the worker's CPU for one of them, which other work on the machine does not change.
    """
    score = ScoreViewModel()
    score.open(SONG)
    geometry = RollGeometry()
    geometry.resize(1200, 600)
    geometry.pixels_per_tick = geometry.width / (BARS * BAR)
    expectation = ExpectationViewModel(score, client)
    expectation.watch(geometry)
    expectation.use_model(folder)
    expectation.toggle()
    wait(app, lambda: bool(expectation.notes))
    times, before = [], worker_ms(client)
    for index in range(N_EDITS):
        note = Note(480 * (index * 7 % (4 * BARS)) + 30, 50 + index % 24, 240)
        score.request(Edit("Draw", added=frozenset({note})))
        times.append(wait(app, lambda note=note: note in expectation.notes))
    score.close()
    return times, (worker_ms(client) - before) / N_EDITS


def cancelling(app: QApplication, client: WorkerClient, folder: Path) -> list[float]:
    """Milliseconds from a cancel in mid-suggestion until the worker has let go."""
    piece = read_midi(SONG).to_piece()
    times = []
    for seed in range(N_CANCELS):
        events: list[str] = []
        body = {
            "do": "suggest",
            "folder": str(folder),
            "score": piece.to_json(),
            "conditions": Conditions(500, 500, 1000, seed=seed).to_json(),
        }
        number = client.submit(body, lambda m, events=events: events.append(m.body["event"]))
        wait(app, lambda events=events: len(events) > 3)
        client.cancel(number)
        times.append(wait(app, lambda events=events: events[-1] == "cancelled"))
    return times


def told(name: str, times: list[float], allowed_ms: float) -> str:
    """A line: median and worst, and the ratio of the median to what is allowed."""
    middle, worst = statistics.median(times), max(times)
    return (
        f"  {name}: median {middle:.0f} ms, worst {worst:.0f} ms: "
        f"{middle / allowed_ms:.2f} x the {allowed_ms:.0f} ms allowed"
    )


def main() -> int:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    client = WorkerClient()
    client.start()
    for name in ("ar-cnn", "lstm"):
        folder = resources.path("models", name)
        kept, anew = judging(folder)
        sys.stdout.write(f"{name}\n")
        sys.stdout.write(
            f"  judging {BARS} bars after an edit: {kept:.0f} ms of CPU, "
            f"{kept / anew:.2f} x of all anew ({anew:.0f} ms)\n"
        )
        times, cpu = edit_to_picture(app, client, folder)
        line = told("edit to picture", times, LIVE_MS)
        sys.stdout.write(f"{line}; {cpu:.0f} ms of the worker's CPU, {cpu / LIVE_MS:.2f} x\n")
        sys.stdout.write(told("cancel", cancelling(app, client, folder), CANCEL_MS) + "\n")
    client.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
