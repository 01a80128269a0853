"""`studio evaluate` for score models: repair and likelihood on pieces or on frame benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from models.data.frames import load_frames
from models.data.scores import (
    GridPiece,
    ScoreFile,
    assign_splits,
    data_hash,
    grid_piece,
    list_files,
    load_piece,
)
from models.errors import ModelError
from models.evaluation.nll import frame_nats, nats_per_frame, quarter_frames
from models.evaluation.repair import (
    SEED,
    WindowResult,
    music_summary,
    piece_statistics,
    repair_piece,
    summary,
)
from models.evaluation.statistics import Statistics
from models.inference.score import ScoreModel, load
from models.protocol import Piece

MUSIC_PIECES = 100
"""Pieces of the training part that are counted, spread over it."""


def evaluate_score(folder: Path, data: Path, split: str = "test") -> dict[str, Any]:
    """Measure a score model.

    Parameters
    ----------
    folder : Path
        A model folder.
    data : Path
        A folder of MIDI files, a MIDI file, or an `.npz` of frames.
    split : str
        Where the data give splits, the one to use. Data without any are used whole, unless the
        model was trained on the very files: then the part it has not seen counts.

    Returns
    -------
    dict
        `n_pieces`, `repair` (None for frames), `nll` (None where the model has none) and
        `nll_independent`, where pitches of a frame may not see each other. For pieces also
        `music`: what is counted in the data's own `training` part (None if it has none), and in
        the windows `clean`, `before` and `after` the repair.

    Raises
    ------
    ModelError
        If the model or the data can't be used.
    """
    model = load(folder)
    if data.suffix == ".npz":
        rolls = load_frames(data, split)
        return {"n_pieces": len(rolls), "repair": None, **frame_nats(model.network, rolls)}
    pieces = _readable(_files_of_split(model, data, split), data)
    results = [result for piece in pieces for result in _repair(model, piece)]
    rolls = [quarter_frames(piece.notes) for piece in pieces]
    return {
        "n_pieces": len(pieces),
        "repair": summary(results),
        **frame_nats(model.network, rolls),
        "music": music_summary(results, _training_music(data)),
    }


def _training_music(data: Path) -> list[Statistics]:
    """What is counted in pieces of the data's own training part, if it has one."""
    files = [file for file in list_files(data) if file.split == "train"]
    files = files[:: -(-len(files) // MUSIC_PIECES) or 1]
    return [row for file in files if (piece := _read(file)) for row in piece_statistics(piece)]


def _read(file: ScoreFile) -> Piece | None:
    try:
        return load_piece(file.path)
    except ModelError:
        return None  # the pieces that are measured say what is wrong; these are only a measure


def draw_examples(folder: Path, data: Path, split: str, path: Path) -> None:
    """Draw ten windows before and after repair, chosen by seed, as a PNG file.

    Parameters
    ----------
    folder, data, split
        As for `evaluate_score`; the data are not frames.
    path : Path

    Raises
    ------
    ModelError
        If the model or the data can't be used.
    OSError
        If the picture can't be written.
    """
    from models.evaluation.repair_figure import choose_windows, draw_repairs

    model = load(folder)
    windows = choose_windows(_files_of_split(model, data, split), SEED)
    if windows:
        draw_repairs(path, windows, model)


def _files_of_split(model: ScoreModel, data: Path, split: str) -> list[ScoreFile]:
    files = list_files(data)
    if any(file.split for file in files):
        chosen = [file for file in files if (file.moved or file.split) == split]
        if not chosen:
            there = ", ".join(sorted({file.split for file in files if file.split}))
            raise ModelError(f"{data} has no split {split}; it has {there}. Name one of them.")
        return chosen
    card = model.card
    if card is not None and data_hash(files) in {row.get("hash") for row in card.data}:
        return assign_splits(files, int(card.training.get("seed", 0)))[split] or files
    return files


def _readable(files: Sequence[ScoreFile], data: Path) -> list[GridPiece]:
    pieces, reasons = [], []
    for file in files:
        try:
            pieces.append(grid_piece(file))
        except ModelError as error:
            reasons.append(str(error))
    if not pieces:
        raise ModelError(f"No MIDI file of {data} can be read. {reasons[0] if reasons else ''}")
    return pieces


def _repair(model: ScoreModel, piece: GridPiece) -> list[WindowResult]:
    return repair_piece(model, load_piece(piece.file.path), piece.file.path.name)


def repair_by_set(
    network: nn.Module, pieces: Sequence[GridPiece], limit: int
) -> dict[str, dict[str, Any]]:
    """Repair and likelihood of the first `limit` pieces of each set, for the model card."""
    model = ScoreModel(network)
    results = {}
    for name in sorted({piece.file.dataset for piece in pieces}):
        members = [piece for piece in pieces if piece.file.dataset == name][:limit]
        windows = [result for piece in members for result in _repair(model, piece)]
        rolls = [quarter_frames(piece.notes) for piece in members]
        results[name] = {
            "n_pieces": len(members),
            **(summary(windows) or {}),
            **frame_nats(network, rolls),
            "nll_by_piece": [round(n, 3) for n in _nats_by_piece(network, rolls)],
        }
    return results


def _nats_by_piece(network: nn.Module, rolls: Sequence[NDArray[np.uint8]]) -> list[float]:
    """Nats a frame of each piece by itself; none of a model that tells no likelihood."""
    found = [nats_per_frame(network, [roll]) for roll in rolls]
    return [nats for nats in found if nats is not None]
