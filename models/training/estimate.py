"""What a run would cost in time and memory, from a few measured batches, before it is started."""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import torch

from models.errors import ModelError
from models.training.item_counts import count_items
from models.training.kinds import task_module
from models.training.loop import Loop, make_fabric
from models.training.presets import resolve
from models.training.run import Stopper, TrainOptions

SAMPLE_PER_CLASS = 4
MIN_BATCHES, MAX_BATCHES, ENOUGH_S = 3, 12, 3.0
MEGABYTE = 1e6
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Estimate:
    """The cost of a run that does all its epochs; it may end sooner.

    Times in seconds: `total_s` is the preparation, so many epochs of batches and a validation,
    and the last measurement. Memory in megabytes, None where the machine does not tell.
    """

    device: str
    n_parameters: int
    epochs: int
    n_batches: int
    n_items: int | None
    prepare_s: float
    batch_s: float
    validate_s: float
    measure_s: float
    total_s: float
    samples_per_s: float
    memory_mb: float | None
    machine_memory_mb: float | None
    device_memory_mb: float | None

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, numbers rounded to what is known of them."""
        return {
            name: float(f"{value:.3g}") if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def estimate(options: TrainOptions, log: Callable[[str], None]) -> Estimate:
    """Measure a few items and batches, and say what the whole run would cost.

    Parameters
    ----------
    options : TrainOptions
        Nothing is written to its `run`.
    log : callable
        Takes lines fit to show.

    Returns
    -------
    Estimate

    Raises
    ------
    ModelError
        If the options or the data can't be used.
    """
    if options.data is None or not options.data.exists():
        raise ModelError(f"{options.data}: there is no such file or folder to train on.")
    module = task_module(options.kind)
    epochs = {} if options.epochs is None else {"epochs": options.epochs}
    task_settings, settings = resolve(module, options.preset, {**options.settings, **epochs})
    fabric = make_fabric(replace(options, devices=1, nodes=1))
    sample = _Sample.of(options, task_settings)
    before_mb = _peak_mb()
    torch.manual_seed(options.seed)
    task, prepare_s = _timed(
        lambda: module.make_task(
            sample.data, sample.settings, seed=options.seed, limit_per_class=sample.limit, log=log
        )
    )
    prepared_mb = _peak_mb()
    with tempfile.TemporaryDirectory(prefix="studio-estimate-") as folder:
        stopper = Stopper(Path(folder))
        loop = Loop(fabric, task, clip_norm=settings.clip_norm, seed=options.seed, stopper=stopper)
        times = _batch_times(loop)
        validate_s = _timed(loop.validate)[1] * sample.validated
        with loop.evaluating():
            measure_s = _timed(lambda: task.final_metrics(loop.network))[1] * sample.measured
        measure_s += _timed(lambda: task.export_onnx(loop.network.cpu().eval()))[1]
    n_processes = options.devices * options.nodes
    batch_s = median(times[1:] or times) / n_processes  # the first one warms up
    n_batches = loop.n_batches
    prepare_s *= sample.prepared
    total_s = prepare_s + settings.epochs * (n_batches * batch_s + validate_s) + measure_s
    return Estimate(
        device=loop.device_name,
        n_parameters=sum(p.numel() for p in loop.network.parameters()),
        epochs=settings.epochs,
        n_batches=n_batches,
        n_items=sample.n_items,
        prepare_s=prepare_s,
        batch_s=batch_s,
        validate_s=validate_s,
        measure_s=measure_s,
        total_s=min(total_s, 60 * (options.budget_min or math.inf)),
        samples_per_s=loop.n_samples / len(times) / batch_s,
        memory_mb=_scaled_memory(before_mb, prepared_mb, _peak_mb(), sample.prepared),
        machine_memory_mb=_machine_mb(),
        device_memory_mb=_device_mb(loop.fabric.device),
    )


@dataclass(frozen=True, slots=True)
class _Sample:
    """What is prepared for the estimate, and how many times as much the run would take."""

    data: Path
    settings: Any
    limit: int | None
    n_items: int | None = None
    prepared: float = 1.0
    validated: float = 1.0
    measured: float = 1.0

    @classmethod
    def of(cls, options: TrainOptions, settings: Any) -> _Sample:
        """A few items of each class; all, of a kind whose items can't be counted."""
        assert options.data is not None
        limit = min(options.limit_per_class or SAMPLE_PER_CLASS, SAMPLE_PER_CLASS)
        fewer = settings
        if "repair_pieces" in {entry.name for entry in fields(settings)}:
            fewer = replace(settings, repair_pieces=1)  # mending a piece takes its time
        asked = {"seed": options.seed}
        whole = count_items(options.data, settings, limit=options.limit_per_class, **asked)
        part = count_items(options.data, fewer, limit=limit, **asked)
        if whole is None or part is None:
            return cls(options.data, settings, options.limit_per_class)
        return cls(options.data, fewer, limit, whole.prepared, *whole.times(part))


def _batch_times(loop: Loop) -> list[float]:
    """Seconds of each of a few batches."""
    times: list[float] = []
    began = time.perf_counter()
    for _ in loop.losses(1, 0):
        now = time.perf_counter()
        times.append(now - began)
        began = now
        if len(times) > MAX_BATCHES or (len(times) > MIN_BATCHES and sum(times[1:]) > ENOUGH_S):
            break
    return times


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    found = work()
    return found, time.perf_counter() - began


def _peak_mb() -> float | None:
    """The most memory that this process has held so far, in megabytes."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MEGABYTE if sys.platform == "darwin" else peak * 1024 / MEGABYTE


def _scaled_memory(
    before_mb: float | None, prepared_mb: float | None, peak_mb: float | None, times: float
) -> float | None:
    """Memory of a run whose data is so many times the sample's."""
    if before_mb is None or prepared_mb is None or peak_mb is None:
        return None
    return before_mb + (prepared_mb - before_mb) * max(1.0, times) + (peak_mb - prepared_mb)


def _machine_mb() -> float | None:
    """All memory of the machine, in megabytes, where it can be asked."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
    except (AttributeError, ValueError, OSError):
        return None


def _device_mb(device: torch.device) -> float | None:
    if device.type != "cuda":
        return None
    return torch.cuda.max_memory_allocated(device) / MEGABYTE
