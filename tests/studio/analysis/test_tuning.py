import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.analysis.pitch import PitchReading
from studio.analysis.tuning import STEADY_READINGS, Tuner, pitch_of


def heard(*hz: float | None) -> list[PitchReading]:
    return [PitchReading(480 * i, value, 0.9) for i, value in enumerate(hz)]


@given(pitch=st.integers(21, 108), cents=st.floats(-49, 49), a4_hz=st.floats(415, 466))
def test_a_steady_tone_is_named_with_its_cents(pitch: int, cents: float, a4_hz: float) -> None:
    hz = a4_hz * 2 ** ((pitch + cents / 100 - 69) / 12)
    note = Tuner(a4_hz).note(heard(*[hz] * STEADY_READINGS))
    assert note is not None
    assert note.pitch == pitch
    assert note.cents == pytest.approx(cents, abs=1e-6)
    assert pitch_of(hz, a4_hz) == pytest.approx(pitch + cents / 100)


def test_a_few_wrong_readings_change_nothing() -> None:
    note = Tuner().note(heard(*[440.0] * 8, 880.0, None, 219.0, 440.0))
    assert note is not None
    assert (note.pitch, note.hz) == (69, 440.0)


def test_there_is_no_note_where_most_had_no_pitch() -> None:
    assert Tuner().note([]) is None
    assert Tuner().note(heard(*[440.0] * 5, *[None] * 7)) is None
    assert Tuner().note(heard(*[440.0] * 6, *[None] * 6)) is not None
    assert Tuner().note(heard(*[440.0] * 50, *[None] * STEADY_READINGS)) is None


def test_a_note_keeps_its_name_a_little_beyond_half_way() -> None:
    tuner = Tuner()

    def name(cents: float) -> tuple[int, float]:
        note = tuner.note(heard(*[440 * 2 ** (cents / 1200)] * STEADY_READINGS))
        assert note is not None
        return note.pitch, round(note.cents, 6)

    assert name(45) == (69, 45)
    assert name(58) == (69, 58)
    assert name(62) == (70, -38)
    assert name(55) == (70, -45)
    assert tuner.note([]) is None
    assert name(45) == (69, 45)
