"""Training, whatever the kind: from the options of a run to the folder of its best model."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from models.errors import ModelError
from models.model_folder import recover_folder
from models.settings.engine import EngineSettings
from models.spread import spread_over
from models.training.checkpoint import load_checkpoint
from models.training.events import Emit, Event, EventLog, rewind_events
from models.training.failures import PAUSED, told
from models.training.finish import finish
from models.training.kinds import task_module
from models.training.lineage import lineage
from models.training.loop import Loop, make_fabric
from models.training.presets import resolve
from models.training.run import (
    BEST,
    LAST,
    LOG_FILE,
    Stopper,
    TrainOptions,
    holding,
    open_run,
    read_config,
    write_config,
)
from models.training.session import Session
from models.training.shares import leave_others
from models.training.task import TaskModule


def train(options: TrainOptions, emit: Emit) -> Path:
    """Train a model.

    Parameters
    ----------
    options : TrainOptions
    emit : callable
        Gets every event that `events.jsonl` gets, as it happens.

    Returns
    -------
    Path
        The folder of the best model: `best` in the run's folder. A run that is paused before its
        first validation has none yet.

    Raises
    ------
    ModelError
        If the options or the data can't be used, the disk is full, or nothing was learned. What
        was best before that is kept.
    """
    began = time.monotonic()
    module = task_module(options.kind)
    options = _resumed(options) if options.resume else options
    if options.data is None or not options.data.exists():
        raise ModelError(f"{options.data}: there is no such file or folder to train on.")
    task_settings, settings = resolve(module, options.preset, _changes(options))
    fabric = make_fabric(options)
    options = replace(options, run=fabric.broadcast(options.run))
    deadline = math.inf if options.budget_min is None else began + 60 * options.budget_min
    with contextlib.ExitStack() as stack:
        if fabric.is_global_zero:
            stack.enter_context(holding(options.run))
            _open(options, task_settings, settings)
        fabric.barrier()
        events = stack.enter_context(contextlib.closing(_event_log(options, emit, fabric)))
        with Stopper(options.run) as stopper, told(events, options.run, stopper):
            loop = _make_loop(module, task_settings, settings, options, fabric, stopper)
            session = Session(options, settings, loop, events, stopper, deadline)
            if fabric.is_global_zero and not options.is_trial:
                session.lineage = _lineage(options, task_settings, stopper)
            _run(session)
    leave_others()
    return options.run / BEST


def _run(session: Session) -> None:
    options = session.options
    if options.resume and (options.run / LAST).exists():
        session.restore()
    progress = session.progress
    session.events.write(
        "start",
        epoch=progress.epochs,
        step=progress.step,
        kind=options.kind,
        run=str(options.run),
        n_epochs=session.settings.epochs,
        n_batches=session.loop.n_batches,
        device=session.loop.device_name,
    )
    reason = "searched" if options.measure_only else session.run()
    if reason != "diverged":  # then the state before is the one to go on from
        session.save()
    if reason == "paused":
        session.tell_end(reason, PAUSED)
    else:
        finish(session, reason)


def _make_loop(
    module: TaskModule,
    task_settings: Any,
    settings: EngineSettings,
    options: TrainOptions,
    fabric: Fabric,
    stopper: Stopper,
) -> Loop:
    assert options.data is not None
    torch.manual_seed(options.seed)
    log = _logger(options, stopper, is_first=fabric.is_global_zero)
    with spread_over(options.scheduler):
        task = module.make_task(
            options.data,
            task_settings,
            seed=options.seed,
            limit_per_class=options.limit_per_class,
            log=log,
        )
    stopper.check()
    return Loop(fabric, task, clip_norm=settings.clip_norm, seed=options.seed, stopper=stopper)


def _lineage(options: TrainOptions, task_settings: Any, stopper: Stopper) -> dict[str, Any]:
    assert options.data is not None
    log = _logger(options, stopper, is_first=True)
    return lineage(options.data, task_settings, log, stopper.check)


def _logger(options: TrainOptions, stopper: Stopper, *, is_first: bool) -> Callable[[str], None]:
    """What tells of the preparations, in `log.txt` too, and ends them if the run is to stop."""

    def log(text: str) -> None:
        stopper.check()
        if is_first:
            with (options.run / LOG_FILE).open("a", encoding="utf-8") as file:
                file.write(text + "\n")
            options.log(text)

    return log


def _changes(options: TrainOptions) -> dict[str, Any]:
    changes = dict(options.settings)
    if options.epochs is not None:
        changes["epochs"] = options.epochs
    return changes


def _config(options: TrainOptions, task_settings: Any, settings: EngineSettings) -> dict[str, Any]:
    return {
        "kind": options.kind,
        "data": str(options.data),
        "preset": options.preset,
        "changes": dict(options.settings),
        "epochs": options.epochs,
        "limit_per_class": options.limit_per_class,
        "seed": options.seed,
        "command": options.command,
        "settings": {**asdict(settings), **asdict(task_settings)},
    }


def _open(options: TrainOptions, task_settings: Any, settings: EngineSettings) -> None:
    config = _config(options, task_settings, settings)
    if not options.resume:
        open_run(options.run, config)
        return
    recover_folder(options.run / BEST)
    recover_folder(options.run / LAST)
    epochs, step = _how_far(options.run)
    try:
        write_config(options.run, config)
        rewind_events(options.run, epochs=epochs, step=step)
    except OSError as error:
        raise ModelError(f"{options.run}: the run's folder can't be written ({error}).") from error


def _how_far(run: Path) -> tuple[int, int]:
    """Epochs and batches that a run need not do again: none if it ended before it saved any."""
    if not (run / LAST).exists():
        return 0, 0
    progress = load_checkpoint(run / LAST)["progress"]
    return progress["epochs"], progress["step"]


def _resumed(options: TrainOptions) -> TrainOptions:
    """The options of the earlier run, with what may be changed in it.

    Raises ModelError if something is asked for that would make it another run.
    """
    config = read_config(options.run, options.kind)
    refused = [name for name in options.settings if name not in ("patience", "epochs", "name")]
    if refused:
        raise ModelError(f"{', '.join(refused)} can't be changed in a run that is gone on with.")
    return replace(
        options,
        data=options.data or Path(config["data"]),
        preset=config["preset"],
        settings={**config["changes"], **options.settings},
        epochs=config["epochs"] if options.epochs is None else options.epochs,
        limit_per_class=config["limit_per_class"],
        seed=config["seed"],
        command=" && ".join(filter(None, (config["command"], options.command))),
    )


def _event_log(options: TrainOptions, emit: Emit, fabric: Fabric) -> EventLog:
    if not fabric.is_global_zero:
        return EventLog(None, _silent)
    before = 0.0
    if options.resume and (options.run / LAST).exists():
        before = float(load_checkpoint(options.run / LAST)["progress"]["seconds"])
    try:
        return EventLog(options.run, emit, seconds_before=before)
    except OSError as error:
        raise ModelError(f"{options.run}: the run's folder can't be written ({error}).") from error


def _silent(event: Event) -> None:
    """Of several processes, one tells."""
