import pytest
import torch
from torch import Tensor

from models.networks.genre_net import GenreNet

BANDS, FRAMES = 48, 64


@pytest.fixture
def network() -> GenreNet:
    torch.manual_seed(0)
    return GenreNet(n_classes=3, n_mels=BANDS, width=4).eval()


def window(batch: int = 2) -> Tensor:
    return torch.randn(batch, BANDS, FRAMES, generator=torch.Generator().manual_seed(1))


def test_the_answer_is_the_mean_of_the_evidence(network: GenreNet) -> None:
    x = window()
    evidence = network.evidence(x)
    assert evidence.shape == (2, 3, BANDS // 16, FRAMES // 16)
    torch.testing.assert_close(evidence.mean(dim=(2, 3)), network(x))


def test_windows_of_a_batch_do_not_hear_each_other(network: GenreNet) -> None:
    x = window(4)
    torch.testing.assert_close(network(x)[2:3], network(x[2:3]))


def test_the_place_of_a_band_matters(network: GenreNet) -> None:
    low, high = torch.zeros(1, BANDS, FRAMES), torch.zeros(1, BANDS, FRAMES)
    low[:, 16], high[:, 32] = 3, 3
    assert (network(low) - network(high)).abs().max() > 1e-5


def test_temperature_divides_the_logits_of_inference_only(network: GenreNet) -> None:
    x = window()
    before = network(x)
    network.temperature.fill_(2.0)
    torch.testing.assert_close(network(x), before / 2)
    network.dropout.p = 0.0
    trained = network.train()(x)
    network.temperature.fill_(1.0)
    torch.testing.assert_close(network(x), trained)


def test_every_weight_learns(network: GenreNet) -> None:
    network.train()(window(4)).square().sum().backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().sum() > 0, name


def test_the_default_is_small() -> None:
    network = GenreNet(n_classes=11, n_mels=96)
    assert sum(weight.numel() for weight in network.parameters()) <= 3_000_000


@pytest.mark.parametrize("wrong", [{"n_classes": 0}, {"n_mels": 0}, {"width": 0}])
def test_sizes_that_can_not_be_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="="):
        GenreNet(**{"n_classes": 3, "n_mels": BANDS, "width": 4, **wrong})
