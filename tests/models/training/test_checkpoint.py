import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from models.errors import ModelError
from models.training.checkpoint import load_checkpoint, save_checkpoint


def test_an_optimizer_goes_on_as_if_it_had_never_been_saved(tmp_path: Path) -> None:
    def step(network: nn.Module, optimizer: torch.optim.Optimizer, n: int) -> None:
        for _ in range(n):
            optimizer.zero_grad()
            network(torch.ones(3, 4)).square().sum().backward()
            optimizer.step()

    torch.manual_seed(0)
    network = nn.Linear(4, 2)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.1, betas=(0.8, 0.9))
    step(network, optimizer, 3)
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
    save_checkpoint(tmp_path / "last", state)
    step(network, optimizer, 3)

    again = nn.Linear(4, 2)
    other = torch.optim.AdamW(again.parameters(), lr=0.7)
    loaded = load_checkpoint(tmp_path / "last")
    again.load_state_dict(loaded["network"])
    other.load_state_dict(loaded["optimizer"])
    step(again, other, 3)
    assert torch.equal(again.weight, network.weight)


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    state = {
        "n": 3,
        "loss": math.inf,
        "none": None,
        "by_number": {0: {"step": torch.tensor(2.0)}, 1: [True, "x", 0.1]},
        "half": torch.ones(2, dtype=torch.float16),
        "random": torch.get_rng_state(),
    }
    save_checkpoint(tmp_path / "last", state)
    loaded = load_checkpoint(tmp_path / "last")
    assert loaded.keys() == state.keys()
    assert (loaded["n"], loaded["loss"], loaded["none"]) == (3, math.inf, None)
    assert loaded["by_number"][1] == [True, "x", 0.1]
    assert isinstance(loaded["by_number"][0]["step"], Tensor)
    assert loaded["half"].dtype == torch.float16
    assert torch.equal(loaded["random"], torch.get_rng_state())


def test_what_can_t_be_kept_without_pickle_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="function"):
        save_checkpoint(tmp_path / "last", {"schedule": lambda step: step})
    assert not (tmp_path / "last").exists()


@pytest.mark.parametrize("name", ["state.json", "state.safetensors"])
def test_a_broken_state_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="no state here"):
        load_checkpoint(tmp_path / "last")
    save_checkpoint(tmp_path / "last", {"x": torch.zeros(3)})
    path = tmp_path / "last" / name
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ModelError, match="no state here"):
        load_checkpoint(tmp_path / "last")
