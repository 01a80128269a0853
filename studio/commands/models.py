"""`studio models`: the models that are there, named anew, put away, sent and received."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.card import Card
from studio.commands.output import print_json, print_line
from studio.errors import StudioError
from studio.file_errors import why_not_written
from studio.settings import write_atomically
from studio.training.model_state import model_state
from studio.training.model_trash import (
    delete_model,
    deleted_models,
    empty_trash,
    rename_model,
    restore_model,
)
from studio.training.model_zip import export_model, import_model
from studio.training.registry import ModelEntry, find_model, list_models

HEADLINE = ("accuracy", "repair_f1", "removal_auc", "nll", "valid_loss")  # the first that is there


def configure(parser: argparse.ArgumentParser) -> None:
    """What can be done; without a word, the models are listed."""
    parser.epilog = (
        "A model that can't be used is listed with the reason. An ONNX file gives logits, the "
        "same as in Studio within 0.0001, which is checked before it is written."
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    for action, (summary, words) in ACTIONS.items():
        child = actions.add_parser(action, help=summary, description=f"{summary.capitalize()}.")
        child.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
        for word in words:
            child.add_argument(word.lower(), metavar=word)
        if action == "export":
            child.add_argument("-o", "--out", metavar="FILE.zip", type=Path, help="NAME.zip")
        if action == "onnx":
            child.add_argument("-o", "--out", metavar="FILE.onnx", type=Path, help="NAME.onnx")
        if action == "import":
            child.add_argument("--name", help="what to call it, if not as its card says")


ACTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "show": ("all that a model's card says", ("NAME",)),
    "rename": ("give one of your models another name", ("NAME", "NEW")),
    "delete": ("put one of your models into the trash", ("NAME",)),
    "trash": ("list what is in the trash", ()),
    "restore": ("take a model out of the trash", ("NAME",)),
    "empty-trash": ("delete what is in the trash for good", ()),
    "export": ("write a model as one file", ("NAME",)),
    "onnx": ("write a model's network for other programs, as an ONNX file", ("NAME",)),
    "import": ("check a model somebody sent, and add it to yours", ("FILE",)),
}


def run(args: argparse.Namespace) -> int:
    """List the shipped models and the user's, or do what is asked with one of them."""
    document, line = _RUN[args.action](args)
    if args.json:
        print_json(document)
    else:
        print_line(line)
    return 0


Told = tuple[Any, str]  # what --json prints, and what people get


def _list(args: argparse.Namespace) -> Told:
    entries = list_models(check_hash=True)
    lines = [describe(entry) for entry in entries]
    none = "There are no models yet. Train one: studio train --help."
    return [as_json(entry) for entry in entries], "\n".join(lines) or none


def _show(args: argparse.Namespace) -> Told:
    card = Card.load(find_model(args.name))
    return card.to_json(), json.dumps(card.to_json(), indent=1, ensure_ascii=False)


def _rename(args: argparse.Namespace) -> Told:
    folder = rename_model(args.name, args.new)
    return _told(folder), f"{args.name} is now called {folder.name}."


def _delete(args: argparse.Namespace) -> Told:
    deleted = delete_model(args.name)
    words = f"{args.name} is in the trash; take it out again by 'studio models restore'."
    return {"name": deleted.name, "folder": str(deleted.folder)}, words


def _trash(args: argparse.Namespace) -> Told:
    found = deleted_models()
    rows = [{"name": d.name, "folder": str(d.folder), "deleted": _date(d.time_s)} for d in found]
    lines = [f"{row['name']:24}  {row['deleted'][:16].replace('T', ' ')}" for row in rows]
    return rows, "\n".join(lines) or "The trash is empty."


def _date(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="seconds")


def _restore(args: argparse.Namespace) -> Told:
    found = [deleted for deleted in deleted_models() if deleted.name == args.name]
    if not found:
        raise StudioError(f"There is no model {args.name!r} in the trash: studio models trash.")
    folder = restore_model(found[0])
    return _told(folder), f"{folder.name} is back."


