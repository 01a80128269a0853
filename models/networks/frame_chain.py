"""The notes of a frame, each told with an eye on those below it and on the frames before."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MEMORY = 2
"""Frames before this one that a pitch sees around itself."""


class FrameChain(nn.Module):
    """What to add to a frame's logits, given the state, the frames before and the pitches below.

    A frame's likelihood is the product over its pitches, lowest first, of the chance of each
    given those below it: exact, as for any chain of conditions. The convolutions run over pitch,
    so an interval means the same wherever it lies.

    Parameters
    ----------
    state : int
        Width of the recurrent state.
    channels : int
        Width of the chain.
    n_pitches : int
    reach : int
        Semitones up and down seen of the frames before; of the frame itself, twice as many down.

    Shapes
    ------
    state (batch, frames - 1, state): what is known of the frames before each frame but the first
    frames (batch, pitches, frames): 0 or 1
    known (batch,): 1 where pitches may see those below, 0 where each is told by itself
    -> (batch, pitches, frames - 1): logits

    Source
    ------
    The chain is that of NADE (Larochelle & Murray 2011), on a recurrent state as in RNN-NADE
    (Boulanger-Lewandowski et al. 2012); convolutions in pitch in place of its matrices are ours.
    """

    def __init__(self, state: int, channels: int, n_pitches: int, reach: int = 18) -> None:
        super().__init__()
        self._below = reach + 1
        self.state_in = nn.Linear(state, channels)
        self.place = nn.Parameter(torch.zeros(channels, n_pitches))
        self.known_in = nn.Parameter(torch.zeros(channels, 1))
        self.near = nn.Conv1d(1 + MEMORY, channels, 2 * reach + 1, padding=reach)
        self.mix = nn.Conv1d(channels, channels, 1)
        self.out = nn.Conv1d(channels, 1, 1, bias=False)
        nn.init.zeros_(self.out.weight)  # at first it adds nothing

    def forward(self, state: Tensor, frames: Tensor, known: Tensor) -> Tensor:
        n_batch, n_pitches, n_frames = frames.shape
        now = _rows(frames[..., 1:])  # (batch * (frames - 1), pitches)
        known = known.repeat_interleave(n_frames - 1)[:, None]
        # moved up by more than the convolution looks down from there: nothing above is seen
        below = F.pad(now * known, (self._below, 0))[:, :n_pitches]
        padded = F.pad(frames, (MEMORY - 1, 0))  # as if silence had been before
        before = [_rows(padded[..., at : at + n_frames - 1]) for at in range(MEMORY)]
        x = self.near(torch.stack([below, *before], dim=1))  # (rows, channels, pitches)
        x = x + self.place + known.unsqueeze(2) * self.known_in
        x = torch.relu(x + self.state_in(state).flatten(0, 1).unsqueeze(2))
        y: Tensor = self.out(torch.relu(self.mix(x))).reshape(n_batch, n_frames - 1, n_pitches)
        return y.transpose(1, 2)  # (batch, pitches, frames - 1)


def _rows(frames: Tensor) -> Tensor:
    """(batch, pitches, frames) -> (batch * frames, pitches)."""
    return frames.transpose(1, 2).flatten(0, 1)
