"""The synthesizer: no note is forgotten, nothing clips, a bad SoundFont is refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.audio.soundfont import shipped_soundfont
from studio.audio.synth import MAX_BLOCK, Synth, limited
from studio.errors import StudioError


@pytest.fixture(scope="module")
def loaded() -> Synth:
    return Synth(shipped_soundfont())


@pytest.fixture
def synth(loaded: Synth) -> Synth:
    loaded.silence()
    loaded.render(2048)
    return loaded


def test_a_note_sounds_until_its_off(synth: Synth) -> None:
    assert np.abs(synth.render(1000)).max() < 1e-4
    synth.note_on(3, 60, 100)
    assert np.abs(synth.render(4000)).max() > 0.02
    assert synth.sounding() == [(3, 60)]
    assert synth.note_off(3, 60)
    assert synth.n_sounding == 0


def test_an_off_without_an_on_is_not_sent(synth: Synth) -> None:
    before = synth.note_offs
    assert not synth.note_off(0, 60)
    assert synth.note_offs == before


def test_two_notes_on_one_key_end_one_by_one(synth: Synth) -> None:
    synth.note_on(0, 60, 90)
    synth.note_on(0, 60, 90)
    assert [synth.note_off(0, 60) for _ in range(3)] == [True, True, False]


def test_panic_silences_what_rings(synth: Synth) -> None:
    synth.program(0, 52)
    synth.note_on(0, 60, 127)
    synth.render(20000)
    synth.silence()
    synth.render(2048)
    assert np.abs(synth.render(1000)).max() < 1e-3
    assert synth.note_ons == synth.note_offs


def test_volume_and_pan_are_of_one_channel(synth: Synth) -> None:
    synth.program(0, 80)
    synth.note_on(0, 60, 100)
    synth.control(0, 10, 0)
    synth.render(MAX_BLOCK)
    left, right = np.abs(synth.render(8000)).max(axis=0)
    assert left > 10 * right
    synth.control(0, 7, 0)
    synth.render(MAX_BLOCK)
    assert np.abs(synth.render(2000)).max() < 1e-3
    synth.reset_controllers(0)


def test_more_than_sixteen_channels_keep_their_instruments(synth: Synth) -> None:
    def spectrum(channel: int) -> np.ndarray:
        synth.silence()
        synth.render(2048)
        synth.note_on(channel, 60, 100)
        return np.abs(np.fft.rfft(synth.render(8192).mean(axis=1)))

    synth.program(20, 80)
    synth.program(36, 73)
    square, flute = spectrum(20), spectrum(36)
    third = slice(140, 150)  # 3 x 262 Hz in bins of 5.4 Hz
    assert square[third].max() / square.max() > 2 * flute[third].max() / flute.max()


def test_a_program_that_the_font_lacks_still_sounds(synth: Synth) -> None:
    synth.program(5, 93, is_drums=True)  # there is one kit only
    synth.note_on(5, 38, 100)
    assert np.abs(synth.render(2000)).max() > 0.02


@given(
    st.lists(st.floats(-30, 30, width=32), min_size=2, max_size=64).map(
        lambda x: x[: len(x) // 2 * 2]
    )
)
def test_the_limiter_keeps_order_and_never_clips(values: list[float]) -> None:
    block = np.array(values, dtype=np.float32).reshape(-1, 2)
    out = limited(block)
    assert np.abs(out).max() <= 1.0
    quiet = np.abs(block) <= 0.7
    np.testing.assert_array_equal(out[quiet], block[quiet])
    order = np.argsort(block.ravel(), kind="stable")
    assert (np.diff(out.ravel()[order]) >= 0).all()


def test_a_full_chord_does_not_clip(synth: Synth) -> None:
    for key in range(30, 94):
        synth.note_on(0, key, 127)
    assert np.abs(synth.render(20000)).max() <= 1.0


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda data: b"not a SoundFont at all", "is not a SoundFont"),
        (lambda data: data[:100_000], "is cut off"),
        (lambda data: data[:12] + bytes(len(data) - 12), "is damaged"),
    ],
)
def test_a_bad_soundfont_is_refused_and_the_last_one_kept(
    synth: Synth, tmp_path: Path, make: object, reason: str
) -> None:
    bad = tmp_path / "bad.sf2"
    bad.write_bytes(make(shipped_soundfont().read_bytes()))  # type: ignore[operator]
    before = synth.path
    with pytest.raises(StudioError, match=reason) as refusal:
        synth.load(bad)
    assert str(bad) in str(refusal.value)
    assert synth.path == before
    synth.note_on(0, 60, 100)
    assert np.abs(synth.render(2000)).max() > 0.02


def test_a_missing_soundfont_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="can't be read"):
        Synth(tmp_path / "none.sf2")


def test_another_soundfont_takes_over_the_programs(synth: Synth) -> None:
    synth.program(2, 80)
    synth.note_on(2, 60, 100)
    synth.load(shipped_soundfont())
    assert synth.n_sounding == 0
    synth.note_on(2, 60, 100)
    first = synth.render(4000)
    assert np.abs(first).max() > 0.02


def test_the_pedal_holds_what_is_released(synth: Synth) -> None:
    synth.program(3, 16)
    synth.control(3, 64, 127)
    synth.note_on(3, 60, 100)
    assert synth.note_off(3, 60)
    assert not synth.note_off(3, 60), "it is released already"
    synth.render(20_000)
    assert np.abs(synth.render(2000)).max() > 0.02
    synth.note_on(3, 60, 100)
    assert synth.sounding() == [(3, 60)], "struck again, it sounds once"
    synth.note_off(3, 60)
    synth.control(3, 64, 0)
    assert synth.sounding() == []
    synth.render(20_000)
    assert np.abs(synth.render(2000)).max() < 1e-3


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["on", "off", "down", "up", "end", "reset"]),
            st.integers(0, 1),
            st.integers(60, 61),
        ),
        max_size=60,
    )
)
def test_however_keys_and_pedals_move_every_note_ends(
    loaded: Synth, moves: list[tuple[str, int, int]]
) -> None:
    loaded.all_notes_off()
    begun, ended = loaded.note_ons, loaded.note_offs
    do = {
        "on": lambda c, p: loaded.note_on(c, p, 90),
        "off": loaded.note_off,
        "down": lambda c, p: loaded.control(c, 64, 127),
        "up": lambda c, p: loaded.control(c, 64, 0),
        "end": loaded.end_note,
        "reset": lambda c, p: loaded.reset_controllers(c),
    }
    for move, channel, pitch in moves:
        do[move](channel, pitch)
        assert loaded.note_ons - begun - (loaded.note_offs - ended) == loaded.n_sounding
    loaded.all_notes_off()
    assert loaded.note_ons - begun == loaded.note_offs - ended
    assert not loaded._held
