"""A disk that is full, or that nobody may write to: each is said, and nothing is lost."""

from pathlib import Path

import pytest

from tests.small_disk import run_beside_small_disk

SCENES = {
    "save": "400k",
    "read_only": "400k",
    "journal": "400k",
    "recording": "400k",
    "render": "400k",
    "sound_files": "400k",
    "settings": "400k",
    "collecting": "400k",
    "models": "1600k",  # one fits
    "training": "110m",  # less is refused before it begins
}


@pytest.mark.parametrize(("scene", "size"), SCENES.items(), ids=list(SCENES))
def test_on_a_bad_disk_nothing_is_lost(scene: str, size: str, tmp_path: Path) -> None:
    done = run_beside_small_disk(scene, tmp_path, size)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1:] == [f"{scene} is well"]
