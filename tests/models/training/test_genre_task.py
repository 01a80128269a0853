import json
import tracemalloc
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from models.card import Card
from models.data.audio_dataset import Clip, load_audio_dataset
from models.data.audio_features import HeardClip
from models.data.audio_files import read_audio
from models.errors import ModelError
from models.evaluation.genre import evaluate_genre
from models.evaluation.predictions import Predictions
from models.inference.genre import GenreModel, run_by_torch
from models.model_folder import load_network
from models.networks import build
from models.training import genre
from models.training.engine import train
from models.training.genre import PRESETS, GenreTask, Settings, make_task, notes_on
from models.training.genre_batches import (
    window_cutter,
)
from models.training.genre_checks import CHECK_BATCH, CheckedClips
from models.training.run import TrainOptions
from tests.models.genre_sounds import RATE, beeps, thumps, write_genres, write_model

TINY = Settings(**PRESETS["tiny"])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_genres(tmp_path_factory.mktemp("data") / "music", n_files=5, seconds=2.0)


@pytest.fixture
def task(data: Path) -> GenreTask:
    return make_task(data, TINY, seed=0, limit_per_class=None, log=lambda line: None)


def heard(genre: str, source: str, n_frames: int = 300) -> HeardClip:
    clip = Clip(Path("x.wav"), "x.wav", genre, "train", "x", source)
    frames = np.random.default_rng(0).normal(-40, 10, (8, n_frames)).astype(np.float16)
    return HeardClip(clip, frames)


def test_a_trained_model_names_what_it_has_not_heard(data: Path, tmp_path: Path) -> None:
    events: list[dict[str, object]] = []
    options = TrainOptions("genre", data, tmp_path / "run", preset="tiny", command="studio train")
    best = train(options, events.append)
    model = GenreModel.load(best)
    for seed in (100, 101, 102):
        high, low = beeps(1.5, seed), thumps(1.5, seed)
        assert model.classify(high, RATE)["beeps"] > 0.5
        assert model.classify(low, RATE)["thumps"] > 0.5
    assert events[-1]["event"] == "end"

    card = Card.load(best)
    assert card.labels == ["beeps", "thumps"]
    assert card.features == TINY.features.to_json()
    assert card.data[0]["items"] == 10
    assert "own music" in card.notes  # its licence is not stated
    report = evaluate_genre(best, data, "valid")
    assert report["n"] == 2  # of the folder it learned from, only what was held back
    assert report["accuracy"] == card.metrics["valid"]["accuracy"]
    assert report["log_loss"] == pytest.approx(card.metrics["valid"]["log_loss"], abs=1e-3)
    said = Predictions.load(tmp_path / "run" / "predictions_valid.csv")
    assert said.paths == report["predictions"].paths
    for name in ("confusion", "roc", "precision_recall", "calibration"):
        assert (tmp_path / "run" / "figures" / f"{name}_valid.png").stat().st_size > 1000

    assert report["leaked"] == []

    mixed = tmp_path / "mixed"
    for split in ("train", "valid"):
        for clip in load_audio_dataset(data).split(split):
            y = read_audio(clip.path, 16_000)  # another file, the same recording
            target = mixed / clip.genre / f"{split} {clip.path.name}"
            target.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(target, 0.3 * y, 16_000)
    report = evaluate_genre(best, mixed)
    beeps_learned = {str(p) for p in (mixed / "beeps").glob("train*")}
    assert beeps_learned <= set(report["leaked"])
    assert not any(Path(path).name.startswith("valid") for path in report["leaked"])
    assert report["accuracy_without_leaked"] is not None
    assert "learned from in training" in report["warnings"][0]

    other = write_genres(tmp_path / "other", n_files=1, seconds=1.0)
    (other / "beeps" / "broken.wav").write_text("no sound")
    report = evaluate_genre(best, other, "test")
    assert (report["n"], report["split"]) == (2, "all")
    assert list(report["errors"]) == ["beeps/broken.wav"]
    with pytest.raises(ModelError, match="no split 'nonsense'"):
        evaluate_genre(best, data, "nonsense")


