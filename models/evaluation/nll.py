"""Nats per frame: how well a model foretells the next frame of a piano roll."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F

from models.networks.lstm import ScoreLstm
from models.piano_roll import STEPS_PER_BEAT, GridNotes, paint

LOWEST, N_PITCHES = 21, 88


def quarter_frames(grid: GridNotes) -> NDArray[np.uint8]:
    """What sounds at each quarter note, as in the published benchmark: (frames, 88), 0 or 1."""
    n_steps = int(grid.end.max(initial=0))
    roll = paint(grid, 0, n_steps).max(axis=0)  # (128, steps)
    frames: NDArray[np.uint8] = roll[LOWEST : LOWEST + N_PITCHES, ::STEPS_PER_BEAT].T
    return frames


def nats_per_frame(
    network: nn.Module, rolls: Sequence[NDArray[np.uint8]], *, is_chained: bool = True
) -> float | None:
    """Mean negative log-likelihood of each frame given those before it.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode. Only a ScoreLstm can tell.
    rolls : sequence of ndarray, shape (frames, 88)
        One a piece; the first frame of a piece is not scored.
    is_chained : bool
        Whether a pitch may see those below it in its frame, where the network can: the exact
        likelihood of the whole frame, as RNN-NADE's. Else 88 independent pitches, as the LSTM
        and the TCN of the published table.

    Returns
    -------
    float or None
        Sum of 88 terms, mean over all frames of all pieces; None where the network
        has no causal likelihood or there is no frame to score.

    Source
    ------
    Boulanger-Lewandowski et al. 2012; independent pitches as in Bai, Kolter & Koltun 2018, table 1.
    """
    if not isinstance(network, ScoreLstm):
        return None
    total, count = 0.0, 0
    for roll in rolls:
        frames = torch.from_numpy(roll.astype(np.float32)).T[None]  # (1, 88, frames)
        if frames.shape[-1] > 1:
            with torch.inference_mode():
                logits = network.predict_frames(frames, torch.full((1,), float(is_chained)))
            targets = frames[..., 1:]
            total += float(F.binary_cross_entropy_with_logits(logits, targets, reduction="sum"))
            count += targets.shape[-1]
    return total / count if count else None


def frame_nats(network: nn.Module, rolls: Sequence[NDArray[np.uint8]]) -> dict[str, float | None]:
    """`nll`, the likelihood of whole frames, and `nll_independent`, of pitches by themselves."""
    both = {"nll": True, "nll_independent": False}
    return {name: nats_per_frame(network, rolls, is_chained=c) for name, c in both.items()}
