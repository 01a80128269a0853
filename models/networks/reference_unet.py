"""The baseline: a U-Net that edits the cells of a binary piano roll, one event a pass."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.networks.ar_cnn import LENGTHS, EditLogits

_INSIDE = 1.0
"""A cell whose left neighbour is wanted about as much, in nats, goes on with that note."""
_NEVER = -60.0


class _Level(nn.Sequential):
    """Two 3 x 3 convolutions with batch normalisation, and dropout after them."""

    def __init__(self, n_in: int, n_out: int, dropout: float) -> None:
        layers: list[nn.Module] = []
        for width in (n_in, n_out):
            layers += [nn.Conv2d(width, n_out, 3, padding=1), nn.BatchNorm2d(n_out), nn.ReLU()]
        super().__init__(*layers, nn.Dropout(dropout))


class ReferenceUnet(nn.Module):
    """One softmax over all cells of a roll: which one to switch next.

    A cell knows only whether something sounds. So that it can be compared and used like the
    others, wanted cells are read as notes: one that is wanted no more than its left neighbour
    goes on with that note, and the odds of taking a note away are the mean over its cells. A
    slope and a level, fitted beside the training without a say in it, turn the softmax into
    chances.

    Parameters
    ----------
    filters : int
        Of the first level; they double at each.
    levels : int
        Times that the roll is halved.
    dropout : float

    Shapes
    ------
    roll (batch, 2, 128, steps), bars (not used), pitches (not used: the rows are MIDI 0..127)
    -> add (batch, 128, steps), remove (batch, 128, steps), lengths (batch, 10, 128, steps)

    Source
    ------
    Ronneberger, Fischer & Brox 2015 for the U-Net; for its use, the published description of
    AWS DeepComposer's AR-CNN. No code of either is used.
    """

    low: int | None = 0
    high: int | None = 127
    events_a_pass = 1

    def __init__(self, filters: int = 32, levels: int = 5, dropout: float = 0.5) -> None:
        super().__init__()
        widths = [filters * 2**level for level in range(levels + 1)]
        pairs = list(itertools.pairwise(widths))
        self.down = nn.ModuleList(
            _Level(n_in, n_out, dropout) for n_in, n_out in [(1, filters), *pairs]
        )
        self.up = nn.ModuleList(nn.ConvTranspose2d(n, m, 2, stride=2) for m, n in reversed(pairs))
        self.join = nn.ModuleList(_Level(2 * m, m, dropout) for m, _ in reversed(pairs))
        self.out = nn.Conv2d(filters, 1, 1)
        self.slope = nn.Parameter(torch.ones(2))
        self.level = nn.Parameter(torch.zeros(2))
        self._multiple = 2**levels

    def forward(self, roll: Tensor, bars: Tensor, pitches: Tensor) -> EditLogits:
        sounding = roll.amax(dim=1)  # (batch, 128, steps)
        add, remove = self.chances(self.cells(sounding), sounding)
        goes_on = _goes_on(add, sounding)
        lengths = _lengths(goes_on & (add > F.pad(add, (1, 0))[..., :-1] - _INSIDE))
        return add.masked_fill(goes_on, _NEVER), _over_notes(remove, roll), lengths

    def cells(self, sounding: Tensor) -> Tensor:
        """The logarithm of the softmax over all cells: (batch, 128, steps) -> the same."""
        n_steps = sounding.shape[-1]
        x = F.pad(sounding.unsqueeze(1), (0, -n_steps % self._multiple))
        kept = []
        for level in self.down[:-1]:
            kept.append(level(x))
            x = F.max_pool2d(kept[-1], 2)
        x = self.down[-1](x)
        for up, join in zip(self.up, self.join, strict=True):
            x = join(torch.cat([kept.pop(), up(x)], dim=1))
        y: Tensor = self.out(x)[:, 0, :, :n_steps].float()
        return y.flatten(1).log_softmax(dim=1).view_as(y)

    def chances(self, cells: Tensor, sounding: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of adding and of removing each cell on its own, from those of the softmax."""
        add, remove = (self.slope[i] * cells + self.level[i] for i in range(2))
        silent = sounding == 0
        return add.masked_fill(~silent, _NEVER), remove.masked_fill(silent, _NEVER)


def _goes_on(add: Tensor, sounding: Tensor) -> Tensor:
    """Cells that are wanted no more than the silent one on their left, so no note begins there."""
    left, was_sounding = F.pad(add, (1, 0))[..., :-1], F.pad(sounding, (1, 0))[..., :-1] > 0
    is_first = torch.arange(add.shape[-1], device=add.device) == 0
    return (left > add - _INSIDE) & ~was_sounding & ~is_first


def _over_notes(remove: Tensor, roll: Tensor) -> Tensor:
    """At each onset, the mean over the cells of its note."""
    total, count, n_steps = remove.clone(), torch.ones_like(remove), remove.shape[-1]
    for step in range(n_steps - 2, -1, -1):
        held = (roll[:, 1, :, step + 1] > 0) & (roll[:, 0, :, step + 1] == 0)
        total[..., step] += held * total[..., step + 1]
        count[..., step] += held * count[..., step + 1]
    return total / count


def _lengths(goes_on: Tensor) -> Tensor:
    """Logits of the length classes: the nearest to the run of cells that go on."""
    run = torch.ones(goes_on.shape, device=goes_on.device)
    for step in range(goes_on.shape[-1] - 2, -1, -1):
        run[..., step] += goes_on[..., step + 1] * run[..., step + 1]
    classes = torch.tensor(LENGTHS, dtype=run.dtype, device=run.device)
    return -(run.unsqueeze(1) - classes[None, :, None, None]).abs()
