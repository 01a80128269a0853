import csv
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from models.data.inspect import inspect
from models.errors import ModelError

RATE = 8000


def tone(seconds: float, hz: float, gain: float = 0.3) -> NDArray[np.float32]:
    t = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(gain * np.sin(2 * np.pi * hz * t), dtype=np.float32)


def write_tones(folder: Path, counts: dict[str, int], seconds: float = 1.0) -> Path:
    """A folder per genre, every file of another pitch."""
    hz = 200.0
    for genre, count in counts.items():
        (folder / genre).mkdir(parents=True)
        for index in range(count):
            hz += 20
            soundfile.write(folder / genre / f"{index}.wav", tone(seconds, hz), RATE)
    return folder


def warnings_with(report: dict[str, Any], words: str) -> list[str]:
    return [warning for warning in report["warnings"] if words in warning]


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    return write_tones(tmp_path / "music", {"high": 8, "low": 8})


def test_a_sound_set_is_counted(sounds: Path) -> None:
    report = inspect(sounds)
    assert (report["kind"], report["n_items"]) == ("genre", 16)
    assert report["seconds"] == pytest.approx(16)
    assert report["classes"] == {
        name: {"items": 8, "seconds": pytest.approx(8)} for name in ("high", "low")
    }
    assert sum(report["splits"].values()) == 16
    assert not report["has_own_split"]
    assert report["durations_s"] == dict.fromkeys(("min", "q1", "median", "q3", "max"), 1.0)
    assert report["sample_rates"] == {str(RATE): 16}
    assert report["warnings"] == []


