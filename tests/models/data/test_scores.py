from pathlib import Path

import mido
import numpy as np
import pytest

from models.data.frames import load_frames
from models.data.scores import (
    ScoreFile,
    assign_splits,
    data_hash,
    describe,
    list_files,
    load_piece,
    load_scores,
)
from models.errors import ModelError
from models.notes import Note


def write_midi(path: Path, pitches: tuple[int, ...] = (60, 62, 64), channel: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    midi = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("time_signature", numerator=3, denominator=4))
    track.append(mido.MetaMessage("set_tempo", tempo=400_000))
    for pitch in pitches:
        track.append(mido.Message("note_on", note=pitch, velocity=70, channel=channel))
        track.append(mido.Message("note_off", note=pitch, time=240, channel=channel))
    midi.tracks.append(track)
    midi.save(path)
    return path


def test_a_file_becomes_a_piece_with_its_metre_and_tempo(tmp_path: Path) -> None:
    piece = load_piece(write_midi(tmp_path / "a.mid"))
    assert piece.notes == (Note(0, 60, 240, 70), Note(240, 62, 240, 70), Note(480, 64, 240, 70))
    assert (piece.time_signatures[0].numerator, piece.tempo[0].us_per_beat) == (3, 400_000)


def test_text_named_mid_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "letter.mid"
    path.write_text("Dear reader")
    with pytest.raises(ModelError, match=r"letter\.mid is not a MIDI file"):
        load_piece(path)


def test_broken_files_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    for index in range(3):
        write_midi(tmp_path / f"{index}.mid")
    (tmp_path / "bad.mid").write_bytes(b"MThd\x00")
    write_midi(tmp_path / "drums.mid", channel=9)
    data = load_scores(tmp_path)
    assert sum(map(len, data.pieces.values())) == 3
    assert sorted(path.name for path, _ in data.broken) == ["bad.mid", "drums.mid"]


def test_an_empty_folder_and_a_missing_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no MIDI files"):
        list_files(tmp_path)
    with pytest.raises(ModelError, match="no folder"):
        list_files(tmp_path / "nowhere")


def test_folders_give_splits_and_sets(tmp_path: Path) -> None:
    write_midi(tmp_path / "folk" / "train" / "a.mid")
    write_midi(tmp_path / "folk" / "validation" / "b.midi")
    write_midi(tmp_path / "choir" / "test" / "deep" / "c.MID")
    files = {f.path.name: (f.dataset, f.split) for f in list_files(tmp_path)}
    assert files == {
        "a.mid": ("folk", "train"),
        "b.midi": ("folk", "valid"),
        "c.MID": ("choir", "test"),
    }
    assert [f.dataset for f in list_files(tmp_path, ["choir"])] == ["choir"]
    with pytest.raises(ModelError, match=r"no set jazz; it has choir, folk"):
        list_files(tmp_path, ["jazz"])


def test_a_manifest_decides_what_counts_and_says_the_licence(tmp_path: Path) -> None:
    write_midi(tmp_path / "x" / "a.mid")
    write_midi(tmp_path / "x" / "b.mid")
    (tmp_path / "manifest.csv").write_text("path,dataset,split,licence\nx/a.mid,mine,train,CC0\n")
    assert list_files(tmp_path) == [ScoreFile(tmp_path / "x" / "a.mid", "mine", "train", "CC0")]


def named(count: int, split: str | None = None) -> list[ScoreFile]:
    return [ScoreFile(Path(f"{index}.mid"), "set", split) for index in range(count)]


def test_our_own_split_is_80_10_10_seeded_and_whole() -> None:
    first, again, other = (assign_splits(named(100), seed) for seed in (1, 1, 2))
    assert {name: len(files) for name, files in first.items()} == {
        "train": 80,
        "valid": 10,
        "test": 10,
    }
    assert first == again
    assert first != other
    assert len({f.path for files in first.values() for f in files}) == 100


def test_a_missing_valid_comes_out_of_train_never_of_test() -> None:
    splits = assign_splits([*named(20, "train"), ScoreFile(Path("t.mid"), "set", "test")], 0)
    assert {name: len(files) for name, files in splits.items()} == {
        "train": 18,
        "valid": 2,
        "test": 1,
    }


def test_a_card_row_counts_what_was_read(tmp_path: Path) -> None:
    for index in range(10):
        write_midi(tmp_path / "folk" / f"{index}.mid")
    rows = describe(load_scores(tmp_path))
    assert [(r["name"], r["items"], r["split"]) for r in rows] == [
        ("folk", 10, {"train": 8, "valid": 1, "test": 1})
    ]
    assert rows[0]["hash"] == data_hash(list_files(tmp_path))


def write_frames(path: Path) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    rolls = [(rng.random((n, 88)) < 0.1).astype(np.uint8) for n in (5, 9)]
    packed = np.packbits(np.concatenate(rolls), axis=1)
    np.savez(path, valid=packed, valid_lengths=np.array([5, 9]))
    return rolls


def test_frames_come_back_piece_by_piece(tmp_path: Path) -> None:
    rolls = write_frames(tmp_path / "f.npz")
    read = load_frames(tmp_path / "f.npz", "valid")
    assert all(np.array_equal(a, b) for a, b in zip(rolls, read, strict=True))


def test_a_split_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    write_frames(tmp_path / "f.npz")
    with pytest.raises(ModelError, match="no split test; it has valid"):
        load_frames(tmp_path / "f.npz", "test")


def test_lengths_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    packed = np.zeros((4, 11), dtype=np.uint8)
    np.savez(tmp_path / "f.npz", test=packed, test_lengths=np.array([3]))
    with pytest.raises(ModelError, match="do not add up"):
        load_frames(tmp_path / "f.npz", "test")
