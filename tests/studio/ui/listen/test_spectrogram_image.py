import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.analysis.history import SpectrogramHistory
from studio.analysis.spectrogram import Columns, SpectrogramSettings
from studio.ui.listen.color_map import color_table
from studio.ui.listen.frequency_axis import FrequencyAxis
from studio.ui.listen.spectrogram_image import SpectrogramImage

S = SpectrogramSettings(8000, n_fft=256, hop_length=100, n_rows=60, fmin_hz=50, fmax_hz=3200)
AXIS = FrequencyAxis(S.fmin_hz, S.top_hz)
SILENT, LOUDEST = int(color_table()[0]), int(color_table()[-1])


def history_of(db: np.ndarray, start: int = 0) -> SpectrogramHistory:
    history = SpectrogramHistory(S.n_rows, 80, seconds=20)
    extend(history, db, start)
    return history


def extend(history: SpectrogramHistory, db: np.ndarray, start: int) -> None:
    positions = start + S.hop_length * np.arange(1, len(db) + 1, dtype=np.int64)
    history.append(Columns(db.astype(np.float32), positions))


def picture(image: SpectrogramImage, first: int) -> np.ndarray:
    """The pixels as the widget shows them: the ring from its first column on."""
    q = image.image
    pixels = np.frombuffer(q.constBits(), dtype=np.uint32).reshape(q.height(), q.width())
    return np.roll(pixels, -first, axis=1)


def lightness(pixels: np.ndarray) -> np.ndarray:
    """The sum of red, green and blue."""
    return (pixels >> 16 & 255) + (pixels >> 8 & 255) + (pixels & 255)


@pytest.mark.parametrize("per_pixel", [50.0, 400.0, 1300.0])
def test_a_short_beat_is_seen_at_every_span_of_time(per_pixel: float) -> None:
    db = np.full((120, S.n_rows), -120.0)
    beats = (35, 61, 88)
    for beat in beats:
        db[beat : beat + 3] = 0.0  # a window is as long as three columns
    image = SpectrogramImage(history_of(db), S)
    shown = picture(image, image.update(300, 10, AXIS, per_pixel, 120 * S.hop_length))
    lit = shown[5] == LOUDEST
    assert np.count_nonzero(np.diff(lit.astype(int)) == 1) == len(beats)


def test_a_loud_row_is_a_line_at_the_height_of_its_frequency() -> None:
    db = np.full((40, S.n_rows), -120.0)
    db[:, 20] = 0.0
    image = SpectrogramImage(history_of(db), S)
    height = 120
    shown = picture(image, image.update(40, height, AXIS, S.hop_length, 40 * S.hop_length))
    light = lightness(shown[:, -2])
    expected = height * (1 - AXIS.fraction(S.row_hz[20]))
    assert np.mean(np.flatnonzero(light == light.max())) + 0.5 == pytest.approx(expected, abs=1)
    lit = np.flatnonzero(light > lightness(np.array([SILENT], np.uint32))[0])
    assert np.ptp(lit) <= 2 * height / S.n_rows


@pytest.mark.parametrize("height", [7, 19, 40, 59])
@pytest.mark.parametrize("axis", [AXIS, FrequencyAxis(99, 3100), FrequencyAxis(50, 1500)])
def test_where_rows_share_pixels_every_row_lights_exactly_one(
    axis: FrequencyAxis, height: int
) -> None:
    edges = S.row_of(axis.edges_hz(height))
    if edges[0] - edges[-1] <= height:
        return
    for row in range(int(np.ceil(edges[-1])), int(edges[0]) + 1):
        db = np.full((9, S.n_rows), -120.0)
        db[:, row] = 0.0
        image = SpectrogramImage(history_of(db), S)
        shown = picture(image, image.update(4, height, axis, S.hop_length, 9 * S.hop_length))
        lit = np.flatnonzero(shown[:, 1] == LOUDEST)
        assert len(lit) == 1, row
        assert lit[0] + 0.5 == pytest.approx(
            height * (1 - axis.fraction(S.row_hz[row])), abs=0.5 + height / (edges[0] - edges[-1])
        )


def test_where_a_row_is_many_pixels_tall_levels_rise_evenly_from_row_to_row() -> None:
    db = np.tile(np.linspace(-90, -10, S.n_rows), (9, 1))
    image, height = SpectrogramImage(history_of(db), S), 300
    axis = FrequencyAxis(S.row_hz[20], S.row_hz[30])
    shown = picture(image, image.update(4, height, axis, S.hop_length, 9 * S.hop_length))
    shade = np.array([np.flatnonzero(color_table() == pixel)[0] for pixel in shown[:, 1]])
    wanted = np.linspace(30, 20, height) / (S.n_rows - 1) * 255
    np.testing.assert_allclose(shade, wanted, atol=2.5)


def test_a_loud_moment_is_a_line_at_its_time() -> None:
    db = np.full((40, S.n_rows), -120.0)
    db[30] = 0.0  # its position is 31 hops
    image = SpectrogramImage(history_of(db), S)
    end = 40 * S.hop_length
    shown = picture(image, image.update(80, 10, AXIS, S.hop_length / 2, end))
    lit = np.flatnonzero(shown[5] == LOUDEST)
    hops_from_the_right = (80 - lit - 0.5) * 0.5
    assert 1 <= len(lit) <= 2
    assert hops_from_the_right.mean() == pytest.approx(40 - 31, abs=1)


def test_before_the_first_sound_the_picture_is_empty() -> None:
    image = SpectrogramImage(history_of(np.zeros((3, S.n_rows))), S)
    shown = picture(image, image.update(30, 10, AXIS, S.hop_length, 3 * S.hop_length))
    assert (shown[:, :26] == SILENT).all()
    assert (shown[:, -2:] == LOUDEST).all()


def test_a_gap_stays_a_gap() -> None:
    history = history_of(np.zeros((5, S.n_rows)))
    extend(history, np.zeros((5, S.n_rows)), start=20 * S.hop_length)
    image = SpectrogramImage(history, S)
    row = picture(image, image.update(25, 4, AXIS, S.hop_length, 25 * S.hop_length))[0]
    assert (row[-4:-2] == LOUDEST).all()
    assert (row[11:18] == SILENT).all()


STEP = st.tuples(st.integers(0, 12), st.integers(0, 400))  # new columns, samples looked back


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=12), st.sampled_from([30.0, 100.0, 137.3, 250.0]))
def test_scrolling_gives_the_same_picture_as_drawing_it_anew(
    steps: list[tuple[int, int]], per_pixel: float
) -> None:
    rng = np.random.default_rng(len(steps))
    history, written = SpectrogramHistory(S.n_rows, 80, seconds=20), 0
    scrolled = SpectrogramImage(history, S)
    for n_columns, back in steps:
        db = rng.uniform(-100, 0, (n_columns, S.n_rows))
        extend(history, db, written * S.hop_length)
        written += n_columns
        end = max(0, history.last_position - back)
        shown = picture(scrolled, scrolled.update(33, 16, AXIS, per_pixel, end)).copy()
        fresh = SpectrogramImage(history, S)
        np.testing.assert_array_equal(
            shown, picture(fresh, fresh.update(33, 16, AXIS, per_pixel, end))
        )


def test_another_range_of_levels_maps_its_ends_to_the_ends_of_the_colours() -> None:
    image = SpectrogramImage(history_of(np.full((9, S.n_rows), -50.0)), S)
    image.floor_db, image.ceiling_db = -50.0, -20.0
    shown = picture(image, image.update(4, 4, AXIS, S.hop_length, 9 * S.hop_length))
    assert set(np.unique(shown)) == {SILENT}
