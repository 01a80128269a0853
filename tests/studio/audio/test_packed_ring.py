import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.audio import packed_ring
from studio.audio.packed_ring import PackedRing
from studio.audio.ring_buffer import OverrunError

KINDS = ["short", "fine", "loud"]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_ring, "CHUNK", 8)


def sound(kind: str, count: int, seed: int = 0) -> np.ndarray:
    """Two channels that 16 bits hold, or not for one reason or another."""
    rng = np.random.default_rng(seed)
    steps = rng.integers(-(1 << 15), 1 << 15, (count, 2))
    frames = (steps / (1 << 15)).astype(np.float32)
    if kind == "fine":
        frames[::7] += np.float32(2**-20)
    elif kind == "loud":
        frames[::7] = 1.0  # one step above the highest that 16 bits hold
    return frames


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(["short", "fine", "loud"]), st.integers(0, 37)), max_size=20
    ),
    st.integers(1, 40),
)
def test_what_is_kept_is_read_as_it_was(parts: list[tuple[str, int]], capacity: int) -> None:
    ring, blocks = PackedRing(capacity, 2), [np.zeros((0, 2), np.float32)]
    for seed, (kind, count) in enumerate(parts):
        blocks.append(sound(kind, count, seed))
        ring.write(blocks[-1])
    whole = np.concatenate(blocks)
    assert ring.written == len(whole)
    first = max(0, len(whole) - capacity)
    for start in range(first, len(whole)):
        read = ring.read(start, len(whole) - start)
        assert read.dtype == np.float32
        np.testing.assert_array_equal(read, whole[start:])


@pytest.mark.parametrize(("kind", "n_bytes"), [("short", 2), ("fine", 4), ("loud", 4)])
def test_sixteen_bits_take_half_of_the_memory(kind: str, n_bytes: int) -> None:
    ring = PackedRing(80, 2)
    ring.write(sound(kind, 80))
    held = [chunk for number, chunk in ring._chunks if number >= 0]
    assert [chunk.dtype.itemsize for chunk in held] == [n_bytes] * 10


def test_memory_is_taken_as_sound_comes() -> None:
    ring = PackedRing(80, 2)
    ring.write(sound("short", 9))
    assert sum(chunk.nbytes for _, chunk in ring._chunks) == 8 * 2 * 2 + 8 * 2 * 4


def test_a_late_reader_is_told_how_late() -> None:
    ring = PackedRing(10, 2)
    ring.write(sound("short", 13))
    with pytest.raises(OverrunError, match="3 samples lost"):
        ring.read(0, 5)


def test_what_goes_while_it_is_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ring, unpack = PackedRing(16, 2), packed_ring.unpack
    ring.write(sound("short", 16))

    def unpack_and_write(samples: np.ndarray, into: np.ndarray) -> None:
        unpack(samples, into)
        ring.write(sound("fine", 40))

    monkeypatch.setattr(packed_ring, "unpack", unpack_and_write)
    with pytest.raises(OverrunError):
        ring.read(0, 16)


def test_a_chunk_that_is_replaced_while_it_is_read_stays_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring, unpack, before = PackedRing(16, 2), packed_ring.unpack, sound("fine", 16)
    ring.write(before)

    def write_and_unpack(samples: np.ndarray, into: np.ndarray) -> None:
        ring.write(sound("short", 100))
        unpack(samples, into)

    monkeypatch.setattr(packed_ring, "unpack", write_and_unpack)
    np.testing.assert_array_equal(ring.read(2, 5), before[2:7])


@pytest.mark.parametrize(("start", "count"), [(-1, 2), (0, 11), (8, 3)])
def test_samples_not_written_yet_are_a_mistake(start: int, count: int) -> None:
    ring = PackedRing(20, 2)
    ring.write(sound("short", 10))
    with pytest.raises(ValueError, match="10 written"):
        ring.read(start, count)
