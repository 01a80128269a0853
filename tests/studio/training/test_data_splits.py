from pathlib import Path
from typing import Any

import pytest

import resources
from models.data.audio_dataset import load_audio_dataset
from models.split_file import SPLITS_FILE, read_splits
from studio.errors import StudioError
from studio.training.data_splits import DataSplits


def music(folder: Path) -> Path:
    for genre in ("high", "low"):
        for artist in range(5):
            for number in range(2):
                path = folder / genre / f"artist {artist}" / f"{number}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(f"{genre}{artist}{number}".encode())
    return folder


def report_of(folder: Path) -> dict[str, Any]:
    clips = load_audio_dataset(folder).clips
    return {
        "path": str(folder),
        "items": [
            {"path": c.name, "class": c.genre, "group": c.group, "split": c.split, "seconds": 1.0}
            for c in clips
        ],
        "same_recordings": [["high/artist 0/0.wav", "low/artist 0/1.wav"]],
    }


def test_a_group_is_moved_whole_and_every_command_sees_it(tmp_path: Path) -> None:
    folder = music(tmp_path / "music")
    splits = DataSplits(report := report_of(folder))
    groups = {(g.label, g.name): g for g in splits.groups()}
    assert len(groups) == 10
    assert {g.n_items for g in groups.values()} == {2}
    before = {c.name: c.split for c in load_audio_dataset(folder).clips}
    moved = ("high", "high/artist 2")
    target = "test" if groups[moved].split != "test" else "valid"
    splits.move([moved], target)
    assert next(g for g in splits.groups() if g.name == moved[1]).split == target
    after = {c.name: c.split for c in load_audio_dataset(folder).clips}
    names = [f"high/artist 2/{n}.wav" for n in range(2)]
    assert after == {**before, **dict.fromkeys(names, target)}
    assert sum(report["splits"].values()) == 20
    assert report["splits"][target] == list(after.values()).count(target)
    splits.move([("low", "low/artist 1")], "train")
    assert set(read_splits(folder)) == {*names, "low/artist 1/0.wav", "low/artist 1/1.wav"}
    splits.forget()
    assert {c.name: c.split for c in load_audio_dataset(folder).clips} == before


def test_a_recording_in_two_splits_is_told(tmp_path: Path) -> None:
    splits = DataSplits(report_of(music(tmp_path / "music")))
    splits.move([("high", "high/artist 0"), ("low", "low/artist 0")], "train")
    assert splits.leaks() == []
    splits.move([("low", "low/artist 0")], "test")
    assert splits.leaks() == [["high/artist 0/0.wav", "low/artist 0/1.wav"]]


def test_what_cant_be_written_changes_nothing(tmp_path: Path) -> None:
    folder = music(tmp_path / "music")
    (folder / SPLITS_FILE).mkdir()
    report = report_of(folder)
    before = [dict(item) for item in report["items"]]
    with pytest.raises(StudioError, match=r"splits\.csv can't be written"):
        DataSplits(report).move([("high", "high/artist 0")], "test")
    assert report["items"] == before


def test_the_demo_stays_as_it_is() -> None:
    folder = resources.path("demo", "training_genre")
    report = report_of(folder)
    group = DataSplits(report).groups()[0]
    with pytest.raises(StudioError, match="demo"):
        DataSplits(report).move([(group.label, group.name)], "test")
    assert not (folder / SPLITS_FILE).exists()
