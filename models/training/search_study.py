"""What chooses the settings of a search's runs: Optuna, imported when there is a search."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.settings.search import Span
from models.training.events import read_events
from models.training.search_trial import Trial

if TYPE_CHECKING:
    import optuna


def make_study(seed: int, epochs: int) -> optuna.Study:
    """A study that looks for the least value, by what earlier values led to.

    Runs of `epochs` are ended early where they lag behind the median of those before them.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=5)
    pruner = optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=max(1, epochs // 4))
    return optuna.create_study(sampler=sampler, pruner=pruner)


def distributions(space: dict[str, Span]) -> dict[str, Any]:
    """The ranges as Optuna has them."""
    return {name: _distribution(span) for name, span in space.items()}


def _distribution(span: Span) -> Any:
    from optuna.distributions import FloatDistribution, IntDistribution

    if isinstance(span.low, int):
        return IntDistribution(span.low, int(span.high), log=span.by_factor)
    return FloatDistribution(span.low, span.high, log=span.by_factor)


def ask(study: optuna.Study, space: dict[str, Span], like: dict[str, Any] | None) -> optuna.Trial:
    """What to try next; where that is known already, a trial with those settings.

    A search that is gone on with asks again for what it had tried, so that what comes after it is
    what would have come.
    """
    from optuna.trial import TrialState

    asked = study.ask(distributions(space))
    if like is None or asked.params == like:
        return asked
    study.tell(asked, state=TrialState.FAIL)  # another version of Optuna chooses otherwise
    study.enqueue_trial(like)
    return study.ask(distributions(space))


def repeat(
    study: optuna.Study, space: dict[str, Span], trials: Sequence[Trial], run: Path, epochs: int
) -> None:
    """Tell what earlier trials led to, epoch by epoch, as it was told then."""
    for trial in trials:
        if trial.epochs != epochs:  # the best settings, trained for longer: not asked for
            continue
        asked = ask(study, space, trial.settings)
        for event in read_events(run / trial.folder):
            if event["event"] == "epoch" and event["valid_loss"] is not None:
                asked.report(event["valid_loss"], event["epoch"])
        tell(study, asked, trial.valid_loss, is_pruned=trial.state == "pruned")


def tell(study: optuna.Study, asked: optuna.Trial, value: float | None, *, is_pruned: bool) -> None:
    """Say what a run led to; None if to nothing."""
    from optuna.trial import TrialState

    if value is None:
        study.tell(asked, state=TrialState.FAIL)
    elif is_pruned:
        study.tell(asked, state=TrialState.PRUNED)
    else:
        study.tell(asked, value)
