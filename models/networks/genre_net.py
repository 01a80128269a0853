"""GenreNet: a small CNN whose answer is the mean of what it finds at each place."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut; `stride` thins bands and frames alike.

    Shapes
    ------
    input (batch, in_channels, bands, frames)
    -> output (batch, out_channels, ceil(bands / stride), ceil(frames / stride))
    """

    def __init__(self, in_channels: int, out_channels: int, *, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(out_channels)
        self.second = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.first_norm(self.first(x)))
        y = self.second_norm(self.second(y))  # (batch, out_channels, bands / s, frames / s)
        if self.stride > 1:
            x = F.avg_pool2d(x, self.stride, ceil_mode=True)
        return F.relu(y + self.shortcut(x))


class GenreNet(nn.Module):
    """Genre logits of level-free log-mel windows.

    Every place of the last feature map votes for each class; the answer is the mean of the
    votes, so `evidence` is not an explanation after the fact but the sum itself.

    Parameters
    ----------
    n_classes : int
    n_mels : int
        Bands of the input.
    width : int
        Channels after the first convolution; the last map has eight times as many.
    dropout : float
        Share of the last map's channels left out in training.
    embedding : int
        Length of a second output learned beside the genres, 0 for none.
    relative : bool
        Hear each band against its own mean over the window, too: what equalisers do not change.

    Shapes
    ------
    input (batch, n_mels, frames) or (batch, ways, n_mels, frames), frames at least 8
    -> output (batch, n_classes)

    Raises
    ------
    ValueError
        If a size is below 1 (`embedding`: below 0).

    Source
    ------
    Residual blocks: He et al. 2016, arXiv:1512.03385. Mean of local votes: Brendel & Bethge
    2019, arXiv:1904.00760. Height as an input: Liu et al. 2018, arXiv:1807.03247.
    """

    def __init__(
        self,
        *,
        n_classes: int,
        n_mels: int,
        width: int = 24,
        dropout: float = 0.2,
        embedding: int = 0,
        relative: bool = False,
    ) -> None:
        super().__init__()
        if min(n_classes, n_mels, width) < 1 or embedding < 0:
            raise ValueError(f"{n_classes=}, {n_mels=}, {width=}, {embedding=}")
        channels = 8 * width
        self.relative = relative
        self.stem = nn.Conv2d(3 if relative else 2, width, 5, 2, 2, bias=False)
        self.stem_norm = nn.BatchNorm2d(width)
        self.blocks = nn.Sequential(
            ResidualBlock(width, 2 * width, stride=2),
            ResidualBlock(2 * width, 4 * width, stride=2),
            ResidualBlock(4 * width, channels, stride=2),
        )
        self.dropout = nn.Dropout2d(dropout)
        self.votes = nn.Conv2d(channels, n_classes, 1)
        self.embedder = nn.Linear(channels, embedding) if embedding else None
        self.register_buffer("height", torch.linspace(-1, 1, n_mels)[:, None])
        # Divides the logits so that probabilities mean what they say; set after each epoch.
        self.register_buffer("temperature", torch.ones(()))
        self.height: Tensor
        self.temperature: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """Logits, calibrated in eval mode, (batch, n_mels, frames) -> (batch, n_classes).

        Of sound that is heard in several ways, (batch, ways, n_mels, frames), the mean of them.
        """
        return self.evidence(x).mean(dim=(2, 3))

    def evidence(self, x: Tensor) -> Tensor:
        """What each place says for each class, (batch, n_classes, bands, frames); its mean is
        `forward`.
        """
        y: Tensor = self.votes(self.dropout(self.features(x.flatten(0, -3))))
        if x.ndim == 4:
            y = y.reshape(*x.shape[:2], *y.shape[1:]).mean(1)
        return y if self.training else y / self.temperature

    def apart(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """What is learned from: logits (1, batch, n_classes), and the second output
        (1, batch, embedding), None if there is none.
        """
        features = self.dropout(self.features(x))
        logits = self.votes(features).mean(dim=(2, 3))
        said = self.embedder(features.mean(dim=(2, 3))) if self.embedder else None
        return logits[None], None if said is None else said[None]

    def features(self, x: Tensor) -> Tensor:
        """The last feature map, (batch, channels, bands, frames)."""
        y = x[:, None]  # (batch, 1, n_mels, frames)
        heard = [y, self.height.expand_as(y)]
        if self.relative:
            heard.append(y - y.mean(dim=3, keepdim=True))
        y = torch.cat(heard, dim=1)  # (batch, 2 or 3, n_mels, frames)
        y = F.relu(self.stem_norm(self.stem(y)))  # (batch, width, n_mels / 2, frames / 2)
        z: Tensor = self.blocks(y)  # (batch, channels, n_mels / 16, frames / 16)
        return z