def test_the_same_recording_in_two_splits_is_told_even_if_the_bytes_differ(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(0)
    t = np.arange(6 * RATE) / RATE

    def piece(seed: int) -> NDArray[np.float32]:
        noise = np.random.default_rng(seed).standard_normal(len(t))
        return np.asarray(0.1 * noise * (1.2 + np.sin(9 * t)), dtype=np.float32)

    rows = [("a", "train", 1), ("b", "train", 2), ("a", "valid", 3), ("b", "valid", 2)]
    lines = ["path,genre,split,group"]
    for number, (genre, split, seed) in enumerate(rows):
        sound = 0.5 * piece(seed) + 0.003 * rng.standard_normal(len(t)).astype(np.float32)
        soundfile.write(tmp_path / f"{number}.wav", sound, RATE)
        lines.append(f"{number}.wav,{genre},{split},g{number}")
    (tmp_path / "manifest.csv").write_text("\n".join(lines))
    report = inspect(tmp_path)
    assert report["duplicates"] == []
    (pair,) = report["near_duplicates"]
    assert sorted(pair["paths"]) == ["1.wav", "3.wav"]
    assert warnings_with(report, "in more than one split")


def test_every_file_has_a_row(sounds: Path) -> None:
    soundfile.write(sounds / "low" / "silent.wav", np.zeros(RATE, np.float32), RATE)
    (sounds / "low" / "broken.wav").write_text("no sound")
    (sounds / "low" / "cover.jpg").write_text("a picture")
    soundfile.write(sounds / "loose.wav", tone(1, 300), RATE)
    report = inspect(sounds)
    rows = {row["path"]: row for row in report["items"]}
    assert len(rows) == report["n_items"] == 18
    assert rows["low/3.wav"]["class"] == "low"
    assert rows["low/3.wav"]["group"] == "low/3.wav"
    assert rows["low/3.wav"]["seconds"] == pytest.approx(1)
    assert {row["split"] for row in rows.values()} == {"train", "valid", "test"}
    assert (rows["low/broken.wav"]["seconds"], rows["low/broken.wav"]["x"]) == (None, None)
    assert (rows["low/silent.wav"]["seconds"], rows["low/silent.wav"]["x"]) == (1.0, None)
    assert all(abs(row["x"]) <= 1 for row in rows.values() if row["x"] is not None)
    assert report["folder"] == str(sounds)
    assert report["other_files"] == 1
    assert warnings_with(report, "1 file lies beside the folders of the classes")


def test_a_sound_unlike_its_class_is_told(sounds: Path) -> None:
    noise = 0.2 * np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    soundfile.write(sounds / "low" / "noise.wav", noise, RATE)
    report = inspect(sounds)
    assert [row["path"] for row in report["items"] if row["unusual"]] == ["low/noise.wav"]
    assert warnings_with(report, "unlike the others of the same class (such as low/noise.wav)")


def test_progress_tells_every_file_and_the_end(sounds: Path) -> None:
    told: list[tuple[int, int]] = []
    inspect(sounds, lambda done, total: told.append((done, total)))
    assert told == [(done, 16) for done in range(17)]


def test_equal_files_are_named_together(sounds: Path) -> None:
    (sounds / "low" / "again.wav").write_bytes((sounds / "high" / "0.wav").read_bytes())
    report = inspect(sounds)
    assert report["duplicates"] == [["high/0.wav", "low/again.wav"]]
    assert warnings_with(report, "1 item appears more than once")


def test_silence_and_clipping_are_found(sounds: Path) -> None:
    soundfile.write(sounds / "low" / "silent.wav", np.zeros(RATE, np.float32), RATE)
    loud = np.clip(tone(1, 110, gain=4), -1, 1)
    soundfile.write(sounds / "low" / "loud.wav", loud, RATE, subtype="FLOAT")
    report = inspect(sounds)
    assert report["silent"] == ["low/silent.wav"]
    assert report["clipped"] == ["low/loud.wav"]
    assert warnings_with(report, "1 item holds nothing but silence (such as low/")
    assert warnings_with(report, "1 item is clipped")


def test_full_scale_peaks_are_no_clipping(sounds: Path) -> None:
    peaky = tone(1, 110)
    peaky[:3] = 1.0
    soundfile.write(sounds / "low" / "mastered.wav", peaky, RATE, subtype="FLOAT")
    assert inspect(sounds)["clipped"] == []


def test_broken_files_are_named_with_the_reason(sounds: Path) -> None:
    (sounds / "high" / "text.wav").write_text("no sound")
    whole = (sounds / "high" / "0.wav").read_bytes()
    (sounds / "high" / "cut.wav").write_bytes(whole[:3000])
    soundfile.write(sounds / "high" / "nothing.wav", np.zeros(0, np.float32), RATE)
    report = inspect(sounds)
    reasons = {row["path"]: row["error"] for row in report["broken"]}
    assert sorted(reasons) == ["high/cut.wav", "high/nothing.wav", "high/text.wav"]
    assert "truncated" in reasons["high/cut.wav"]
    assert "no audio file" in reasons["high/text.wav"]
    assert warnings_with(report, "3 items can't be read")
    assert report["classes"]["high"]["seconds"] == pytest.approx(8)


def test_uneven_genres_are_told(tmp_path: Path) -> None:
    report = inspect(write_tones(tmp_path / "music", {"much": 36, "little": 6}, seconds=0.2))
    assert report["warnings"] == [
        "There is 6 times as much much as little: add to the smaller one."
    ]
    even = inspect(write_tones(tmp_path / "even", {"much": 24, "little": 6}, seconds=0.2))
    assert even["warnings"] == []


def test_small_genres_and_a_single_one_are_told(tmp_path: Path) -> None:
    report = inspect(write_tones(tmp_path / "music", {"only": 1}))
    assert warnings_with(report, "only one genre")
    assert warnings_with(report, "only has only 1 file.")


def write_manifest(folder: Path, rows: list[tuple[str, str, str]]) -> None:
    with (folder / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([("path", "genre", "split"), *rows])


def test_a_recording_in_two_splits_is_told(sounds: Path) -> None:
    (sounds / "low" / "again.wav").write_bytes((sounds / "low" / "0.wav").read_bytes())
    rows = [(f"{genre}/{i}.wav", genre, "train") for genre in ("high", "low") for i in range(8)]
    rows[1] = ("high/1.wav", "high", "test")
    write_manifest(sounds, [*rows, ("low/again.wav", "low", "valid")])
    report = inspect(sounds)
    assert report["has_own_split"]
    assert report["splits"] == {"train": 15, "test": 1, "valid": 1}
    (warning,) = warnings_with(report, "more than one split")
    assert warning.startswith("1 recording is in")
    assert "low/0.wav and low/again.wav" in warning


def test_missing_splits_and_files_are_told(sounds: Path) -> None:
    rows = [(f"{genre}/{i}.wav", genre, "train") for genre in ("high", "low") for i in range(8)]
    write_manifest(sounds, [*rows, ("low/gone.wav", "low", "train")])
    report = inspect(sounds)
    assert "The valid split is empty." in report["warnings"]
    assert warnings_with(report, "no test split")
    assert warnings_with(report, "low/gone.wav")


def test_a_file_far_longer_than_the_others_is_told(sounds: Path) -> None:
    soundfile.write(sounds / "low" / "long.wav", tone(12, 130), RATE)
    report = inspect(sounds)
    (row,) = report["outliers"]
    assert row == {"path": "low/long.wav", "value": pytest.approx(12), "unit": "s"}
    assert warnings_with(report, "1 item is far longer or shorter")


@pytest.mark.parametrize("name", ["none", "empty", "music.zip", "loose"])
def test_what_is_no_data_set_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "music.zip").write_bytes(b"PK\x03\x04")  # cut off
    (tmp_path / "loose").mkdir()
    soundfile.write(tmp_path / "loose" / "unlabelled.wav", tone(1, 200), RATE)
    with pytest.raises(ModelError) as error:
        inspect(tmp_path / name)
    assert name in str(error.value)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def write_midi(
    path: Path, pitches: list[int], *, offset: int = 0, length: int = 480, metre: int = 4
) -> None:
    """One note a beat, the first `offset` ticks late."""
    path.parent.mkdir(parents=True, exist_ok=True)
    midi = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("time_signature", numerator=metre, denominator=4))
    for index, pitch in enumerate(pitches):
        wait = offset if index == 0 else 480 - length
        track.append(mido.Message("note_on", note=pitch, velocity=80, time=wait))
        track.append(mido.Message("note_off", note=pitch, time=length))
    midi.tracks.append(track)
    midi.save(path)


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    folder = tmp_path / "pieces"
    splits = ["train"] * 10 + ["valid"] * 2 + ["test"] * 2
    for index, split in enumerate(splits):
        write_midi(folder / split / f"{index}.mid", list(range(40 + index, 56 + index)))
    return folder


