import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("ratio", ["1", "1.25", "1.5", "2"])
def test_every_pixel_of_the_screen_is_one_of_the_picture(ratio: str, tmp_path: Path) -> None:
    """Alone and inside a window, in the dark and the light, while it scrolls, at odd sizes."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": ratio,
        "STUDIO_HOME": str(tmp_path),
    }
    probe = Path(__file__).with_name("rendering_probe.py")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(probe)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["ratio"] == float(ratio)
    assert told["wrong"] == 0
    assert told["off"] < 1  # device pixels, of the marked key
