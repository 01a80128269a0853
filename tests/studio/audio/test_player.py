"""The player: its playhead is what is heard, nothing hangs, and requests never wait."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.notes import Note
from studio.audio.player import Player
from studio.audio.player_engine import IDLE_AFTER_S
from studio.audio.ring_buffer import RingBuffer
from studio.audio.soundfont import shipped_soundfont
from studio.audio.synth import Synth
from studio.score.song import Song
from tests.studio.audio.manual_output import RATE, ManualOutput, drive, fill_ring
from tests.studio.audio.songs import BEAT, make_song, scale

CLICK = 76  # a wood block
TICKS_PER_SAMPLE = 2 * BEAT / RATE  # at 120 bpm


class Desk:
    """A player, its output and what it said."""

    def __init__(self, latency: int = 0, trouble: str | None = None) -> None:
        self.output = ManualOutput(latency)
        self.said: list[tuple[str, str]] = []
        self.player = Player(
            shipped_soundfont(),
            open_output=lambda latency_s: (self.output, trouble),
            on_notice=lambda level, text: self.said.append((level, text)),
        )

    @property
    def synth(self) -> Synth:
        assert self.player._engine is not None
        return self.player._engine.playback.synth

    def pull(self, count: int) -> np.ndarray:
        return drive(self.player, self.output, count)

    def fill_ring(self) -> None:
        fill_ring(self.player)


@pytest.fixture
def make_desk() -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(*args: object, **kwargs: object) -> Desk:
        desks.append(Desk(*args, **kwargs))  # type: ignore[arg-type]
        return desks[-1]

    yield make
    for desk in desks:
        desk.player.close()


def test_nothing_is_opened_before_it_plays(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(4)))
    desk.player.seek(BEAT)
    assert (desk.output.is_started, desk.player.position_ticks()) == (False, BEAT)
    assert not desk.player.is_started


def test_it_plays_from_where_it_is_told(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song([Note(2 * BEAT, CLICK, BEAT, track=1)]))
    desk.player.play(1.5 * BEAT)
    sound = desk.pull(RATE // 2)
    onset = np.flatnonzero(np.abs(sound).max(axis=1) > 1e-3)[0]
    assert abs(onset - RATE // 4) <= 2
    assert desk.player.underruns == 0


def test_the_playhead_is_what_is_heard_not_what_is_rendered(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(latency=1000)
    desk.player.set_song(make_song(scale(8)))
    desk.player.play(BEAT)
    desk.pull(500)
    assert desk.player.position_ticks() == pytest.approx(BEAT, abs=1)
    desk.pull(9500)
    heard = BEAT + (10_000 - 1000) * TICKS_PER_SAMPLE
    assert desk.player.position_ticks() == pytest.approx(heard, abs=1)


def test_the_playhead_jumps_with_the_loop(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(8)))
    desk.player.set_loop(BEAT, 2 * BEAT)
    desk.player.play(BEAT)
    for taken in range(1000, 60_001, 1000):
        desk.pull(1000)
        expected = BEAT + (taken * TICKS_PER_SAMPLE) % BEAT
        assert desk.player.position_ticks() == pytest.approx(expected, abs=0.1)


def test_what_came_too_late_is_counted_and_does_not_move_the_playhead(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(8)))
    desk.player.play(0)
    desk.fill_ring()
    capacity = desk.player._engine.lead.ring.capacity  # type: ignore[union-attr]
    desk.output.pull(capacity + 5000)  # nothing was rendered for so long
    desk.pull(500)
    assert desk.player.underruns == 1
    heard = (capacity + 500) * TICKS_PER_SAMPLE
    assert desk.player.position_ticks() == pytest.approx(heard, abs=0.1)


def test_pause_stays_and_plays_on_from_there(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(8)))
    desk.player.play(0)
    desk.pull(RATE)
    desk.player.pause()
    stayed = desk.player.position_ticks()
    assert stayed == pytest.approx(RATE * TICKS_PER_SAMPLE, abs=1)
    desk.pull(RATE)
    assert desk.player.position_ticks() == stayed
    assert desk.synth.sounding() == []
    desk.player.play()
    desk.pull(RATE // 2)
    assert stayed < desk.player.position_ticks() <= stayed + BEAT + 1


def test_until_it_is_heard_the_playhead_waits_where_it_will_begin(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(8)))
    desk.player.play(0)
    desk.pull(RATE)
    desk.player.stop(BEAT)
    desk.pull(5000)
    desk.player.play()
    desk.fill_ring()
    assert desk.player.position_ticks() == BEAT


def test_stopped_it_gives_silence_and_then_the_device_rests(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(8)))
    desk.player.play(0)
    desk.pull(RATE // 2)
    desk.player.stop(0)
    desk.pull(RATE)
    assert np.abs(desk.pull(RATE)).max() < 1e-4
    assert desk.player.position_ticks() == 0
    desk.pull(round((IDLE_AFTER_S + 1) * RATE))
    assert not desk.output.is_started
    desk.player.play(0)
    desk.fill_ring()
    assert desk.output.is_started


def test_the_song_ends_by_itself(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(2)))
    desk.player.play(0)
    desk.pull(2 * RATE)
    assert not desk.player.is_playing
    assert desk.player.position_ticks() == pytest.approx(2 * BEAT - 10, abs=1)
    assert desk.synth.note_ons == desk.synth.note_offs == 2


def test_edits_while_it_plays_are_heard(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song([Note(0, 60, BEAT), Note(8 * BEAT, 60, BEAT)]))
    desk.player.play(0)
    desk.pull(RATE // 4)
    added = Note(3 * BEAT, 67, BEAT)
    desk.player.set_song(make_song([Note(0, 60, BEAT), added, Note(8 * BEAT, 60, BEAT)]))
    for thread in threading.enumerate():
        if thread.name == "sequencer":
            thread.join()
    sound = desk.pull(2 * RATE)
    rest = RATE * 3 // 2 - RATE // 4  # the new note begins here
    assert np.abs(sound[rest - 5000 : rest - 100]).max() < 1e-3
    assert np.abs(sound[rest + 100 : rest + 5000]).max() > 0.02


def test_a_tempo_edit_keeps_the_place_in_the_music(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(8)))
    desk.player.play(0)
    desk.pull(RATE)
    before = desk.player.position_ticks()
    desk.player.set_song(make_song(scale(8), tempo=((0, 60.0),)))
    for thread in threading.enumerate():
        if thread.name == "sequencer":
            thread.join()
    desk.pull(RATE // 2)
    assert before < desk.player.position_ticks() <= before + BEAT + 1


def test_a_previewed_note_ends_by_itself(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.preview_note(60, 100, program=16)
    assert np.abs(desk.pull(5000)).max() > 0.02
    desk.pull(RATE)
    assert desk.synth.note_ons == desk.synth.note_offs == 1


def test_a_device_that_is_not_there_is_told_once(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(trouble="No sound output.")
    desk.player.play(0)
    desk.fill_ring()
    desk.player.seek(BEAT)
    desk.fill_ring()
    assert desk.said == [("warning", "No sound output.")]


def test_a_lost_device_is_told_and_the_playhead_runs_on(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song([Note(0, 60, 100 * BEAT)]))
    desk.player.play(0)
    desk.pull(RATE // 2)
    desk.output.lost = True
    desk.fill_ring()
    assert desk.output.is_closed
    assert "gone" in desk.said[0][1]
    assert desk.player.is_playing
    at = desk.player.position_ticks()
    moved = threading.Event()
    for _ in range(500):
        if desk.player.position_ticks() > at:
            moved.set()
            break
        desk.player.wait()
    assert moved.is_set()


def test_a_bad_soundfont_is_told_and_ours_plays(tmp_path: object) -> None:
    output, said = ManualOutput(), []
    player = Player(
        shipped_soundfont().with_name("README.md"),
        open_output=lambda latency_s: (output, None),
        on_notice=lambda level, text: said.append(text),
    )
    player.preview_note(60)
    assert player.wait()
    assert player.wait()
    assert "is not a SoundFont" in said[0]
    assert np.abs(drive(player, output, 2000)).max() > 0.01
    player.close()


def ask(desk: Desk, kind: int, value: int) -> None:
    player, tick = desk.player, value * 4
    requests: tuple[Callable[[], object], ...] = (
        lambda: desk.pull(value * 5 + 1),
        lambda: player.play(tick),
        player.play,
        player.pause,
        lambda: player.stop(0),
        lambda: player.seek(tick),
        lambda: player.set_loop(*((tick, tick + 300) if value % 3 else (None, None))),
        lambda: player.set_muted(frozenset({0} if value % 2 else ())),
        lambda: player.set_song(make_song(scale(1 + value % 8))),
    )
    requests[kind]()


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 999)), max_size=15))
def test_whatever_is_asked_for_nothing_hangs(asked: list[tuple[int, int]]) -> None:
    desk = Desk()
    player = desk.player
    player.set_song(make_song(scale(8)))
    player.play(0)
    for kind, value in asked:
        ask(desk, kind, value)
    desk.fill_ring()
    synth = desk.synth
    player.close()
    assert synth.note_ons == synth.note_offs
    assert synth.sounding() == []


def test_an_empty_song_ends_at_once(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(Song.empty())
    desk.player.play(0)
    desk.pull(RATE)
    assert not desk.player.is_playing


def test_a_tap_gets_every_sample_that_is_heard(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    assert desk.player.sample_rate == RATE
    ring = RingBuffer(RATE * 4, 2)
    desk.player.set_tap(ring)
    desk.player.set_song(make_song(scale(4)))
    desk.player.play(0)
    heard = desk.pull(RATE)
    tapped = ring.read(0, ring.written)
    np.testing.assert_array_equal(tapped[: len(heard)], heard)
    assert np.abs(heard).max() > 0.01
    desk.player.set_tap(None)
    desk.player.wait()
    written = ring.written
    desk.pull(RATE // 4)
    assert ring.written == written
