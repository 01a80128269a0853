"""The roll at the scales that screens have."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("ratio", ["1", "1.25", "1.5", "2", "3"])
def test_the_roll_is_crisp_and_its_playhead_leaves_no_trails(ratio: str, tmp_path: Path) -> None:
    """Lines in their own colours, notes in their places; strips are as the whole, pixel by pixel.

    In the dark and the light, at odd sizes and zooms.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": ratio,
        "STUDIO_HOME": str(tmp_path),
    }
    probe = Path(__file__).with_name("roll_probe.py")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(probe)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told == {"ratio": float(ratio), "foreign": 0, "bleeding": 0, "trails": 0}
