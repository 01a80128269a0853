"""`studio train`: train a model on a folder of music."""

from __future__ import annotations

import argparse
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.commands.output import print_json, print_line, print_progress
from studio.commands.scheduler import add_scheduler
from studio.errors import StudioError

if TYPE_CHECKING:
    from models.training.run import TrainOptions

EPILOG = """The run's folder gets config.json, events.jsonl, last/ (to go on from), best/ (a model
folder, always whole), report.json and figures/. A file called 'stop' put there, Ctrl+C or SIGTERM
ends the run at the next batch, the best model kept; one called 'pause' ends it to be gone on with
by --resume, as a run that was killed can be: it ends with the model it would have had. A search
keeps its runs in trials/ and sums them up in search.json; 'trial' events tell of each; it ends and
goes on as a run does. The environment variable STUDIO_THREADS sets the number of threads (1)."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `studio train`."""
    parser.epilog = EPILOG
    parser.add_argument("kind", metavar="KIND", help="what to train: genre, ar-cnn or lstm")
    parser.add_argument(
        "data",
        metavar="DATA",
        type=Path,
        help="a folder per genre, one with a manifest.csv, a folder of MIDI files, or a zip of one",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("-o", "--out", metavar="RUN", type=Path, help="the run's folder, a new one")
    where.add_argument(
        "--resume",
        metavar="RUN",
        type=Path,
        help="go on with an earlier run; of its settings, only epochs and patience may change",
    )
    parser.add_argument(
        "--preset", metavar="P", help="settings by name: quick, balanced, best, tiny"
    )
    parser.add_argument(
        "--set",
        metavar="key=value",
        action="append",
        default=[],
        help="change a setting, such as learning_rate=0.001; may be repeated",
    )
    parser.add_argument(
        "--settings",
        metavar="KIND",
        nargs="?",
        const="",
        action=_TellSettings,
        help="list every preset and setting of a kind (or of all) with its range, and end",
    )
    parser.add_argument(
        "--estimate",
        action="store_true",
        help="measure a few batches, say what the run would cost in time and memory, and end",
    )
    parser.add_argument("--epochs", metavar="N", type=_count, help="most epochs")
    parser.add_argument("--budget", metavar="MIN", type=_minutes, help="most minutes")
    parser.add_argument(
        "--search",
        action="store_true",
        help="try settings, as many as the --budget allows, and keep the best model",
    )
    parser.add_argument("--trials", metavar="N", type=_count, help="with --search: most runs")
    parser.add_argument(
        "--limit-per-class", metavar="N", type=_count, help="most items of each class"
    )
    parser.add_argument("--devices", metavar="N", type=_count, default=1, help="processes (1)")
    parser.add_argument("--nodes", metavar="N", type=_count, default=1, help="machines (1)")
    add_scheduler(parser)
    parser.add_argument("--seed", metavar="S", type=_seed, help="same seed, same curve (0)")


class _TellSettings(argparse.Action):
    """Lists the settings, as `--help` lists the arguments."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        from models.settings.kinds import KIND_SETTINGS, settings_words

        if values and values not in KIND_SETTINGS:
            parser.error(f"--settings {values}: KIND is one of {', '.join(KIND_SETTINGS)}")
        kinds = [values] if values else list(KIND_SETTINGS)
        print_line("\n\n".join(map(settings_words, kinds)))
        parser.exit()


def run(args: argparse.Namespace) -> int:
    """Train, telling of each event as it comes, and say where the model is."""
    if args.estimate:
        return _run_estimate(args)
    from models.training.engine import train
    from models.training.search import search
    from models.training.search_resume import is_search
    from models.training.shares import end_process

    options = make_options(args)
    wants_search = args.search or (options.resume and is_search(options.run))
    (search if wants_search else train)(options, print_json if args.json else print_event)
    end_process()
    return 0


def _run_estimate(args: argparse.Namespace) -> int:
    """Say what the run would cost."""
    from models.training.estimate import estimate

    if args.resume is not None:
        raise StudioError("--estimate is for a new run; a run that is resumed tells its own time.")
    found = estimate(make_options(args), print_progress).to_json()
    print_progress("")
    if args.json:
        print_json(found)
    else:
        print_line(estimate_words(found))
    return 0


def estimate_words(found: dict[str, Any]) -> str:
    """An estimate as lines for people."""
    lines = [
        f"At most {_span(found['total_s'])} for {found['epochs']} epochs on "
        f"{found['device']}: {_span(found['prepare_s'])} to prepare the data, "
        f"{found['batch_s']:.2g} s for each of {found['n_batches']} batches of an epoch, "
        f"{_span(found['validate_s'])} to validate, {_span(found['measure_s'])} to measure "
        f"at the end; {found['samples_per_s']:.3g} examples a second.",
    ]
    if found["memory_mb"] is not None:
        of_all = found["machine_memory_mb"]
        whole = f" of {of_all:.0f}" if of_all else ""
        lines.append(f"Memory: {found['memory_mb']:.0f}{whole} MB.")
    if found["device_memory_mb"] is not None:
        lines.append(f"Memory of the device: {found['device_memory_mb']:.0f} MB.")
    return "\n".join(lines)


def _span(seconds: float) -> str:
    """'0.4 s', '42 s', '5 min 3 s', '2 h 5 min'."""
    if seconds < 60:
        return f"{seconds:.2g} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def make_options(args: argparse.Namespace) -> TrainOptions:
    """The options that the arguments ask for. Raises ModelError for one that can't be."""
    from models.training.kinds import task_module
    from models.training.presets import split_assignments
    from models.training.run import TrainOptions

    task_module(args.kind)  # an unknown kind is told before anything else is looked at
    fixed = [n for n in ("preset", "seed", "limit_per_class") if getattr(args, n) is not None]
    if args.resume is not None and fixed:
        name = fixed[0].replace("_", "-")
        raise StudioError(f"--{name} can't be changed in a run that is gone on with.")
    return TrainOptions(
        kind=args.kind,
        data=args.data,
        run=args.resume or args.out or _new_run(args.kind),
        preset=args.preset or "default",
        settings=_with_base_found(split_assignments(args.set)),
        epochs=args.epochs,
        budget_min=args.budget,
        limit_per_class=args.limit_per_class,
        resume=args.resume is not None,
        devices=args.devices,
        nodes=args.nodes,
        scheduler=args.scheduler,
        trials=args.trials,
        seed=args.seed or 0,
        command=command_line(args),
        log=print_progress,
    )


def _with_base_found(settings: dict[str, str]) -> dict[str, str]:
    """The settings, a base model's name made the path of its folder."""
    from studio.training.registry import find_model

    base = settings.get("base")
    return {**settings, "base": str(find_model(base))} if base else settings


def command_line(args: argparse.Namespace) -> str:
    """The command that does the same again, for the model's card."""
    words = ["studio", "train", args.kind, str(args.data)]
    options: list[tuple[str, Any]] = [
        ("-o", args.out),
        ("--preset", args.preset),
        *(("--set", text) for text in args.set),
        ("--epochs", args.epochs),
        ("--budget", args.budget),
        ("--limit-per-class", args.limit_per_class),
        ("--resume", args.resume),
        ("--devices", args.devices if args.devices > 1 else None),
        ("--nodes", args.nodes if args.nodes > 1 else None),
        ("--scheduler", args.scheduler),
        ("--trials", args.trials),
        ("--seed", args.seed),
    ]
    for name, value in options:
        if value is not None:
            words += [name, str(value)]
    words += ["--search"] if args.search else []
    return shlex.join(words)


def print_event(event: dict[str, Any]) -> None:
    """A line an epoch for people, and progress in between where stderr is a terminal."""
    kind = event["event"]
    if "trial" in event and kind not in ("trial", "batch"):
        return  # the search sums it up
    if kind == "batch":
        print_progress(f"epoch {event['epoch']}, loss {event['train_loss']:.4f}{_eta(event)}")
    elif kind == "epoch":
        print_progress("")
        print_line(f"epoch {event['epoch']:>3}  {_losses(event)}{_eta(event)}")
    elif kind == "trial":
        print_line(_trial(event))
    elif kind == "start" and not event.get("search"):
        print_line(f"Training {event['kind']} on {event['device']}; the run is in {event['run']}")
    elif kind in ("warning", "end") and event.get("reason") != "failed":  # that is the error's part
        print_progress("")
        print_line(event["message"])
        if "model" in event:
            print_line(f"The model is in {event['model']}")


def _trial(event: dict[str, Any]) -> str:
    """What came of a run of a search."""
    loss = event["valid_loss"]
    words = ", ".join(f"{name} {value:.3g}" for name, value in event["settings"].items())
    found = event["state"] if loss is None else f"valid {loss:.4f} ({event['state']})"
    best = ", the best so far" if event["is_best"] else ""
    return f"trial {event['trial']:>3}  {found}{best}: {words}"


def _losses(event: dict[str, Any]) -> str:
    values = {"train": event["train_loss"], "valid": event["valid_loss"], **event["metrics"]}
    values.pop("valid_loss", None)
    return "  ".join(f"{name} {value:.4f}" for name, value in values.items() if value is not None)


def _eta(event: dict[str, Any]) -> str:
    seconds = event["eta_s"]
    return "" if not seconds else f"  ({seconds // 60:.0f} min {seconds % 60:.0f} s left)"


def _new_run(kind: str) -> Path:
    from studio.settings import runs_dir

    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{kind}"
    names = (name if number == 1 else f"{name}-{number}" for number in range(1, 1000))
    return next(runs_dir() / free for free in names if not (runs_dir() / free).exists())


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: a whole number from 1 is needed")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text}: a whole number from 0 is needed")
    return int(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < 1e6:
        raise argparse.ArgumentTypeError(f"{text}: minutes above 0 are needed, such as 30 or 0.5")
    return minutes
