"""Where in the picture a genre was heard: the model's own votes, laid over the sound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from studio.analysis.scales import unwarp, warp
from studio.assistant.live_genre import GenreEvidence, GenreReading
from studio.ui.listen.genre_colors import genre_color
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_geometry import PictureGeometry

COLUMN_S = 0.1
MOST_COLUMNS = 300
STRONGEST = 0.7  # of the colour, where the evidence is strongest
LEAST_RANGE = 1.0  # logits: weaker evidence than that all over is shown weak


class EvidenceOverlay:
    """Paints the evidence for one genre: what each place of the sound adds to its logit.

    A place's evidence is its vote for the genre above its mean vote for all genres; windows that
    overlap are averaged. Only what speaks for the genre is coloured.
    """

    def __init__(self, view_model: ListenViewModel, geometry: PictureGeometry) -> None:
        self._view_model, self._geometry = view_model, geometry
        self._key: tuple[object, ...] = ()
        self._image: QImage | None = None

    def paint(self, painter: QPainter) -> None:
        """Draw what is in sight, if evidence is asked for and there is any."""
        label = self._view_model.genre.shown_evidence
        readings = self._in_sight() if label else []
        evidence = readings[-1].evidence if readings else None
        if label is None or evidence is None:
            return
        geometry, rate = self._geometry, self._view_model.sample_rate
        seconds = geometry.width * geometry.samples_per_pixel / rate
        column = max(COLUMN_S, seconds / MOST_COLUMNS) * rate
        first = int(geometry.position(0) // column)
        n_columns = int(seconds * rate / column) + 2
        key = (label, first, n_columns, column, len(readings), readings[-1].position)
        if key != self._key:
            self._key = key
            grid = evidence_grid(readings, label, rate, first * column, column, n_columns)
            color = genre_color(label, readings[-1].labels)
            self._image = None if grid is None else _image(grid, color)
        if self._image is not None:
            left, right = geometry.x(first * column), geometry.x((first + n_columns) * column)
            self._draw(painter, self._image, evidence, left, right - left)

    def _in_sight(self) -> list[GenreReading]:
        """The readings whose windows touch the picture."""
        rate = self._view_model.sample_rate
        left = self._geometry.position(0)
        right = self._geometry.position(self._geometry.width)
        return [
            reading
            for reading in self._view_model.readings
            if reading.evidence is not None
            and left < reading.position
            and reading.position - reading.window_s * rate < right
        ]

    def _draw(
        self, painter: QPainter, image: QImage, evidence: GenreEvidence, left: float, width: float
    ) -> None:
        """Each band between its own frequencies, whatever the picture's scale."""
        n_bands = image.height()
        ends = warp("mel", np.array([evidence.low_hz, evidence.high_hz]))
        edges = unwarp("mel", np.linspace(ends[0], ends[1], n_bands + 1))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for band in range(n_bands):
            low_hz = max(float(edges[band]), 1.0)
            top, bottom = self._geometry.y(float(edges[band + 1])), self._geometry.y(low_hz)
            row = QRectF(0, n_bands - 1 - band, image.width(), 1)
            painter.drawImage(QRectF(left, top, width, bottom - top), image, row)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)


def evidence_grid(
    readings: list[GenreReading],
    label: str,
    sample_rate: int,
    first: float,
    column: float,
    n_columns: int,
) -> NDArray[np.float64] | None:
    """The mean evidence for `label` at each place.

    Parameters
    ----------
    readings : list of GenreReading
        Those with evidence; their grids must be alike.
    label : str
    sample_rate : int
        In Hz.
    first : float
        The sample position of the left edge.
    column : float
        Samples in a column.
    n_columns : int

    Returns
    -------
    array, shape (bands, n_columns), or None
        In logits, 0 where nothing was heard; None if no reading knows the label.
    """
    known = [r for r in readings if r.evidence is not None and label in r.labels]
    if not known or known[-1].evidence is None:
        return None
    shape = known[-1].evidence.votes.shape[1:]
    total, count = np.zeros((shape[0], n_columns)), np.zeros(n_columns)
    middles = first + (np.arange(n_columns) + 0.5) * column
    for reading in known:
        votes = reading.evidence.votes if reading.evidence else None
        if votes is None or votes.shape[1:] != shape or not votes.size:
            continue
        window = reading.window_s * sample_rate
        frames = (middles - (reading.position - window)) / window * shape[1]
        inside = np.flatnonzero((frames >= 0) & (frames < shape[1]))
        own = votes[reading.labels.index(label)] - votes.mean(axis=0)
        total[:, inside] += own[:, frames[inside].astype(np.intp)]
        count[inside] += 1
    return total / np.maximum(count, 1)


def _image(grid: NDArray[np.float64], color: QColor) -> QImage:
    """The colour, as opaque as the evidence is strong; the highest band on top."""
    strength = np.clip(grid, 0, None)
    strength = strength / max(LEAST_RANGE, float(strength.max()))
    alpha = np.rint(255 * STRONGEST * strength[::-1]).astype(np.uint32)
    pixels = alpha << 24 | np.uint32(color.rgb() & 0xFFFFFF)
    height, width = pixels.shape
    kept = np.ascontiguousarray(pixels)
    image = QImage(kept.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
