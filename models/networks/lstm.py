"""A recurrent score model: what comes next, and which note does not fit between its neighbours."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.networks.ar_cnn import LENGTHS, EditLogits
from models.networks.frame_chain import FrameChain
from models.piano_roll import N_BAR_FEATURES, STEPS_PER_BEAT

State = tuple[Tensor, Tensor]


class ScoreLstm(nn.Module):
    """One LSTM reads forwards, one backwards; each says what it can know.

    From the forward one alone (causal): the next step's onsets and holds, for continuing, and
    the next frame of the published benchmark, for likelihoods. From both: the edit logits that
    the AR-CNN gives too, so either can repair a score.

    Parameters
    ----------
    hidden : int
        Cells of each LSTM.
    embedding : int
        Width of a step's embedding.
    dropout : float
    chain : int
        Width of what tells the pitches of a frame with an eye on each other; 0: each by itself.

    Shapes
    ------
    roll (batch, 2, 88, steps), bars (batch, 8, steps), pitches (batch, 88), which is not used:
    the rows are MIDI 21..108 -> add (batch, 88, steps), remove (batch, 88, steps),
    lengths (batch, 10, 88, steps): logits. The length logits of a step are the same for all its
    pitches but for an offset a pitch.
    """

    low: int | None = 21
    high: int | None = 108
    n_pitches = 88

    def __init__(
        self, hidden: int = 216, embedding: int = 160, dropout: float = 0.2, chain: int = 0
    ) -> None:
        super().__init__()
        n = self.n_pitches
        self.roll_in = nn.Linear(2 * n + N_BAR_FEATURES + 1, embedding)
        self.forwards = nn.LSTM(embedding, hidden, batch_first=True)
        self.backwards = nn.LSTM(embedding, hidden, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.next_in = nn.Linear(hidden + N_BAR_FEATURES, hidden)
        self.next_step = nn.Linear(hidden, 2 * n)
        self.next_frame = nn.Linear(hidden, n)
        self.chain = FrameChain(hidden, chain, n) if chain else None
        self.edit_in = nn.Linear(2 * hidden + embedding, hidden)
        self.edits = nn.Linear(hidden, 2 * n + len(LENGTHS))
        with torch.no_grad():  # an edit is rare: start from that, not from a coin
            self.edits.bias[:n].fill_(-5.0)
            self.edits.bias[n : 2 * n].fill_(-2.0)
        self.length_of_pitch = nn.Parameter(torch.zeros(len(LENGTHS), n))

    def forward(
        self,
        roll: Tensor | None,
        bars: Tensor | None,
        pitches: Tensor | None,
        clean: Tensor | None = None,
        frames: Tensor | None = None,
        known: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        """Edit logits of `roll`; for training also what follows in `clean` and in `frames`.

        Each is there if its input is given. `clean` has the shape of `roll` and adds the outputs
        of `predict_next`; `frames`, shape (batch, 88, frames), those of `predict_frames`.
        """
        outputs: tuple[Tensor, ...] = ()
        if roll is not None and bars is not None:
            outputs += self.predict_edits(roll, bars)
        if clean is not None and bars is not None:
            outputs += self.predict_next(clean, bars)
        if frames is not None:
            outputs += (self.predict_frames(frames, known),)
        return outputs

    def predict_edits(self, roll: Tensor, bars: Tensor) -> EditLogits:
        """Both directions: logits of adding, removing and lengths, as in the class."""
        x = self._embed(roll, bars)  # (batch, steps, embedding)
        ahead, _ = self.forwards(x)  # (batch, steps, hidden)
        behind, _ = self.backwards(x.flip(1))
        both = torch.cat([ahead, behind.flip(1), x], dim=-1)
        y = torch.relu(self.edit_in(self.dropout(both)))
        y = self.edits(self.dropout(y)).transpose(1, 2)  # (batch, 2 * 88 + 10, steps)
        add, remove, lengths = y.split([self.n_pitches, self.n_pitches, len(LENGTHS)], dim=1)
        return add, remove, lengths.unsqueeze(2) + self.length_of_pitch[None, :, :, None]

    def predict_steps(
        self, roll: Tensor, bars: Tensor, next_bars: Tensor, state: State | None = None
    ) -> tuple[Tensor, Tensor, State]:
        """Read steps and predict the one after each.

        Parameters
        ----------
        roll, bars : Tensor
            As in `forward`.
        next_bars : Tensor
            The bar features of the steps to predict, (batch, 8, steps).
        state : (Tensor, Tensor), optional
            What a call before returned, to go on from there.

        Returns
        -------
        onset, hold : Tensor
            Logits of the steps after each, (batch, 88, steps).
        state : (Tensor, Tensor)
        """
        ahead, state = self.forwards(self._embed(roll, bars), state)
        known = torch.cat([self.dropout(ahead), next_bars.transpose(1, 2)], dim=-1)
        y = self.next_step(self.dropout(torch.relu(self.next_in(known)))).transpose(1, 2)
        onset, hold = y.split(self.n_pitches, dim=1)
        return onset, hold, state

    def predict_next(self, clean: Tensor, bars: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """For training: the onsets and holds of steps 1.., the quarter-note frames 1..: logits."""
        onset, hold, _ = self.predict_steps(clean[..., :-1], bars[..., :-1], bars[..., 1:])
        frames = clean.amax(dim=1)[..., ::STEPS_PER_BEAT]  # (batch, 88, beats)
        return onset, hold, self.predict_frames(frames)

    def predict_frames(self, frames: Tensor, known: Tensor | None = None) -> Tensor:
        """Logits of each frame but the first, given those before it.

        Parameters
        ----------
        frames : Tensor, shape (batch, 88, frames)
            0 or 1.
        known : Tensor, shape (batch,), optional
            1 (as without it) where each pitch may also see those below it in its own frame, 0
            where all are told at once. Only a network with a chain can use it.

        Returns
        -------
        Tensor, shape (batch, 88, frames - 1)
        """
        before = frames[..., :-1]
        roll = torch.stack([torch.zeros_like(before), before], dim=1)
        bars = before.new_zeros(len(before), N_BAR_FEATURES, before.shape[-1])
        ahead, _ = self.forwards(self._embed(roll, bars, is_coarse=True))
        seen = F.pad(self.dropout(ahead), (0, N_BAR_FEATURES))
        state = self.dropout(torch.relu(self.next_in(seen)))  # (batch, frames - 1, hidden)
        y: Tensor = self.next_frame(state).transpose(1, 2)
        if self.chain is None:
            return y
        known = frames.new_ones(len(frames)) if known is None else known
        linked: Tensor = self.chain(state, frames, known)
        return y + linked

    def _embed(self, roll: Tensor, bars: Tensor, *, is_coarse: bool = False) -> Tensor:
        coarse = torch.full_like(bars[:, :1], float(is_coarse))
        x = torch.cat([roll.flatten(1, 2), bars, coarse], dim=1).transpose(1, 2)
        y: Tensor = self.dropout(torch.relu(self.roll_in(x)))  # (batch, steps, embedding)
        return y
