"""Clips that a genre network is checked on: its answers by clip, and how good they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models.training.ahead import Ahead

CHECK_BATCH = 64
MIN_TO_CALIBRATE = 20  # clips: fewer say nothing about confidence
TEMPERATURES = np.geomspace(0.25, 4, 49)


@dataclass(frozen=True, slots=True)
class Answers:
    """Probabilities of clips, (clips, classes), at the temperature that fits them best."""

    probabilities: NDArray[np.float64]
    temperature: float
    loss: float


@dataclass(frozen=True, slots=True)
class CheckedClips:
    """Clips by their number of windows, what cuts those of one clip, and each clip's class.

    Windows are cut each time that they are wanted, a few ahead of the network, and let go: there
    may be more clips than fit in memory.
    """

    n_windows: NDArray[np.int64]
    cut: Callable[[int], Tensor]
    targets: NDArray[np.int64]

    def logits(self, network: nn.Module) -> NDArray[np.float64]:
        """What the network says of each window, (windows, classes)."""
        device = next(network.parameters()).device
        was_training = network.training
        network.eval()
        windows = (self.cut(index) for index in range(len(self.targets)))
        with torch.inference_mode(), closing(Ahead(in_parts(windows, CHECK_BATCH))) as parts:
            said = [network(part.to(device)).cpu() for part in parts]
        network.train(was_training)
        return torch.cat(said).double().numpy()

    def by_clip(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean probabilities of each clip's windows, (windows, classes) -> (clips, classes)."""
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        sums = np.zeros((len(self.targets), logits.shape[1]))
        owners = np.repeat(np.arange(len(self.targets)), self.n_windows)
        np.add.at(sums, owners, odds)
        return sums / self.n_windows[:, None]

    def loss(self, logits: NDArray[np.float64]) -> float:
        """Cross-entropy of the clips' mean probabilities, in nats."""
        probabilities = self.by_clip(logits)
        picked = probabilities[np.arange(len(probabilities)), self.targets]
        return float(-np.log(np.maximum(picked, 1e-12)).mean())

    def answers(self, network: nn.Module) -> Answers:
        """What the network says at its best temperature, which is set in it."""
        temperature: Tensor = network.get_buffer("temperature")
        temperature.fill_(1.0)
        logits = self.logits(network)
        candidates = TEMPERATURES if len(self.targets) >= MIN_TO_CALIBRATE else np.ones(1)
        losses = [self.loss(logits / t) for t in candidates]
        best = int(np.argmin(losses))
        temperature.fill_(float(candidates[best]))
        return Answers(
            self.by_clip(logits / candidates[best]), float(candidates[best]), losses[best]
        )


def in_parts(rows: Iterable[Tensor], size: int) -> Iterator[Tensor]:
    """The same rows, so many at a time; the last part may have fewer."""
    held: list[Tensor] = []
    for each in rows:
        held.append(each)
        while sum(map(len, held)) >= size:
            joined = torch.cat(held)
            yield joined[:size]
            held = [joined[size:]]
    if sum(map(len, held)):
        yield torch.cat(held)


def count_said(chosen: NDArray[np.int64], labels: Sequence[str]) -> dict[str, int]:
    """How often each class was the answer."""
    counts = np.bincount(chosen, minlength=len(labels))
    return {label: int(count) for label, count in zip(labels, counts, strict=True)}