def _empty(args: argparse.Namespace) -> Told:
    n_models = empty_trash()
    return {"deleted": n_models}, f"Models deleted for good: {n_models}."


def _export(args: argparse.Namespace) -> Told:
    folder = find_model(args.name)
    target = args.out or Path(f"{folder.name}.zip")
    export_model(folder, target)
    document = {"name": folder.name, "path": str(target), "bytes": target.stat().st_size}
    return document, f"{folder.name} is in {target}."


def _onnx(args: argparse.Namespace) -> Told:
    from models.training.export import export_network

    folder = find_model(args.name)
    target = args.out or Path(f"{folder.name}.onnx")
    exported = export_network(folder)
    try:
        write_atomically(target, exported.content)
    except OSError as error:
        raise StudioError(why_not_written(target, error)) from error
    document = {
        "name": folder.name,
        "path": str(target),
        "bytes": len(exported.content),
        "inputs": list(exported.inputs),
        "outputs": list(exported.outputs),
        "largest_difference": exported.largest_difference,
    }
    names = f"{', '.join(exported.inputs)} -> {', '.join(exported.outputs)}"
    apart = f"at most {exported.largest_difference:.1e} from what torch says"
    return document, f"{folder.name} is in {target} ({names}; {apart})."


def _import(args: argparse.Namespace) -> Told:
    folder = import_model(Path(args.file), args.name, check=_prove)
    return _told(folder), f"{folder.name} is checked and ready: {folder}"


def _prove(folder: Path) -> None:
    from models.prove import prove_model  # seconds, which a broken file need not wait for

    prove_model(folder)


def _told(folder: Path) -> dict[str, Any]:
    """The entry of the list for one folder."""
    return next(as_json(entry) for entry in list_models() if entry.folder == folder)


_RUN: dict[str | None, Callable[[argparse.Namespace], Told]] = {
    None: _list,
    "show": _show,
    "rename": _rename,
    "delete": _delete,
    "trash": _trash,
    "restore": _restore,
    "empty-trash": _empty,
    "export": _export,
    "onnx": _onnx,
    "import": _import,
}


def as_json(entry: ModelEntry) -> dict[str, Any]:
    """An entry of the list; what the card would say is null where it is refused."""
    card = entry.card
    return {
        "name": entry.name,
        "folder": str(entry.folder),
        "origin": entry.origin,
        "kind": card and card.kind,
        "architecture": card and card.architecture,
        "version": card and card.version,
        "labels": card and card.labels,
        "date": card and card.training.get("date"),
        "metrics": card and card.metrics,
        "notes": card and card.notes,
        "bytes": entry.n_bytes,
        "state": model_state(card) if card else "none",
        "parent": card and card.training.get("parent"),
        "error": entry.error,
    }


def describe(entry: ModelEntry) -> str:
    """One line for people."""
    card = entry.card
    if card is None:
        return f"{entry.name:24} REFUSED  {entry.error}"
    date = str(card.training.get("date", ""))[:10]
    words = [f"{entry.name:24}", f"{card.kind:6}", f"{card.architecture:10}", f"{date:10}"]
    words += [f"{entry.origin:8}", _headline(card.metrics), _warning(card)]
    return "  ".join(words).rstrip()


def _warning(card: Card) -> str:
    is_old = model_state(card) == "out of date"
    return "OUT OF DATE: its data or their splits have changed" if is_old else ""


def _headline(metrics: dict[str, dict[str, Any]]) -> str:
    """The figure that says most, on the test split if it was measured."""
    for split in ("test", "valid"):
        values = metrics.get(split, {})
        for name in HEADLINE:
            if isinstance(values.get(name), int | float):
                return f"{name} {values[name]:.3f} ({split})"
    return "not measured"
