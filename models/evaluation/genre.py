"""How well a genre model does, on whole clips."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score

from models.data.audio_dataset import AudioDataset, Clip, load_audio_dataset
from models.errors import ModelError
from models.inference.genre import GenreModel

N_CALIBRATION_BINS = 10
Z_95 = 1.959964
Probabilities = NDArray[np.float64]


def evaluate_genre(
    folder: Path,
    data: Path,
    split: str = "test",
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Measure a model on one split of a data set, clip by clip.

    Parameters
    ----------
    folder : Path
        A model folder.
    data : Path
        A folder per genre or one with a manifest. Without a split of its own, all its clips
        count; if the model was trained on this very folder, only our own split of it.
    split : str
    progress : callable, optional
        Called with clips done and clips in all.

    Returns
    -------
    dict
        `genre_metrics`, with `split` and, for files left out, `errors` by file name.

    Raises
    ------
    ModelError
        If the model or the data can't be used, or the split has no clip of the model's genres.
    """
    model = GenreModel.load(folder)
    clips, used = clips_to_measure(model, data, split)
    known = [clip for clip in clips if clip.genre in model.labels]
    if not known:
        genres = ", ".join(model.labels)
        raise ModelError(f"{data} has no music of the genres that this model knows ({genres}).")
    metrics = measure_clips(model, known, progress)
    for clip in clips:
        if clip.genre not in model.labels:
            metrics["errors"][clip.name] = f"the model does not know the genre {clip.genre}"
    return {**metrics, "split": used}


def measure_clips(
    model: GenreModel, clips: Sequence[Clip], progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """`genre_metrics` of clips whose genres the model knows, with `errors` by file name.

    Raises ModelError if none of them can be read.
    """
    targets, rows, errors = [], [], {}
    for done, clip in enumerate(clips):
        try:
            entry = model.classify_file(clip.path)
        except ModelError as error:
            errors[clip.name] = str(error)
        else:
            rows.append([entry["probabilities"][label] for label in model.labels])
            targets.append(model.labels.index(clip.genre))
        if progress:
            progress(done + 1, len(clips))
    if not rows:
        raise ModelError(f"No file could be read; the first: {next(iter(errors.values()), '-')}")
    metrics = genre_metrics(model.labels, np.array(targets), np.array(rows))
    return {**metrics, "errors": errors}


def clips_to_measure(model: GenreModel, data: Path, split: str) -> tuple[Sequence[Clip], str]:
    """The clips of a split, and what it is called; see `evaluate_genre`."""
    dataset = load_audio_dataset(data, seed=_seed(model))
    if not dataset.has_split and not _was_trained_on(model, dataset):
        return dataset.clips, "all"
    clips = dataset.split(split)
    if not clips:
        there = ", ".join(sorted({clip.split for clip in dataset.clips}))
        raise ModelError(f"{data} has no split '{split}'; there is: {there}.")
    return clips, split


def _seed(model: GenreModel) -> int:
    seed = model.card.training.get("seed", 0)
    return seed if isinstance(seed, int) and seed >= 0 else 0


def _was_trained_on(model: GenreModel, dataset: AudioDataset) -> bool:
    digest = dataset.digest()
    return any(entry.get("hash") == digest for entry in model.card.data)


def genre_metrics(
    labels: Sequence[str], targets: NDArray[np.int64], probabilities: Probabilities
) -> dict[str, Any]:
    """Every figure that a genre model is judged by.

    Parameters
    ----------
    labels : sequence of str, n_classes long
    targets : array, shape (n,)
        Indices into `labels`.
    probabilities : array, shape (n, n_classes)
        Rows add up to 1.

    Returns
    -------
    dict
        As `studio evaluate --json` prints it. Averages over classes leave out those without a
        clip; an area under a curve that is not defined is None.
    """
    n, indices = len(targets), np.arange(len(labels))
    chosen = probabilities.argmax(axis=1)
    accuracy = float((chosen == targets).mean())
    picked = np.clip(probabilities[np.arange(n), targets], 1e-12, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        precision, recall, f1, support = precision_recall_fscore_support(
            targets, chosen, labels=indices, zero_division=0
        )
    areas = [_roc_auc(targets == index, probabilities[:, index]) for index in indices]
    defined = [area for area in areas if area is not None]
    return {
        "n": n,
        "accuracy": accuracy,
        "accuracy_ci95": wilson_interval(accuracy, n),
        "macro_f1": float(f1[support > 0].mean()),
        "log_loss": float(-np.log(picked).mean()),
        "roc_auc_macro": float(np.mean(defined)) if defined else None,
        "ece": calibration_error(targets, probabilities),
        "labels": list(labels),
        "confusion": confusion_matrix(targets, chosen, labels=indices).tolist(),
        "classes": {
            label: {
                "precision": float(precision[index]),
                "recall": float(recall[index]),
                "f1": float(f1[index]),
                "support": int(support[index]),
                "roc_auc": areas[index],
            }
            for index, label in enumerate(labels)
        },
    }


def wilson_interval(share: float, n: int) -> list[float]:
    """The 95 % interval of a `share` of `n` trials, [low, high].

    Source
    ------
    Wilson 1927, Probable inference, the law of succession, and statistical inference.
    """
    z2 = Z_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return [max(0.0, centre - half), min(1.0, centre + half)]


def calibration_error(targets: NDArray[np.int64], probabilities: Probabilities) -> float:
    """Expected gap between confidence and accuracy over ten bins of confidence, 0 to 1.

    Source
    ------
    Guo et al. 2017, arXiv:1706.04599, section 2.
    """
    confidence = probabilities.max(axis=1)
    is_right = probabilities.argmax(axis=1) == targets
    bins = np.minimum((confidence * N_CALIBRATION_BINS).astype(int), N_CALIBRATION_BINS - 1)
    gaps = [
        abs(confidence[bins == b].mean() - is_right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def _roc_auc(is_class: NDArray[np.bool_], scores: Probabilities) -> float | None:
    if is_class.all() or not is_class.any():
        return None
    return float(roc_auc_score(is_class, scores))
