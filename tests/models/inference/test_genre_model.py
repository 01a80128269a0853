import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.errors import ModelError
from models.inference.genre import GenreModel, window_starts
from tests.models.genre_sounds import RATE, beeps, thumps, write_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model") / "random", onnx=True)


@pytest.fixture(scope="module")
def model(folder: Path) -> GenreModel:
    return GenreModel.load(folder)


def test_probabilities_of_all_labels_add_up(model: GenreModel) -> None:
    answer = model.classify(beeps(1, 0), RATE)
    assert tuple(answer) == model.labels
    assert sum(answer.values()) == pytest.approx(1)
    assert answer != model.classify(thumps(1, 0), RATE)


def test_onnx_and_torch_agree(folder: Path, model: GenreModel, tmp_path: Path) -> None:
    by_torch = GenreModel.load(write_model(tmp_path / "torch"))
    for sound in (beeps(1, 0), thumps(1, 0)):
        expected = by_torch.classify(sound, RATE)
        assert model.classify(sound, RATE) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("rate", [22050, 44100, 48000])
def test_live_equals_offline(model: GenreModel, tmp_path: Path, rate: int) -> None:
    y = np.concatenate([beeps(1.6, 1, rate), thumps(1.7, 2, rate)])
    soundfile.write(tmp_path / "a.wav", y, rate, subtype="FLOAT")
    entry = model.classify_file(tmp_path / "a.wav")
    for window in entry["windows"]:
        start = round(window["start_s"] * rate)
        live = model.classify(y[start : start + round(model.window_s * rate)], rate)
        assert live == pytest.approx(window["probabilities"], abs=1e-3)


def test_a_microphone_20_db_down_hears_the_same(model: GenreModel) -> None:
    y = beeps(1, 3)
    assert model.classify(y * 0.1, RATE) == pytest.approx(model.classify(y, RATE), abs=1e-3)


def test_a_file_is_the_mean_of_its_windows(model: GenreModel, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", np.concatenate([beeps(2, 1), thumps(1.3, 1)]), RATE)
    entry = model.classify_file(tmp_path / "a.flac")
    assert entry["seconds"] == pytest.approx(3.3, abs=1e-3)
    assert [w["start_s"] for w in entry["windows"]] == pytest.approx([0, 0.5, 1, 1.5, 2, 2.3])
    assert entry["windows"][-1]["end_s"] == pytest.approx(3.3)
    mean = np.mean([list(w["probabilities"].values()) for w in entry["windows"]], axis=0)
    assert list(entry["probabilities"].values()) == pytest.approx(list(mean))
    assert entry["confidence"] == entry["probabilities"][entry["genre"]] == max(mean)
    assert entry["error"] is None
    json.dumps(entry, allow_nan=False)


def test_a_clip_shorter_than_a_window_is_one_window(model: GenreModel, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", beeps(0.4, 1), RATE)
    entry = model.classify_file(tmp_path / "a.wav")
    assert len(entry["windows"]) == 1
    assert entry["windows"][0]["end_s"] == pytest.approx(0.4, abs=1e-3)


@pytest.mark.parametrize("n_samples", [1, 10, 2000])
def test_any_length_of_sound_is_answered(model: GenreModel, n_samples: int) -> None:
    assert sum(model.classify(np.ones(n_samples), 48000).values()) == pytest.approx(1)


def test_silence_is_no_genre_more_than_another(model: GenreModel) -> None:
    assert model.classify(np.zeros(RATE), RATE) == {"beeps": 0.5, "thumps": 0.5}


def test_no_sound_at_all_is_refused(model: GenreModel) -> None:
    with pytest.raises(ValueError, match="mono sound expected"):
        model.classify(np.zeros(0), RATE)


@pytest.mark.parametrize("n_samples", [1, 99, 100, 101, 149, 150, 151, 1000])
def test_windows_cover_a_file(n_samples: int) -> None:
    starts = window_starts(n_samples, 100)
    assert starts[0] == 0
    assert starts[-1] == max(0, n_samples - 100)
    assert all(0 < b - a <= 50 for a, b in itertools.pairwise(starts))


def changed(folder: Path, to: Path, **values: object) -> Path:
    shutil.copytree(folder, to)
    card = json.loads((to / "card.json").read_text())
    (to / "card.json").write_text(json.dumps({**card, **values}))
    return to


def test_a_score_model_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not 'genre'"):
        GenreModel.load(changed(folder, tmp_path / "a", kind="score"))


def test_labels_that_do_not_fit_the_network_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gives 2 genres and its card 3"):
        GenreModel.load(changed(folder, tmp_path / "a", labels=["a", "b", "c"]))


def test_features_that_can_not_be_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="features that can't be made"):
        GenreModel.load(changed(folder, tmp_path / "a", features={"hop_length": 0}))


def test_changed_weights_are_refused(folder: Path, tmp_path: Path) -> None:
    broken = changed(folder, tmp_path / "a")
    (broken / "model.onnx").write_bytes((broken / "model.onnx").read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError, match="hash"):
        GenreModel.load(broken)
