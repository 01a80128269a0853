"""Runs a command where there is no network, and counts how often it tried to reach one."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Of the kernel's own counters, those that grow by an attempt, successful or not.
ATTEMPTS = {
    "Ip": ("OutRequests", "OutNoRoutes"),
    "Tcp": ("ActiveOpens",),
    "Udp": ("OutDatagrams",),
    "Ip6": ("OutRequests", "OutNoRoutes"),
}
# The kernel itself greets its neighbours when an interface comes up; none comes up here.
SCRIPT = '"$@"; code=$?; cat /proc/self/net/snmp /proc/self/net/snmp6 > "$COUNTERS"; exit $code'


@dataclass(frozen=True)
class Finished:
    """What a command said, and its attempts to reach a network by the kernel's counters."""

    returncode: int
    stdout: str
    stderr: str
    attempts: dict[str, int]


def run_without_network(
    command: Sequence[str],
    folder: Path,
    env: Mapping[str, str] = os.environ,
    timeout_s: float = 110,
) -> Finished:
    """Run `command` where no network interface is up; `folder` is for what it counted.

    A direct attempt by IPv6 leaves no trace in the counters; looking up a name always does.
    """
    tool = shutil.which("unshare")
    assert tool, "unshare is missing (Debian: apt install util-linux)"
    counters = folder / "counters"
    done = subprocess.run(
        [tool, "--user", "--map-root-user", "--net", "sh", "-c", SCRIPT, "sh", *command],
        env={**env, "COUNTERS": str(counters)},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
    )
    assert counters.exists(), f"no network namespace could be made: {done.stderr}"
    attempts = attempts_in(counters.read_text())
    return Finished(done.returncode, done.stdout, done.stderr, attempts)


def attempts_in(counters: str) -> dict[str, int]:
    """The counters above that are not 0; `snmp` has rows of names and values, `snmp6` pairs."""
    values: dict[str, int] = {}
    names: dict[str, list[str]] = {}
    for line in counters.splitlines():
        head, *rest = line.split()
        if not head.endswith(":"):
            values[head] = int(rest[0])
        elif head in names:
            values |= {head[:-1] + name: int(v) for name, v in zip(names[head], rest, strict=True)}
        else:
            names[head] = rest
    watched = [group + name for group, found in ATTEMPTS.items() for name in found]
    return {name: values[name] for name in watched if values[name]}
