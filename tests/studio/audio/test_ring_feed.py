"""Turns of the driver: no sample is lost between them, and each says when it is heard."""

from types import SimpleNamespace

import numpy as np
import pytest

from studio.audio import driver_ring
from studio.audio.driver_ring import DriverRing, RingFeed

RATE, LATENCY_S, BLOCK = 48_000, 0.05, 480
SETTLING_S = 0.1


class Driver:
    """Does what rtmixer's stream does, when a test says that the device asks for a block."""

    def __init__(self) -> None:
        self.samplerate, self.latency = RATE, LATENCY_S
        self.now_s = 1000.0  # by its own clock
        self.played: list[float] = []  # what was in the blocks, silence as 0
        self.heard_at_s: list[float] = []
        self._cancelled: list[tuple[Turn, float]] = []
        self._list: list[Turn] = []

    @property
    def time(self) -> float:
        return self.now_s

    @property
    def actions(self) -> list["Turn"]:
        return self._list

    def play_ringbuffer(self, queue: object, start: float) -> "Turn":
        self._list.append(Turn(queue, start))
        return self._list[-1]

    def cancel(self, turn: "Turn", time: float) -> object:
        self._cancelled.append((turn, time))
        return object()

    def ask(self, *, underflow: bool = False) -> None:
        """One block, from what is due at each of its samples."""
        dac_s = self.now_s + LATENCY_S
        out = np.zeros(BLOCK, dtype=np.float32)
        ends = {id(t): self._offset(at, dac_s) for t, at in self._cancelled}
        self._cancelled = [c for c in self._cancelled if self._offset(c[1], dac_s) >= BLOCK]
        for turn in self._list.copy():
            first = 0 if turn.done_frames else self._offset(turn.start, dac_s)
            last = min(ends.get(id(turn), BLOCK), BLOCK)
            if first >= BLOCK and last >= BLOCK:
                continue
            turn.take(out, first, max(first, last), dac_s, underflow=underflow)
            if turn.is_over or last < BLOCK:
                self._list.remove(turn)
        self.played += out.tolist()
        self.heard_at_s += (dac_s + np.arange(BLOCK) / RATE).tolist()
        self.now_s += BLOCK / RATE

    def _offset(self, at_s: float, dac_s: float) -> int:
        return max(0, round((at_s - dac_s) * RATE))


class Turn:
    def __init__(self, queue: object, start: float) -> None:
        self.queue, self.start = queue, start
        self.done_frames, self.actual_time, self.is_over = 0, 0.0, False
        self.stats = SimpleNamespace(blocks=0, max_blocksize=0, output_underflows=0)

    def take(
        self, out: np.ndarray, first: int, last: int, dac_s: float, *, underflow: bool
    ) -> None:
        if not self.done_frames:
            self.actual_time = dac_s + first / RATE
        self.stats.blocks += 1
        self.stats.max_blocksize = BLOCK
        self.stats.output_underflows += underflow
        part = np.zeros((min(last - first, self.queue.read_available), 2), dtype=np.float32)
        self.queue.readinto(part)
        out[first : first + len(part)] += part[:, 0]
        self.done_frames += len(part)
        self.is_over = len(part) < last - first


