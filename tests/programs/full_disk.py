"""Scenes on a disk that is full or can't be written; an assertion that fails ends the program."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QCoreApplication

import resources
from models.card import Card
from models.model_folder import load_network
from models.notes import Note
from studio.audio.recorder import Recorder
from studio.audio.render import render_song
from studio.audio.sound_saver import SOUND_FORMATS, save_sound
from studio.errors import StudioError
from studio.score.midi_file import read_midi
from studio.score.score import Edit
from studio.settings import Settings
from studio.training.collecting import add_files, class_folder
from studio.training.model_trash import delete_model, rename_model
from studio.training.model_zip import export_model
from studio.training.registry import install_model
from studio.ui.compose.score_view_model import ScoreViewModel

NOTE, OTHER = Note(0, 61, 24, 90, 0), Note(48, 62, 24, 90, 0)
NO_ROOM = "No space left on device. Make room there, or write to another disk."
PATIENCE_S = 20.0
RATE = 48_000


class Desk:
    """A score that was saved on the disk once, and what is said of it."""

    def __init__(self, disk: Path) -> None:
        self.said: list[str] = []
        self.path = disk / "song.studio"
        self.score = ScoreViewModel()
        self.score.notice.connect(lambda level, text: self.said.append(text))
        assert self.score.open(resources.path("demo", "training_scores", "piece01.mid"))
        assert self.score.save(self.path), self.said
        self.saved = self.path.read_bytes()

    def draw(self, note: Note) -> None:
        assert self.score.request(Edit("Draw note", added=frozenset({note})))


def fill(disk: Path) -> Path:
    """Take all the room there is; returns the file that has it."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file:
        while free := shutil.disk_usage(disk).free:
            file.write(bytes(min(free, 1 << 20)))
    return ballast


def save(folder: Path, disk: Path) -> None:
    desk = Desk(disk)
    ballast = fill(disk)
    desk.draw(NOTE)
    assert not desk.score.save()
    assert desk.said == [f"{desk.path} can't be written: {NO_ROOM}"]
    assert desk.score.is_dirty
    assert desk.path.read_bytes() == desk.saved
    assert {path.name for path in disk.iterdir()} <= {"ballast", "song.studio", "song.studio.bak"}
    assert desk.score.save(folder / "elsewhere.mid")
    assert NOTE in read_midi(folder / "elsewhere.mid").score.notes
    ballast.unlink()
    assert desk.score.save(desk.path)
    assert desk.path.with_name("song.studio.bak").read_bytes() == desk.saved


def read_only(folder: Path, disk: Path) -> None:
    desk = Desk(disk)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    desk.draw(NOTE)
    assert not desk.score.save()
    assert desk.said == [
        f"{desk.path} can't be written: Read-only file system. Choose another folder."
    ]
    assert desk.path.read_bytes() == desk.saved
    assert desk.score.save(folder / "elsewhere.studio")
    assert not desk.score.is_dirty


def journal(folder: Path, disk: Path) -> None:
    os.environ["STUDIO_HOME"] = str(disk / "home")
    desk = Desk(folder)
    for _ in range(2):  # what was told once is told again after it was well
        desk.said.clear()
        ballast = fill(disk)
        desk.draw(NOTE)
        assert not desk.score._journal.settle()
        desk.draw(OTHER)
        desk.score.undo()
        (told,) = desk.said
        assert told.startswith("The crash journal can't be written: No space left on device.")
        assert "then save" in told
        assert not ScoreViewModel().has_recovery()
        ballast.unlink()
        assert desk.score.save()
        desk.draw(OTHER)
        assert desk.score._journal.settle()
        desk.score.undo()
        desk.score.undo()
        assert desk.score.save()


def recording(folder: Path, disk: Path) -> None:
    path = disk / "take.wav"
    recorder = Recorder(path, RATE, 1)
    sound = (np.arange(4800, dtype=np.float32) / 2**24)[:, None]
    for index in range(100):
        recorder.push_frames(sound, index * len(sound))
    recorder._thread.join(PATIENCE_S)
    assert recorder.failure.startswith(
        f"{path} can't be written any further: No space left on device. The first "
    )
    written, rate = soundfile.read(path, dtype="float32")
    assert rate == RATE
    assert len(written) >= 350 * 1024 // 4
    np.testing.assert_array_equal(written, np.resize(sound[:, 0], len(written)))


