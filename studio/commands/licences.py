"""`studio licences`: what Studio is built on, and under which terms."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires

from packaging.requirements import Requirement

from studio.commands.output import print_json, print_line

OURS = "music-studio"
# Terms under which a library may be used by a program under the MIT licence: permissive ones, and
# those that ask for no more than that the library itself stays free and replaceable.
COMPATIBLE = re.compile(
    r"MIT|BSD|0BSD|[23]-Clause BSD|Apache|ISC|Zlib|BSL-1\.0|PSF|Python Software Foundation|CC0|"
    r"Public Domain|Unlicense|HPND|MPL-2\.0|Mozilla Public License 2|LGPL|GNU Lesser"
)
LONGEST = 60  # of a licence told in free words


@dataclass(frozen=True, slots=True)
class Licence:
    """A package that is installed, the licence that it states, and whether it fits ours."""

    package: str
    version: str
    licence: str
    compatible: bool


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = "Studio itself is under the MIT licence. Exit status 1 if one does not fit."


def run(args: argparse.Namespace) -> int:
    """List the packages that Studio needs, with those that they need in turn."""
    found = licences()
    fit = all(licence.compatible for licence in found)
    if args.json:
        print_json({"ok": fit, "packages": [asdict(licence) for licence in found]})
        return 0 if fit else 1
    width = max(len(licence.package) for licence in found)
    for licence in found:
        mark = "   " if licence.compatible else "BAD"
        print_line(f"{mark} {licence.package:{width}}  {licence.version:10}  {licence.licence}")
    return 0 if fit else 1


def licences() -> list[Licence]:
    """Every package that is installed because Studio needs it, by name."""
    packages: dict[str, Distribution] = {}
    _collect(OURS, (), packages)
    return [
        Licence(name, package.version, stated(package), is_compatible(stated(package)))
        for name, package in sorted(packages.items())
    ]


def _collect(name: str, extras: tuple[str, ...], packages: dict[str, Distribution]) -> None:
    for needed in _needed(name, extras):
        key = needed.name.lower().replace("_", "-")
        if key in packages:
            continue
        try:
            packages[key] = distribution(needed.name)
        except PackageNotFoundError:  # `studio doctor` tells what is missing
            continue
        _collect(needed.name, tuple(needed.extras), packages)


def _needed(name: str, extras: tuple[str, ...]) -> Iterator[Requirement]:
    """What a package asks for on this machine."""
    for text in requires(name) or ():
        needed = Requirement(text)
        marker = needed.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or ("",)):
            yield needed


def stated(package: Distribution) -> str:
    """The licence in the words of the package: an SPDX expression if it gives one."""
    expressions = _told(package, "License-Expression")
    classifiers = _told(package, "Classifier")
    kinds = [line.rpartition("::")[2].strip() for line in classifiers if "License ::" in line]
    words = "; ".join(kind for kind in kinds if kind != "OSI Approved")
    free = [text.split("\n")[0][:LONGEST] for text in _told(package, "License")]
    return next(filter(None, (*expressions, words, *free)), "not stated")


def _told(package: Distribution, field: str) -> list[str]:
    return [str(value) for value in package.metadata.get_all(field) or ()]


def is_compatible(licence: str) -> bool:
    """Whether each part of a licence, or an alternative to it, fits ours."""
    parts = re.split(r"\s+AND\s+|\s*;\s*", licence)
    return all(
        any(COMPATIBLE.match(choice.strip("() ")) for choice in re.split(r"\s+OR\s+", part))
        for part in parts
    )
