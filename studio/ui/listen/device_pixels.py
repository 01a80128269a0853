"""Painting in the pixels of the screen, wherever a widget lies and however it is scaled."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QPainter

NEARLY = 1e-6  # of a pixel: what arithmetic errs by


def use_device_pixels(painter: QPainter, size: QSize) -> QSize:
    """Let the painter's units be whole device pixels that cover a widget of `size`; how many.

    At scales such as 1.25 a widget may begin and end within a pixel: what is drawn in its own
    units would be blurred or lose a line.
    """
    to_device = painter.deviceTransform()
    area = to_device.mapRect(QRectF(QPointF(0, 0), QSizeF(size)))
    left, top = math.floor(area.left() + NEARLY), math.floor(area.top() + NEARLY)
    right, bottom = math.ceil(area.right() - NEARLY), math.ceil(area.bottom() - NEARLY)
    ratio_x, ratio_y = to_device.m11(), to_device.m22()
    painter.translate((left - area.left()) / ratio_x, (top - area.top()) / ratio_y)
    painter.scale(1 / ratio_x, 1 / ratio_y)
    return QSize(max(1, right - left), max(1, bottom - top))
