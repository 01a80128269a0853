"""Work that is done in one process and, by torchrun, in two, to be compared.

    torchrun --nproc-per-node 2 in_two.py FOLDER

FOLDER has `songs` and `music`; the first process leaves what came of it there, by kind.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from models.training import ar_cnn, genre, lstm
from models.training.checkpoint import save_checkpoint
from models.training.loop import Loop
from models.training.run import Stopper
from models.training.shared_layers import Place, share_layers
from models.training.shares import end_process, leave_others

ROOT = Path(__file__).parents[3]
LONGEST_S = 500.0  # two processes that wait for each other take long on a busy machine
SCORE = {"batch_size": 7, "batches_per_epoch": 3, "n_bars": 4}
WORK: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "ar-cnn": (ar_cnn, "songs", SCORE),
    "reference": (ar_cnn, "songs", {**SCORE, "design": "reference", "batches_per_epoch": 1}),
    "lstm": (lstm, "songs", {**SCORE, "dropout": 0.3}),
    "genre": (genre, "music", {"batch_size": 9, "crops_per_epoch": 27, "members": 2}),
    "mlp": (genre, "music", {"architecture": "mlp", "batch_size": 9, "crops_per_epoch": 27}),
}


def learn(fabric: Fabric, kind: str, folder: Path) -> dict[str, Any]:
    """A few batches of a kind: what the losses were and what the weights are."""
    module, name, changes = WORK[kind]
    settings = module.Settings(**{**module.PRESETS["tiny"], **changes})
    task = module.make_task(
        folder / name, settings, seed=1, limit_per_class=None, log=lambda line: None
    )
    loop = Loop(fabric, task, clip_norm=1.0, seed=1, stopper=Stopper(folder))
    losses = list(loop.losses(1, 0))
    return {"losses": losses, "network": loop.network.state_dict(), "rows": loop.n_samples}


LAYOUTS = {
    "plain": (torch.contiguous_format, torch.float32),
    "channels last": (torch.channels_last, torch.float32),
    "half": (torch.channels_last, torch.bfloat16),
}


class Layers(nn.Module):
    """Dropouts and a normalisation, fed with tensors of several layouts."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
        self.channels = nn.Dropout2d(0.5)
        self.cells = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.cells(self.channels(self.norm(x)))
        return y + self.cells(y.permute(0, 3, 2, 1)).permute(0, 3, 2, 1)


def layers(fabric: Fabric, layout: torch.memory_format, kind: torch.dtype) -> dict[str, Tensor]:
    """Output, gradients and running figures of `Layers` of all rows, in this layout."""
    torch.manual_seed(2)
    x = (torch.randn(7, 3, 4, 5) * 3 + 100).to(kind, memory_format=layout)
    network = Layers()
    rows = slice(0, 7) if fabric.world_size == 1 else (slice(0, 4), slice(4, 7))[fabric.global_rank]
    if fabric.world_size > 1:
        share_layers(network, Place(rows.start, rows.stop - rows.start, 7))
    own = x[rows].clone(memory_format=torch.preserve_format).requires_grad_()
    y = network(own)
    (y.square() * torch.arange(7)[rows, None, None, None]).sum().backward()
    assert own.grad is not None
    assert network.norm.weight.grad is not None
    told = {"y": y.detach(), "grad": own.grad}
    if fabric.world_size > 1:
        gathered = {name: [None, None] for name in told}
        for name, part in told.items():
            torch.distributed.all_gather_object(gathered[name], part)
        told = {name: torch.cat(parts) for name, parts in gathered.items()}  # type: ignore[misc]
        torch.distributed.all_reduce(network.norm.weight.grad)
    return {
        **told,
        "weight": network.norm.weight.grad,
        **dict(network.norm.named_buffers()),
    }


def by_torchrun(*words: str) -> None:
    """Run a Python program in two processes on this machine."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    ended = subprocess.run(
        [sys.executable, *launcher, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        check=False,
        capture_output=True,
        timeout=LONGEST_S,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr


def all_work(fabric: Fabric, folder: Path) -> dict[str, Any]:
    """What comes of all of it, by name."""
    found: dict[str, Any] = {name: layers(fabric, *how) for name, how in LAYOUTS.items()}
    return found | {kind: learn(fabric, kind, folder) for kind in WORK}


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.cpu._is_avx512_bf16_supported = lambda: False  # full precision, to compare closely
    fabric = Fabric(accelerator="cpu", devices=2, strategy="ddp")
    fabric.launch()
    found = all_work(fabric, Path(sys.argv[1]))
    if fabric.is_global_zero:
        save_checkpoint(Path(sys.argv[1]) / "found", found)
    leave_others()
    end_process()
