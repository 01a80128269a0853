from collections import Counter
from pathlib import Path

import pytest

from models.data.audio_dataset import (
    describe_sources,
    limit_clips,
    load_audio_dataset,
)
from models.errors import ModelError


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def manifest(folder: Path, *rows: str, header: str = "path,genre,split,group") -> Path:
    (folder / "manifest.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder


def test_a_folder_is_a_genre(tmp_path: Path) -> None:
    dataset = load_audio_dataset(touch(tmp_path, "jazz/a.wav", "jazz/deep/b.OGG", "rock/c.mp3"))
    assert [(c.name, c.genre) for c in dataset.clips] == [
        ("jazz/a.wav", "jazz"),
        ("jazz/deep/b.OGG", "jazz"),
        ("rock/c.mp3", "rock"),
    ]
    assert dataset.genres == ("jazz", "rock")
    assert not dataset.has_split


def test_our_split_is_stratified_seeded_and_keeps_groups_together(tmp_path: Path) -> None:
    names = [f"{g}/artist{i // 3}/{i}.wav" for g in ("jazz", "rock") for i in range(60)]
    touch(tmp_path, *names)
    dataset = load_audio_dataset(tmp_path, seed=3)
    splits = Counter((c.genre, c.split) for c in dataset.clips)
    for genre in ("jazz", "rock"):
        assert splits[genre, "train"] == 48
        assert splits[genre, "valid"] == splits[genre, "test"] == 6
    by_group = {(c.group, c.split) for c in dataset.clips}
    assert len(by_group) == len({c.group for c in dataset.clips})
    assert dataset == load_audio_dataset(tmp_path, seed=3)
    assert dataset != load_audio_dataset(tmp_path, seed=4)


def test_few_files_still_leave_some_to_check_with(tmp_path: Path) -> None:
    dataset = load_audio_dataset(touch(tmp_path, *(f"jazz/{i}.wav" for i in range(3))))
    assert Counter(c.split for c in dataset.clips) == {"train": 1, "valid": 1, "test": 1}


def test_manifest_says_genre_split_and_group(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav", "b.wav", "c.wav", "d.wav")
    rows = ["a.wav,jazz,train,X", "b.wav,rock,val,", "c.wav,,unlabelled,", "d.wav,jazz,unlabelled,"]
    dataset = load_audio_dataset(manifest(tmp_path, *rows))
    assert [(c.name, c.genre, c.split, c.group) for c in dataset.clips] == [
        ("a.wav", "jazz", "train", "X"),
        ("b.wav", "rock", "valid", "b.wav"),
    ]
    assert [c.name for c in dataset.unlabelled] == ["c.wav", "d.wav"]
    assert dataset.has_split
    assert [c.name for c in dataset.split("valid")] == ["b.wav"]


def test_manifest_without_splits_gets_ours(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{i}.wav" for i in range(20)))
    rows = [f"{i}.wav,{'jazz' if i % 2 else 'rock'}" for i in range(20)]
    dataset = load_audio_dataset(manifest(tmp_path, *rows, header="path,genre"))
    assert not dataset.has_split
    assert {c.split for c in dataset.clips} == {"train", "valid", "test"}


def test_rows_that_lead_nowhere_or_outside_are_told(tmp_path: Path) -> None:
    touch(tmp_path, "set/a.wav", "secret.wav")
    rows = ["a.wav,jazz,train,", "none.wav,jazz,train,", "../secret.wav,jazz,train,"]
    dataset = load_audio_dataset(manifest(tmp_path / "set", *rows))
    assert [c.name for c in dataset.clips] == ["a.wav"]
    assert [p.split(":")[0] for p in dataset.problems] == ["none.wav", "../secret.wav"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no labelled music"):
        load_audio_dataset(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no folder"):
        load_audio_dataset(tmp_path / "none")


@pytest.mark.parametrize("header", ["path,split", "file,genre"])
def test_a_manifest_without_its_columns_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(ModelError, match=r"no column named (genre|path)"):
        load_audio_dataset(manifest(tmp_path, header=header))


def test_limit_keeps_so_many_of_each_genre(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{g}/{i}.wav" for g in ("jazz", "rock") for i in range(9)), "pop/a.wav")
    clips = load_audio_dataset(tmp_path).clips
    assert Counter(c.genre for c in limit_clips(clips, 4)) == {"jazz": 4, "rock": 4, "pop": 1}
    assert limit_clips(clips, 4, seed=1) == limit_clips(clips, 4, seed=1)
    assert len(limit_clips(clips, None)) == len(clips)


def test_digest_knows_the_data_wherever_it_lies(tmp_path: Path) -> None:
    first = load_audio_dataset(touch(tmp_path / "one", "jazz/a.wav", "rock/b.wav"))
    moved = load_audio_dataset(touch(tmp_path / "two", "jazz/a.wav", "rock/b.wav"))
    other = load_audio_dataset(touch(tmp_path / "three", "jazz/a.wav", "rock/c.wav"))
    assert first.digest() == moved.digest() != other.digest()


def test_the_card_names_every_source_with_its_licence(tmp_path: Path) -> None:
    touch(tmp_path, "a.wav", "b.wav", "c.wav")
    rows = ["a.wav,jazz,train,own,CC0", "b.wav,jazz,valid,own,CC BY", "c.wav,pop,train,found,"]
    header = "path,genre,split,dataset,licence"
    entries = describe_sources(load_audio_dataset(manifest(tmp_path, *rows, header=header)))
    assert [(e["name"], e["licence"], e["items"], e["split"]) for e in entries] == [
        ("found", "not stated", 1, "train 1"),
        ("own", "CC BY; CC0", 2, "train 1, valid 1"),
    ]
