import pytest
import torch
from torch import nn

from models.networks.ar_cnn import LENGTHS, ArCnn
from models.networks.frame_chain import FrameChain
from models.networks.lstm import ScoreLstm
from models.networks.reference_unet import ReferenceUnet
from models.piano_roll import N_BAR_FEATURES


def small_cnn() -> ArCnn:
    torch.manual_seed(0)
    return ArCnn(channels=8, bottleneck=4, blocks=2, reach=3).eval()


def small_lstm() -> ScoreLstm:
    torch.manual_seed(0)
    return ScoreLstm(hidden=12, embedding=10).eval()


def linked_lstm() -> ScoreLstm:
    torch.manual_seed(0)
    network = ScoreLstm(hidden=12, embedding=10, chain=6).eval()
    assert network.chain is not None
    nn.init.normal_(network.chain.out.weight)
    return network


def inputs(pitches: int, steps: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    roll = (torch.rand(2, 2, pitches, steps, generator=generator) < 0.1).float()
    bars = torch.rand(2, N_BAR_FEATURES, steps, generator=generator)
    return roll, bars, torch.arange(21.0, 21.0 + pitches).expand(2, -1)


@pytest.mark.parametrize(
    ("network", "pitches", "steps"),
    [
        (small_cnn(), 30, 8),
        (small_cnn(), 61, 52),
        (small_lstm(), 88, 20),
        (ReferenceUnet(filters=2, levels=3), 128, 52),
    ],
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


@pytest.mark.parametrize("pitch", [0, 40, 87])
@pytest.mark.parametrize("known", [0.0, 1.0])
def test_a_pitch_sees_the_frames_before_and_those_below_it_if_it_may(
    pitch: int, known: float
) -> None:
    frames = torch.rand(1, 88, 8, generator=torch.Generator().manual_seed(2)).requires_grad_()
    linked_lstm().predict_frames(frames, torch.tensor([known]))[0, pitch, 4].backward()
    assert frames.grad is not None
    seen = frames.grad[0].abs() > 0
    assert not seen[:, 6:].any()  # logit 4 is of frame 5
    assert not seen[pitch:, 5].any()
    assert seen[:pitch, 5].any() == (known > 0 and pitch > 0)
    assert seen[:, 4].any()


@pytest.mark.parametrize("known", [0.0, 1.0])
def test_the_chances_of_all_frames_add_up_to_1(known: float) -> None:
    torch.manual_seed(1)
    chain = FrameChain(state=3, channels=5, n_pitches=4)
    nn.init.normal_(chain.out.weight)
    every = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 4)  # (16, pitches)
    frames = torch.stack([torch.zeros(16, 4), every], dim=2)
    logits = chain(torch.randn(1, 1, 3).expand(16, -1, -1), frames, torch.full((16,), known))
    chances = torch.where(every > 0, logits[..., 0], -logits[..., 0]).sigmoid().prod(dim=1)
    assert chances.sum().item() == pytest.approx(1.0, abs=1e-5)
    assert chances.std() > 0.01


def test_the_reference_has_the_size_it_is_known_by() -> None:
    with torch.device("meta"):
        n_weights = sum(p.numel() for p in ReferenceUnet().parameters())
    assert n_weights == pytest.approx(31e6, rel=0.02)


def test_the_reference_reads_wanted_cells_as_one_note_and_present_ones_as_one() -> None:
    network = ReferenceUnet(filters=2, levels=2).eval()
    wanted = torch.full((1, 128, 16), -9.0)
    wanted[0, 60, 4:8] = torch.tensor([3.0, 2.8, 2.6, 2.4])
    wanted[0, 40, 8:12] = torch.tensor([1.0, 2.0, 3.0, 6.0])
    network.cells = lambda sounding: wanted  # type: ignore[method-assign]
    roll = torch.zeros(1, 2, 128, 16)
    roll[0, 0, 40, 8] = roll[0, 1, 40, 9:12] = 1
    add, remove, lengths = network(roll, torch.empty(0), torch.empty(0))
    assert (add[0] > 0).nonzero().tolist() == [[60, 4]]
    assert LENGTHS[int(lengths[0, :, 60, 4].argmax())] == 4
    assert remove[0, 40, 8].item() == pytest.approx(3.0)
