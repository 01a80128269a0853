import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import resources
from models.data.audio_dataset import load_audio_dataset
from models.data.audio_files import read_native
from models.data.fingerprint import fingerprint
from models.data.heard import HeardIndex, heard_files
from models.data.inspect import groups_of_links, inspect
from models.data.leakage import choose_clips
from models.errors import ModelError

DEMO = resources.path("demo", "training_genre")


def demo_set(folder: Path, splits: dict[str, str] | None = None) -> Path:
    """Our demo sounds, by folders or, with `splits` of clips by name, by a manifest."""
    shutil.copytree(DEMO, folder)
    if splits is not None:
        rows = ["path,genre,split"]
        for path in sorted(folder.rglob("*.ogg")):
            name = path.relative_to(folder).as_posix()
            rows.append(f"{name},{path.parent.name},{splits.get(name, 'train')}")
        (folder / "manifest.csv").write_text("\n".join(rows) + "\n")
    return folder


def copy_as(source: Path, target: Path, how: str) -> None:
    """The same recording in another file."""
    y, rate = read_native(source)
    if how == "the same bytes":
        shutil.copy(source, target)
    elif how == "as MP3":
        soundfile.write(target, y, rate, format="MP3")
    elif how == "cut at both ends":
        soundfile.write(target, y[round(0.413 * rate) : -round(0.7 * rate)], rate, format="OGG")
    else:
        assert how == "quiet, late and at another rate"
        late = np.concatenate([np.zeros(3001, np.float32), 0.1 * y[::2]])
        soundfile.write(target, late, rate // 2, format="WAV")


CHANGES = ["the same bytes", "as MP3", "cut at both ends", "quiet, late and at another rate"]


@pytest.mark.parametrize("how", CHANGES)
def test_a_recording_in_two_given_splits_is_refused_by_name(tmp_path: Path, how: str) -> None:
    folder = demo_set(tmp_path / "music")
    copy_as(folder / "piano" / "clip03.ogg", folder / "piano" / "again.ogg", how)
    shutil.rmtree(tmp_path / "music" / "strings")
    rows = [
        f"{p.relative_to(folder).as_posix()},{p.parent.name},train"
        for p in sorted(folder.rglob("*.ogg"))
        if p.name != "again.ogg"
    ]
    manifest = ["path,genre,split", *rows, "piano/again.ogg,piano,valid"]
    (folder / "manifest.csv").write_text("\n".join(manifest) + "\n")
    with pytest.raises(ModelError) as error:
        choose_clips(load_audio_dataset(folder), None, 0, lambda line: None)
    text = str(error.value)
    assert "piano/again.ogg (valid) and piano/clip03.ogg (train)" in text
    assert "1 recording is in two splits" in text
    assert "manifest.csv" in text
    assert text.endswith(".")
    report = inspect(folder)
    assert report["leaks"] == [["piano/again.ogg", "piano/clip03.ogg"]]
    assert any("Training refuses" in warning for warning in report["warnings"])


@pytest.mark.parametrize("how", CHANGES)
def test_a_recording_in_two_of_our_splits_is_put_into_one(tmp_path: Path, how: str) -> None:
    folder = demo_set(tmp_path / "music")
    held = load_audio_dataset(folder).split("valid")
    assert held
    for clip in held:
        copy_as(clip.path, clip.path.with_name(f"again {clip.path.name}"), how)
    dataset = load_audio_dataset(folder)
    told: list[str] = []
    chosen = choose_clips(dataset, None, 0, told.append)
    split_of = {clip.name: split for split, clips in chosen.splits.items() for clip in clips}
    assert len(split_of) == len(dataset.clips)  # none is lost
    for clip in held:
        again = f"{clip.genre}/again {clip.path.name}"
        assert split_of[again] == split_of[clip.name]
    learned = HeardIndex([prints[::8] for prints in chosen.prints_of("train")])
    for split in ("valid", "test"):
        assert not any(learned.knows(prints) for prints in chosen.prints_of(split))


def test_sounds_that_are_all_different_stay_where_they_are(tmp_path: Path) -> None:
    dataset = load_audio_dataset(demo_set(tmp_path / "music"))
    told: list[str] = []
    chosen = choose_clips(dataset, None, 0, told.append)
    assert told == []
    for split, clips in chosen.splits.items():
        assert tuple(clips) == dataset.split(split)
    few = choose_clips(dataset, 2, 0, told.append)
    assert len(few.splits["train"]) == 6


def test_a_recording_filed_under_two_genres_is_told(tmp_path: Path) -> None:
    folder = demo_set(tmp_path / "music")
    copy_as(folder / "piano" / "clip03.ogg", folder / "strings" / "other.ogg", "as MP3")
    report = inspect(folder)
    assert report["label_conflicts"] == [["piano/clip03.ogg", "strings/other.ogg"]]
    (warning,) = [w for w in report["warnings"] if "two genres" in w]
    assert "piano/clip03.ogg (piano) and strings/other.ogg (strings)" in warning


def saved(folder: Path, sounds: list[tuple[NDArray[np.float32], int]]) -> HeardIndex:
    folder.mkdir()
    for name, content in heard_files(fingerprint(y, rate) for y, rate in sounds).items():
        (folder / name).write_bytes(content)
    index = HeardIndex.load(folder)
    assert index is not None
    return index


@pytest.mark.parametrize("how", CHANGES)
def test_a_model_knows_again_what_it_learned_from_and_nothing_else(
    tmp_path: Path, how: str
) -> None:
    clips = sorted(DEMO.rglob("*.ogg"))
    learned, others = clips[::2], clips[1::2]
    index = saved(tmp_path / "model", [read_native(path) for path in learned])
    for path in learned:
        copy_as(path, tmp_path / "again.ogg", how)
        assert index.knows(fingerprint(*read_native(tmp_path / "again.ogg"))), path
    assert not any(index.knows(fingerprint(*read_native(path))) for path in others)
    assert not index.knows(np.zeros(0, np.uint32))


def test_what_was_learned_from_takes_few_bytes(tmp_path: Path) -> None:
    y = 0.1 * np.random.default_rng(0).standard_normal(60 * 8000).astype(np.float32)
    (content,) = heard_files([fingerprint(y, 8000)]).values()
    assert len(content) < 60 * 60


def test_a_model_that_keeps_no_prints_says_nothing_and_a_damaged_file_is_refused(
    tmp_path: Path,
) -> None:
    assert HeardIndex.load(tmp_path) is None
    index = saved(tmp_path / "nothing", [])
    assert not index.knows(fingerprint(*read_native(DEMO / "piano" / "clip01.ogg")))
    (tmp_path / "heard.safetensors").write_bytes(b"no such file")
    with pytest.raises(ModelError, match=r"heard\.safetensors is damaged"):
        HeardIndex.load(tmp_path)


class Name(str):
    """Counts how often it is looked up."""

    __slots__ = ()
    n_looks = 0

    def __hash__(self) -> int:
        Name.n_looks += 1
        return super().__hash__()

    __eq__ = str.__eq__


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=10))
def test_groups_are_what_links_reach(links: list[list[str]]) -> None:
    """By the definition: whoever can be reached from a name along links is in its group."""
    reached = {name: {name} for names in links for name in names}
    for _ in range(len(reached)):
        for name, found in reached.items():
            reached[name] = found.union(*(link for link in links if found & set(link)))
    expected = {tuple(sorted(found)) for found in reached.values()}
    assert groups_of_links(links) == [list(group) for group in sorted(expected)]


@pytest.mark.parametrize("step", [1, 2])  # one long chain, or pairs
def test_each_link_costs_the_same_however_many_there_are(step: int) -> None:
    def looks_a_link(n: int) -> float:
        links = [[Name(f"{i * step}"), Name(f"{i * step + 1}")] for i in range(n)]
        Name.n_looks = 0
        groups_of_links(links)
        return Name.n_looks / n

    assert looks_a_link(8000) < 2 * looks_a_link(500)


def test_links_make_groups() -> None:
    links = [["a", "b"], ["d", "e"], ["c", "b"], ["f", "g"], ["e", "f"]]
    assert groups_of_links(links) == [["a", "b", "c"], ["d", "e", "f", "g"]]
