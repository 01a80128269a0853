"""Which sounds of a data set are rather like another class than the one they were filed under."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.data.sound_map import MIN_ITEMS, Vector, cepstra

N_BANDS, N_COEFFICIENTS = 40, 20
LOW_HZ, HIGH_HZ = 40.0, 10_500.0
N_TIMBRE = 3 * N_COEFFICIENTS + 2
N_PARTS = 5
N_LANDMARKS = 300
SURER = 0.3  # than of its own class, of 1: with less, more honest items than false ones are named

Classes = NDArray[np.str_]
Flags = NDArray[np.bool_]


def timbre_features(y: NDArray[np.float32], sample_rate: int) -> Vector:
    """What a sound is like, finer than on the map, shape (62,).

    Means and deviations of 20 cepstral coefficients, deviations of their changes from frame to
    frame, and how much the level goes up and down.

    Parameters
    ----------
    y : array of float32, shape (n_samples,)
        Mono, not empty. Its level does not count.
    sample_rate : int
        In Hz.

    Source
    ------
    As `models.data.sound_map.sound_features`; changes: Furui 1986, Speaker-independent isolated
    word recognition using dynamic features of speech spectrum.
    """
    sizes = N_BANDS, N_COEFFICIENTS
    bands, cepstrum = cepstra(y, sample_rate, sizes, (LOW_HZ, HIGH_HZ), hops=2)
    level = bands.mean(axis=0)
    rows = np.vstack([cepstrum, level])
    changes = np.diff(rows, axis=1) if rows.shape[1] > 1 else np.zeros_like(rows)
    spread = changes[:-1].std(axis=1)
    ups_and_downs = [level.std(), np.abs(changes[-1]).mean()]
    return np.concatenate([cepstrum.mean(axis=1), cepstrum.std(axis=1), spread, ups_and_downs])


def likelier_classes(
    features: Sequence[Vector], classes: Sequence[str], groups: Sequence[str]
) -> list[str | None]:
    """The class that each item is rather like; None where it is like its own, or none can tell.

    Each fifth of the groups is judged by a classifier that has learned from the others. An item
    is named if another class is likelier than its own by 0.3, and at least as likely as an item
    that was filed under it is on average.

    Parameters
    ----------
    features : sequence of array, each of shape (n_features,)
    classes, groups : sequence of str
        Of each item; a group (an artist, an album) is judged by others only. Classes of fewer
        than eight items, or of one group, are no measure and are not measured.

    Source
    ------
    Northcutt, Jiang & Chuang 2021, Confident Learning: Estimating Uncertainty in Dataset Labels,
    JAIR 70; the kernel by Williams & Seeger 2001, Using the Nyström method.
    """
    named = np.array(classes, dtype=np.str_)
    known = np.flatnonzero(_is_measure(named, np.array(groups)))
    found: list[str | None] = [None] * len(named)
    if not len(known):
        return found
    values = np.stack(list(features))[known]
    values = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-9)
    labels, own = np.unique(named[known], return_inverse=True)
    probs = _held_out_probs(values, own, np.array(groups)[known])  # (n, n_classes)
    for at, label in zip(*_likelier(probs, own), strict=True):
        found[known[at]] = str(labels[label])
    return found


def _is_measure(classes: Classes, groups: NDArray[Any]) -> Flags:
    """Which items are of a class that has enough of its own, where there are two such classes."""
    enough = [
        name
        for name, count in zip(*np.unique(classes, return_counts=True), strict=True)
        if count >= MIN_ITEMS and len(np.unique(groups[classes == name])) > 1
    ]
    return np.isin(classes, enough if len(enough) > 1 else [])


def _held_out_probs(
    values: NDArray[np.float64], own: NDArray[np.intp], groups: NDArray[Any]
) -> NDArray[np.float64]:
    """How likely each class is for each item, by what was learned from other groups.

    No number, shape (n_classes,), where nothing could be learned of the item's own class.
    """
    from sklearn.kernel_approximation import Nystroem  # a second to import
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline

    probs = np.full((len(own), int(own.max()) + 1), np.nan)
    n_parts = min(N_PARTS, len(np.unique(groups)))
    parts = StratifiedGroupKFold(n_parts, shuffle=True, random_state=0)
    for learned, judged in parts.split(values, own, groups):
        known = np.unique(own[learned])
        judged = judged[np.isin(own[judged], known)]
        if len(known) < 2 or not len(judged):
            continue
        landmarks = Nystroem(n_components=min(N_LANDMARKS, len(learned)), random_state=0)
        judge = LogisticRegression(class_weight="balanced", max_iter=1000, tol=1e-3)
        classifier = make_pipeline(landmarks, judge).fit(values[learned], own[learned])
        probs[judged] = 0.0
        probs[np.ix_(judged, known)] = classifier.predict_proba(values[judged])
    return probs


def _likelier(
    probs: NDArray[np.float64], own: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The items that are rather of another class, and which."""
    rows = np.arange(len(own))
    of_own = probs[rows, own]
    usual = np.full(probs.shape[1], np.inf)  # a class of which nothing is known takes nothing
    for label in range(len(usual)):
        told = of_own[(own == label) & np.isfinite(of_own)]
        usual[label] = told.mean() if len(told) else np.inf
    others = np.nan_to_num(probs, nan=0.0)
    others[rows, own] = 0.0
    best = others.argmax(axis=1)
    surer = others[rows, best] - of_own > SURER  # false where there is no number
    at = np.flatnonzero(surer & (others[rows, best] >= usual[best]))
    return at, best[at]
