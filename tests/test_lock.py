"""`requirements.lock`: what a release is installed from, to the byte."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked() -> dict[str, list[tuple[Requirement, int]]]:
    """Each package with its pinned requirements and their numbers of hashes."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, list[tuple[Requirement, int]]] = {}
    for line in filter(None, text.splitlines()):
        pinned = Requirement(HASH.sub("", line).strip())
        entry = (pinned, len(HASH.findall(line)))
        found.setdefault(canonicalize_name(pinned.name), []).append(entry)
    return found


def test_every_package_is_pinned_with_hashes_and_comes_from_no_named_place() -> None:
    for name, entries in locked().items():
        for pinned, n_hashes in entries:
            assert [spec.operator for spec in pinned.specifier] == ["=="], name
            assert n_hashes > 0, name
            assert pinned.url is None, name
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_what_the_project_asks_for_is_locked_within_its_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = locked()
    for text in project["dependencies"]:
        wanted = Requirement(text)
        entries = pins[canonicalize_name(wanted.name)]
        for pinned, _ in entries:
            (version,) = [spec.version for spec in pinned.specifier]
            assert wanted.specifier.contains(version), f"{text}: {version} is locked"
