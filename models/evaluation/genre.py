"""How well a genre model does, on whole clips."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from models.data.audio_dataset import AudioDataset, Clip, load_audio_dataset
from models.data.audio_files import read_native
from models.data.degrade import DEGRADATIONS, Change
from models.data.fingerprint import fingerprint
from models.data.heard import HeardIndex
from models.data.inspect import plural
from models.errors import ModelError
from models.evaluation.calibration import calibration_bins, calibration_error, wilson_interval
from models.evaluation.intervals import bootstrap_intervals
from models.evaluation.predictions import Predictions
from models.evaluation.ranking import area_under_roc
from models.inference.genre import GenreModel

MOST_NAMED = 3
Progress = Callable[[int, int], None]  # done, of how many


def evaluate_genre(
    folder: Path,
    data: Path,
    split: str = "test",
    progress: Progress | None = None,
    *,
    degraded: bool = False,
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
    degraded : bool
        Whether to measure the same clips degraded, too: six times the time.

    Returns
    -------
    dict
        What `measure_clips` gives, with `split` and, if asked for, `degraded` (see
        `measure_degraded`); `leaked`: the files whose recording the model learned from, None if
        it does not say what it learned from; `accuracy_without_leaked`; `warnings`, sentences.

    Raises
    ------
    ModelError
        If the model or the data can't be used, or the split has no clip of the model's genres.
    """
    model = GenreModel.load(folder)
    learned = HeardIndex.load(folder)
    clips, used = clips_to_measure(model, data, split)
    known = [clip for clip in clips if clip.genre in model.labels]
    if not known:
        genres = ", ".join(model.labels)
        raise ModelError(f"{data} has no music of the genres that this model knows ({genres}).")
    metrics = measure_clips(model, known, progress)
    metrics |= _leakage(metrics["predictions"], learned)
    if degraded:
        metrics["degraded"] = measure_degraded(model, known, progress)
    for clip in clips:
        if clip.genre not in model.labels:
            metrics["errors"][clip.name] = f"the model does not know the genre {clip.genre}"
    return {**metrics, "split": used}


def _leakage(predictions: Predictions, learned: HeardIndex | None) -> dict[str, Any]:
    """Which clips the model knows from training, and what it is worth without them."""
    if learned is None:
        return {"leaked": None, "accuracy_without_leaked": None, "warnings": []}
    leaked = [p for p in predictions.paths if learned.knows(fingerprint(*read_native(p)))]
    if not leaked:
        return {"leaked": [], "accuracy_without_leaked": None, "warnings": []}
    rest = predictions.without(leaked)
    accuracy = float((rest.chosen == rest.targets).mean()) if len(rest) else None
    without = f"without them accuracy is {accuracy:.2f}" if len(rest) else "there are no others"
    names = ", ".join(path.name for path in leaked[:MOST_NAMED])
    warning = (
        f"{plural(len(leaked), 'clip')} of {len(predictions)} "
        f"{'was' if len(leaked) == 1 else 'were'} learned from in training, in this or another "
        f"file (such as {names}): the figures are too good; {without}."
    )
    paths = [str(path) for path in leaked]
    return {"leaked": paths, "accuracy_without_leaked": accuracy, "warnings": [warning]}


def measure_degraded(
    model: GenreModel, clips: Sequence[Clip], progress: Progress | None = None
) -> dict[str, dict[str, Any]]:
    """How well a model does on clips as a microphone or a bad line would give them.

    Parameters
    ----------
    model : GenreModel
    clips : sequence of Clip
        Of genres that it knows.
    progress : callable, optional

    Returns
    -------
    dict
        For each of `DEGRADATIONS` accuracy with its 95 % interval, macro F1 and calibration
        error, and their means as "mean".

    Raises
    ------
    ModelError
        If no clip can be read.
    """
    rows: dict[str, dict[str, Any]] = {}
    for number, (name, change) in enumerate(DEGRADATIONS.items()):

        def told(done: int, n_clips: int, before: int = number) -> None:
            if progress:
                progress(before * n_clips + done, len(DEGRADATIONS) * n_clips)

        rows[name] = _summary(predict_clips(model, clips, told, change)[0])
    figures = ("accuracy", "macro_f1", "ece")
    means = {name: float(np.mean([row[name] for row in rows.values()])) for name in figures}
    return {**rows, "mean": means}


def _summary(predictions: Predictions) -> dict[str, Any]:
    metrics = genre_metrics(predictions)
    return {name: metrics[name] for name in ("n", "accuracy", "accuracy_ci95", "macro_f1", "ece")}


