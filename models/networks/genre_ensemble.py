"""GenreEnsemble: several small GenreNets that answer together."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn

from models.networks.genre_net import GenreNet


class GenreEnsemble(nn.Module):
    """The mean of what `members` networks say, each from other first weights.

    They learn side by side, none from another, so that they err differently; what they share is
    the grid of places, so the mean of their evidence is the evidence of the mean.

    Parameters
    ----------
    members : int
    config
        Of each `GenreNet`.

    Shapes
    ------
    input (batch, n_mels, frames), frames at least 8 -> output (batch, n_classes)

    Source
    ------
    Lakshminarayanan et al. 2017, arXiv:1612.01474.
    """

    def __init__(self, *, members: int, **config: Any) -> None:
        super().__init__()
        if members < 1:
            raise ValueError(f"{members=}")
        self.members = nn.ModuleList(GenreNet(**config) for _ in range(members))
        self.register_buffer("temperature", torch.ones(()))
        self.temperature: Tensor

    def _each(self) -> list[GenreNet]:
        return [cast("GenreNet", member) for member in self.members]

    def forward(self, x: Tensor) -> Tensor:
        """Logits, calibrated in eval mode, (batch, n_mels, frames) -> (batch, n_classes)."""
        return self.evidence(x).mean(dim=(2, 3))

    def evidence(self, x: Tensor) -> Tensor:
        """What each place says for each class, (batch, n_classes, bands, frames); its mean is
        `forward`.
        """
        y = torch.stack([member.evidence(x) for member in self._each()]).mean(0)
        return y if self.training else y / self.temperature

    def apart(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """What each member says, to learn from: logits (members, batch, n_classes), and their
        second outputs (members, batch, embedding), None if they have none.
        """
        said = [member.apart(x) for member in self._each()]
        logits = torch.cat([logits for logits, _ in said])
        embeddings = [embedding for _, embedding in said if embedding is not None]
        return logits, torch.cat(embeddings) if embeddings else None
