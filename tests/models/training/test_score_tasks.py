import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.card import Card
from models.errors import ModelError
from models.model_folder import save_model_folder
from models.networks import build
from models.networks.lstm import ScoreLstm
from models.networks.reference_unet import ReferenceUnet
from models.piano_roll import HOLD, ONSET, GridNotes
from models.training import ar_cnn, lstm
from models.training.reference import cell_loss, switch
from models.training.score_batches import Corruption, WindowSampler, blank, corrupt, length_class
from models.training.score_loss import edit_loss
from models.training.score_task import ScoreTask, parse_weights
from tests.models.training.few_songs import write_song, write_songs

MODULES = pytest.mark.parametrize("module", [ar_cnn, lstm], ids=["ar-cnn", "lstm"])


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_songs(tmp_path_factory.mktemp("songs"), 12)


def make(module: Any, songs: Path, **changes: Any) -> ScoreTask:
    values = module.PRESETS["tiny"] | changes
    task: ScoreTask = module.make_task(
        songs, module.Settings(**values), seed=1, limit_per_class=None, log=lambda line: None
    )
    return task


def test_the_reference_learns_cells_and_says_so(songs: Path) -> None:
    task = make(ar_cnn, songs, design="reference", half_precision=False, valid_windows=4)
    task.network = ReferenceUnet(filters=4, levels=2)
    optimizer, _ = task.optimizer(task.network)
    batch = next(iter(task.train_batches(1)))
    losses = []
    for _ in range(12):
        optimizer.zero_grad()
        loss = task.loss(task.network.train(), batch)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    measured = task.validate(task.network.eval())
    assert {"valid_loss", "removal_auc", "addition_hit_at_k"} <= set(measured)
    assert task.card_fields()["architecture"] == "reference-unet"


def test_an_unknown_design_is_refused() -> None:
    with pytest.raises(ValueError, match="dilated or reference"):
        ar_cnn.Settings(design="other")


def test_cells_are_switched_as_often_as_the_description_says() -> None:
    clean = np.zeros((128, 128), dtype=np.uint8)
    clean[60:64] = 1
    rng = np.random.default_rng(0)
    switched = np.stack([switch(rng, clean) for _ in range(200)])
    gone, come = switched[:, 60:64].mean(axis=(1, 2)), switched[:, :60].mean(axis=(1, 2))
    assert gone.min() < 0.05
    assert gone.max() > 0.95
    assert come.mean() == pytest.approx(0.0125, abs=0.0005)
    assert 0.001 < come.std() < 0.003


def test_the_loss_over_cells_is_least_where_the_switched_ones_share_the_softmax() -> None:
    switched = torch.zeros(2, 4, 4)
    switched[0, 1, 1:3] = switched[1, 2, 0] = 1
    sure = (switched * 20 - 10).flatten(1).log_softmax(dim=1).view_as(switched)
    even = torch.zeros(2, 16).log_softmax(dim=1).view_as(switched)
    assert cell_loss(sure, switched) == pytest.approx(np.log(2) / 2, abs=1e-3)
    assert cell_loss(even, switched) == pytest.approx(np.log(16), abs=1e-5)


@MODULES
def test_a_tiny_network_learns_and_says_so(module: Any, songs: Path) -> None:
    torch.set_num_threads(1)
    task = make(module, songs, half_precision=False)
    optimizer, scheduler = task.optimizer(task.network)
    before = task.validate(task.network.eval())
    for epoch in range(3):
        task.network.train()
        for batch in task.train_batches(epoch):
            optimizer.zero_grad()
            task.loss(task.network, batch).backward()
            optimizer.step()
            assert scheduler is not None
            scheduler.step()
    after = task.validate(task.network.eval())
    assert after["valid_loss"] < 0.9 * before["valid_loss"]
    metrics = task.final_metrics(task.network)
    assert set(metrics) == {"valid", "test"}
    assert {"repair_f1", "corrupted_f1", "n_pieces"} <= set(metrics["valid"].popitem()[1])


@MODULES
def test_batches_are_the_same_for_the_same_epoch_only(module: Any, songs: Path) -> None:
    task = make(module, songs, batches_per_epoch=1)
    first, again, other = (next(iter(task.train_batches(epoch))) for epoch in (0, 0, 1))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["bars"], other["bars"]) or not torch.equal(
        first["roll"].sum(), other["roll"].sum()
    )


@MODULES
def test_windows_that_a_network_is_checked_on_are_painted_alike_each_time(
    module: Any, songs: Path
) -> None:
    task = make(module, songs)
    first, again = (list(task._valid) for _ in range(2))
    assert len(first) == len(task._valid) == task.settings.valid_windows // task.settings.batch_size
    for one, other in zip(first, again, strict=True):
        assert all(torch.equal(one[name], other[name]) for name in one)
    assert task.validate(task.network.eval()) == task.validate(task.network.eval())


@MODULES
def test_a_check_never_holds_all_its_windows(module: Any, songs: Path) -> None:
    tracemalloc.start()
    task = make(module, songs, valid_windows=192)
    task.validate(task.network.eval())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    painted = [sum(values.nbytes for values in batch.values()) for batch in task._valid]
    assert len(painted) == 24
    assert peak < sum(painted) / 2  # a few are made ahead


