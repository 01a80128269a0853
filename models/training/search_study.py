"""What chooses the settings of a search's runs: Optuna, imported when there is a search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.settings.search import Span

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


def tell(study: optuna.Study, asked: optuna.Trial, value: float | None, *, is_pruned: bool) -> None:
    """Say what a run led to; None if to nothing."""
    from optuna.trial import TrialState

    if value is None:
        study.tell(asked, state=TrialState.FAIL)
    elif is_pruned:
        study.tell(asked, state=TrialState.PRUNED)
    else:
        study.tell(asked, value)
