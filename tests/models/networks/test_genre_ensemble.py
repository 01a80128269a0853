import pytest
import torch
from torch import Tensor

from models.networks.genre_ensemble import GenreEnsemble

BANDS, FRAMES = 48, 64


@pytest.fixture
def network() -> GenreEnsemble:
    torch.manual_seed(0)
    return GenreEnsemble(members=3, n_classes=4, n_mels=BANDS, width=4, embedding=5).eval()


def window(batch: int = 2) -> Tensor:
    return torch.randn(batch, BANDS, FRAMES, generator=torch.Generator().manual_seed(1))


def test_the_answer_is_the_mean_of_the_members_and_of_the_evidence(network: GenreEnsemble) -> None:
    x = window()
    apart, said = network.apart(x)
    assert apart.shape == (3, 2, 4)
    assert said is not None
    assert said.shape == (3, 2, 5)
    torch.testing.assert_close(apart.mean(0), network(x))
    torch.testing.assert_close(network.evidence(x).mean(dim=(2, 3)), network(x))
    assert (apart[0] - apart[1]).abs().max() > 1e-4


def test_temperature_divides_the_answer(network: GenreEnsemble) -> None:
    before = network(window())
    network.temperature.fill_(2.0)
    torch.testing.assert_close(network(window()), before / 2)


def test_members_learn_side_by_side(network: GenreEnsemble) -> None:
    apart, _ = network.train().apart(window(4))
    apart[1].square().sum().backward()
    for name, weight in network.named_parameters():
        learned = weight.grad is not None and bool(weight.grad.abs().sum() > 0)
        assert learned == (name.startswith("members.1.") and "embedder" not in name), name


def test_there_is_at_least_one_member() -> None:
    with pytest.raises(ValueError, match="members=0"):
        GenreEnsemble(members=0, n_classes=2, n_mels=8)
