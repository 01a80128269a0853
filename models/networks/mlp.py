"""GenreMlp: a plain multilayer perceptron on a window's summary, the baseline and the lesson."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn


class GenreMlp(nn.Module):
    """Genre logits of a window's summary features.

    Parameters
    ----------
    n_classes : int
    n_inputs : int
        How many numbers sum a window up.
    width : int
        Units of each hidden layer.
    layers : int
        Hidden layers; without one it is a logistic regression.
    dropout : float
        Share of the hidden units left out in training.

    Shapes
    ------
    input (batch, n_inputs) -> output (batch, n_classes)

    Raises
    ------
    ValueError
        If a size is below 1 (`layers`: below 0).
    """

    def __init__(
        self, *, n_classes: int, n_inputs: int, width: int = 96, layers: int = 2, dropout: float
    ) -> None:
        super().__init__()
        if min(n_classes, n_inputs, width) < 1 or layers < 0:
            raise ValueError(f"{n_classes=}, {n_inputs=}, {width=}, {layers=}")
        sizes = [n_inputs, *[width] * layers]
        hidden: list[nn.Module] = []
        for before, after in pairwise(sizes):
            hidden += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(dropout)]
        self.hidden = nn.Sequential(*hidden)
        self.votes = nn.Linear(sizes[-1], n_classes)
        # What the numbers are on average in training, and how far they spread.
        self.register_buffer("mean", torch.zeros(n_inputs))
        self.register_buffer("spread", torch.ones(n_inputs))
        self.register_buffer("temperature", torch.ones(()))
        self.mean: Tensor
        self.spread: Tensor
        self.temperature: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """Logits, calibrated in eval mode, (batch, n_inputs) -> (batch, n_classes)."""
        y: Tensor = self.votes(self.hidden((x - self.mean) / self.spread))
        return y if self.training else y / self.temperature

    def apart(self, x: Tensor) -> tuple[Tensor, None]:
        """What is learned from: logits (1, batch, n_classes), and no second output."""
        return self.forward(x)[None], None
