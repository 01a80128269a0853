"""Heads stand above what they head, whatever the table and the theme."""

from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.ui.theme import theme
from studio.ui.train.row_table import RowTable

LEFT, RIGHT = 0, 1
WORD = "HHH"


def ink(picture: QImage, area: QRect) -> tuple[int, int]:
    """The first and the last column of pixels in an area that hold ink."""
    grey = picture.copy(area).convertToFormat(QImage.Format.Format_Grayscale8)
    lines = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    values = lines[:, : grey.width()].astype(int)
    found = np.flatnonzero((abs(values - values[0, 0]) > 40).any(axis=0))
    return int(found[0]), int(found[-1])


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_head_stands_above_its_column(qtbot: QtBot, mode: str) -> None:
    app = cast(QApplication, QApplication.instance())
    theme().install(app, "light" if mode == "light" else "dark")
    table = RowTable("rows")
    qtbot.addWidget(table)
    table.set_heads({WORD: "", f"{WORD}H": ""}, figures=(RIGHT,), wide=(LEFT, RIGHT))
    table.setRowCount(1)
    for column in (LEFT, RIGHT):
        table.put(0, column, WORD)
    table.resize(400, 120)
    table.show()
    header = table.horizontalHeader()
    heads, cells = header.grab().toImage(), table.viewport().grab().toImage()
    for column, side in ((LEFT, 0), (RIGHT, 1)):
        x, width = header.sectionViewportPosition(column), header.sectionSize(column)
        head = ink(heads, QRect(x, 2, width, header.height() - 4))
        cell = ink(cells, QRect(x, 2, width, table.rowHeight(0) - 4))
        assert abs(head[side] - cell[side]) <= 1
    theme().install(app, "light")


def test_a_table_is_as_high_as_its_rows_up_to_a_limit(qtbot: QtBot) -> None:
    table = RowTable("rows")
    qtbot.addWidget(table)
    table.set_heads({"One": ""}, (), wide=(0,))
    heights = []
    for n_rows in (1, 3, 9):
        table.setRowCount(n_rows)
        table.fit_height(most_rows=3)
        heights.append(table.height())
    assert heights[0] < heights[1] == heights[2]
