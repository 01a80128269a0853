import subprocess
import sys
from dataclasses import fields, replace
from typing import Any

import pytest

from models.errors import ModelError
from models.settings.about import GROUPS, About, Row
from models.settings.engine import EngineSettings
from models.settings.kinds import KIND_SETTINGS, PRESET_WORDS, settings_words
from models.training.kinds import KINDS, task_module
from models.training.presets import resolve

EVERY = [(kind, row) for kind, found in KIND_SETTINGS.items() for row in found.rows]


def test_every_kind_and_each_of_its_settings_is_in_the_table() -> None:
    assert KIND_SETTINGS.keys() == KINDS.keys()
    for kind, found in KIND_SETTINGS.items():
        module = task_module(kind)
        declared = {e.name for each in (EngineSettings, module.Settings) for e in fields(each)}
        assert {row.name for row in found.rows} == declared
        assert found.presets is module.PRESETS
        assert {"quick", "balanced", "best", "default", "tiny"} <= found.presets.keys()
        assert found.presets.keys() <= PRESET_WORDS.keys()


@pytest.mark.parametrize(("kind", "row"), EVERY, ids=lambda v: getattr(v, "name", v))
def test_a_setting_has_a_sentence_and_a_range_that_holds_its_presets(kind: str, row: Row) -> None:
    about = row.about
    assert about.words[0].isupper()
    assert about.words.endswith(".")
    assert about.group in GROUPS
    is_number = isinstance(row.default, int | float) and not isinstance(row.default, bool)
    assert is_number == bool(about.range_words and not about.choices)
    for preset in KIND_SETTINGS[kind].presets:
        about.check(row.name, KIND_SETTINGS[kind].values(preset)[row.name])


@pytest.mark.parametrize(("kind", "row"), [(k, r) for k, r in EVERY if r.about.low is not None])
def test_the_range_is_that_of_the_command(kind: str, row: Row) -> None:
    module = task_module(kind)
    assert row.about.low is not None
    assert row.about.high is not None
    for bound, beyond in ((row.about.low, -1), (row.about.high, 1)):
        value: Any = type(row.default)(bound)
        needs = {"base": "x"} if row.name == "head_only" else {}
        resolve(module, "default", {row.name: value, **needs})
        with pytest.raises(ModelError, match=f"{row.name} is .*, and must be .* to .*"):
            resolve(module, "default", {row.name: value + type(row.default)(beyond)})


def test_presets_differ_in_what_they_cost() -> None:
    for kind, found in KIND_SETTINGS.items():
        step = "crops_per_epoch" if kind == "genre" else "batches_per_epoch"
        sizes = [found.values(p) for p in ("tiny", "quick", "balanced", "best")]
        work = [v["epochs"] * v[step] * v.get("members", 1) for v in sizes]
        assert work == sorted(set(work)), kind
        default, _ = resolve(task_module(kind), "default", {})
        balanced, _ = resolve(task_module(kind), "balanced", {})
        assert balanced == default


def test_a_choice_says_what_there_is() -> None:
    about = About("How.", "learning", choices=("a", "b", "c"))
    with pytest.raises(ValueError, match=r"x is 'd', and must be a, b or c\. How\."):
        about.check("x", "d")
    with pytest.raises(ValueError, match=r"clip_norm is -1, and must be 0 to 1000\."):
        replace(EngineSettings(), clip_norm=-1.0)


def test_the_words_for_the_help_name_every_preset_and_setting() -> None:
    for kind, found in KIND_SETTINGS.items():
        lines = settings_words(kind).splitlines()
        names = [line.split()[0] for line in lines if line.startswith("  ")]
        presets = [name for name in PRESET_WORDS if name in found.presets]
        assert names == presets + [row.name for row in found.rows]


def test_the_table_loads_no_torch_and_no_scipy() -> None:
    code = (
        "import sys, models.settings.kinds; sys.exit(bool({'torch', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
