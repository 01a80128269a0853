"""The steps of training: batches in, losses out, on whatever device there is."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy
from torch import Tensor, nn

from models.errors import ModelError
from models.training.ahead import Ahead
from models.training.run import Stopper, TrainOptions
from models.training.shared_layers import Place, share_layers
from models.training.shares import Share, rows_of_each
from models.training.task import Batch, Task

WAIT = timedelta(days=2)  # for another process, such as the first while it measures the model
_SEED_STEP = 1_000_003  # epochs of neighbouring seeds must not share random numbers


def make_fabric(options: TrainOptions) -> Fabric:
    """The device, or the processes, to train on.

    One thread for torch unless the environment variable STUDIO_THREADS says otherwise: beside
    live sound a second one waits for its turn more than it works.

    Raises
    ------
    ModelError
        If this machine does not have the devices.
    """
    torch.set_num_threads(_n_threads())
    is_alone = options.devices == 1 and options.nodes == 1
    try:
        fabric = Fabric(
            accelerator=options.accelerator,
            devices=options.devices,
            num_nodes=options.nodes,
            strategy="auto" if is_alone else DDPStrategy(timeout=WAIT),
        )
    except (ValueError, RuntimeError) as error:
        message = (
            f"{options.devices} devices on {options.nodes} nodes can't be used: {error!s:.200}"
        )
        raise ModelError(message) from error
    if not is_alone:
        fabric.launch()
    return fabric


def _n_threads() -> int:
    text = os.environ.get("STUDIO_THREADS", "1")
    return int(text) if text.isdecimal() and int(text) > 0 else 1


class Loop:
    """A task on a device, with its optimizer."""

    def __init__(
        self, fabric: Fabric, task: Task, *, clip_norm: float, seed: int, stopper: Stopper
    ) -> None:
        self.fabric = fabric
        self.task = task
        self.network: nn.Module = task.network
        self.n_batches = task.n_batches()
        self._clip_norm = clip_norm
        self._seed = seed
        self._stopper = stopper
        self._share = Share(fabric.global_rank, fabric.world_size)
        self._place = Place()
        if fabric.world_size > 1:
            share_layers(task.network, self._place)
        optimizer, self._scheduler = task.optimizer(task.network)
        self._module, self._optimizer = fabric.setup(task.network, optimizer)
        for method in getattr(task, "forward_methods", ()):  # else DDP would not see them
            self._module.mark_forward_method(method)
        self._random: list[Tensor] = []
        self.waiting_share: float | None = None  # of the last epoch's time: for data
        self.n_samples = 0  # learned from so far, in all processes together

    @property
    def device_name(self) -> str:
        """The device in words."""
        device = self.fabric.device
        n_processes = self.fabric.world_size
        name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
        return f"{n_processes} x {name}" if n_processes > 1 else name

    def losses(self, epoch: int, skip: int) -> Iterator[float]:
        """Train on the batches of an epoch but the first `skip`; the loss of each, as it comes.

        Several processes have some rows of each batch each, and learn what one would of all.
        Ends early at a loss that is not finite; the weights are then as before that batch.
        """
        self._module.train()
        torch.manual_seed(self._seed * _SEED_STEP + epoch)
        batches = self.task.train_batches(epoch, self._share, skip)
        if skip and self._random:
            self._set_random(self._random)
        began, ahead = time.perf_counter(), Ahead(batches)
        try:
            for batch in ahead:
                loss = self._step(batch)
                yield loss
                if not math.isfinite(loss):
                    return
        finally:
            ahead.close()
            share = ahead.waited_s / (time.perf_counter() - began)
            self.waiting_share = round(share, 4)

    def _step(self, batch: Batch) -> float:
        self._optimizer.zero_grad()
        self._find_place(len(next(iter(batch.values()))))
        loss = self.task.loss(self._module, self.fabric.to_device(batch))
        value = self._agreed(loss.detach())
        if not math.isfinite(value):
            return value
        self.fabric.backward(loss)
        if self._clip_norm:
            self.fabric.clip_gradients(
                self._module, self._optimizer, max_norm=self._clip_norm, error_if_nonfinite=False
            )
        self._optimizer.step()
        self.n_samples += self._place.n_all
        if self._scheduler is not None:
            self._scheduler.step()
        return value

    def _find_place(self, n_rows: int) -> None:
        """Where this process's rows are among those of all."""
        counts = rows_of_each(n_rows, self.fabric.device)
        place = self._place
        place.first, place.n_rows = sum(counts[: self.fabric.global_rank]), n_rows
        place.n_all = sum(counts)

    def _agreed(self, value: Tensor) -> float:
        """The mean over all processes, so that each comes to the same conclusions."""
        if self.fabric.world_size > 1:
            value = cast("Tensor", self.fabric.all_reduce(value.clone(), reduce_op="mean"))
        return float(value)

    def agree(self, is_true: bool) -> bool:
        """Whether it is true in any process."""
        if self.fabric.world_size == 1:
            return is_true
        return self._agreed(torch.tensor(float(is_true), device=self.fabric.device)) > 0

    def validate(self) -> dict[str, float]:
        """The task's validation metrics of the weights as they are.

        Raises StopRequestedError if the run is told to stop meanwhile.
        """
        with self.evaluating():
            metrics = self.task.validate(self.network)
        metrics = self.fabric.broadcast(metrics)  # so that all processes agree on what is best
        return {name: float(value) for name, value in metrics.items()}

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """Evaluation mode, without gradients; random numbers go on after it as if it never was.

        A forward pass raises StopRequestedError once the run is to stop (of several processes,
        none does: they could not do so together).
        """
        is_alone = self.fabric.world_size == 1
        watched = [self.network, *self.network.children()] if is_alone else []
        hooks = [module.register_forward_pre_hook(self._stopper.check) for module in watched]
        self.network.eval()
        try:
            with torch.random.fork_rng(devices=[]), torch.no_grad():
                yield
        finally:
            for hook in hooks:
                hook.remove()

    def state(self) -> dict[str, Any]:
        """All that training goes on from: weights, optimizer, schedule, random numbers."""
        return {
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.optimizer.state_dict(),
            "scheduler": _plain(self._scheduler.state_dict()) if self._scheduler else {},
            "random": self._get_random(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from a state.

        Raises
        ------
        ModelError
            If it is that of another network or optimizer.
        """
        try:
            self.network.load_state_dict(state["network"])
            self._optimizer.optimizer.load_state_dict(state["optimizer"])
            if self._scheduler is not None:
                own = self._scheduler.state_dict()
                self._scheduler.load_state_dict({**own, **state["scheduler"]})
            self._random = state["random"]
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            message = f"The run's state does not fit its network any more ({error!s:.200})."
            raise ModelError(message) from error

    def _get_random(self) -> list[Tensor]:
        """The state of torch's random numbers, those of the device too."""
        device = self.fabric.device
        states = [torch.get_rng_state()]
        return [*states, torch.cuda.get_rng_state(device)] if device.type == "cuda" else states

    def _set_random(self, states: list[Tensor]) -> None:
        device = self.fabric.device
        torch.set_rng_state(states[0])
        if device.type == "cuda" and len(states) > 1:
            torch.cuda.set_rng_state(states[1], device)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """What of a schedule's state is not a function: those are made again by the task."""
    return {key: value for key, value in values.items() if not callable(value)}
