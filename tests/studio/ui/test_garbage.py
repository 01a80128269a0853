import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.ui.garbage import GarbageCollector


class Knot(QObject):
    """A Qt object that only the collector can free."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def litter() -> list[list[object]]:
    """More containers than Python tolerates before it collects."""
    return [[] for _ in range(10 * gc.get_threshold()[0])]


def test_only_the_gui_thread_frees_qt_objects(qtbot: QtBot) -> None:
    gc.enable()
    freed_in: list[int] = []
    collector = GarbageCollector()
    collector.start()
    weakref.finalize(Knot(), lambda: freed_in.append(threading.get_ident()))
    thread = threading.Thread(target=litter)
    thread.start()
    thread.join()
    assert freed_in == []
    kept = litter()
    collector.collect()
    assert freed_in == [threading.get_ident()]
    del kept
    collector.close()
    assert gc.isenabled()


def test_it_looks_by_itself_and_leaves_what_was_off_off(qtbot: QtBot) -> None:
    gc.disable()
    collector = GarbageCollector()
    collector.start()
    gone: list[bool] = []
    weakref.finalize(Knot(), gone.append, True)
    kept = litter()
    qtbot.waitUntil(lambda: gone == [True])
    assert kept
    collector.close()
    assert not gc.isenabled()
