from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.settings import Settings
from studio.ui.recent_files import KEY, MAX_FILES, RecentFiles


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


def files(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}.mid" for number in range(count)]
    for path in paths:
        path.write_bytes(b"")
    return paths


def test_the_latest_comes_first_once_and_at_the_next_start(
    window: QWidget, settings: Settings, tmp_path: Path
) -> None:
    paths = files(tmp_path, MAX_FILES + 2)
    recent = RecentFiles(settings, window)
    assert not recent.menuAction().isEnabled()
    for path in (*paths, paths[5]):
        recent.add(path)
    expected = [paths[5], *(path for path in reversed(paths) if path != paths[5])][:MAX_FILES]
    assert recent.files == expected
    assert RecentFiles(Settings(settings.path), window).files == expected


def test_what_is_gone_is_not_offered_and_comes_back_with_its_disk(
    window: QWidget, settings: Settings, tmp_path: Path
) -> None:
    first, second = files(tmp_path, 2)
    recent = RecentFiles(settings, window)
    recent.add(first)
    recent.add(second)
    second.unlink()
    assert recent.files == [first]
    second.write_bytes(b"")
    assert recent.files == [second, first]


def test_a_choice_is_told_and_all_are_forgotten(
    window: QWidget, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "Rock & Roll.mid"
    path.write_bytes(b"")
    recent, chosen = RecentFiles(settings, window), []
    recent.chosen.connect(chosen.append)
    recent.add(path)
    action = recent.findChild(QAction, "recent_1")
    assert action is not None
    assert action.text() == "&1  Rock && Roll.mid"
    action.trigger()
    assert chosen == [path]
    forget = recent.findChild(QAction, "recent_forget")
    assert forget is not None
    forget.trigger()
    assert recent.files == []
    assert not recent.menuAction().isEnabled()


@pytest.mark.parametrize("nonsense", [7, "a.mid", [1, None], {}])
def test_nonsense_in_the_settings_is_no_file(
    window: QWidget, settings: Settings, nonsense: object
) -> None:
    settings.set(KEY, nonsense)
    assert RecentFiles(settings, window).files == []