def render(folder: Path, disk: Path) -> None:
    desk = Desk(disk)
    desk.score.request(Edit("Draw", added=frozenset({Note(24 * 200, 60, 24, 90, 0)})))
    for name in ("song.wav", "song.flac", "song.ogg"):
        if name == "song.ogg":  # it is small
            fill(disk)
        with pytest.raises(StudioError) as told:
            render_song(desk.score.snapshot(), disk / name)
        assert str(told.value) == f"{disk / name} can't be written: {NO_ROOM}"
        assert {path.name for path in disk.iterdir()} <= {"song.studio", "ballast"}


def sound_files(folder: Path, disk: Path) -> None:
    sound = np.random.default_rng(0).uniform(-1, 1, (RATE, 2)).astype(np.float32)
    for sound_format in SOUND_FORMATS:
        with pytest.raises(OSError, match="No space left"):
            save_sound(disk / sound_format, [sound] * 10, RATE, 2, sound_format)
        (disk / sound_format).unlink()


def settings(folder: Path, disk: Path) -> None:
    kept = Settings(disk / "settings.json")
    kept.set("theme", "dark")
    fill(disk)
    kept.set("theme", "light")
    assert Settings(disk / "settings.json").get("theme") == "dark"


def models(folder: Path, disk: Path) -> None:
    os.environ["STUDIO_HOME"] = str(disk / "home")
    shipped = resources.path("models", "ar-cnn")
    own = install_model(shipped, "mine")
    ballast, before = fill(disk), sorted((disk / "home").rglob("*"))
    with pytest.raises(StudioError, match=f"can't be copied to .*other: {NO_ROOM}"):
        install_model(shipped, "other")
    with pytest.raises(StudioError, match="mine can't be renamed: No space left"):
        rename_model("mine", "yours")
    assert Card.load(own).name == "mine"
    with pytest.raises(StudioError, match="mine can't be deleted: No space left"):
        delete_model("mine")
    with pytest.raises(StudioError, match=f"can't be written: {NO_ROOM}"):
        export_model(own, disk / "mine.zip")
    trash = disk / "home" / "data" / "trash"
    assert [p for p in sorted((disk / "home").rglob("*")) if p != trash] == before
    ballast.unlink()
    assert rename_model("mine", "yours").name == "yours"


def collecting(folder: Path, disk: Path) -> None:
    clips = class_folder(disk / "collection", "rock")
    clip = resources.path("demo", "training_genre") / "piano" / "clip01.ogg"
    fill(disk)
    with pytest.raises(StudioError, match=f"{clip} can't be copied: {NO_ROOM}"):
        add_files(clips, [clip])
    assert list(clips.iterdir()) == []


def training(folder: Path, disk: Path) -> None:
    """The disk fills up when the first best model is there; run on one of 110 MB."""
    command = [sys.executable, "-m", "studio", "train", "lstm", "--preset", "tiny", "--json"]
    command += [str(resources.path("demo", "training_scores")), "-o", str(disk / "run")]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        for line in run.stdout:
            if json.loads(line)["event"] == "best" and not (disk / "ballast").exists():
                fill(disk)
        *_, last = run.stderr.read().splitlines()
    assert run.returncode == 1
    assert "No space left on device" in last, last
    load_network(disk / "run" / "best")


def main() -> None:
    scene, folder = sys.argv[1], Path(sys.argv[2])
    QCoreApplication([])
    raised: list[object] = []
    threading.excepthook = raised.append
    scenes: dict[str, Callable[[Path, Path], None]] = {
        act.__name__: act
        for act in (
            save,
            read_only,
            journal,
            recording,
            render,
            sound_files,
            settings,
            models,
            collecting,
            training,
        )
    }
    scenes[scene](folder, folder / "disk")
    assert raised == []
    sys.stdout.write(f"{scene} is well\n")


if __name__ == "__main__":
    main()