@MODULES
def test_the_card_builds_the_network_again(module: Any, songs: Path) -> None:
    task = make(module, songs)
    fields = task.card_fields()
    network = build(fields["architecture"], fields["config"])
    network.load_state_dict(task.network.state_dict())
    assert [row["split"] for row in fields["data"]] == [{"train": 10, "valid": 1, "test": 1}]


@MODULES
def test_too_few_pieces_are_told(module: Any, tmp_path: Path) -> None:
    write_song(tmp_path / "only.mid", 0)
    with pytest.raises(ModelError, match="too few pieces"):
        make(module, tmp_path)


def card_of(task: ScoreTask) -> Card:
    config = dict(task.config())
    return Card(name="base", kind="score", architecture=task.architecture, config=config)


@MODULES
def test_a_base_gives_the_first_weights_and_stays_on_the_card(
    module: Any, songs: Path, tmp_path: Path
) -> None:
    first = make(module, songs)
    card = card_of(first)
    card.data.append({"name": "elsewhere", "licence": "CC0-1.0", "items": 1, "hash": "0"})
    save_model_folder(tmp_path / "base", first.network.state_dict(), card)
    task = make(module, songs, base=str(tmp_path / "base"), batch_size=4)
    pairs = zip(first.network.parameters(), task.network.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    fields = task.card_fields()
    assert "base" in fields["notes"]
    assert fields["data"][-1]["name"] == "elsewhere"


def test_a_base_of_another_kind_or_size_is_refused(songs: Path, tmp_path: Path) -> None:
    first = make(ar_cnn, songs)
    card = card_of(first)
    save_model_folder(tmp_path / "base", first.network.state_dict(), card)
    with pytest.raises(ModelError, match="must be lstm"):
        make(lstm, songs, base=str(tmp_path / "base"))
    with pytest.raises(ModelError, match="another size"):
        make(ar_cnn, songs, base=str(tmp_path / "base"), channels=8)


@pytest.mark.parametrize("text", ["a", "a=b", "a=-1", "a=nan"])
def test_weights_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ModelError, match="weights="):
        parse_weights(text)


def test_weights_are_read() -> None:
    assert parse_weights("a=2, b=0.5") == {"a": 2.0, "b": 0.5}


def rows(grid: GridNotes) -> set[tuple[int, int]]:
    return set(zip(grid.step.tolist(), grid.pitch.tolist(), strict=True))


NOTES = GridNotes.from_rows([(4 * i, 50 + i % 12, 2 + i % 3) for i in range(30)])


def check_parts(spoilt: Corruption) -> None:
    kept = rows(spoilt.notes.take(~spoilt.is_wrong))
    assert kept | rows(spoilt.removed) == rows(NOTES)
    assert not kept & rows(spoilt.removed)
    assert not rows(spoilt.notes.take(spoilt.is_wrong)) & rows(NOTES)


