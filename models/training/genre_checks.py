"""Clips that a genre network is checked on: its answers by clip, and how good they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

CHECK_BATCH = 64


@dataclass(frozen=True, slots=True)
class CheckedClips:
    """All windows of clips, which clip each is of, and each clip's class."""

    windows: Tensor
    owners: NDArray[np.int64]
    targets: NDArray[np.int64]

    def logits(self, network: nn.Module) -> NDArray[np.float64]:
        """What the network says of each window, (windows, classes)."""
        device = next(network.parameters()).device
        was_training = network.training
        network.eval()
        with torch.inference_mode():
            parts = [
                network(part.to(device)).cpu() for part in torch.split(self.windows, CHECK_BATCH)
            ]
        network.train(was_training)
        return torch.cat(parts).double().numpy()

    def by_clip(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean probabilities of each clip's windows, (windows, classes) -> (clips, classes)."""
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        sums = np.zeros((len(self.targets), logits.shape[1]))
        np.add.at(sums, self.owners, odds)
        return sums / np.bincount(self.owners)[:, None]

    def loss(self, logits: NDArray[np.float64]) -> float:
        """Cross-entropy of the clips' mean probabilities, in nats."""
        probabilities = self.by_clip(logits)
        picked = probabilities[np.arange(len(probabilities)), self.targets]
        return float(-np.log(np.maximum(picked, 1e-12)).mean())


def count_said(chosen: NDArray[np.int64], labels: Sequence[str]) -> dict[str, int]:
    """How often each class was the answer."""
    counts = np.bincount(chosen, minlength=len(labels))
    return {label: int(count) for label, count in zip(labels, counts, strict=True)}
