"""The tape head: nothing hangs, whatever is done; loops, edits and mutes are heard at once."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.notes import Note
from models.protocol import TrackInfo
from studio.audio.playback import Playback
from studio.audio.sequence import Sequence
from studio.audio.soundfont import shipped_soundfont
from studio.audio.synth import Synth
from studio.score.song import Song
from tests.studio.audio.songs import BEAT, make_song, scale, with_event

RATE = 22050
PER_BEAT = RATE // 2  # at 120 bpm


class CountingSynth(Synth):
    """Writes down what it is told, at which sample."""

    def __init__(self) -> None:
        super().__init__(shipped_soundfont(), sample_rate=RATE)
        self.clear()

    def clear(self) -> None:
        self.silence()
        self.rendered = 0
        self.ons: list[tuple[int, int, int]] = []  # (sample, channel, pitch)
        self.offs: list[tuple[int, int, int]] = []

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        super().note_on(channel, pitch, velocity)
        self.ons.append((self.rendered, channel, pitch))

    def end_note(self, channel: int, pitch: int) -> bool:
        is_sent = super().end_note(channel, pitch)
        if is_sent:
            self.offs.append((self.rendered, channel, pitch))
        return is_sent

    def render(self, count: int) -> np.ndarray:
        self.rendered += count
        return super().render(count)


@pytest.fixture(scope="module")
def shared() -> CountingSynth:
    return CountingSynth()


@pytest.fixture
def synth(shared: CountingSynth) -> CountingSynth:
    shared.clear()
    return shared


def playback_of(synth: Synth, song: Song) -> Playback:
    return Playback(synth, Sequence.from_song(song, RATE))


def test_notes_begin_and_end_at_their_samples_whatever_the_blocks(synth: CountingSynth) -> None:
    song = make_song(scale(4), tempo=((0, 120.0), (2 * BEAT, 90.0)))
    playback = playback_of(synth, song)
    playback.play(0)
    for block in (1, 7, 256, 999, 40_000, 60_000):
        playback.render(block)
    seconds = song.tempo_map.ticks_to_seconds
    assert synth.ons == [(round(seconds(n.start) * RATE), 0, n.pitch) for n in scale(4)]
    assert synth.offs == [(round(seconds(n.end) * RATE), 0, n.pitch) for n in scale(4)]


class Moves:
    """What a user may do to a playing song, by number."""

    def __init__(self, synth: Synth) -> None:
        self.playback = playback_of(synth, make_song(scale(8)))

    def edit(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        notes = [
            Note(
                int(rng.integers(0, 8 * BEAT)), int(rng.integers(55, 65)), int(rng.integers(1, 999))
            )
            for _ in range(rng.integers(0, 12))
        ]
        self.playback.set_sequence(Sequence.from_song(make_song(set(notes)), RATE))

    def loop(self, value: int) -> None:
        start = value % 7 * PER_BEAT
        self.playback.loop = (start, start + PER_BEAT * (1 + value % 3)) if value % 4 else None

    def make(self, kind: int, value: int) -> None:
        moves: tuple[Callable[[], object], ...] = (
            lambda: self.playback.render(1 + value % 5000),
            lambda: self.playback.play(),
            lambda: self.playback.stop(),
            lambda: self.playback.seek(value * 17 % (5 * RATE)),
            lambda: self.playback.set_muted(frozenset({0} if value % 2 else ())),
            lambda: self.edit(value),
            lambda: self.loop(value),
        )
        moves[kind]()


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9999)), max_size=40))
def test_whatever_is_done_every_note_that_began_has_ended(
    shared: CountingSynth, moves: list[tuple[int, int]]
) -> None:
    shared.clear()
    session = Moves(shared)
    session.playback.play(0)
    session.playback.render(300)
    for kind, value in moves:
        session.make(kind, value)
    session.playback.stop()
    assert shared.note_ons == shared.note_offs
    assert shared.sounding() == []
    assert len(shared.ons) == len(shared.offs)


def test_at_rest_it_gives_silence(synth: CountingSynth) -> None:
    playback = playback_of(synth, make_song(scale(4)))
    playback.play(0)
    assert np.abs(playback.render(4000)).max() > 0.02
    playback.stop()
    playback.render(RATE)
    assert np.abs(playback.render(RATE)).max() < 1e-4
    assert playback.position == 4000


def test_a_loop_comes_back_to_its_start_at_the_very_sample(synth: CountingSynth) -> None:
    playback = playback_of(synth, make_song(scale(8)))
    jumps: list[int] = []
    playback.on_jump = jumps.append
    playback.loop = (PER_BEAT, 3 * PER_BEAT)
    playback.play(PER_BEAT)
    for _ in range(10):
        playback.render(PER_BEAT // 2)
    assert synth.ons == [(i * PER_BEAT, 0, 61 + i % 2) for i in range(5)]
    assert len(jumps) == 2
    assert playback.loop[0] <= playback.position <= playback.loop[1]


def test_a_note_that_crosses_the_loops_end_is_ended_there(synth: CountingSynth) -> None:
    playback = playback_of(synth, make_song([Note(0, 60, 8 * BEAT)]))
    playback.loop = (0, PER_BEAT)
    playback.play(0)
    playback.render(2 * PER_BEAT + 1)
    assert [at for at, _, _ in synth.ons] == [0, PER_BEAT, 2 * PER_BEAT]
    assert [at for at, _, _ in synth.offs] == [PER_BEAT, 2 * PER_BEAT]


def test_a_note_drawn_ahead_is_heard(synth: CountingSynth) -> None:
    playback = playback_of(synth, make_song(scale(2)))
    playback.play(0)
    playback.render(PER_BEAT // 2)
    playback.set_sequence(Sequence.from_song(make_song([*scale(2), Note(BEAT, 72, 100)]), RATE))
    playback.render(PER_BEAT)
    assert (PER_BEAT, 0, 72) in synth.ons


def test_an_edit_leaves_the_notes_that_stay_alone(synth: CountingSynth) -> None:
    held, gone = Note(0, 60, 4 * BEAT), Note(0, 64, 4 * BEAT)
    playback = playback_of(synth, make_song([held, gone]))
    playback.play(0)
    playback.render(PER_BEAT)
    playback.set_sequence(Sequence.from_song(make_song([held]), RATE))
    assert synth.offs == [(PER_BEAT, 0, 64)]
    assert synth.sounding() == [(0, 60)]
    playback.render(4 * PER_BEAT)
    assert synth.offs[1:] == [(4 * PER_BEAT, 0, 60)]


def test_a_muted_track_falls_silent_at_once(synth: CountingSynth) -> None:
    song = make_song([Note(0, 60, 4 * BEAT), Note(0, 38, 4 * BEAT, track=1), Note(BEAT, 62, BEAT)])
    playback = playback_of(synth, song)
    playback.play(0)
    playback.render(100)
    playback.set_muted(frozenset({0}))
    assert synth.sounding() == [(1, 38)]
    playback.render(2 * PER_BEAT)
    assert sorted(pitch for _, _, pitch in synth.ons) == [38, 60]


def test_a_seek_makes_the_channels_what_they_are_there(synth: CountingSynth) -> None:
    song = make_song([Note(0, 60, BEAT), Note(4 * BEAT, 60, BEAT)], [TrackInfo("Lead", 80)])
    channel = song.tracks[0].channel
    with_event(song, 0, 2 * BEAT, bytes((0xB0 | channel, 7, 0)))

    def loudness(position: int) -> float:
        synth.silence()
        playback.seek(position)
        return float(np.abs(playback.render(2000)).max())

    playback = playback_of(synth, song)
    playback.play(0)
    assert loudness(4 * PER_BEAT) < 1e-3
    assert loudness(0) > 0.02


def test_ten_thousand_notes_at_once_are_played_and_ended(synth: CountingSynth) -> None:
    notes = [Note(0, pitch, 1 + i, track=0) for pitch in range(128) for i in range(79)]
    playback = playback_of(synth, make_song(notes))
    playback.play(0)
    block = playback.render(2000)
    playback.render(RATE)
    playback.stop()
    assert np.abs(block).max() <= 1.0
    assert len(synth.ons) == len(synth.offs) == len(notes)