@pytest.mark.parametrize("seed", range(5))
def test_corruption_takes_right_notes_and_brings_wrong_ones(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spoilt = corrupt(rng, NOTES, 0, 120, gone=0.2, wrong=0.5)
    check_parts(spoilt)
    assert len(spoilt.removed) == 6
    assert 0 < spoilt.is_wrong.sum() <= 15
    check_parts(blank(rng, NOTES, 0, 120))


@MODULES
def test_batches_mark_what_is_missing_and_what_is_wrong(module: Any, songs: Path) -> None:
    batch = next(iter(make(module, songs).train_batches(0)))
    missing, present, wrong = (batch[name] > 0 for name in ("add", "present", "wrong"))
    assert torch.equal(present, batch["roll"][:, ONSET] > 0)
    assert not (missing & present).any()
    assert not (wrong & ~present).any()
    assert (missing & ~(batch["clean"][:, ONSET] > 0)).sum() == 0
    assert ((batch["length"] >= 0) == missing).all()
    assert (batch["clean"][:, HOLD] > 0).any()


def test_the_loss_is_least_for_the_right_edits(songs: Path) -> None:
    batch = next(iter(make(ar_cnn, songs).train_batches(0)))
    lengths = torch.zeros(len(batch["add"]), 10, *batch["add"].shape[1:])
    right = (batch["add"] * 20 - 10, batch["wrong"] * 20 - 10, lengths)
    wrong = (10 - batch["add"] * 20, 10 - batch["wrong"] * 20, lengths)
    assert edit_loss(right, batch) < edit_loss(wrong, batch)


def test_weights_of_sets_decide_what_is_drawn(songs: Path) -> None:
    pieces = make(ar_cnn, songs).scores.pieces["train"]
    sampler = WindowSampler(pieces, 64, {pieces[0].file.dataset: 0.0})
    assert sampler.draw(np.random.default_rng(0)).clean.step.size > 0


def test_each_length_has_the_class_nearest_to_it() -> None:
    assert length_class(np.array([1, 2, 4, 7, 9, 100])).tolist() == [0, 1, 3, 4, 5, 9]


def test_published_frames_are_learnt_as_well(songs: Path, tmp_path: Path) -> None:
    packed = np.packbits(np.eye(88, dtype=np.uint8)[:12], axis=1)
    lengths = np.array([5, 7])
    arrays = {"train": packed, "train_lengths": lengths, "valid": packed, "valid_lengths": lengths}
    np.savez(tmp_path / "choir.npz", **arrays)
    task = make(lstm, songs, frames=str(tmp_path / "choir.npz"), half_precision=False)
    batch = next(iter(task.train_batches(0)))
    assert set(batch["n_frames"].tolist()) <= {5, 7}
    assert torch.equal(batch["frames"].sum(dim=(1, 2)).long(), batch["n_frames"])
    task.loss(task.network, batch).backward()
    assert task.card_fields()["data"][-1]["name"] == "choir (published frames)"
    assert task.validate(task.network.eval())["frame_nats"] > 0


@pytest.fixture
def choir(tmp_path: Path) -> Path:
    """Two pieces of chords that move in parallel: what sounds below tells what sounds above."""
    roll = np.zeros((40, 88), dtype=np.uint8)
    for frame in range(40):
        roll[frame, 30 + frame * 7 % 11 + np.array([0, 4, 7, 12])] = 1
    packed, lengths = np.packbits(roll, axis=1), np.array([25, 15])
    arrays = {"train": packed, "train_lengths": lengths, "valid": packed, "valid_lengths": lengths}
    np.savez(tmp_path / "choir.npz", **arrays)
    return tmp_path / "choir.npz"


def test_frames_alone_are_learnt_and_told_better_in_a_chain(choir: Path) -> None:
    torch.set_num_threads(1)
    changes = {"half_precision": False, "batches_per_epoch": 60, "longest": 24}
    task = make(lstm, choir, **changes)
    optimizer, _ = task.optimizer(task.network)
    before = task.validate(task.network.eval())
    for batch in task.train_batches(1):
        optimizer.zero_grad()
        task.loss(task.network.train(), batch).backward()
        optimizer.step()
    after = task.validate(task.network.eval())
    assert after["valid_loss"] == after["nll"] < after["nll_independent"] < before["nll"]
    measured = task.final_metrics(task.network)["valid"]
    assert measured["nll"] == pytest.approx(after["nll"])
    fields = task.card_fields()
    assert fields["data"][0]["split"] == {"train": 2, "valid": 2}
    build(fields["architecture"], fields["config"]).load_state_dict(task.network.state_dict())


def test_a_chain_is_learnt_beside_what_a_base_can_do(choir: Path, tmp_path: Path) -> None:
    first = make(lstm, choir, chain=0)
    card = Card(name="base", kind="score", architecture="lstm", config=first.settings.config())
    save_model_folder(tmp_path / "base", first.network.state_dict(), card)
    task = make(lstm, choir, base=str(tmp_path / "base"), chain_only=True, half_precision=False)
    optimizer, _ = task.optimizer(task.network)
    task.loss(task.network, next(iter(task.train_batches(1)))).backward()
    optimizer.step()
    state = task.network.state_dict()
    assert all(torch.equal(x, state[name]) for name, x in first.network.state_dict().items())
    assert state["chain.out.weight"].abs().max() > 0
    assert "base" in task.card_fields()["notes"]
    with pytest.raises(ModelError, match="chain=0"):
        make(lstm, choir, chain=0, chain_only=True)


def test_frames_without_a_part_to_check_with_are_refused(tmp_path: Path) -> None:
    packed, none = np.packbits(np.eye(88, dtype=np.uint8), axis=1), np.zeros(0, dtype=int)
    arrays = {"train": packed, "train_lengths": np.array([88])}
    empty = {"valid": packed[:0], "valid_lengths": none}
    np.savez(tmp_path / "half.npz", **arrays, **empty)
    with pytest.raises(ModelError, match="to check with"):
        make(lstm, tmp_path / "half.npz")


def test_frames_past_the_end_of_a_piece_cost_nothing() -> None:
    frames = torch.zeros(1, 88, 6)
    logits = torch.zeros(1, 88, 5)
    logits[..., 2:] = 100.0
    assert lstm.frame_loss(logits, frames, torch.tensor([3])) == pytest.approx(88 * np.log(2))


def test_the_lstm_learns_what_comes_next_too(songs: Path) -> None:
    task = make(lstm, songs, half_precision=False)
    batch = next(iter(task.train_batches(0)))
    task.loss(task.network, batch).backward()
    assert isinstance(task.network, ScoreLstm)
    assert task.network.next_frame.weight.grad is not None
    assert task.network.next_step.weight.grad is not None


@MODULES
def test_training_pieces_are_measured_like_the_validation_pieces(module: Any, songs: Path) -> None:
    task = make(module, songs)
    task.network.eval()
    losses = task.compare(task.network)
    assert losses == task.compare(task.network)
    assert losses[0] == pytest.approx(losses[1], rel=0.3)  # nothing is learned yet
    assert task.seen().n_items == len(task.scores.pieces["valid"])
