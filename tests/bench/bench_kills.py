"""Two hundred sessions of editing, saving and recording, each killed at a random moment.

Nothing older than a second may be lost of the edits and the recording, and never a saved file.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QCoreApplication

from tests.killed_session import check


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=0)
    args = parser.parse_args()
    QCoreApplication([])
    n_lost, began_s = 0, time.monotonic()
    for seed in range(args.first_seed, args.first_seed + args.sessions):
        try:
            verdict = check(seed)
        except AssertionError as error:
            n_lost += 1
            verdict = f"LOST: {str(error).splitlines()[0]}"
        sys.stdout.write(f"{seed}: {verdict}\n")
        sys.stdout.flush()
    passed_s = time.monotonic() - began_s
    sys.stdout.write(f"{n_lost} of {args.sessions} lost something ({passed_s:.0f} s)\n")
    return 1 if n_lost else 0


if __name__ == "__main__":
    sys.exit(main())