class Desk:
    """A feed on such a driver, and a writer that numbers its samples from 1."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.driver, self.ring = Driver(), DriverRing(8192)
        clock = SimpleNamespace(perf_counter=lambda: self.driver.now_s - 900.0)
        monkeypatch.setattr(driver_ring, "time", clock)
        self.feed = RingFeed(self.driver, self.ring)
        self.write(4000)

    def write(self, count: int) -> None:
        first = self.ring.written + 1
        block = np.arange(first, first + count, dtype=np.float32)
        self.ring.write(np.stack((block, block), axis=1))

    def run(self, n_blocks: int, *, writes: bool = True) -> None:
        for _ in range(n_blocks):
            self.driver.ask()
            self.feed.tend()
            while writes and self.ring.written - self.ring.taken < 4000:
                self.write(256)

    def error_samples(self) -> float:
        """How far `heard` is from the sample that leaves the loudspeaker now."""
        last = 20 * BLOCK
        at = int(np.searchsorted(self.driver.heard_at_s[-last:], self.driver.now_s))
        return self.feed.heard() - (self.driver.played[-last:][at] - 1)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def sounding(desk: Desk) -> list[float]:
    return [sample for sample in desk.driver.played if sample]


def test_over_many_turns_every_sample_is_played_once_and_told_when_heard(desk: Desk) -> None:
    desk.feed.begin(SETTLING_S)
    turns = set()
    for _ in range(500):
        desk.run(1)
        turns.add(id(desk.feed._turn))
        if desk.driver.now_s > 1000.0 + SETTLING_S + 2 * LATENCY_S:
            assert abs(desk.error_samples()) < 2
    played = sounding(desk)
    assert played == list(range(1, len(played) + 1))
    assert len(turns) >= 8
    first = desk.driver.played.index(1.0)
    assert desk.driver.heard_at_s[first] == pytest.approx(1000.0 + SETTLING_S, abs=0.001)
    assert desk.ring.underruns == 0
    assert desk.ring.largest == BLOCK


def test_a_gap_of_the_device_is_counted_and_the_playhead_follows_soon(desk: Desk) -> None:
    desk.feed.begin(SETTLING_S)
    desk.run(60)
    before = desk.feed._turn
    while desk.feed._turn is before:
        desk.run(1)
    desk.driver.now_s += 0.08  # nothing was asked for
    desk.driver.ask(underflow=True)
    desk.feed.tend()
    assert desk.ring.underruns == 1
    desk.run(20)  # less than until the next turn would be due
    assert abs(desk.error_samples()) < 2
    assert sounding(desk) == list(range(1, len(sounding(desk)) + 1))


@pytest.mark.parametrize("n_before", range(40, 100, 5))
def test_a_ring_that_ran_dry_begins_anew_with_the_next_sample(desk: Desk, n_before: int) -> None:
    desk.feed.begin(SETTLING_S)
    desk.run(n_before)
    while desk.feed._turn in desk.driver.actions or desk.ring.queue.read_available:
        desk.run(1, writes=False)
    assert desk.ring.taken == desk.ring.written
    desk.write(4000)
    desk.run(30)
    assert desk.ring.underruns == 1
    assert abs(desk.error_samples()) < 2
    assert sounding(desk) == list(range(1, len(sounding(desk)) + 1))


def test_a_turn_that_goes_over_while_it_is_looked_at_is_no_gap(desk: Desk) -> None:
    desk.feed.begin(SETTLING_S)
    before = desk.feed._turn
    while desk.feed._turn is before:
        desk.run(1)
    while desk.feed._next is None:
        desk.run(1)
    asked = type(desk.driver).actions.fget

    def goes_over(driver: Driver) -> list[Turn]:
        if desk.feed._next is not None and not desk.feed._next.done_frames:
            driver.ask()
        return asked(driver)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Driver, "actions", property(goes_over))
        for _ in range(20):
            desk.feed.tend()
            desk.write(256)
    desk.run(20)
    assert desk.ring.underruns == 0
    assert sounding(desk) == list(range(1, len(sounding(desk)) + 1))


def test_started_again_it_goes_on_with_the_next_sample(desk: Desk) -> None:
    desk.feed.begin(SETTLING_S)
    desk.run(62)
    desk.feed.end()
    stayed = desk.feed.heard()
    desk.driver.now_s += 30.0
    desk.feed.begin(SETTLING_S)
    assert desk.feed.heard() >= stayed
    desk.run(60)
    assert abs(desk.error_samples()) < 2
    assert sounding(desk) == list(range(1, len(sounding(desk)) + 1))


def test_it_says_when_the_driver_last_asked(desk: Desk) -> None:
    desk.feed.begin(SETTLING_S)
    desk.run(50)
    asked_at_s = desk.feed.alive_at_s
    desk.driver.now_s += 3.0
    desk.feed.tend()
    assert desk.feed.alive_at_s == asked_at_s
