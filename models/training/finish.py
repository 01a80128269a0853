"""The end of a run: the best model measured once, the report, the figures, the last event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.card import Card
from models.errors import ModelError
from models.model_folder import State, load_state, save_model_folder
from models.training.events import read_events
from models.training.report import Measured, curve, draw_figures, write_report
from models.training.run import StopRequestedError
from models.training.session import Session

REASONS: dict[str, str] = {
    "epochs": "All epochs are done.",
    "patience": "The validation loss no longer gets better.",
    "budget": "The time is used up.",
    "stopped": "Stopped; the best model until then is kept.",
    "searched": "The search is over: this was its best model.",
    "diverged": "The loss is no longer a number; the best model until then is kept.",
}
UNMEASURED = "Stopped before the first validation: how good it is was not measured."
TRIAL = "A run of a search: only the validation split was measured."
NOT_READ = "The data could not be read again: only the validation during training was measured."
NO_TEST = "Stopped by the user: only the validation split was measured."


def finish(session: Session, reason: str) -> Path:
    """Complete the best model's card and leave the report.

    Raises
    ------
    ModelError
        If nothing was learned that could be kept.
    OSError
        If the disk is full; the best model is there all the same.
    """
    if not session.loop.fabric.is_global_zero:
        return session.best
    if not session.progress.best_epoch:
        _keep_unmeasured(session, reason)
    is_trial = session.options.is_trial
    is_stopped = reason == "stopped" or is_trial
    note = TRIAL if is_trial else NO_TEST
    card, measured = (_unmeasured(session, note), {}) if is_stopped else _measured(session)
    report = _report(session, reason, card)
    write_report(session.options.run, report)
    if is_stopped:  # whoever asked for it waits for the last event, not for the figures
        _tell_end(session, reason)
    if is_trial:
        return session.best
    draw_figures(session.options.run, report["curve"], session.progress.best_epoch, card, measured)
    if not is_stopped:
        _tell_end(session, reason)
    return session.best


def _keep_unmeasured(session: Session, reason: str) -> None:
    """Keep what there is of a run that was stopped early, and say so on its card."""
    if reason == "stopped" and session.progress.step:
        session.keep({}, note=UNMEASURED)
        return
    if reason == "stopped":
        raise ModelError("Stopped before anything was learned: there is no model to keep.")
    raise ModelError(
        "The loss was not a number before anything was learned: there is no model to keep. "
        "Look the data over with 'studio inspect', or set a smaller learning_rate."
    )


def _unmeasured(session: Session, note: str) -> Card:
    """The card of a run that someone waits to see ended: without the test split."""
    card = Card.load(session.best)
    if not session.progress.best_epoch:
        return card
    stored = load_state(session.best, card)
    card = session.card({"valid": session.progress.best_metrics}, note=note)
    return _save(session, stored, card)


def _measured(session: Session) -> tuple[Card, Measured]:
    """The card with the final metrics of the best weights, as stored, and what they said."""
    loop = session.loop
    stored = load_state(session.best, Card.load(session.best))
    loop.network.load_state_dict(stored)
    valid = session.progress.best_metrics
    try:
        with loop.evaluating():
            measured = loop.task.final_metrics(loop.network)
    except StopRequestedError:
        return _unmeasured(session, NO_TEST), {}
    except ModelError as error:  # such as files that are no longer there
        session.warn(f"The model is kept, but could not be measured: {error}")
        return _unmeasured(session, NOT_READ), {}
    found = {split: values.pop("predictions", None) for split, values in measured.items()}
    metrics = {**measured, "valid": {**valid, **measured.get("valid", {})}}
    card = _save(session, stored, session.card(metrics), _exported(session))
    return card, {split: each for split, each in found.items() if each is not None}


def _save(session: Session, state: State, card: Card, onnx: bytes | None = None) -> Card:
    half, files = session.settings.half, session.fields.get("files")
    return save_model_folder(session.best, state, card, onnx, half, files)


def _exported(session: Session) -> bytes | None:
    network = session.loop.network.cpu().eval()
    try:
        return session.loop.task.export_onnx(network)
    except (RuntimeError, ValueError, ImportError) as error:  # it is only faster with it
        session.warn(f"The model could not be exported for ONNX Runtime: {error!s:.200}")
        return None


def _report(session: Session, reason: str, card: Card) -> dict[str, Any]:
    progress, options = session.progress, session.options
    return {
        "kind": options.kind,
        "name": card.name,
        "reason": reason,
        "epochs": progress.epochs,
        "best_epoch": progress.best_epoch,
        "best_valid_loss": progress.best_loss,
        "seconds": round(session.events.seconds, 1),
        "seed": options.seed,
        "command": options.command,
        "metrics": card.metrics,
        "data": card.data,
        "warnings": session.warnings,
        "curve": curve(read_events(options.run)),
    }


def _tell_end(session: Session, reason: str) -> None:
    session.tell_end(reason, REASONS[reason], model=str(session.best))
