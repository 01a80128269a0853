"""Keys struck while it plays, count-in, metronome, panic, and a loudspeaker that is late."""

from collections.abc import Callable, Iterator

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from models.tempo_map import Metre, TimeSignature
from studio.audio.live_notes import LIVE_CHANNEL
from studio.audio.master import MasterStage, SoundSettings
from studio.audio.metronome import CLICK_S, Metronome
from studio.audio.player import Player
from studio.audio.reverb import MAX_BLOCK
from studio.audio.sequence import Sequence
from studio.audio.soundfont import shipped_soundfont
from tests.studio.audio.manual_output import RATE, ManualOutput, drive, fill_ring
from tests.studio.audio.songs import BEAT, make_song, scale
from tests.studio.audio.test_player import CLICK, TICKS_PER_SAMPLE, Desk


@pytest.fixture
def make_desk() -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(*args: object, **kwargs: object) -> Desk:
        desks.append(Desk(*args, **kwargs))  # type: ignore[arg-type]
        return desks[-1]

    yield make
    for desk in desks:
        desk.player.close()


def on(pitch: int, velocity: int = 100) -> object:
    return mido.Message("note_on", note=pitch, velocity=velocity)


def off(pitch: int) -> object:
    return mido.Message("note_off", note=pitch)


def test_a_struck_key_sounds_soon_and_ends_with_its_release(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk()
    desk.player.play_live(on(60), program=16)
    desk.fill_ring()
    desk.pull(2000)
    engine = desk.player._engine
    assert engine is not None
    assert engine.lead.wanted <= 500 + 3 * 256, "what is struck next is heard within 30 ms"
    assert np.abs(desk.pull(2000)).max() > 0.02
    desk.player.play_live(off(60))
    desk.pull(RATE // 2)
    assert np.abs(desk.pull(2000)).max() < 1e-3
    assert desk.synth.note_ons == desk.synth.note_offs == 1


def test_held_keys_sound_on_over_edits_seeks_and_the_end_of_the_song(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(2)))
    desk.player.play(0)
    desk.player.play_live(on(72), program=16)
    desk.player.seek(BEAT)
    desk.player.set_song(make_song(scale(3)))
    desk.pull(3 * RATE)
    assert not desk.player.is_playing
    assert desk.synth.sounding() == [(LIVE_CHANNEL, 72)]


def test_the_pedal_holds_what_is_released(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    pedal = mido.Message("control_change", control=64, value=127)
    for message in (pedal, on(60), off(60)):
        desk.player.play_live(message, program=16)
    desk.pull(RATE // 2)
    assert np.abs(desk.pull(2000)).max() > 0.02
    desk.player.play_live(pedal.copy(value=0))
    desk.pull(RATE // 2)
    assert np.abs(desk.pull(2000)).max() < 1e-3


def test_panic_cuts_the_song_and_what_is_held(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song([Note(0, 60, 99 * BEAT)]))
    desk.player.play(0)
    desk.player.play_live(on(72), program=16)
    desk.pull(RATE // 2)
    desk.player.panic()
    desk.pull(RATE // 8)
    assert np.abs(desk.pull(RATE // 8)).max() < 1e-3
    assert not desk.player.is_playing
    assert desk.synth.note_ons == desk.synth.note_offs == 2


def test_a_count_in_clicks_each_beat_and_then_the_song_begins(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk()
    desk.player.set_song(make_song([Note(0, CLICK, BEAT, track=1)]))
    desk.player.play(0, count_in_bars=1)
    desk.pull(RATE // 2)
    assert desk.player.position_ticks() == pytest.approx(-3 * BEAT, abs=1)
    sound = np.abs(desk.pull(2 * RATE)).max(axis=1)
    starts = (np.array([1, 2, 3, 4]) - 1) * RATE // 2
    for start in starts:
        assert sound[start : start + 200].max() > 0.05
    quiet = np.concatenate([sound[s + 3000 : s + RATE // 2 - 10] for s in starts[:3]])
    assert quiet.max() < 1e-3, "nothing but clicks before the beginning"
    assert desk.player.position_ticks() == pytest.approx(BEAT, abs=1)


def test_an_edit_in_a_count_in_lets_nothing_sound_early(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(8)))
    desk.player.play(4 * BEAT, count_in_bars=1)
    desk.pull(RATE // 4)
    assert desk.player._engine is not None
    desk.player._engine.playback.set_sequence(desk.player._engine.sequence)
    desk.pull(RATE)
    assert desk.synth.note_ons == 0


def test_a_late_loudspeaker_moves_the_playhead_back(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(8)))
    desk.player.set_sound(SoundSettings(delay_ms=200))
    desk.player.play(0)
    desk.pull(RATE)
    expected = 0.8 * RATE * TICKS_PER_SAMPLE
    assert desk.player.position_ticks() == pytest.approx(expected, abs=1)
    heard = desk.player.heard(ago_s=0.5)
    assert heard is not None
    assert heard.tick == pytest.approx(0.3 * RATE * TICKS_PER_SAMPLE, abs=1)


def test_another_buffer_opens_the_device_anew_and_goes_on_where_it_was() -> None:
    outputs: list[ManualOutput] = []
    asked_s: list[float] = []

    def open_output(latency_s: float) -> tuple[ManualOutput, str | None]:
        asked_s.append(latency_s)
        outputs.append(ManualOutput())
        return outputs[-1], None

    player = Player(shipped_soundfont(), open_output=open_output)
    player.set_song(make_song(scale(8)))
    player.play(0)
    fill_ring(player)
    drive(player, outputs[0], RATE)
    first = player._engine.synth  # type: ignore[union-attr]
    player.set_sound(SoundSettings(buffer_ms=150.0))
    fill_ring(player)
    assert asked_s == [0.06, 0.15]
    assert outputs[0].is_closed
    assert player.position_ticks() == pytest.approx(RATE * TICKS_PER_SAMPLE, abs=1)
    drive(player, outputs[1], RATE)
    assert player.position_ticks() == pytest.approx(2 * RATE * TICKS_PER_SAMPLE, abs=1)
    second = player._engine.synth  # type: ignore[union-attr]
    player.close()
    assert first.note_ons == first.note_offs > 0
    assert second.note_ons == second.note_offs > 0


def test_what_was_heard_before_a_jump_is_still_known(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(8)))
    desk.player.play(0)
    desk.pull(RATE)
    desk.player.seek(6 * BEAT)
    desk.pull(6000)
    before = desk.player.heard(ago_s=0.5)
    assert before is not None
    assert before.tick < 2 * BEAT < desk.player.position_ticks()


def test_while_it_is_recorded_the_song_does_not_end(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song(scale(1)))
    desk.player.set_plays_on(True)
    desk.player.play(0)
    desk.pull(3 * RATE)
    assert desk.player.is_playing
    assert desk.player.position_ticks() == pytest.approx(6 * BEAT, abs=1)


@given(st.integers(-30_000, 90_000), st.lists(st.integers(1, 900), min_size=1, max_size=40))
def test_clicks_are_the_same_however_the_sound_is_cut(start: int, sizes: list[int]) -> None:
    sequence = Sequence.from_song(make_song(scale(2), tempo=((0, 120.0), (960, 75.0))), RATE)
    metronome = Metronome(RATE)
    metronome.is_on = True
    whole = np.zeros((sum(sizes), 2), dtype=np.float32)
    metronome.add(whole, start, sequence)
    at = 0
    for size in sizes:
        part = np.zeros((size, 2), dtype=np.float32)
        metronome.add(part, start + at, sequence)
        np.testing.assert_array_equal(part, whole[at : at + size])
        at += size


def test_a_click_begins_at_its_sample() -> None:
    sequence = Sequence.from_song(make_song(scale(2)), RATE)
    metronome = Metronome(RATE)
    metronome.is_on = True
    block = np.zeros((2 * RATE, 2), dtype=np.float32)
    metronome.add(block, -RATE, sequence)
    loud = np.flatnonzero(np.abs(block[:, 0]) > 0)
    begins = loud[np.r_[True, np.diff(loud) > CLICK_S * RATE / 2]]
    np.testing.assert_allclose(begins, np.arange(4) * RATE // 2, atol=1)


def test_beats_follow_the_metre() -> None:
    metre = Metre(480, [TimeSignature(0, 3, 4), TimeSignature(1440, 6, 8)])
    assert list(metre.beats(-480, 1921)) == [
        (-480, False),
        (0, True),
        (480, False),
        (960, False),
        (1440, True),
        (1680, False),
        (1920, False),
    ]


def noise(count: int) -> np.ndarray:
    return np.random.default_rng(3).normal(0, 0.1, (count, 2)).astype(np.float32)


@pytest.mark.parametrize(
    "settings", [SoundSettings(reverb=0.5), SoundSettings(chorus=0.8), SoundSettings(volume_db=-9)]
)
@pytest.mark.parametrize("rate", [8000, RATE, 192_000])
def test_effects_are_the_same_however_the_sound_is_cut(settings: SoundSettings, rate: int) -> None:
    whole, parts = MasterStage(rate), MasterStage(rate)
    whole.settings = parts.settings = settings
    sound = noise(6000)
    cut = [parts.process(part) for part in np.split(sound, [1, 300, 811, 2000, 2001, 4000])]
    np.testing.assert_allclose(np.concatenate(cut), whole.process(sound), atol=1e-6)


def test_the_room_answers_and_falls_silent() -> None:
    stage = MasterStage(RATE)
    stage.settings = SoundSettings(reverb=1.0)
    stage.process(noise(MAX_BLOCK))
    silence = np.zeros((RATE, 2), dtype=np.float32)
    energy = [float(np.square(stage.process(silence)).sum()) for _ in range(4)]
    assert energy[0] > 0
    assert energy[2] < energy[0] * 10 ** (-60 / 10)
    assert np.abs(stage.process(silence)).max() < 1e-6


def test_without_effects_nothing_is_changed() -> None:
    sound = noise(3000)
    np.testing.assert_array_equal(MasterStage(RATE).process(sound), sound)


def test_too_loud_is_told_and_stays_within_bounds() -> None:
    stage = MasterStage(RATE)
    stage.settings = SoundSettings(volume_db=6)
    out = stage.process(np.full((500, 2), 0.9, dtype=np.float32))
    assert stage.peak > 1
    assert np.abs(out).max() <= 1
    stage.settings = SoundSettings(volume_db=-60)
    assert np.abs(stage.process(np.ones((9, 2), dtype=np.float32))).max() == 0


def test_a_stop_is_heard_soon_though_much_was_rendered_ahead(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk()
    desk.player.set_song(make_song([Note(0, 60, 99 * BEAT)]))
    desk.player.play(0)
    desk.pull(RATE // 2)
    engine = desk.player._engine
    assert engine is not None
    desk.fill_ring()
    assert engine.lead.ring.written - engine.lead.ring.taken > 0.14 * RATE, (
        "a busy machine needs it"
    )
    desk.player.panic()
    assert desk.player.wait()
    sound = np.abs(desk.output.pull(RATE // 10))
    assert sound[: RATE // 200].max() > 0.01
    assert sound[RATE // 25 :].max() < 1e-3, "after 40 ms there is silence"
    assert desk.player.underruns <= 1


@pytest.mark.parametrize(
    "change",
    [
        lambda player: player.set_song(make_song([Note(0, 60, 98 * BEAT)])),
        lambda player: player.set_muted(frozenset({3})),
        lambda player: player.set_sound(SoundSettings(volume_db=-3)),
    ],
)
def test_one_change_after_another_is_heard_soon(
    make_desk: Callable[..., Desk], change: Callable[[Player], None]
) -> None:
    desk = make_desk()
    desk.player.set_song(make_song([Note(0, 60, 99 * BEAT)]))
    desk.player.play(0)
    desk.pull(RATE // 2)
    engine = desk.player._engine
    assert engine is not None
    lead = engine.lead
    desk.fill_ring()
    assert lead.ring.written - lead.ring.taken > 0.14 * RATE
    change(desk.player)
    while engine.lead._edited_until == 0:
        assert desk.player.wait()
    desk.pull(RATE // 2)
    desk.fill_ring()
    assert lead.ring.written - lead.ring.taken < 0.07 * RATE
    desk.pull(6 * RATE)
    desk.fill_ring()
    assert lead.ring.written - lead.ring.taken > 0.14 * RATE, "long after it: ready for anything"
    assert desk.player.underruns == 0


def test_a_seek_is_heard_soon(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.player.set_song(make_song([Note(0, 60, BEAT), Note(8 * BEAT, CLICK, BEAT, track=1)]))
    desk.player.play(4 * BEAT)
    desk.pull(RATE // 4)
    desk.player.seek(8 * BEAT)
    sound = np.abs(desk.pull(RATE // 4)).max(axis=1)
    onset = np.flatnonzero(sound > 1e-3)[0]
    assert onset < RATE // 25
    heard = desk.player.position_ticks() - 8 * BEAT
    assert heard == pytest.approx((RATE // 4 - onset) * TICKS_PER_SAMPLE, abs=2)


def test_a_machine_that_is_too_slow_for_keys_renders_further_ahead(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk()
    desk.player.play_live(on(60), program=16)
    desk.pull(1000)
    engine = desk.player._engine
    assert engine is not None
    before = engine.lead.wanted
    for _ in range(3):
        desk.fill_ring()
        desk.output.pull(engine.lead.ring.capacity)
    assert engine.lead.underruns == 3
    assert before < engine.lead.wanted <= engine.lead.at_rest