def test_batches_depend_on_seed_and_epoch_only(task: GenreTask) -> None:
    one, again, later = (next(task.train_batches(epoch)) for epoch in (1, 1, 2))
    assert torch.equal(one["x"], again["x"])
    assert not torch.equal(one["x"], later["x"])
    assert len(list(task.train_batches(0))) == task.n_batches()
    assert one["x"].shape == (TINY.batch_size, TINY.n_mels, TINY.features.window_frames)
    torch.testing.assert_close(one["y"].sum(1), torch.ones(TINY.batch_size))


def test_validation_is_of_clips_and_leaves_the_weights(task: GenreTask) -> None:
    before = {name: w.clone() for name, w in task.network.named_parameters()}
    first, second = task.validate(task.network), task.validate(task.network)
    assert first == second
    assert 0 <= first["accuracy"] <= 1
    for name, weight in task.network.named_parameters():
        assert torch.equal(weight, before[name])


def test_what_it_says_of_the_validation_clips_fits_what_is_measured(task: GenreTask) -> None:
    measured = task.validate(task.network)
    said = task.valid_probabilities(task.network)
    np.testing.assert_allclose(said.sum(axis=1), 1)
    is_right = said.argmax(axis=1) == task.valid_targets
    assert is_right.mean() == measured["accuracy"]
    picked = said[np.arange(len(said)), task.valid_targets]
    assert -np.log(picked).mean() == pytest.approx(measured["valid_loss"], rel=1e-6)


def test_training_clips_are_measured_like_the_validation_clips(task: GenreTask) -> None:
    measured = task.validate(task.network)
    assert sum(task.seen().said.values()) == task.seen().n_items == len(task.valid_targets)
    train_loss, valid_loss = task.compare(task.network)
    assert valid_loss == pytest.approx(measured["valid_loss"])
    task.heard["train"] = task.heard["valid"]  # the same clips: the same loss
    assert task.compare(task.network) == (pytest.approx(valid_loss), valid_loss)
    assert train_loss != valid_loss


def test_broken_files_are_told_and_left_out(data: Path, tmp_path: Path) -> None:
    folder = write_genres(tmp_path / "music", n_files=4, seconds=1.0)
    (folder / "beeps" / "9.wav").write_text("no sound")
    lines: list[str] = []
    task = make_task(folder, TINY, seed=0, limit_per_class=None, log=lines.append)
    assert any("9.wav" in line for line in lines)
    assert sum(len(clips) for clips in task.heard.values()) == 8


def test_limit_is_per_class(data: Path) -> None:
    task = make_task(data, TINY, seed=0, limit_per_class=1, log=lambda line: None)
    assert Counter(h.clip.genre for h in task.heard["train"]) == {"beeps": 1, "thumps": 1}


def test_spectra_of_more_tracks_are_learned_from_too(data: Path, tmp_path: Path) -> None:
    np.savez(
        tmp_path / "more.npz",
        X=np.random.default_rng(0).integers(0, 256, (6, 48, 60), dtype=np.uint8),
        genre=np.array(["beeps", "thumps", "unheard"] * 2),
        split=np.array(["train"] * 6),
        track_id=np.array(list("abcdef")),
    )
    settings = replace(TINY, spectra=str(tmp_path / "more.npz"))
    task = make_task(data, settings, seed=0, limit_per_class=None, log=lambda line: None)
    entry = next(e for e in task.card_fields()["data"] if e["name"] == "more")
    assert entry["items"] == 4
    plain = make_task(data, TINY, seed=0, limit_per_class=None, log=lambda line: None)
    assert task.labels == plain.labels == ["beeps", "thumps"]
    with_spectra, without = (next(t.train_batches(0))["x"] for t in (task, plain))
    assert with_spectra.shape == without.shape
    assert not torch.equal(with_spectra, without)


