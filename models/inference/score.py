"""Score models at work: conditions in, edit events out, streamed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn

from models.card import Card
from models.errors import ModelError
from models.inference.expectation import Expectation
from models.inference.score_continue import StepwiseContinuation, continue_by_edits
from models.inference.score_key import allowed_pitch_classes
from models.inference.score_sampler import Sampler
from models.model_folder import load_network
from models.networks.lstm import ScoreLstm
from models.notes import EditEvent
from models.protocol import Conditions, Piece

MAX_NEW_BARS = 400
MAX_BEATS = 20_000  # at a time: hours of music, and 100 MB of logits


class ScoreModel:
    """A network that repairs, varies and continues scores, whatever its architecture."""

    def __init__(self, network: nn.Module, card: Card | None = None) -> None:
        self.network = network.eval()
        self.card = card
        self.expectation = Expectation(self.network)

    def suggest(
        self, piece: Piece, conditions: Conditions, *, min_probability: float = 0.0
    ) -> Iterator[EditEvent]:
        """Propose edits, one by one, while they are computed.

        Parameters
        ----------
        piece : Piece
            Any length, metre and number of tracks; drum tracks are left alone.
        conditions : Conditions
            The caps are exact and `iterations` bounds the forward passes. Nothing comes or goes
            outside the region, no locked note leaves, and own additions are not taken back.
        min_probability : float
            Stop rather than propose an edit less sure than this.

        Yields
        ------
        EditEvent
            In an order in which they can be replayed: a removed note is in the piece, an added
            one is not there yet. Its probability is the network's for this edit, alone.

        Raises
        ------
        ModelError
            If the conditions mean nothing (an unknown key, a temperature below 0) or the region
            is longer than `MAX_BEATS`.
        """
        _check(conditions, piece)
        _check_region(conditions, piece)
        odds = min_probability / (1 - min_probability) if min_probability < 1 else math.inf
        sampler = Sampler(
            self.network, piece, conditions, math.log(odds) if odds > 0 else -math.inf
        )
        return sampler.events()

    def continue_piece(
        self, piece: Piece, conditions: Conditions, bars: int
    ) -> Iterator[EditEvent]:
        """Propose notes for new bars after the end.

        Parameters
        ----------
        piece : Piece
        conditions : Conditions
            Tracks, range, key, temperature, seed and `max_add` count; the region does not.
        bars : int
            How many bars to add, 1..400.

        Yields
        ------
        EditEvent
            Additions only, all after the piece's last bar.

        Raises
        ------
        ModelError
            If `bars` is out of range or the conditions mean nothing.
        """
        if not 1 <= bars <= MAX_NEW_BARS:
            raise ModelError(f"{bars} bars can't be added: ask for 1 to {MAX_NEW_BARS}.")
        _check(conditions, piece)
        if isinstance(self.network, ScoreLstm):
            return StepwiseContinuation(self.network, piece, conditions, bars).events()
        return continue_by_edits(self.network, piece, conditions, bars)


def load(folder: Path) -> ScoreModel:
    """Load a score model; one thread, so it neither spins nor takes the machine.

    Raises
    ------
    ModelError
        If the folder is no model folder, or holds another kind of model.
    """
    card, network = load_network(folder)
    if card.kind != "score":
        raise ModelError(f"{folder} is a model for {card.kind}, not for scores. Choose another.")
    torch.set_num_threads(1)
    return ScoreModel(network, card)


def _check(conditions: Conditions, piece: Piece) -> None:
    if not 0 <= conditions.temperature < math.inf:
        raise ModelError(f"The temperature {conditions.temperature} must be 0 or more.")
    if conditions.max_add < 0 or conditions.max_remove < 0:
        raise ModelError("The numbers of notes to add and to remove must be 0 or more.")
    allowed_pitch_classes(conditions.key, piece.notes)


def _check_region(conditions: Conditions, piece: Piece) -> None:
    """Refuse what no memory could hold; a stray note far off is enough to make such a piece."""
    end = piece.end if conditions.end_tick is None else conditions.end_tick
    beats = (end - max(0, conditions.start_tick)) // piece.ticks_per_beat
    if beats > MAX_BEATS:
        raise ModelError(
            f"The region is {beats} beats long, and a model looks at {MAX_BEATS} at most. "
            "Choose fewer bars, or take away notes that lie far off."
        )
