"""Two hundred sessions of editing, saving, recording and training, killed at random moments.

Nothing older than a second may be lost of the edits and the recording, and never a saved file;
the training goes on to the weights that it would have had.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QCoreApplication

from models.errors import ModelError
from tests.killed_session import check
from tests.killed_training import train_whole


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=0)
    args = parser.parse_args()
    QCoreApplication([])
    began_s = time.monotonic()
    seeds = range(args.first_seed, args.first_seed + args.sessions)
    with TemporaryDirectory() as place:
        whole = train_whole(Path(place) / "whole")
        n_lost = sum(not is_well(seed, whole) for seed in seeds)
    passed_s = time.monotonic() - began_s
    sys.stdout.write(f"{n_lost} of {args.sessions} lost something ({passed_s:.0f} s)\n")
    return 1 if n_lost else 0


def is_well(seed: int, whole: Path) -> bool:
    """Kill a session and say what it left."""
    try:
        verdict, lost = check(seed, whole), False
    except (AssertionError, ModelError) as error:
        verdict, lost = f"LOST: {str(error).splitlines()[0]}", True
    sys.stdout.write(f"{seed}: {verdict}\n")
    sys.stdout.flush()
    return not lost


if __name__ == "__main__":
    sys.exit(main())
