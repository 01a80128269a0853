from pathlib import Path

import mido
import pytest

import resources
from models.data.audio_dataset import load_audio_dataset
from models.data.leakage import choose_clips
from models.data.scores import assign_splits, list_files
from models.errors import ModelError
from models.split_file import SPLITS_FILE, read_splits, splits_path, splits_table


def music(folder: Path) -> Path:
    for genre in ("high", "low"):
        for artist in range(5):
            for number in range(2):
                path = folder / genre / f"artist {artist}" / f"{number}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(f"{genre}{artist}{number}".encode())
    return folder


def split_of(folder: Path, seed: int = 0) -> dict[str, str]:
    return {clip.name: clip.split for clip in load_audio_dataset(folder, seed=seed).clips}


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    splits = {"b, c/1.wav": "test", 'a "x"\u00e9.wav': "train"}
    (tmp_path / SPLITS_FILE).write_bytes(splits_table(splits))
    assert read_splits(tmp_path) == splits
    assert read_splits(tmp_path / "none") == {}


def test_the_table_of_a_zip_is_beside_it(tmp_path: Path) -> None:
    assert splits_path(tmp_path / "set.zip") == tmp_path / "set.splits.csv"
    (tmp_path / "set.splits.csv").write_bytes(splits_table({"a.wav": "valid"}))
    assert read_splits(tmp_path / "set.zip") == {"a.wav": "valid"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("path\na.wav\n", "no columns"),
        ("path,split\na.wav,tset\n", "'tset'"),
        ("path,split\na.wav\n", "the split ''"),
        ("\xff\xfe\x00", "can't be read"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / SPLITS_FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError, match=reason):
        read_splits(tmp_path)


def test_what_was_moved_is_where_it_was_moved_to_and_the_rest_as_before(tmp_path: Path) -> None:
    folder = music(tmp_path / "music")
    before = split_of(folder)
    chosen = [name for name in before if name.startswith("high/artist 3")]
    target = "valid" if before[chosen[0]] != "valid" else "train"
    (folder / SPLITS_FILE).write_bytes(splits_table(dict.fromkeys(chosen, target)))
    after = load_audio_dataset(folder)
    assert after.is_edited
    assert not after.has_split
    assert {c.name: c.split for c in after.clips} == {**before, **dict.fromkeys(chosen, target)}


def test_given_splits_can_be_changed_too(tmp_path: Path) -> None:
    folder = music(tmp_path / "music")
    names = sorted(split_of(folder))
    rows = [f"{name},{name.split('/')[0]},train,{name[:-6]}" for name in names]
    (folder / "manifest.csv").write_text("\n".join(["path,genre,split,artist", *rows]))
    (folder / SPLITS_FILE).write_bytes(splits_table({names[0]: "test"}))
    assert split_of(folder) == {**dict.fromkeys(names, "train"), names[0]: "test"}


def test_an_artist_is_in_one_split_and_each_class_in_all(tmp_path: Path) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    rows = ["path,genre,artist"]
    for number in range(200):
        genre = ("high", "low")[number % 2]
        (folder / f"{number}.wav").write_bytes(b"x")
        rows.append(f"{number}.wav,{genre},{genre} {number // 8}")
    (folder / "manifest.csv").write_text("\n".join(rows))
    clips = load_audio_dataset(folder, seed=5).clips
    splits = {
        artist: {c.split for c in clips if c.group == artist} for artist in {c.group for c in clips}
    }
    assert all(len(found) == 1 for found in splits.values())
    for genre in ("high", "low"):
        counts = [
            sum(c.genre == genre and c.split == s for c in clips)
            for s in ("train", "valid", "test")
        ]
        assert counts[0] > 3 * counts[1] > 0
        assert counts[1] == pytest.approx(counts[2], abs=4)


def test_the_splits_are_kept_with_the_model(tmp_path: Path) -> None:
    data = resources.path("demo", "training_genre")
    dataset = load_audio_dataset(data)
    chosen = choose_clips(dataset, None, 0, lambda line: None)
    (tmp_path / SPLITS_FILE).write_bytes(chosen.files()[SPLITS_FILE])
    kept = read_splits(tmp_path)
    assert kept == {clip.name: split for split, clips in chosen.splits.items() for clip in clips}
    assert set(kept) == {clip.name for clip in dataset.clips}


def score_set(folder: Path, n_pieces: int, header: str, row: str) -> Path:
    folder.mkdir()
    rows = [header]
    for number in range(n_pieces):
        mido.MidiFile().save(folder / f"{number}.mid")
        rows.append(row.format(n=number, ten=number // 10, four=number // 4))
    (folder / "manifest.csv").write_text("\n".join(rows))
    return folder


def test_pieces_are_drawn_from_each_set(tmp_path: Path) -> None:
    folder = score_set(tmp_path / "s", 60, "path,dataset", "{n}.mid,set {ten}")
    for seed in range(3):
        splits = assign_splits(list_files(folder), seed)
        for split, count in (("train", 8), ("valid", 1), ("test", 1)):
            per_set = [sum(f.dataset == f"set {n}" for f in splits[split]) for n in range(6)]
            assert per_set == [count] * 6


def test_a_composer_is_in_one_split(tmp_path: Path) -> None:
    folder = score_set(tmp_path / "s", 60, "path,dataset,composer", "{n}.mid,all,{four}")
    splits = assign_splits(list_files(folder), 0)
    groups = {split: {file.group for file in files} for split, files in splits.items()}
    assert [len(groups[s]) for s in ("train", "valid", "test")] == [11, 2, 2]
    assert not groups["train"] & groups["valid"] | groups["train"] & groups["test"]
    assert not groups["valid"] & groups["test"]


def test_a_piece_can_be_moved(tmp_path: Path) -> None:
    folder = score_set(tmp_path / "s", 20, "path,dataset", "{n}.mid,all")
    before = assign_splits(list_files(folder), 0)
    moved = before["train"][0]
    (folder / SPLITS_FILE).write_bytes(splits_table({moved.name: "test"}))
    after = assign_splits(list_files(folder), 0)
    assert after["train"] == before["train"][1:]
    assert after["test"] == [*before["test"], moved]
