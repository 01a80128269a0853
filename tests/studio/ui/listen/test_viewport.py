import pytest

from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_model import PictureModel
from studio.ui.listen.viewport import Viewport


@pytest.fixture
def viewport(model: ListenViewModel) -> Viewport:
    return Viewport(model)


def ends(viewport: Viewport) -> tuple[float, float]:
    return viewport.axis.low_hz, viewport.axis.high_hz


@pytest.mark.parametrize(
    ("shown", "limits", "then"),
    [
        ((100, 10_000), (50, 5000), (100, 5000)),
        ((100, 10_000), (500, 12_000), (500, 10_000)),
        ((100, 400), (1000, 12_000), (1000, 12_000)),  # nothing of it is left
    ],
)
def test_other_limits_leave_what_is_shown_where_they_can(
    model: ListenViewModel,
    viewport: Viewport,
    shown: tuple[float, float],
    limits: tuple[float, float],
    then: tuple[float, float],
) -> None:
    picture = PictureModel(model, viewport)
    viewport.show_range(*shown)
    assert picture.change(fmin_hz=limits[0], fmax_hz=limits[1])
    assert ends(viewport) == pytest.approx(then)


def test_all_stays_all_when_the_limits_change(model: ListenViewModel, viewport: Viewport) -> None:
    PictureModel(model, viewport).change(fmin_hz=200, fmax_hz=2000)
    assert ends(viewport) == pytest.approx((200, 2000))


def test_a_range_beyond_the_limits_is_cut(viewport: Viewport) -> None:
    low, high = ends(viewport)
    viewport.show_range(low / 2, 2 * high)
    assert ends(viewport) == pytest.approx((low, high))
