"""Runs a program beside a disk of a few hundred kilobytes, real but for being in memory."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "programs" / "full_disk.py"
ROOT = Path(__file__).parents[1]
SCRIPT = 'mount -t tmpfs -o size="$SIZE" none "$DISK" && exec "$@"'


def run_beside_small_disk(scene: str, folder: Path, size: str) -> subprocess.CompletedProcess[str]:
    """Run a scene of `programs/full_disk.py` in `folder`, where `disk` is that disk."""
    tool = shutil.which("unshare")
    assert tool, "unshare is missing (Debian: apt install util-linux)"
    disk = folder / "disk"
    disk.mkdir()
    command = [tool, "--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh"]
    own = {"DISK": str(disk), "SIZE": size, "STUDIO_HOME": str(folder / "home")}
    return subprocess.run(
        [*command, sys.executable, str(PROGRAM), scene, str(folder)],
        env={**os.environ, **own, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
