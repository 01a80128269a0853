"""What each process has of a batch is what one process would have in those rows."""

from pathlib import Path
from typing import Any

import pytest
import torch

from models.errors import ModelError
from models.training import ar_cnn, genre, lstm
from models.training.shares import Share, row_generators
from tests.models.genre_sounds import write_genres
from tests.models.training.few_songs import write_songs

KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "ar-cnn": (ar_cnn, {"batch_size": 7, "batches_per_epoch": 2, "n_bars": 4}),
    "reference": (ar_cnn, {"design": "reference", "batch_size": 4, "batches_per_epoch": 2}),
    "lstm": (lstm, {"batch_size": 7, "batches_per_epoch": 2, "n_bars": 4}),
    "genre": (genre, {"batch_size": 9, "crops_per_epoch": 18}),
    "mlp": (genre, {"architecture": "mlp", "batch_size": 9, "crops_per_epoch": 18}),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("data")
    write_genres(folder / "music", n_files=4, seconds=2.0)
    return {"score": write_songs(folder / "songs", 4), "genre": folder / "music"}


@pytest.mark.parametrize("n_rows", [1, 2, 5, 8, 33])
@pytest.mark.parametrize("n_processes", [1, 2, 3, 4])
def test_every_row_is_in_one_share_and_pairs_stay_together(n_rows: int, n_processes: int) -> None:
    shares = [Share(rank, n_processes) for rank in range(n_processes)]
    if n_processes > max(1, n_rows // 2):
        with pytest.raises(ModelError, match=f"batch_size={2 * n_processes}"):
            shares[0].rows(n_rows)
        return
    rows = [share.rows(n_rows) for share in shares]
    assert [row for own in rows for row in own] == list(range(n_rows))
    assert all(len(own) and own.start % 2 == 0 for own in rows)
    assert max(map(len, rows)) - min(map(len, rows)) <= 3


def test_rows_of_any_place_have_numbers_of_their_own() -> None:
    places = [(e, b, r) for e in range(3) for b in range(3) for r in range(3)]
    assert len({row_generators([7, e], b, [r])[0].random() for e, b, r in places}) == len(places)
    assert row_generators([3], 1, [5])[0].random() == row_generators([3], 1, range(9))[5].random()


@pytest.mark.parametrize("kind", KINDS)
def test_the_shares_of_a_batch_are_the_batch(kind: str, data: dict[str, Path]) -> None:
    module, changes = KINDS[kind]
    settings = module.Settings(**{**module.PRESETS["tiny"], **changes})
    folder = data["genre" if module is genre else "score"]
    task = module.make_task(folder, settings, seed=1, limit_per_class=None, log=lambda line: None)
    whole = list(task.train_batches(1))
    shares = [list(task.train_batches(1, Share(rank, 2))) for rank in range(2)]
    for index, batch in enumerate(whole):
        for name, rows in batch.items():
            joined = torch.cat([share[index][name] for share in shares])
            torch.testing.assert_close(joined, rows, atol=2e-5, rtol=2e-5)
    (last,) = task.train_batches(1, first=1)
    assert all(torch.equal(last[name], whole[1][name]) for name in last)
