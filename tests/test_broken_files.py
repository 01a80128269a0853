"""Seconds of what `tests/bench/fuzz_files.py` does by the million."""

from pathlib import Path

import numpy as np
import pytest

from tests.fuzz_targets import spoiled, survives, targets

INPUTS = 400
NAMES = (
    "midi",
    "project",
    "project-json",
    "card",
    "manifest",
    "wav",
    "musicxml",
    "model-zip",
    "soundfont",
)


def test_every_target_is_named_here(tmp_path: Path) -> None:
    assert tuple(targets(tmp_path)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_good_files_are_taken(name: str, tmp_path: Path) -> None:
    target = targets(tmp_path)[name]
    assert any(survives(target, seed) for seed in target.seeds)


@pytest.mark.parametrize("name", NAMES)
def test_any_file_is_taken_or_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    target = targets(tmp_path)[name]
    rng = np.random.default_rng(9)
    taken = [survives(target, spoiled(rng, target.seeds)) for _ in range(INPUTS)]
    assert not all(taken)  # else nothing was broken
