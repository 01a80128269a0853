import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from studio.analysis.scales import SCALES, Scale
from studio.ui.listen.axis_gestures import AxisGestures
from studio.ui.listen.frequency_axis import FrequencyAxis
from studio.ui.listen.keyboard_axis import KeyboardAxis
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_model import PictureModel
from studio.ui.listen.viewport import Viewport

HEIGHT = 400
LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
PRESS, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease


@pytest.fixture
def viewport(model: ListenViewModel) -> Viewport:
    return Viewport(model)


@pytest.fixture
def keys(qtbot: QtBot, viewport: Viewport) -> KeyboardAxis:
    widget = KeyboardAxis(viewport)
    qtbot.addWidget(widget)
    AxisGestures(widget, viewport)
    widget.resize(widget.width(), HEIGHT)
    widget.show()
    return widget


def send(
    keys: KeyboardAxis, kind: QEvent.Type, x: float, y: float, held: Qt.KeyboardModifier = NONE
) -> None:
    at, place = QPointF(x, y), QPointF(keys.mapToGlobal(QPoint(round(x), round(y))))
    button = NO_BUTTON if kind == QEvent.Type.MouseMove else LEFT
    QApplication.sendEvent(keys, QMouseEvent(kind, at, place, button, LEFT, held))


def drag(
    keys: KeyboardAxis,
    start: tuple[float, float],
    end: tuple[float, float],
    held: Qt.KeyboardModifier = NONE,
) -> None:
    send(keys, PRESS, *start, held)
    send(keys, QEvent.Type.MouseMove, *end, held)
    send(keys, RELEASE, *end, held)


def hz_at(viewport: Viewport, y: float) -> float:
    return viewport.axis.hz(1 - y / HEIGHT)


def ends(viewport: Viewport) -> tuple[float, float]:
    return viewport.axis.low_hz, viewport.axis.high_hz


@pytest.mark.parametrize("scale", SCALES)
def test_a_range_is_chosen_by_dragging_over_it(
    keys: KeyboardAxis, viewport: Viewport, model: ListenViewModel, scale: Scale
) -> None:
    PictureModel(model, viewport).change(scale=scale)
    whole = ends(viewport)
    low, high = hz_at(viewport, 300), hz_at(viewport, 100)
    plain = keys.grab().toImage()
    send(keys, PRESS, 20, 300, SHIFT)
    send(keys, QEvent.Type.MouseMove, 25, 100, SHIFT)
    assert ends(viewport) == whole
    keys.point_at(None)
    assert keys.grab().toImage() != plain
    send(keys, RELEASE, 25, 100, SHIFT)
    assert ends(viewport) == pytest.approx((low, high))
    fresh = KeyboardAxis(viewport)
    fresh.resize(keys.size())
    keys.point_at(None)
    keys.clearFocus()
    assert keys.grab().toImage() == fresh.grab().toImage()  # the mark is gone
    drag(keys, (20, 200), (20, 201), SHIFT)  # a slip of the hand is no range
    assert ends(viewport) == pytest.approx((low, high))
    QTest.mouseDClick(keys, LEFT, pos=QPoint(20, 50))
    assert ends(viewport) == pytest.approx(whole)


def test_a_range_beyond_the_axis_ends_where_the_axis_does(
    keys: KeyboardAxis, viewport: Viewport
) -> None:
    low, top = hz_at(viewport, 200), viewport.axis.high_hz
    drag(keys, (20, 200), (20, -500), SHIFT)
    assert ends(viewport) == pytest.approx((low, top))


def test_a_drag_moves_the_pitch_with_the_pointer(keys: KeyboardAxis, viewport: Viewport) -> None:
    viewport.show_range(200, 2000)
    hz = hz_at(viewport, 150)
    drag(keys, (20, 150), (28, 220))  # a little to the side does not zoom
    assert hz_at(viewport, 220) == pytest.approx(hz)
    assert viewport.axis.high_hz / viewport.axis.low_hz == pytest.approx(10)


@pytest.mark.parametrize(("aside", "octaves"), [(92, -1), (-92, 1)])
def test_a_drag_to_the_side_zooms_about_the_place_held(
    keys: KeyboardAxis, viewport: Viewport, aside: int, octaves: int
) -> None:
    viewport.show_range(400, 800)
    hz = hz_at(viewport, 150)
    drag(keys, (20, 150), (20 + aside, 180))
    assert hz_at(viewport, 180) == pytest.approx(hz)
    assert viewport.axis.high_hz / viewport.axis.low_hz == pytest.approx(2**2.0**octaves)


