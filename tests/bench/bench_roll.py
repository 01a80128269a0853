"""Measures the roll and the MIDI reader against plain baselines, on one machine in one run.

    QT_QPA_PLATFORM=offscreen python tests/bench/bench_roll.py [n_notes]

Opening: mido reading the same file and pairing its notes. Repainting: the same notes as items of
a `QGraphicsScene`. Prints the least CPU time of several runs, and ratios.
"""

from __future__ import annotations

import io
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["STUDIO_HOME"] = tempfile.mkdtemp()

import mido
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView

from models.notes import Note
from models.protocol import Piece, TrackInfo
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.note_batch import note_set
from studio.score.project import Project
from studio.score.score import Edit, Score
from studio.score.song import Song
from studio.ui.compose.piano_roll_view import PianoRollView
from studio.ui.compose.roll_commands import RollCommands
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import RollState
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.view_commands import piece_end

N_TRACKS, BEAT = 8, 480
WIDTH, HEIGHT = 1200, 600


def seconds(work: Callable[[], object], repeat: int = 5) -> float:
    """The least CPU time of `work`: what it costs, whatever else runs."""
    taken = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def say(text: str, value: float, note: str = "") -> None:
    sys.stdout.write(f"{text:<58}{value * 1e3:10.2f} ms  {note}\n")
    sys.stdout.flush()


def random_song(n_notes: int) -> Song:
    """Eight notes a beat on eight tracks, as dense as orchestral files are."""
    dice = random.Random(1)
    notes = {
        Note(
            dice.randrange(n_notes // 8) * BEAT + dice.randrange(0, BEAT, 30),
            dice.randrange(28, 100),
            dice.randrange(30, BEAT),
            dice.randrange(1, 128),
            dice.randrange(N_TRACKS),
        )
        for _ in range(n_notes)
    }
    return Song.from_piece(Piece(BEAT, tuple(notes), (TrackInfo("Part"),) * N_TRACKS))


def mido_notes(data: bytes) -> int:
    """What a program that leaves the parsing to mido does to get notes."""
    count = 0
    for track in mido.MidiFile(file=io.BytesIO(data)).tracks:
        tick = 0
        waiting: dict[tuple[int, int], list[int]] = defaultdict(list)
        for message in track:
            tick += message.time
            if message.type == "note_on" and message.velocity:
                waiting[message.channel, message.note].append(tick)
            elif message.type in ("note_on", "note_off") and waiting[message.channel, message.note]:
                waiting[message.channel, message.note].pop(0)
                count += 1
    return count


def bench_files(song: Song) -> None:
    data = midi_bytes(song)
    ours = seconds(lambda: parse_midi(data), 3)
    theirs = seconds(lambda: mido_notes(data), 1)
    say(f"open {len(song.score)} notes", ours, f"{ours / theirs:.3f} x mido ({theirs:.2f} s)")
    say("write them", seconds(lambda: midi_bytes(song), 3))


def bench_edits(song: Song) -> None:
    notes = song.score.notes
    score = Score(notes, ticks_per_beat=BEAT)
    _ = score.columns
    old = notes[len(notes) // 2]
    new = replace(old, velocity=127 if old.velocity < 127 else 1)
    there = Edit("Velocity", frozenset({old}), frozenset({new}))
    edits = iter([there, there.inverse()] * 50)

    def one_edit() -> None:
        score.apply(next(edits))
        _ = score.columns

    say("one edit, columns patched", seconds(one_edit, 20))
    bench_moving_all(song)


def bench_moving_all(song: Song) -> None:
    """Ctrl+A and the arrow keys, with all that follows: selection, journal, signals."""
    model, geometry, state = ScoreViewModel(), RollGeometry(), RollState()
    model._take(Project(song.copy()), None, b"")
    commands = RollCommands(model, state, geometry, lambda: 0.0)
    _ = model.score.columns
    say("select all", seconds(commands.select_all, 3))
    say("move all that is selected", seconds(lambda: commands.nudge(4), 5))
    say("undo that", seconds(model.undo, 4))
    half = note_set(model.score.notes[::2])
    model.select(half)
    say("move every second note", seconds(lambda: commands.nudge(4), 5))
    model.select(model.score.columns.notes([50]))
    say("move one note", seconds(lambda: commands.nudge(1), 20))
    model.close()


def bench_painting(song: Song) -> None:
    model = ScoreViewModel()
    geometry = RollGeometry()
    view = PianoRollView(model, RollState(), geometry)
    view.resize(WIDTH, HEIGHT)
    model._take(Project(song), None, b"")
    geometry.resize(WIDTH, HEIGHT)
    end = piece_end(model)
    for name, beats in (("8 bars", 32), ("100 bars", 400), ("everything", end / BEAT)):
        geometry.show_range(0, beats * BEAT, 24, 103)
        n_seen = len(song.score.columns.sounding(0, geometry.right_tick))
        repeat = 100 if n_seen < 1000 else 5
        ours = seconds(view.grab, repeat)
        theirs = seconds(graphics_view(song, geometry).grab, repeat)
        note = f"{ours / theirs:.4f} x QGraphicsScene ({theirs * 1e3:.0f} ms)"
        say(f"repaint, {name} in sight ({n_seen} notes)", ours, note)
    model.close()


_SCENES: list[QGraphicsScene] = []


def graphics_view(song: Song, geometry: RollGeometry) -> QGraphicsView:
    if not _SCENES:
        start = time.process_time()
        scene = QGraphicsScene()
        for note in song.score.notes:
            scene.addRect(QRectF(note.start, 127 - note.pitch, note.duration, 1))
        _SCENES.append(scene)
        say("(QGraphicsScene: build)", time.process_time() - start)
    view = QGraphicsView(_SCENES[0])
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.resize(WIDTH, HEIGHT)
    view.scale(geometry.pixels_per_tick, geometry.row_height)
    view.centerOn(geometry.tick_at(WIDTH / 2), 64)
    return view


def main() -> None:
    app = QApplication([])
    n_notes = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    song = random_song(n_notes)
    bench_files(song)
    bench_edits(song)
    bench_painting(song)
    app.quit()


if __name__ == "__main__":
    main()
