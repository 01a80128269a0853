import pytest
import torch
from torch import nn

from models.networks.ar_cnn import LENGTHS, ArCnn
from models.networks.lstm import ScoreLstm
from models.piano_roll import N_BAR_FEATURES


def small_cnn() -> ArCnn:
    torch.manual_seed(0)
    return ArCnn(channels=8, bottleneck=4, blocks=2, reach=3).eval()


def small_lstm() -> ScoreLstm:
    torch.manual_seed(0)
    return ScoreLstm(hidden=12, embedding=10).eval()


def inputs(pitches: int, steps: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    roll = (torch.rand(2, 2, pitches, steps, generator=generator) < 0.1).float()
    bars = torch.rand(2, N_BAR_FEATURES, steps, generator=generator)
    return roll, bars, torch.arange(21.0, 21.0 + pitches).expand(2, -1)


@pytest.mark.parametrize(
    ("network", "pitches", "steps"),
    [(small_cnn(), 30, 8), (small_cnn(), 61, 52), (small_lstm(), 88, 20)],
)
def test_every_cell_gets_an_edit_and_a_length(network: nn.Module, pitches: int, steps: int) -> None:
    add, remove, lengths = network(*inputs(pitches, steps))
    assert add.shape == remove.shape == (2, pitches, steps)
    assert lengths.shape == (2, len(LENGTHS), pitches, steps)


def test_the_cnn_moves_with_the_music_in_pitch_but_for_its_height_input() -> None:
    network = small_cnn()
    nn.init.zeros_(network.pitch_in.weight)
    roll = torch.zeros(1, 2, 60, 16)
    roll[0, 0, 28:32, 4] = 1
    bars, heights = torch.zeros(1, N_BAR_FEATURES, 16), torch.zeros(1, 60)
    low = network(roll, bars, heights)[0]
    high = network(roll.roll(3, dims=2), bars, heights)[0]
    inner = slice(25, 35)  # away from the edges, which do not move
    assert torch.allclose(low[:, inner], high[:, 28:38], atol=1e-4)


def test_the_lstms_forward_half_sees_no_later_step() -> None:
    network = small_lstm()
    roll, bars, _ = inputs(88, 12)
    roll.requires_grad_()
    onset, hold, _ = network.predict_steps(roll, bars, bars)
    (onset[..., 5].sum() + hold[..., 5].sum()).backward()
    assert roll.grad is not None
    assert roll.grad[..., 6:].abs().max() == 0
    assert roll.grad[..., 5].abs().max() > 0


def test_the_lstm_step_by_step_equals_the_whole() -> None:
    network = small_lstm()
    roll, bars, _ = inputs(88, 6)
    whole, _, _ = network.predict_steps(roll, bars, bars)
    state, steps = None, []
    for t in range(6):
        now = slice(t, t + 1)
        onset, _, state = network.predict_steps(
            roll[..., now], bars[..., now], bars[..., now], state
        )
        steps.append(onset)
    assert torch.allclose(torch.cat(steps, dim=-1), whole, atol=1e-5)


def test_frame_likelihoods_are_causal_and_edits_are_not() -> None:
    network = small_lstm()
    frames = torch.zeros(1, 88, 10, requires_grad=True)
    network.predict_frames(frames)[..., 4].sum().backward()
    assert frames.grad is not None
    assert frames.grad[..., 5:].abs().max() == 0
    roll, bars, pitches = inputs(88, 10)
    roll.requires_grad_()
    network(roll, bars, pitches)[0][..., 4].sum().backward()
    assert roll.grad is not None
    assert roll.grad[..., 9].abs().max() > 0
