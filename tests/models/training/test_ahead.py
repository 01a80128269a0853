import threading
from collections.abc import Iterator

import pytest
import torch

from models.training.ahead import N_AHEAD, Ahead


def drawers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "batches"]


@pytest.mark.parametrize("n", [0, 1, N_AHEAD, 50])
def test_all_items_come_in_order(n: int) -> None:
    ahead = Ahead(iter(range(n)))
    assert list(ahead) == list(range(n))
    ahead.close()
    assert not drawers()


def test_what_is_raised_comes_in_its_place() -> None:
    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("the third")

    ahead = Ahead(broken())
    items = iter(ahead)
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="the third"):
        next(items)
    ahead.close()


def test_no_more_is_drawn_than_there_is_room_for() -> None:
    drawn = []
    enough = threading.Event()

    def count() -> Iterator[int]:
        for number in range(1000):
            drawn.append(number)
            if number == N_AHEAD:
                enough.set()
            yield number

    ahead = Ahead(count())
    assert enough.wait(30)
    ahead.close()
    assert len(drawn) <= N_AHEAD + 2
    assert not drawers()


def test_items_are_drawn_elsewhere_with_as_many_threads() -> None:
    def who() -> Iterator[tuple[str, int]]:
        yield threading.current_thread().name, torch.get_num_threads()

    ahead = Ahead(who())
    assert list(ahead) == [("batches", torch.get_num_threads())]
    ahead.close()
