"""The edit logits of a whole piece: by windows that overlap, and only where something changed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models.networks.ar_cnn import LENGTHS
from models.piano_roll import GridNotes, paint, piece_features
from models.protocol import Piece

CORE = 64
CONTEXT = 32
WHOLE = 160
_MARGIN = 6
_TILES_A_PASS = 4  # more would be hardly quicker, and between two passes it can be cancelled


class EditMaps:
    """Logits of every edit in a span of steps, kept up to date as notes come and go.

    A short span is one window. A long one is cut into tiles of four bars of 4/4 that see two
    more on either side, so where windows overlap the nearer one speaks; a changed note costs
    only the tiles that see it.

    Parameters
    ----------
    network : nn.Module
        AR-CNN or LSTM, in evaluation mode.
    piece : Piece
        For its metre.
    span : (int, int)
        First step and the one after the last.
    pitches : (int, int)
        Lowest and highest row that is needed; the network may need more or have fewer.
    """

    def __init__(
        self, network: nn.Module, piece: Piece, span: tuple[int, int], pitches: tuple[int, int]
    ) -> None:
        self._network = network
        self._piece = piece
        self.first = span[0] // 4 * 4
        self.last = self.first + max(4, -(-(span[1] - self.first) // 4) * 4)
        low, high = getattr(network, "low", None), getattr(network, "high", None)
        self.low = max(0, pitches[0] - _MARGIN) if low is None else int(low)
        self.high = min(127, pitches[1] + _MARGIN) if high is None else int(high)
        shape = (self.high - self.low + 1, self.last - self.first)
        self.add = np.full(shape, -np.inf, dtype=np.float32)
        self.remove = np.full(shape, -np.inf, dtype=np.float32)
        self.length = np.ones(shape, dtype=np.int64)
        n_steps = self.last - self.first
        self._is_whole = n_steps <= WHOLE
        self._size = n_steps if self._is_whole else CORE
        self._tiles = [*range(self.first, self.last, self._size)]

    def refresh(self, grid: GridNotes, changed: Iterable[tuple[int, int]] | None = None) -> None:
        """Compute again what the steps in `changed` (start, end) touch; everything if None."""
        tiles = self._tiles if changed is None else self._seeing(list(changed))
        for at in range(0, len(tiles), _TILES_A_PASS):
            self._compute(grid, tiles[at : at + _TILES_A_PASS])

    def _seeing(self, changed: list[tuple[int, int]]) -> list[int]:
        margin = 0 if self._is_whole else CONTEXT
        return [
            tile
            for tile in self._tiles
            if any(
                start < tile + self._size + margin and end > tile - margin for start, end in changed
            )
        ]

    def _compute(self, grid: GridNotes, tiles: list[int]) -> None:
        if not tiles:
            return
        margin = 0 if self._is_whole else CONTEXT
        width = self._size + 2 * margin
        rows = slice(self.low, self.high + 1)
        rolls = [paint(grid, tile - margin, width)[:, rows] for tile in tiles]
        bars = [piece_features(self._piece, tile - margin, width) for tile in tiles]
        pitches = torch.arange(self.low, self.high + 1, dtype=torch.float32)
        with torch.inference_mode():
            add, remove, lengths = self._network(
                torch.from_numpy(np.stack(rolls).astype(np.float32)),
                torch.from_numpy(np.stack(bars)),
                pitches.expand(len(tiles), -1),
            )
        classes = lengths.argmax(dim=1).numpy()
        for index, tile in enumerate(tiles):
            self._keep(tile, margin, add[index].numpy(), remove[index].numpy(), classes[index])

    def _keep(
        self,
        tile: int,
        margin: int,
        add: NDArray[np.float32],
        remove: NDArray[np.float32],
        classes: NDArray[np.int64],
    ) -> None:
        at = tile - self.first
        n = min(self._size, self.last - tile)
        inner = slice(margin, margin + n)
        self.add[:, at : at + n] = add[:, inner]
        self.remove[:, at : at + n] = remove[:, inner]
        self.length[:, at : at + n] = np.array(LENGTHS)[classes[:, inner]]
