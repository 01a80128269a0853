"""Draws the roll at the scale of this process, and prints what breaks its laws."""

from __future__ import annotations

import json
import math
import sys

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPixmap, QRegion

from models.notes import Note
from studio.app import make_qt_application
from studio.score.score import Edit
from studio.ui.compose.piano_roll_view import PianoRollView
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.roll_state import RollState
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import theme

SIZES = ((600, 320), (601, 333))
ZOOMS = (0.1237, 0.031)  # pixels a tick: never whole pixels
PAPERS = ("surface_raised", "row_black", "grid_step", "grid_beat", "grid_bar")
NOTES = [Note(97 * i, 50 + i * 7 % 24, 60 + 13 * i, 20 + 5 * i) for i in range(20)]
Pixels = NDArray[np.uint32]


class Probe:
    """A roll whose playhead is moved by hand."""

    def __init__(self, width: int, height: int) -> None:
        self.model, self.geometry, self.tick = ScoreViewModel(), RollGeometry(), 0.0
        self.view = PianoRollView(
            self.model, RollState(), self.geometry, position_ticks=lambda: self.tick
        )
        self.model.request(Edit("Given", added=frozenset({Note(480 * 400, 60, 480)})))
        self.view.resize(width, height)
        self.view.grab()  # it learns its size
        self.geometry.center_pitch(62)

    def picture(self) -> Pixels:
        return pixels(self.view.grab().toImage())

    def foreign_colors(self) -> int:
        """Colours on the empty paper that are none of its own: lines between two pixels."""
        self.tick = 480.0 * 300
        self.view.move_playhead()
        own = {theme().color(role).rgb() for role in PAPERS}
        return len(set(np.unique(self.picture()).tolist()) - own)

    def bleeding(self) -> int:
        """Pixels outside of notes that notes have changed."""
        empty = self.picture()
        self.model.request(Edit("Given", added=frozenset(NOTES)))
        changed = self.picture() != empty
        ratio = self.view.devicePixelRatioF()
        for note in NOTES:
            left = math.floor(self.geometry.x_of(note.start) * ratio)
            right = math.ceil(self.geometry.x_of(note.end) * ratio)
            top = self.geometry.y_of(note.pitch) * ratio
            rows = slice(max(0, round(top)), max(0, round(top + self.geometry.row_height * ratio)))
            changed[rows, max(0, left) : max(left + round(2 * ratio), right)] = False
        self.model.undo()
        return int(np.count_nonzero(changed))

    def trails(self) -> int:
        """Pixels that the playhead leaves behind where only its strips are painted anew."""
        wrong, ratio = 0, self.view.devicePixelRatioF()
        strips: list[QRect] = []
        self.view.update = lambda *rects: strips.extend(rects)  # type: ignore[method-assign]
        kept = QPixmap(self.view.size() * ratio)
        kept.setDevicePixelRatio(ratio)
        self.view.render(kept)
        for tick in np.linspace(0, self.geometry.right_tick * 0.99, 9):
            self.tick = float(tick)
            strips.clear()
            self.view.move_playhead()
            for strip in strips:
                self.view.render(kept, strip.topLeft(), QRegion(strip))
            whole = QPixmap(kept.size())
            whole.setDevicePixelRatio(ratio)
            self.view.render(whole, QPoint())
            wrong += int(np.count_nonzero(pixels(kept.toImage()) != pixels(whole.toImage())))
        return wrong


def pixels(image: QImage) -> Pixels:
    """What an image shows, shape (height, width), as 0xFFRRGGBB."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint32)
    return flat.reshape(image.height(), -1)[:, : image.width()].copy()


def main() -> None:
    """Print the ratio and how often each law is broken, over themes, sizes and zooms."""
    app = make_qt_application("dark")
    told = {"ratio": 0.0, "foreign": 0, "bleeding": 0, "trails": 0}
    for mode in ("dark", "light"):
        theme().set_mode(mode)
        for size in SIZES:
            for zoom in ZOOMS:
                probe = Probe(*size)
                probe.geometry.pixels_per_tick = zoom
                probe.geometry.changed.emit()
                told["ratio"] = probe.view.devicePixelRatioF()
                told["foreign"] += probe.foreign_colors()
                told["bleeding"] += probe.bleeding()
                told["trails"] += probe.trails()
                probe.model.close()
    sys.stdout.write(json.dumps(told))
    app.quit()


if __name__ == "__main__":
    main()
