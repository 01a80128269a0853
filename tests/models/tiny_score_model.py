"""A score model folder that is valid and quick, though it has learned nothing."""

from pathlib import Path

import torch

from models.card import Card
from models.model_folder import save_model_folder
from models.networks import build
from models.notes import Note
from models.protocol import Piece, TrackInfo

CONFIGS = {
    "ar-cnn": {"channels": 8, "bottleneck": 4, "blocks": 2, "reach": 3},
    "lstm": {"hidden": 12, "embedding": 10},
}

TUNE = Piece(
    480,
    tuple(
        Note(240 * index, 48 + (7 * index) % 24 + 12 * track, 240, 70, track)
        for track in (0, 1)
        for index in range(32)
    ),
    (TrackInfo("high"), TrackInfo("low")),
)


def write_score_model(folder: Path, architecture: str = "ar-cnn", seed: int = 3) -> Path:
    """Random weights, loud enough that its edits differ from cell to cell."""
    torch.manual_seed(seed)
    network = build(architecture, CONFIGS[architecture])
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2.0)
    card = Card(
        name=folder.name,
        kind="score",
        architecture=architecture,
        config=CONFIGS[architecture],
        metrics={"valid": {"removal_auc": 0.5}},
    )
    save_model_folder(folder, network.state_dict(), card)
    return folder
