import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.analysis.level import LevelReading
from studio.ui.listen.level_meter import LevelMeter
from studio.ui.theme import theme


@pytest.fixture
def meter(qtbot: QtBot) -> LevelMeter:
    widget = LevelMeter()
    qtbot.addWidget(widget)
    widget.resize(300, 24)
    return widget


def painted(meter: LevelMeter, rms: float, peak: float, has_clipped: bool = False) -> QImage:
    meter.set_reading(LevelReading(peak, rms, has_clipped, False), has_clipped)
    return meter.grab().toImage()


def count(image: QImage, role: str) -> int:
    """How many pixels have just that colour."""
    wanted = theme().color(role).rgb()
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(image.pixel(x, y) == wanted for x, y in places)


def test_the_bar_is_as_long_as_it_is_loud(meter: LevelMeter) -> None:
    lengths = [count(painted(meter, rms, rms + 1), "success") for rms in (-60, -40, -25, -15)]
    assert lengths == sorted(set(lengths))
    assert lengths[0] == 0
    loud = painted(meter, -6, -3)
    assert count(loud, "warning") > 0
    assert count(loud, "success") == 0


def test_the_peak_is_marked_beyond_the_bar(meter: LevelMeter) -> None:
    without = count(painted(meter, -40, -60), "text")
    assert count(painted(meter, -40, -20), "text") > without


def test_the_clip_light_stays_on_until_it_is_clicked(meter: LevelMeter, qtbot: QtBot) -> None:
    dark = count(painted(meter, -20, -15), "error")
    assert count(painted(meter, -20, -15, has_clipped=True), "error") > dark
    with qtbot.waitSignal(meter.clip_reset):
        QTest.mouseClick(meter, Qt.MouseButton.LeftButton)
