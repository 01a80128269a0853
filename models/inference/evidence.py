"""Where in a window a genre model hears each genre: the votes that its answer is the mean of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models.card import Card
from models.errors import ModelError
from models.inference.genre import GenreModel
from models.model_folder import load_network


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a model hears in one window.

    `probabilities`: by label, as `GenreModel.classify` gives them.
    `votes`: shape (n_labels, bands, frames), lowest band and earliest frame first; logits, whose
    mean over bands and frames is the logit of each label.
    `low_hz`, `high_hz`: the range of the bands, which are equally wide in mel.
    """

    probabilities: dict[str, float]
    votes: NDArray[np.float32]
    low_hz: float
    high_hz: float


class EvidenceModel:
    """A genre model that tells where it hears what. One thread at a time.

    Source
    ------
    The answer is a mean of local votes: Brendel and Bethge 2019, arXiv:1904.00760.
    """

    def __init__(self, card: Card, network: nn.Module) -> None:
        self._network = network
        self._votes: NDArray[np.float32] = np.zeros((0, 0, 0), dtype=np.float32)
        self._model = GenreModel(card, self._listen)

    @classmethod
    def load(cls, folder: Path) -> EvidenceModel:
        """Load a model folder. Raises ModelError if it does not fit or can't tell where."""
        card, network = load_network(folder)
        if not hasattr(network, "evidence"):
            raise ModelError(f"The model '{card.name}' can't say where it hears a genre.")
        return cls(card, network.eval())

    def hear(self, y: NDArray[np.floating[Any]], sample_rate: int) -> Evidence:
        """Name the genre of one window, and say where it was heard.

        Parameters
        ----------
        y : array, shape (n_samples,)
            Mono sound, as for `GenreModel.classify`.
        sample_rate : int
            In Hz.

        Raises
        ------
        ValueError
            As `GenreModel.classify` does.
        """
        self._votes = np.zeros((len(self._model.labels), 0, 0), dtype=np.float32)
        probabilities = self._model.classify(y, sample_rate)
        features = self._model.features
        return Evidence(probabilities, self._votes, features.fmin_hz, features.fmax_hz)

    def _listen(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """The logits of a batch of one window; its votes are kept."""
        with torch.inference_mode():
            votes = self._network.evidence(torch.from_numpy(x))  # type: ignore[operator]
        self._votes = votes[0].numpy()
        return np.asarray(votes.mean(dim=(2, 3)).numpy())
