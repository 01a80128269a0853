import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.tempo_map import BarPosition, Metre, TempoChange, TempoMap, TimeSignature

changes = st.lists(
    st.builds(TempoChange, st.integers(0, 100_000), st.integers(1000, 16_000_000)), max_size=8
)


@settings(deadline=None)
@given(changes, st.integers(1, 32767), st.integers(0, 200_000))
def test_ticks_come_back_from_seconds(rows: list[TempoChange], beat: int, tick: int) -> None:
    tempo = TempoMap(beat, tuple(rows))
    back = tempo.seconds_to_ticks(tempo.ticks_to_seconds(tick))
    assert back == pytest.approx(tick, rel=1e-6, abs=1e-3)


@settings(deadline=None)
@given(changes)
def test_later_is_later(rows: list[TempoChange]) -> None:
    tempo = TempoMap(480, tuple(rows))
    seconds = [tempo.ticks_to_seconds(tick) for tick in range(0, 120_000, 997)]
    assert seconds == sorted(seconds)
    assert len(set(seconds)) == len(seconds)


def test_without_a_tempo_it_is_120_bpm() -> None:
    assert TempoMap(480).ticks_to_seconds(960) == 1.0
    assert TempoMap(480, (TempoChange(480, 1_000_000),)).ticks_to_seconds(960) == 1.5


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            TimeSignature,
            st.integers(0, 20_000),
            st.integers(1, 13),
            st.sampled_from([1, 2, 4, 8, 16]),
        ),
        max_size=5,
    ),
    st.integers(0, 200),
)
def test_a_bar_starts_in_itself_and_ends_before_the_next(
    signatures: list[TimeSignature], bar: int
) -> None:
    metre = Metre(480, signatures)
    start, after = metre.bar_start(bar), metre.bar_start(bar + 1)
    assert start < after
    assert metre.bar_of(start) == bar
    assert metre.bar_of(after - 1) == bar


def test_positions_count_bars_and_beats_from_one() -> None:
    metre = Metre(480, [TimeSignature(0, 3, 4), TimeSignature(2880, 7, 8)])
    assert metre.position(0) == BarPosition(1, 1, 0)
    assert metre.position(1440 + 500) == BarPosition(2, 2, 20)
    assert metre.position(2880 + 240 * 6) == BarPosition(3, 7, 0)
    assert metre.position(2880 + 240 * 7) == BarPosition(4, 1, 0)