def test_several_networks_learn_from_a_teacher_and_hear_in_two_ways(
    data: Path, tmp_path: Path
) -> None:
    names = [f"{genre}/{i}.wav" for genre in ("beeps", "thumps") for i in range(5)]
    outputs = np.random.default_rng(0).normal(size=(10, 6)) + np.arange(10)[:, None] // 5
    np.savez(tmp_path / "t.npz", paths=names, segment=np.zeros(10), embeddings=outputs)
    changes = {"teacher": str(tmp_path / "t.npz"), "teacher_size": 2, "members": 2, "coarse": True}
    settings = replace(TINY, **changes)
    task = make_task(data, settings, seed=0, limit_per_class=None, log=lambda line: None)
    batch = next(task.train_batches(0))
    assert batch["said"].shape == (TINY.batch_size, 2)
    assert torch.equal(batch["is_taught"], torch.ones(TINY.batch_size, 1))
    torch.testing.assert_close(batch["y"].sum(1), torch.ones(TINY.batch_size))
    assert torch.isfinite(task.loss(task.network, batch))

    options = TrainOptions(
        "genre", data, tmp_path / "run", preset="tiny", settings=changes, epochs=1, command="studio"
    )
    best = train(options, lambda event: None)
    model, card = GenreModel.load(best), Card.load(best)
    assert card.architecture == "genre-ensemble"
    assert {"name": "t", "items": 6}.items() <= card.data[-1].items()
    y = beeps(1.5, 100)
    from_torch = GenreModel(card, run_by_torch(load_network(best)[1])).classify(y, RATE)
    assert model.classify(y, RATE) == pytest.approx(from_torch, abs=1e-4)


def test_what_is_no_music_speaks_for_no_genre(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(genre, "NOT_MUSIC_CLIPS", 12)
    settings = replace(TINY, not_music=1.0, mixup=0.0)
    task = make_task(data, settings, seed=0, limit_per_class=None, log=lambda line: None)
    y = next(task.train_batches(0))["y"]
    torch.testing.assert_close(y, torch.full_like(y, 0.5))
    assert task.labels == ["beeps", "thumps"]


def test_training_can_begin_from_a_model(data: Path, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base")
    changes = {"base": str(base), "head_only": True, "half": False}
    settings = replace(TINY, **changes)
    task = make_task(data, settings, seed=0, limit_per_class=None, log=lambda line: None)
    assert task.settings.features == GenreModel.load(base).features
    before = load_network(base)[1].state_dict()
    assert all(torch.equal(w, before[n]) for n, w in task.network.state_dict().items())

    options = TrainOptions(
        "genre", data, tmp_path / "run", preset="tiny", settings=changes, epochs=1, command="studio"
    )
    after = load_network(train(options, lambda event: None))[1].state_dict()
    card = Card.load(tmp_path / "run" / "best")
    assert card.training["parent"]["sha256"] == Card.load(base).sha256
    changed = {name for name, w in after.items() if not torch.equal(w, before[name])}
    assert {"votes.weight", "votes.bias"} <= changed
    assert changed <= {"votes.weight", "votes.bias", "temperature"}


def test_a_model_that_began_from_another_is_bound_by_what_that_learned_from(
    data: Path, tmp_path: Path
) -> None:
    base = write_model(tmp_path / "base")
    card = json.loads((base / "card.json").read_text())
    card["data"] = [{"name": "tapes", "licence": "for research only"}, {"name": "odd"}]
    (base / "card.json").write_text(json.dumps(card))
    settings = replace(TINY, base=str(base))
    task = make_task(data, settings, seed=0, limit_per_class=None, log=lambda line: None)
    fields = task.card_fields()
    assert [entry["name"] for entry in fields["data"]][-2:] == ["tapes", "odd"]
    assert "Recordings of" in fields["notes"]
    assert "tapes" in fields["notes"]


def test_other_genres_get_a_head_of_their_own(data: Path, tmp_path: Path) -> None:
    base = write_model(tmp_path / "base", labels=("one", "two"))
    settings = replace(TINY, base=str(base))
    task = make_task(data, settings, seed=0, limit_per_class=None, log=lambda line: None)
    before = load_network(base)[1].state_dict()
    state = task.network.state_dict()
    assert torch.equal(state["stem.weight"], before["stem.weight"])
    assert not torch.equal(state["votes.weight"], before["votes.weight"])
    with pytest.raises(ValueError, match="with a base"):
        replace(TINY, head_only=True)


@pytest.mark.parametrize(
    ("settings", "card", "reason"),
    [
        ({"architecture": "mlp"}, {}, "only a network of genre-cnn or genre-ensemble"),
        ({}, {"architecture": "genre-mlp"}, "architecture genre-mlp"),
        ({}, {"kind": "score", "labels": None}, "no genre model"),
        ({}, {"features": {"sample_rate": 44100}}, "sample_rate 44100, not 22050"),
        ({}, {"features": {"fmin_hz": "x"}}, "fmin_hz 'x', not 30.0"),
    ],
)
def test_a_base_that_does_not_fit_is_refused_with_a_sentence(
    settings: dict[str, Any], card: dict[str, Any], reason: str, data: Path, tmp_path: Path
) -> None:
    base = write_model(tmp_path / "base")
    written = json.loads((base / "card.json").read_text())
    (base / "card.json").write_text(json.dumps({**written, **card}))
    wish = replace(TINY, base=str(base), **settings)
    with pytest.raises(ModelError, match=reason):
        make_task(data, wish, seed=0, limit_per_class=None, log=lambda line: None)


def test_one_genre_is_not_enough(tmp_path: Path) -> None:
    folder = write_genres(tmp_path / "music", n_files=2, seconds=1.0)
    for path in (folder / "thumps").iterdir():
        path.unlink()
    with pytest.raises(ModelError, match="at least two are needed"):
        make_task(folder, TINY, seed=0, limit_per_class=None, log=lambda line: None)


def test_nothing_to_check_with_is_refused(tmp_path: Path) -> None:
    folder = write_genres(tmp_path / "music", n_files=1, seconds=1.0)
    with pytest.raises(ModelError, match="left to check the model with"):
        make_task(folder, TINY, seed=0, limit_per_class=None, log=lambda line: None)


def test_clips_are_checked_by_all_their_windows_cut_anew_each_time() -> None:
    clips = [heard("pop", "s", n) for n in (10, 5000, 400, 90)] * 6
    counts, cut = window_cutter(clips, TINY.features)
    checked = CheckedClips(counts, cut, np.zeros(len(clips), dtype=np.int64))
    network = build("genre-cnn", {"n_classes": 2, "n_mels": 8, "width": 4}).eval()
    with torch.inference_mode():
        whole = torch.cat([cut(index) for index in range(len(clips))])
        at_once = torch.cat([network(part) for part in whole.split(CHECK_BATCH)]).double().numpy()
    assert len(at_once) == counts.sum() > CHECK_BATCH
    for _ in range(2):
        np.testing.assert_array_equal(checked.logits(network), at_once)
    mean = checked.by_clip(at_once)[1]
    odds = np.exp(at_once[counts[0] :][: counts[1]])
    np.testing.assert_allclose(mean, (odds / odds.sum(1, keepdims=True)).mean(0))


def test_a_validation_never_holds_all_its_windows() -> None:
    network = build("genre-cnn", {"n_classes": 2, "n_mels": 8, "width": 4}).eval()
    clips = [heard("pop", "s", 5000)] * 220
    tracemalloc.start()
    counts, cut = window_cutter(clips, TINY.features)
    CheckedClips(counts, cut, np.zeros(220, dtype=np.int64)).logits(network)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 220 * cut(0).nbytes / 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 0},
        {"balance": 1.5},
        {"label_smoothing": 1.0},
        {"epochs": 0},
        {"dropout": -0.1},
        {"schedule": "steps"},
    ],
)
def test_settings_that_can_not_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Settings(**wrong)


