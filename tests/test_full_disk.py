"""A disk that is full, or that nobody may write to: each is said, and nothing is lost."""

import subprocess
from pathlib import Path

import pytest

from tests.small_disk import run_beside_small_disk

SCENES = ("save", "read_only", "journal", "recording", "render", "sound_files", "settings")


@pytest.mark.parametrize("scene", SCENES)
def test_on_a_bad_disk_nothing_is_lost(scene: str, tmp_path: Path) -> None:
    check(scene, run_beside_small_disk(scene, tmp_path))


def test_a_training_whose_disk_fills_up_keeps_its_best_model(tmp_path: Path) -> None:
    check("training", run_beside_small_disk("training", tmp_path, "110m"))


def check(scene: str, done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1:] == [f"{scene} is well"]
