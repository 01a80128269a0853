"""Broken files by the million: each is read, or refused with a reason, within 2 s and 500 MB.

By default a seeded mutation of real files. With `--engine atheris` a fuzzer that is guided by
what code an input reaches (install it apart: `pip install atheris`), in rounds that each go on
from what the last has found; it stops at the first input that ends in anything but a result or a
refusal, and leaves it beside the bench's output.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

if "--inside" in sys.argv and "atheris" in sys.argv:
    import atheris

    with atheris.instrument_imports(include=["studio", "models"]):  # all else is not ours to guide
        from tests.fuzz_targets import REFUSALS, Target, scratch, spoiled, survives, targets
else:
    from tests.fuzz_targets import REFUSALS, Target, scratch, spoiled, survives, targets

LIMIT_S, LIMIT_MB = 2.0, 500
HANG_S = 120  # by the clock: on a busy machine a process may wait for long
INPUTS = 1_000_000
MAX_LENGTH = 2048  # of a guided input: small ones are read many times as fast
ROUND = 20_000  # guided inputs to a process: atheris keeps some 9 kB of each MIDI file to itself


def peak_mb() -> float:
    """The most memory that this process has had."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def mutate(target: Target, n_inputs: int, seed: int) -> str:
    """Read `n_inputs` mutations; what is wrong is raised, with the input kept in a file."""
    rng, n_taken, slowest_s, before_mb = np.random.default_rng(seed), 0, 0.0, peak_mb()
    for _ in range(n_inputs):
        data = spoiled(rng, target.seeds)
        began_s = time.thread_time()
        try:
            n_taken += survives(target, data)
        except BaseException:
            Path("broken_input").write_bytes(data)
            raise
        slowest_s = max(slowest_s, time.thread_time() - began_s)
    grown_mb = peak_mb() - before_mb
    verdict = "" if slowest_s <= LIMIT_S and grown_mb <= LIMIT_MB else " OVER THE LIMIT"
    return (
        f"{n_inputs} inputs, {n_taken / n_inputs:.0%} taken, the rest refused; slowest "
        f"{slowest_s:.3f} s ({slowest_s / LIMIT_S:.2f} of what is allowed), {grown_mb:.0f} MB more "
        f"({grown_mb / LIMIT_MB:.2f}){verdict}"
    )


def fuzz(name: str, n_inputs: int, seed: int, corpus: Path) -> None:
    """Guided by coverage, until `n_inputs` are read, or one is over a limit."""
    with scratch() as place:
        target = targets(Path(place))[name]
        if not any(corpus.iterdir()):
            for number, seed_bytes in enumerate(target.seeds):
                (corpus / str(number)).write_bytes(seed_bytes)

        def read(data: bytes) -> None:
            began_s = time.thread_time()
            with suppress(*REFUSALS):
                target.read(data)
            if time.thread_time() - began_s > LIMIT_S:
                raise TimeoutError(f"more than {LIMIT_S} s")

        limits = [f"-timeout={HANG_S}", f"-rss_limit_mb={round(peak_mb()) + LIMIT_MB}"]
        words = [f"-runs={n_inputs}", f"-seed={seed + 1}", f"-max_len={MAX_LENGTH}", *limits]
        atheris.Setup([sys.argv[0], *words, "-print_final_stats=1", str(corpus)], read)
        atheris.Fuzz()


def run_apart(name: str, args: argparse.Namespace) -> bool:
    """One target in a process of its own; True if nothing was wrong."""
    if args.engine == "atheris":
        return run_guided(name, args.inputs, args.seed)
    done = run_inside(name, "mutate", args.inputs, args.seed)
    lines = done.stdout.splitlines() if done.returncode == 0 else done.stderr.splitlines()[-30:]
    say(f"{name}: " + "\n  ".join(lines))
    return done.returncode == 0


def run_guided(name: str, n_inputs: int, seed: int) -> bool:
    """One target in rounds, each a process that begins with all that was found before."""
    totals: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as corpus:
        for number, n_before in enumerate(range(0, n_inputs, ROUND)):
            count = min(ROUND, n_inputs - n_before)
            done = run_inside(name, "atheris", count, 1000 * seed + number, "--corpus", corpus)
            if done.returncode != 0:
                say(f"{name}, after {n_before}: " + "\n  ".join(done.stderr.splitlines()[-30:]))
                return False
            for key, value in re.findall(r"^stat::(\w+): *(\d+)$", done.stderr, re.MULTILINE):
                is_sum = key in {"number_of_executed_units", "new_units_added"}
                totals[key] = totals[key] + int(value) if is_sum else max(totals[key], int(value))
    say(
        f"{name}: {totals['number_of_executed_units']} inputs, {totals['new_units_added']} new, "
        f"slowest {totals['slowest_unit_time_sec']} s, at most {totals['peak_rss_mb']} MB"
    )
    return True


def run_inside(
    name: str, engine: str, n_inputs: int, seed: int, *more: str
) -> subprocess.CompletedProcess[str]:
    """Have a process of its own read `n_inputs`."""
    command = [sys.executable, __file__, "--inside", name, "--engine", engine]
    command += ["--inputs", str(n_inputs), "--seed", str(seed), *more]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=INPUTS, help="of each kind of file")
    parser.add_argument("--engine", choices=("mutate", "atheris"), default="mutate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", help="these kinds")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside and args.engine == "atheris":
        fuzz(args.inside, args.inputs, args.seed, args.corpus)
    with scratch() as place:
        found = targets(Path(place))
        if args.inside:
            sys.stdout.write(mutate(found[args.inside], args.inputs, args.seed) + "\n")
            return 0
    results = [run_apart(name, args) for name in args.only or found]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