def test_what_is_held_stays_held_when_the_end_is_near(
    keys: KeyboardAxis, viewport: Viewport
) -> None:
    viewport.show_range(4000, 20_000)
    hz = hz_at(viewport, 50)
    drag(keys, (20, 50), (-72, 15))
    assert hz_at(viewport, 15) == pytest.approx(hz)


def test_a_drag_there_and_back_changes_nothing(keys: KeyboardAxis, viewport: Viewport) -> None:
    viewport.show_range(400, 800)
    before = ends(viewport)
    send(keys, PRESS, 20, 150)
    send(keys, QEvent.Type.MouseMove, 2000, 3000)
    send(keys, QEvent.Type.MouseMove, -2000, -3000)
    send(keys, QEvent.Type.MouseMove, 20, 150)
    send(keys, RELEASE, 20, 150)
    assert ends(viewport) == pytest.approx(before)
    send(keys, QEvent.Type.MouseMove, 20, 300)  # nothing is held any more
    assert ends(viewport) == pytest.approx(before)


def test_the_wheel_zooms_about_the_pointer(keys: KeyboardAxis, viewport: Viewport) -> None:
    hz, before = hz_at(viewport, 150), viewport.axis.high_hz / viewport.axis.low_hz
    at, phase = QPointF(20, 150), Qt.ScrollPhase.NoScrollPhase
    turn = QPoint(0, 240)
    event = QWheelEvent(at, keys.mapToGlobal(at), QPoint(), turn, NO_BUTTON, NONE, phase, False)
    QApplication.sendEvent(keys, event)
    assert hz_at(viewport, 150) == pytest.approx(hz)
    assert viewport.axis.high_hz / viewport.axis.low_hz == pytest.approx(before**0.64)


def test_keys_move_and_zoom_the_axis_too(keys: KeyboardAxis, viewport: Viewport) -> None:
    whole = ends(viewport)
    QTest.keyClick(keys, Qt.Key.Key_PageUp)
    zoomed = ends(viewport)
    assert whole[0] < zoomed[0] < zoomed[1] < whole[1]
    QTest.keyClick(keys, Qt.Key.Key_Down)
    assert ends(viewport)[0] < zoomed[0]
    QTest.keyClick(keys, Qt.Key.Key_Up)
    assert ends(viewport) == pytest.approx(zoomed)
    QTest.keyClick(keys, Qt.Key.Key_0)
    assert ends(viewport) == pytest.approx(whole)


def test_the_tip_reads_the_pitch_under_the_pointer(keys: KeyboardAxis, viewport: Viewport) -> None:
    y = round(HEIGHT * (1 - viewport.axis.fraction(440)))
    at = QPoint(20, y)
    QApplication.sendEvent(keys, QHelpEvent(QEvent.Type.ToolTip, at, keys.mapToGlobal(at)))
    assert "Hz · A4" in QToolTip.text()


def test_the_key_under_the_pointer_is_marked(keys: KeyboardAxis) -> None:
    plain = keys.grab().toImage()
    send(keys, QEvent.Type.MouseMove, 60, 200)
    assert keys.grab().toImage() != plain
    QApplication.sendEvent(keys, QEvent(QEvent.Type.Leave))
    assert keys.grab().toImage() == plain


def test_below_every_pitch_no_key_is_marked(keys: KeyboardAxis) -> None:
    plain = keys.grab().toImage()
    for hz in (-3.0, 0.0):
        keys.point_at(hz)
        assert keys.grab().toImage() == plain


@given(
    scale=st.sampled_from(SCALES),
    factor=st.floats(0.01, 100),
    ends_at=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    held=st.floats(0, 1),
    fraction=st.floats(-2, 3),
)
def test_whatever_is_dragged_the_range_stays_inside_the_picture(
    scale: Scale, factor: float, ends_at: tuple[float, float], held: float, fraction: float
) -> None:
    viewport = Viewport(ListenViewModel(None))
    whole = FrequencyAxis(30.0, 16_000.0, scale)
    viewport._limits = viewport.axis = whole
    viewport.show_range(whole.hz(min(ends_at)), whole.hz(max(ends_at)))
    for _ in range(2):
        low, high = (whole.fraction(hz) for hz in ends(viewport))
        assert -1e-9 <= low < low + 0.0399 < high <= 1 + 1e-9
        hz = viewport.axis.hz(held)
        viewport.hold(viewport.axis, factor, hz, fraction)
    low, high = (whole.fraction(end) for end in ends(viewport))
    if low > 1e-9 and high < 1 - 1e-9:
        assert viewport.axis.fraction(hz) == pytest.approx(fraction, abs=1e-9)
