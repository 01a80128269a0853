import subprocess
import sys

import pytest

from studio.ui.quick_imports import keep_no_sources


def test_the_source_of_what_the_window_imports_is_neither_read_nor_kept() -> None:
    program = (
        "import linecache, sys, studio.app, numpy.ma, xml.dom.minidom;"
        "kept = [name for name in linecache.cache if 'studio' in name or 'minidom' in name];"
        "print(len(kept), 'studio.ui.main_window' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["0", "True"]


def test_a_pyside_without_that_look_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "shibokensupport.feature")
    keep_no_sources()
    assert "shibokensupport.feature" not in sys.modules