def test_a_score_set_is_counted(scores: Path) -> None:
    report = inspect(scores)
    assert (report["kind"], report["n_items"], report["notes"]) == ("score", 14, 14 * 16)
    assert report["splits"] == {"train": 10, "valid": 2, "test": 2}
    assert report["has_own_split"]
    assert report["pitch_range"] == [40, 68]
    assert report["polyphony"]["median"] == pytest.approx(1)
    assert report["metres"] == {"4/4": 14}
    assert report["on_grid"] == 1.0
    assert report["seconds"] == pytest.approx(14 * 8)
    assert report["warnings"] == []


def test_notes_off_the_grid_are_told(tmp_path: Path) -> None:
    for index in range(10):
        write_midi(tmp_path / f"{index}.mid", list(range(50 + index, 60 + index)), offset=60)
    report = inspect(tmp_path)
    assert report["on_grid"] == 0.0
    assert warnings_with(report, "off the sixteenth grid")


def test_empty_broken_and_equal_scores_are_told(scores: Path) -> None:
    write_midi(scores / "train" / "empty.mid", [])
    (scores / "train" / "broken.mid").write_text("no music")
    again = (scores / "train" / "0.mid").read_bytes()
    (scores / "test" / "again.mid").write_bytes(again)
    report = inspect(scores)
    assert report["silent"] == ["train/empty.mid"]
    (row,) = report["broken"]
    assert row["path"] == "train/broken.mid"
    assert report["duplicates"] == [["test/again.mid", "train/0.mid"]]
    (warning,) = warnings_with(report, "more than one split")
    assert "train/0.mid" in warning


def test_few_pieces_are_told(tmp_path: Path) -> None:
    write_midi(tmp_path / "one.mid", [60, 62, 64], metre=3)
    report = inspect(tmp_path)
    assert warnings_with(report, "1 piece with notes")
    assert report["metres"] == {"3/4": 1}
    assert warnings_with(report, "The valid split is empty.")


def test_only_broken_scores_are_a_report_too(tmp_path: Path) -> None:
    (tmp_path / "broken.mid").write_text("no music")
    report = inspect(tmp_path)
    assert len(report["broken"]) == 1
    assert report["pitch_range"] is None
    assert report["durations_s"] is None
