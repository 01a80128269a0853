import json
from collections.abc import Sequence

import pytest

from studio.cli import main
from studio.commands import licences
from studio.commands.licences import Licence, is_compatible


def test_everything_installed_fits_our_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["licences", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    found = {row["package"]: row for row in report["packages"]}
    assert {"pyside6-essentials", "torch", "soundfile", "numpy", "cffi"} <= set(found)
    assert all(row["licence"] != "not stated" for row in found.values())
    assert not {"pytest", "mypy", "av"} & set(found)  # what users don't get


def test_what_does_not_fit_is_exit_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def found() -> Sequence[Licence]:
        return [Licence("mine", "1", "MIT", True), Licence("yours", "2", "GPL-3.0-only", False)]

    monkeypatch.setattr(licences, "licences", found)
    assert main(["licences"]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert not first.startswith("BAD")
    assert second.startswith("BAD")
    assert "GPL-3.0-only" in second


@pytest.mark.parametrize(
    ("licence", "fits"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("BSD-3-Clause AND 0BSD AND Zlib", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR GPL-2.0) AND Apache-2.0", True),
        ("GPL-3.0-or-later", False),
        ("GNU Affero General Public License v3", False),
        ("Proprietary", False),
        ("not stated", False),
        ("BSD License; GNU General Public License v3 (GPLv3)", False),
    ],
)
def test_each_part_has_to_fit(licence: str, fits: bool) -> None:
    assert is_compatible(licence) is fits
