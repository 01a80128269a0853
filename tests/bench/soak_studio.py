"""A working day of all three places at once: memory, threads, files, Qt objects, frames, samples.

Eight hours of sound are heard as fast as the analysis can. Meanwhile, by the clock of that sound,
somebody draws, moves, erases and undoes notes, saves, plays the song (through a private PulseAudio
in real time), asks the model for edits and takes or refuses them, and trains small genre models.
From minute 31 on nothing may grow. Ctrl+C ends the day early and judges what there was.
"""

import argparse
import contextlib
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parents[2]))

from soak_listen import RATE, begin_to_listen, figures

import resources
from studio.app import SWITCH_INTERVAL_S, StudioApp, make_qt_application
from studio.settings import Settings
from tests.programs.long_session import act, actions
from tests.sound_server import SoundServer

SETTLED_S = 1860  # of sound, when the memories are full and every part has worked once
EVERY_S = {"edit": 5, "save": 120, "suggest": 150, "play": 300, "train": 1800}
HEADINGS = ("minute", "MB", "threads", "files", "objects", "edits", "asked", "trained", "x speed")


@dataclass(frozen=True, slots=True)
class Row:
    """What there was after so much sound."""

    heard_s: float
    megabytes: float
    threads: int
    files: int
    objects: int


class Paints(QObject):
    """Counts the frames of the spectrogram."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


class Musician:
    """Uses Compose and Train; `tick` is called again and again with the seconds heard."""

    def __init__(self, app: StudioApp, folder: Path) -> None:
        self._app, self._folder = app, folder
        self._next_s = dict(EVERY_S)
        self._acts: Iterator[tuple[int, str]] = enumerate(actions(0))
        self.counts = dict.fromkeys(EVERY_S, 0)
        app.train.inspect(resources.path("demo", "training_genre"))

    def tick(self, heard_s: float) -> None:
        """Do what is due."""
        for what, at_s in self._next_s.items():
            if heard_s >= at_s and getattr(self, f"_{what}")() is not False:
                self.counts[what] += 1
                self._next_s[what] += EVERY_S[what]

    def _edit(self) -> None:
        number, action = next(self._acts)
        act(self._app.score, action, number % 400)

    def _save(self) -> None:
        if not self._app.score.save(self._folder / "day.studio"):
            sys.exit("could not save")

    def _suggest(self) -> bool:
        """Answer the last proposals, taking those of every second time, and ask for others."""
        suggestions = self._app.suggestions
        if suggestions.state == "working":
            return False
        if suggestions.ghosts:
            if self.counts["suggest"] % 2:
                suggestions.accept()
                self._app.score.undo()
            else:
                suggestions.refuse()
        self._app.ask_model()
        self._show_all()
        return True

    def _play(self) -> None:
        self._app.transport.play_toggle()

    def _train(self) -> bool:
        train = self._app.train
        return train.state in ("ready", "ended") and train.start("genre", "tiny")

    def _show_all(self) -> None:
        for place in ("listen", "compose", "train"):
            self._app.window.show_place(place, beside=True)


def row(heard_s: float) -> Row:
    """Count what there is."""
    roots = [*QApplication.topLevelWidgets(), QApplication.instance()]
    objects = sum(1 + len(root.findChildren(QObject)) for root in roots if root is not None)
    return Row(heard_s, *figures(), objects)


def spend_day(app: StudioApp, musician: Musician, hours: float) -> list[Row]:
    """Hear `hours` of sound with all else going on; a row for each minute of it."""
    rows: list[Row] = []
    began_s = time.monotonic()
    with contextlib.suppress(KeyboardInterrupt):  # a shorter day
        while (heard_s := app.listen.history.last_position / RATE) < hours * 3600:
            QTest.qWait(20)
            musician.tick(heard_s)
            if heard_s >= len(rows) * 60:
                rows.append(row(heard_s))
                if len(rows) % 10 == 1:
                    say_row(rows[-1], musician, heard_s / (time.monotonic() - began_s))
    return rows


def say_row(at: Row, musician: Musician, speed: float) -> None:
    """One line of the table."""
    counts = [musician.counts[what] for what in ("edit", "suggest", "train")]
    cells = (f"{at.heard_s / 60:.0f}", f"{at.megabytes:.0f}", *astuple(at)[2:], *counts)
    say(*cells, f"{speed:.1f}")


def say(*cells: object) -> None:
    """Print cells of equal width."""
    sys.stdout.write("".join(f"{cell:>9}" for cell in map(str, cells)) + "\n")
    sys.stdout.flush()


def judge(rows: list[Row]) -> None:
    """How flat it was, once all parts had worked."""
    flat = np.array([astuple(at) for at in rows if at.heard_s > SETTLED_S])
    if len(flat) < 2:
        return
    hourly = np.polyfit(flat[:, 0] / 3600, flat[:, 1], 1)[0]
    most = ", ".join(
        f"{name} {low:.0f} to {high:.0f}"
        for name, low, high in zip(
            ("threads", "files", "objects"), flat.min(0)[2:], flat.max(0)[2:], strict=True
        )
    )
    sys.stdout.write(
        f"from minute {SETTLED_S // 60} on: {hourly:+.2f} MB an hour, {flat[:, 1].max():.0f} MB at "
        f"most, {most}\n"
    )


def spend(hours: float, bits: int, folder: Path) -> None:
    """A day with the whole window, in `folder`."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    make_qt_application("dark")
    app, paints = StudioApp(Settings(folder / "settings.json")), Paints()
    app.window.resize(1600, 1000)
    app.start()
    wait_for(lambda: app.score.song.end > 0)
    source = begin_to_listen(app, bits)
    app.listen_panel.view.installEventFilter(paints)
    musician = Musician(app, folder)
    musician._show_all()
    app.transport.play_toggle()
    app.transport.set_loop(0, app.score.song.end)
    say(*HEADINGS)
    began_s = time.monotonic()
    rows = spend_day(app, musician, hours)
    passed_s = time.monotonic() - began_s
    lost, underruns = app.listen.lost_samples, app.transport.player.underruns
    source.stop()
    app.score.is_dirty = False
    app.close()
    judge(rows)
    sys.stdout.write(
        f"{paints.count / passed_s:.1f} frames a second, {lost} samples lost, {underruns} "
        f"underruns in {passed_s / 60:.0f} minutes; {musician.counts}\n"
    )


def wait_for(is_so: Callable[[], bool]) -> None:
    """Let the window live until it is so."""
    for _ in itertools.takewhile(lambda _: not is_so(), itertools.count()):
        QTest.qWait(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=8.0, help="of sound")
    parser.add_argument("--bits", type=int, choices=(16, 32), default=16, help="of each sample")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = SoundServer(folder / "pulse")
        os.environ.update(server.env, STUDIO_HOME=name)
        try:
            spend(args.hours, args.bits, folder)
        finally:
            server.close()


if __name__ == "__main__":
    main()