def measure_clips(
    model: GenreModel, clips: Sequence[Clip], progress: Progress | None = None
) -> dict[str, Any]:
    """Measure a model on clips whose genres it knows.

    Returns
    -------
    dict
        `genre_metrics`, with `predictions` (Predictions: no JSON) and, for files left out,
        `errors` by file name.

    Raises
    ------
    ModelError
        If none of them can be read.
    """
    predictions, errors = predict_clips(model, clips, progress)
    return {**genre_metrics(predictions), "errors": errors, "predictions": predictions}


def predict_clips(
    model: GenreModel,
    clips: Sequence[Clip],
    progress: Progress | None = None,
    change: Change | None = None,
) -> tuple[Predictions, dict[str, str]]:
    """What a model says of clips, and the errors of those left out, by name.

    With `change`, the sound is changed first, by a generator seeded by the clip's place.
    Raises ModelError if none of them can be read.
    """
    heard, rows, errors = [], [], {}
    for done, clip in enumerate(clips):
        try:
            y, sample_rate = read_native(clip.path)
            if change is not None:
                y = change(y, sample_rate, np.random.default_rng(done))
            entry = model.classify_sound(y, sample_rate)
        except ModelError as error:
            errors[clip.name] = str(error)
        else:
            rows.append([entry["probabilities"][label] for label in model.labels])
            heard.append(clip)
        if progress:
            progress(done + 1, len(clips))
    if not rows:
        raise ModelError(f"No file could be read; the first: {next(iter(errors.values()), '-')}")
    predictions = Predictions(
        model.labels,
        tuple(clip.path.absolute() for clip in heard),
        tuple(clip.group for clip in heard),
        np.array([model.labels.index(clip.genre) for clip in heard], dtype=np.int64),
        np.array(rows),
    )
    return predictions, errors


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


def genre_metrics(predictions: Predictions) -> dict[str, Any]:
    """Every figure that a genre model is judged by, with 95 % intervals (`…_ci95`).

    Returns
    -------
    dict
        As `studio evaluate --json` prints it. Averages over classes leave out those without a
        clip; what is not defined, such as the area under a curve of one point, is None.
        Intervals of shares are Wilson's, which take clips for independent; those of other
        figures come from drawing the `n_groups` groups of clips again.
    """
    targets, chosen = predictions.targets, predictions.chosen
    n = len(predictions)
    accuracy = float((chosen == targets).mean())
    picked = np.clip(predictions.probabilities[np.arange(n), targets], 1e-12, 1)
    intervals = bootstrap_intervals(predictions)
    classes = _by_class(predictions, intervals["classes"])
    areas = [row["roc_auc"] for row in classes.values() if row["roc_auc"] is not None]
    labels = np.arange(len(predictions.labels))
    return {
        "n": n,
        "n_groups": len(set(predictions.groups)),
        "accuracy": accuracy,
        "accuracy_ci95": wilson_interval(accuracy, n),
        "macro_f1": float(np.mean([row["f1"] for row in classes.values() if row["support"]])),
        "macro_f1_ci95": intervals["macro_f1"],
        "log_loss": float(-np.log(picked).mean()),
        "log_loss_ci95": intervals["log_loss"],
        "roc_auc_macro": float(np.mean(areas)) if areas else None,
        "roc_auc_macro_ci95": intervals["roc_auc_macro"],
        "ece": calibration_error(targets, predictions.probabilities),
        "ece_ci95": intervals["ece"],
        "labels": list(predictions.labels),
        "confusion": confusion_matrix(targets, chosen, labels=labels).tolist(),
        "calibration": calibration_bins(targets, predictions.probabilities),
        "classes": classes,
    }


def _by_class(
    predictions: Predictions, intervals: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Precision, recall, F1, support and area under the ROC curve of each label."""
    targets, chosen = predictions.targets, predictions.chosen
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        precision, recall, f1, support = precision_recall_fscore_support(
            targets, chosen, labels=np.arange(len(predictions.labels)), zero_division=0
        )
    rows = {}
    for index, label in enumerate(predictions.labels):
        n_said = int((chosen == index).sum())
        rows[label] = {
            "precision": float(precision[index]),
            "precision_ci95": _of_share(float(precision[index]), n_said),
            "recall": float(recall[index]),
            "recall_ci95": _of_share(float(recall[index]), int(support[index])),
            "f1": float(f1[index]),
            "f1_ci95": intervals[label]["f1"],
            "support": int(support[index]),
            "roc_auc": area_under_roc(predictions.probabilities[:, index], targets == index),
            "roc_auc_ci95": intervals[label]["roc_auc"],
        }
    return rows


def _of_share(share: float, n: int) -> list[float] | None:
    return wilson_interval(share, n) if n else None
