"""AR-CNN: sees a score as a picture of notes and says, cell by cell, which edit would mend it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.piano_roll import N_BAR_FEATURES

LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""The note lengths, in steps, that the length classes stand for."""

PATCH = 4
EditLogits = tuple[Tensor, Tensor, Tensor]


class _Block(nn.Module):
    """Mixes intervals (an octave up and down), then time, and adds that to its input."""

    def __init__(self, channels: int, bottleneck: int, reach: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.narrow = nn.Conv2d(channels, bottleneck, 1)
        self.pitch = nn.Conv2d(bottleneck, bottleneck, (2 * reach + 1, 1), padding=(reach, 0))
        self.time = nn.Conv2d(
            bottleneck, channels, (1, 3), padding=(0, dilation), dilation=(1, dilation)
        )

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.narrow(torch.relu(self.norm(x))))  # (batch, bottleneck, pitch, beats)
        y = torch.relu(self.pitch(y))
        out: Tensor = x + self.time(y)  # (batch, channels, pitch, beats)
        return out


class ArCnn(nn.Module):
    """Edit logits for every cell of a piano roll of any length and any range of pitches.

    Convolutions alone, so a shift in pitch or by beats shifts the answer. Four sixteenths make
    one column inside, which is sixteen times cheaper than it looks: columns are beats, and
    what lies within a beat is told apart by channels.

    Parameters
    ----------
    channels, bottleneck : int
        Width of the network and of the interval convolutions in it.
    blocks : int
        Residual blocks; their dilations in time cycle through 1, 2, 4.
    reach : int
        Semitones up and down that one block sees.

    Shapes
    ------
    roll (batch, 2, pitches, steps): onset and hold; steps a multiple of 4
    bars (batch, 8, steps): `piano_roll.bar_features`
    pitches (batch, pitches): MIDI numbers of the rows
    -> add (batch, pitches, steps), remove (batch, pitches, steps),
    lengths (batch, 10, pitches, steps): logits

    Source
    ------
    The idea of autoregressive edit events is AWS DeepComposer's AR-CNN; this design (dilated,
    fully convolutional, two heads, many events a pass) is ours.
    """

    low: int | None = None
    high: int | None = None

    def __init__(
        self, channels: int = 80, bottleneck: int = 40, blocks: int = 8, reach: int = 12
    ) -> None:
        super().__init__()
        self.roll_in = nn.Conv2d(2 * PATCH, channels, (2 * reach + 1, 1), padding=(reach, 0))
        self.bars_in = nn.Conv1d(N_BAR_FEATURES * PATCH, channels, 1)
        self.pitch_in = nn.Linear(2, channels)
        dilations = [(1, 2, 4)[index % 3] for index in range(blocks)]
        self.blocks = nn.ModuleList(_Block(channels, bottleneck, reach, d) for d in dilations)
        self.profile = nn.Conv1d(channels, channels, 2 * reach + 1, padding=reach, groups=4)
        self.norm = nn.BatchNorm2d(channels)
        self.head = nn.Conv2d(channels, (2 + len(LENGTHS)) * PATCH, 1)
        with torch.no_grad():  # an edit is rare: start from that, not from a coin
            start = torch.zeros(2 + len(LENGTHS), PATCH)
            start[0], start[1] = -5.0, -2.0
            self.head.bias = nn.Parameter(start.flatten())

    def forward(self, roll: Tensor, bars: Tensor, pitches: Tensor) -> EditLogits:
        n_batch, _, n_pitches, n_steps = roll.shape
        x = self.roll_in(_fold(roll))  # (batch, channels, pitches, beats)
        height = (pitches - 60.0) / 24.0
        high = self.pitch_in(torch.stack([height, height.square()], dim=-1)).transpose(1, 2)
        x = x + self.bars_in(_fold(bars)).unsqueeze(2) + high.unsqueeze(3)
        for index, block in enumerate(self.blocks):
            if index == len(self.blocks) // 2:  # what the whole piece sounds like: its key
                x = x + torch.relu(self.profile(x.mean(dim=3))).unsqueeze(3)
            x = block(x)
        y: Tensor = self.head(torch.relu(self.norm(x)))  # (batch, 12 * 4, pitches, beats)
        y = y.reshape(n_batch, -1, PATCH, n_pitches, n_steps // PATCH)
        y = y.permute(0, 1, 3, 4, 2).reshape(n_batch, -1, n_pitches, n_steps)
        return y[:, 0], y[:, 1], y[:, 2:]


def _fold(x: Tensor) -> Tensor:
    """(batch, channels, [pitches,] steps) -> (batch, channels * 4, [pitches,] beats)."""
    y = x.reshape(*x.shape[:-1], -1, PATCH)  # (batch, channels, ..., beats, 4)
    last = y.dim() - 1
    return y.permute(0, 1, last, *range(2, last)).flatten(1, 2)  # not movedim: ONNX lacks it
