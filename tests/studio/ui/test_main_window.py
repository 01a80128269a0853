from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from studio.settings import Settings
from studio.ui.main_window import MINIMUM_SIZE, MainWindow, Place
from studio.ui.notices import MAX_BANNERS, NoticeAction


def make_window(qtbot: QtBot, settings: Settings) -> MainWindow:
    places = [Place(name, name.title(), QTextEdit()) for name in ("listen", "compose", "train")]
    window = MainWindow(places, QLabel("transport"), settings)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def window(qtbot: QtBot, settings: Settings) -> MainWindow:
    return make_window(qtbot, settings)


def test_a_place_opens_alone_by_its_key(qtbot: QtBot, window: MainWindow) -> None:
    assert window.open_places == {"compose"}
    qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert window.open_places == {"train"}


def test_a_place_opens_beside_the_others(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_name["beside_listen"].trigger()
    assert window.open_places == {"compose", "listen"}
    rail = [window.findChild(QToolButton, f"rail_{place}") for place in ("listen", "train")]
    assert [button.isChecked() for button in rail if button] == [True, False]


def test_two_places_fit_into_a_low_window_and_can_be_scrolled(
    qtbot: QtBot, window: MainWindow
) -> None:
    panels = [panel for panel in window.findChildren(QTextEdit) if panel.isVisible()]
    panels[0].setMinimumHeight(420)
    window.show_place("listen", beside=True)
    assert window.minimumSizeHint().height() <= MINIMUM_SIZE[1]
    window.resize(1280, 720)
    qtbot.wait(50)  # layouts follow by events
    assert panels[0].height() >= 420
    assert panels[0].visibleRegion().boundingRect().height() < 420


def test_opening_places_again_and_again_leaves_nothing_behind(
    qtbot: QtBot, window: MainWindow
) -> None:
    def open_all() -> int:
        window.show_place("compose")
        qtbot.wait(1)
        window.show_place("listen", beside=True)
        qtbot.wait(1)
        return len(window.findChildren(QObject))

    before = open_all()
    assert [open_all() for _ in range(5)][-1] == before


def test_the_layout_is_there_at_the_next_start(qtbot: QtBot, settings: Settings) -> None:
    first = make_window(qtbot, settings)
    first.show_place("listen")
    first.show_place("train", beside=True)
    first.close()
    assert make_window(qtbot, settings).open_places == {"listen", "train"}


def test_what_is_promised_is_a_page_of_the_help(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_name["promises"].trigger()
    assert window.help_window is not None
    qtbot.addWidget(window.help_window)
    assert window.help_window.page == "trust"


def test_help_opens_on_the_page_of_the_place(qtbot: QtBot, window: MainWindow) -> None:
    for place in ("listen", "compose", "train"):
        window.show_place(place)
        qtbot.keyClick(window, Qt.Key.Key_F1)
        assert window.help_window is not None
        qtbot.addWidget(window.help_window)
        assert window.help_window.page == place
        window.help_window.close()


def test_a_notice_is_shown_once_and_its_button_acts(qtbot: QtBot, window: MainWindow) -> None:
    done: list[str] = []
    actions = [NoticeAction("Bring it back", lambda: done.append("back"))]
    for _ in range(2):
        window.show_notice("warning", "Studio did not close properly.", actions)
    (banner,) = window.notices.banners
    button = banner.findChild(QPushButton, "notice_action")
    assert button is not None
    with qtbot.waitSignal(banner.destroyed):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == ["back"]
    qtbot.waitUntil(window.notices.isHidden)


def test_a_notice_that_is_true_no_more_goes(qtbot: QtBot, window: MainWindow) -> None:
    for text in ("desk is gone", "the disk is full"):
        window.show_notice("warning", text)
    window.notices.withdraw("desk is gone")
    qtbot.waitUntil(lambda: len(window.notices.banners) == 1)
    assert window.notices.banners[0].text == "the disk is full"


def test_there_are_never_too_many_notices(qtbot: QtBot, window: MainWindow) -> None:
    for number in range(MAX_BANNERS + 2):
        window.show_notice("error", f"error {number}")
        qtbot.wait(1)
    texts = [banner.text for banner in window.notices.banners]
    assert texts == [f"error {number}" for number in range(2, MAX_BANNERS + 2)]


def test_the_title_says_what_is_open_and_whether_it_is_saved(window: MainWindow) -> None:
    window.set_title("song.mid", is_dirty=True)
    assert window.windowTitle() == "Studio: song.mid*"
    window.set_title("")
    assert window.windowTitle() == "Studio"
