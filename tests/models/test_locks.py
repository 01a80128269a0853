import subprocess
import sys
import threading
from pathlib import Path

import pytest

from models.locks import is_locked, lock_file, lock_soon

HOLDER = """
import sys
from models.locks import lock_file
file = open(sys.argv[1], "a+")
lock_file(file)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_file_is_held_as_long_as_its_process_lives(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_locked(path)
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert is_locked(path)
        with path.open("a+") as file, pytest.raises(OSError, match=r"."):
            lock_file(file)
        holder.kill()
    assert not is_locked(path)


def test_one_who_only_looks_does_not_keep_another_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("a+") as looker, path.open("a+") as file:
        lock_file(looker)
        timer = threading.Timer(0.03, looker.close)
        timer.start()
        lock_soon(file)
        timer.join()
        assert is_locked(path)
