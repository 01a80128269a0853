import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.training.run_follower import EVENTS_FILE, MAX_READ, RunFollower


def line(event: str, **values: Any) -> bytes:
    return json.dumps({"event": event, **values}).encode() + b"\n"


def epoch(number: int, train: float | None, valid: float | None) -> bytes:
    return line("epoch", epoch=number, train_loss=train, valid_loss=valid, metrics={"n": number})


def append(folder: Path, content: bytes) -> None:
    with (folder / EVENTS_FILE).open("ab") as file:
        file.write(content)


@pytest.fixture
def follower(tmp_path: Path) -> Iterator[RunFollower]:
    follower = RunFollower(tmp_path)
    yield follower
    follower.close()


def test_a_run_that_has_not_begun_has_nothing_to_tell(follower: RunFollower) -> None:
    assert not follower.poll()
    append(follower.folder, line("start", n_epochs=4))
    assert follower.poll()
    assert not follower.poll()


def test_the_curve_grows_with_the_file(follower: RunFollower) -> None:
    append(follower.folder, line("start") + epoch(1, 3.0, 2.5))
    assert follower.poll()
    state = follower.state
    assert (state.epochs, state.train_losses, state.valid_losses) == ([1], [3.0], [2.5])
    append(follower.folder, line("batch", epoch=2, step=12, train_loss=2.2, seconds=3.5, eta_s=8))
    follower.poll()
    assert (state.epoch, state.step, state.batch_loss) == (2, 12, 2.2)
    assert (state.seconds, state.eta_s) == (3.5, 8)
    append(follower.folder, epoch(2, 2.0, None) + line("best", epoch=2, valid_loss=1.5))
    follower.poll()
    assert (state.epochs, state.valid_losses) == ([1, 2], [2.5, None])
    assert (state.best_epoch, state.best_loss) == (2, 1.5)
    assert state.metrics == {"n": 2}
    append(follower.folder, line("warning", message="hot") + line("end", reason="stopped"))
    follower.poll()
    assert state.warnings == ["hot"]
    assert (state.has_ended, state.end_reason) == (True, "stopped")


def test_a_line_half_written_waits_for_its_rest(follower: RunFollower) -> None:
    whole = epoch(1, 1.0, 2.0)
    for cut in range(0, len(whole), 7):
        append(follower.folder, whole[cut : cut + 7])
        follower.poll()
        assert follower.state.epochs == ([1] if cut + 7 >= len(whole) else [])
    assert follower.state.valid_losses == [2.0]


def test_a_letter_cut_in_two_is_whole_again(follower: RunFollower) -> None:
    text = '{"event": "warning", "message": "größer"}\n'.encode()
    middle = text.index("ö".encode()) + 1
    append(follower.folder, text[:middle])
    follower.poll()
    append(follower.folder, text[middle:])
    follower.poll()
    assert follower.state.warnings == ["größer"]


@pytest.mark.parametrize("junk", [b'{"event": "epo\n', b"\xff\xfe\n", b"[1, 2]\n", b"3\n", b"\n"])
def test_junk_is_passed_over(junk: bytes, follower: RunFollower) -> None:
    append(follower.folder, epoch(1, 1.0, 2.0) + junk + epoch(2, 0.9, 1.9))
    follower.poll()
    assert follower.state.epochs == [1, 2]


def test_a_run_that_goes_on_has_not_ended(follower: RunFollower) -> None:
    append(follower.folder, line("end", reason="stopped", message="stopped by you"))
    follower.poll()
    append(follower.folder, line("start"))
    follower.poll()
    state = follower.state
    assert (state.has_ended, state.end_reason, state.message) == (False, "", "")


def test_epochs_learnt_again_replace_the_old_ones(follower: RunFollower) -> None:
    append(follower.folder, epoch(1, 3.0, 3.0) + epoch(2, 2.0, 2.0) + epoch(3, 1.0, 1.0))
    append(follower.folder, line("start") + epoch(2, 2.5, 2.5) + epoch(3, 1.5, 1.5))
    follower.poll()
    state = follower.state
    assert state.epochs == [1, 2, 3]
    assert state.train_losses == [3.0, 2.5, 1.5]
    assert state.valid_losses == [3.0, 2.5, 1.5]


def test_a_long_file_comes_in_portions_and_whole(follower: RunFollower) -> None:
    n_epochs = 3 * MAX_READ // 200
    append(follower.folder, b"".join(epoch(n, 1.0 / n, 2.0 / n) for n in range(1, n_epochs + 1)))
    n_polls = 0
    while follower.poll():
        n_polls += 1
    assert n_polls > 1
    assert follower.state.epochs == list(range(1, n_epochs + 1))


def test_a_closed_follower_may_be_closed_again(follower: RunFollower) -> None:
    append(follower.folder, epoch(1, 1.0, 1.0))
    follower.poll()
    follower.close()
    follower.close()
    assert follower.state.epochs == [1]
