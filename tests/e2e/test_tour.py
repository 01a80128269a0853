"""The guided tour, as a new user takes it on a machine without a display."""

import json
import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage

from tests.no_network import run_without_network

ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}


def test_the_tour_listens_composes_trains_and_takes_pictures(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "studio", "tour", "--out", str(tmp_path / "tour"), "--json"]
    done = run_without_network(command, tmp_path, ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    assert done.attempts == {}  # to reach a network: all of this is on the user's own machine
    report = json.loads(done.stdout)
    assert report == json.loads((tmp_path / "tour" / "tour.json").read_text(encoding="utf-8"))
    assert report["genre"]["windows"] >= 4
    assert sum(report["genre"]["probabilities"].values()) > 0.99
    edits = report["edits"]
    assert edits["accepted"]
    assert edits["undone_in_one_step"]
    assert edits["notes_after"] == edits["notes_before"] + edits["added"] - edits["removed"]
    assert report["trained"]["epochs"] >= 1
    assert {"train", "valid"} & set(report["trained"]["metrics"]) == {"valid"}
    for name in report["screenshots"]:
        image = QImage(str(tmp_path / "tour" / name))
        assert (image.width(), image.height()) == (1440, 900)
    assert {"listen.png", "compose.png", "train.png"} <= set(report["screenshots"])


def test_a_tour_that_can_not_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    command = [sys.executable, "-m", "studio", "tour", "--out", str(tmp_path / "file" / "tour")]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "can't be made" in done.stderr
    assert "Traceback" not in done.stderr