@pytest.mark.parametrize(
    ("schedule", "middle", "end"),
    [("cosine", 0.5, 0.0), ("linear", 0.5, 0.0), ("constant", 1.0, 1.0)],
)
def test_the_rate_rises_while_warming_up_and_follows_its_schedule(
    data: Path, schedule: str, middle: float, end: float
) -> None:
    settings = replace(TINY, schedule=schedule, warm_up=0.2, epochs=50, crops_per_epoch=64)
    task = make_task(data, settings, seed=0, limit_per_class=None, log=lambda line: None)
    optimizer, scheduler = task.optimizer(task.network)
    assert scheduler is not None
    rates = []
    for _ in range(settings.epochs * task.n_batches()):
        rates.append(scheduler.get_last_lr()[0] / settings.learning_rate)
        optimizer.step()
        scheduler.step()
    assert rates[:40] == pytest.approx(np.arange(1, 41) / 40)
    assert rates[119] == pytest.approx(middle, abs=1e-6)
    assert rates[-1] == pytest.approx(end, abs=1e-6)


@pytest.mark.parametrize(
    ("licence", "is_restricted"),
    [("CC0", False), ("CC BY-NC-SA 3.0", True), ("research use only", True), ("not stated", True)],
)
def test_the_card_warns_of_licences_that_restrict(licence: str, is_restricted: bool) -> None:
    notes = notes_on([{"name": "the set", "licence": licence}], 3.0)
    assert ("the set" in notes and "commercial" in notes) == is_restricted
