"""The models that the worker keeps warm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from models.card import Card
from models.errors import ModelError

if TYPE_CHECKING:
    from models.inference.evidence import EvidenceModel
    from models.inference.genre import GenreModel
    from models.inference.score import ScoreModel

MAX_MODELS = 4  # kept warm at a time; the one not used for longest gives way


class WarmModels:
    """Loads models when they are first asked for, and again when they have changed on disk.

    Parameters
    ----------
    on_pass : callable
        Called before each forward pass of a score model; what it raises ends the pass.
    """

    def __init__(self, on_pass: Callable[..., None]) -> None:
        self._on_pass = on_pass
        self._models: dict[Path, GenreModel | ScoreModel] = {}
        self._evidence: tuple[tuple[Path, str], EvidenceModel] | None = None

    def get(self, folder: Path) -> Any:
        """The model of `folder`, loaded if it is not warm or has changed on disk."""
        card = Card.load(folder, check_hash=False)
        kept = self._models.pop(folder, None)
        if kept is None or kept.card is None or kept.card.sha256 != card.sha256:
            kept = _load_model(folder, card.kind)
            if card.kind == "score":
                cast("ScoreModel", kept).network.register_forward_pre_hook(self._on_pass)
        self._models[folder] = kept
        while len(self._models) > MAX_MODELS:
            del self._models[next(iter(self._models))]
        return kept

    def score(self, folder: Path) -> ScoreModel:
        """The same, for what needs a score model.

        Raises
        ------
        ModelError
            If it is none.
        """
        model = self.get(folder)
        if not hasattr(model, "suggest"):
            raise ModelError(f"{folder.name} is a genre model: it can't propose notes.")
        return cast("ScoreModel", model)

    def evidence(self, folder: Path) -> EvidenceModel:
        """The model of `folder` with its votes: one is kept, as long as its weights stay."""
        from models.inference.evidence import EvidenceModel

        sha256 = Card.load(folder, check_hash=False).sha256
        if self._evidence is None or self._evidence[0] != (folder, sha256):
            self._evidence = ((folder, sha256), EvidenceModel.load(folder))
        return self._evidence[1]


def _load_model(folder: Path, kind: str) -> GenreModel | ScoreModel:
    if kind == "genre":
        from models.inference.genre import GenreModel

        return GenreModel.load(folder)
    from models.inference import score

    return score.load(folder)
