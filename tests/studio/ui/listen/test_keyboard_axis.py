import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.analysis.scales import SCALES, Scale
from studio.ui.listen.frequency_axis import FrequencyAxis
from studio.ui.listen.keyboard_axis import HALVING, KeyboardAxis
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.viewport import Viewport

HEIGHT = 400
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def viewport(model: ListenViewModel) -> Viewport:
    return Viewport(model)


@pytest.fixture
def keys(qtbot: QtBot, viewport: Viewport) -> KeyboardAxis:
    widget = KeyboardAxis(viewport)
    qtbot.addWidget(widget)
    widget.resize(widget.width(), HEIGHT)
    widget.show()
    return widget


def send(keys: KeyboardAxis, kind: QEvent.Type, x: float, y: float) -> None:
    at = QPointF(x, y)
    place = keys.mapToGlobal(at)
    QApplication.sendEvent(keys, QMouseEvent(kind, at, place, LEFT, LEFT, NONE))


def drag(keys: KeyboardAxis, start: tuple[float, float], *path: tuple[float, float]) -> None:
    send(keys, QEvent.Type.MouseButtonPress, *start)
    for x, y in path:
        send(keys, QEvent.Type.MouseMove, x, y)
    send(keys, QEvent.Type.MouseButtonRelease, *path[-1])


def hz_at(viewport: Viewport, y: float) -> float:
    return viewport.axis.hz(1 - y / HEIGHT)


def octaves(axis: FrequencyAxis) -> float:
    return axis.high_hz / axis.low_hz


def test_dragged_aside_it_zooms_about_what_was_grabbed(
    keys: KeyboardAxis, viewport: Viewport
) -> None:
    grabbed, whole = hz_at(viewport, 150), octaves(viewport.axis)
    drag(keys, (20, 150), (30, 150), (20 + HALVING, 150))
    assert octaves(viewport.axis) == pytest.approx(whole**0.5)
    assert hz_at(viewport, 150) == pytest.approx(grabbed)


def test_dragged_up_and_down_it_shows_other_pitches_once_zoomed(
    keys: KeyboardAxis, viewport: Viewport
) -> None:
    drag(keys, (20, 150), (20, 190))
    whole = viewport.axis
    drag(keys, (20, 200), (20 + HALVING, 200))
    shown, grabbed = octaves(viewport.axis), hz_at(viewport, 150)
    drag(keys, (20, 150), (20, 170), (20, 190))
    assert hz_at(viewport, 190) == pytest.approx(grabbed)
    assert octaves(viewport.axis) == pytest.approx(shown)
    drag(keys, (20, 150), (20 - 3 * HALVING, 150))
    assert viewport.axis.low_hz == pytest.approx(whole.low_hz)
    assert viewport.axis.high_hz == pytest.approx(whole.high_hz)


def test_moving_without_a_button_changes_nothing(keys: KeyboardAxis, viewport: Viewport) -> None:
    before = viewport.axis
    drag(keys, (20, 150), (20, 150))
    QTest.mouseMove(keys, QPoint(60, 300))
    assert viewport.axis == before


def test_the_wheel_zooms_and_a_double_click_shows_all(
    keys: KeyboardAxis, viewport: Viewport
) -> None:
    whole, span_s, under = viewport.axis, viewport.span_s, hz_at(viewport, 100)
    at, none = QPointF(40, 100), Qt.MouseButton.NoButton
    wheel = QWheelEvent(
        at, at, QPoint(), QPoint(0, 360), none, NONE, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(keys, wheel)
    assert octaves(viewport.axis) == pytest.approx(octaves(whole) ** (0.8**3))
    assert hz_at(viewport, 100) == pytest.approx(under)
    assert viewport.span_s == span_s
    QTest.mouseDClick(keys, LEFT, pos=QPoint(40, 100))
    assert viewport.axis == whole


def test_the_key_pointed_at_is_marked_and_0_hz_has_none(
    keys: KeyboardAxis, viewport: Viewport
) -> None:
    plain = keys.grab().toImage()
    QTest.mouseMove(keys, QPoint(60, 200))
    assert keys.grab().toImage() != plain
    QApplication.sendEvent(keys, QEvent(QEvent.Type.Leave))
    assert keys.grab().toImage() == plain
    keys.point_at(0.0)
    assert keys.grab().toImage() == plain


@given(
    scale=st.sampled_from(SCALES),
    factor=st.floats(0.01, 100),
    grabbed=st.floats(0, 1),
    fraction=st.floats(-2, 3),
)
def test_whatever_is_dragged_the_range_stays_inside_the_picture(
    scale: Scale, factor: float, grabbed: float, fraction: float
) -> None:
    viewport = Viewport(ListenViewModel(None))
    whole = FrequencyAxis(30.0, 16_000.0, scale)
    viewport._limits = viewport.axis = whole
    hz = whole.hz(grabbed)
    viewport.hold(whole, factor, hz, fraction)
    axis = viewport.axis
    assert -1e-9 <= whole.fraction(axis.low_hz) < whole.fraction(axis.high_hz) <= 1 + 1e-9
    is_inside = whole.fraction(axis.low_hz) > 1e-9 and whole.fraction(axis.high_hz) < 1 - 1e-9
    if is_inside:
        assert axis.fraction(hz) == pytest.approx(fraction)
