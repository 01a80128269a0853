from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from models.errors import ModelError
from models.settings.engine import EngineSettings
from models.training.kinds import KINDS, task_module
from models.training.presets import resolve, split_assignments


@dataclass(frozen=True)
class Settings:
    epochs: int = 40
    rate: float = 0.1
    is_fast: bool = False
    text: str = "x"
    sizes: tuple[int, ...] = (8, 16)
    seed_file: str | None = None

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ValueError("rate must be above 0")


MODULE: Any = SimpleNamespace(
    Settings=Settings, PRESETS={"default": {}, "tiny": {"rate": 1, "patience": 3, "epochs": 2}}
)


def test_defaults_then_the_preset_then_what_the_user_sets() -> None:
    assert resolve(MODULE, "default", {})[0] == Settings()
    task, engine = resolve(MODULE, "tiny", {"epochs": "5"})
    assert (task.rate, task.epochs) == (1.0, 5)
    assert (engine.patience, engine.epochs) == (3, 5)  # the task's own epochs are the engine's
    assert resolve(MODULE, "default", {})[1].epochs == 40
    assert resolve(MODULE, "default", {"clip_norm": "0"})[1] == EngineSettings(40, clip_norm=0.0)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", "7", 7),
        ("rate", "1e-3", 1e-3),
        ("is_fast", "True", True),
        ("is_fast", "no", False),
        ("text", "7", "7"),
        ("sizes", "4,5,6", (4, 5, 6)),
        ("seed_file", "7", 7),
        ("seed_file", "a.txt", "a.txt"),
    ],
)
def test_text_is_read_as_the_type_of_the_default(name: str, text: str, value: object) -> None:
    got = getattr(resolve(MODULE, "default", {name: text})[0], name)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": "2.5"}, "epochs is '2.5', and must be a whole number"),
        ({"epochs": 2.5}, "a whole number"),
        ({"epochs": "0"}, "epochs is 0, and must be 1 to 100000"),
        ({"rate": "nan"}, "rate is 'nan', and must be a number"),
        ({"rate": "-1"}, "above 0"),
        ({"is_fast": "perhaps"}, "true or false"),
        ({"sizes": "4,x"}, "commas"),
        ({"speed": "1"}, "no setting 'speed'; there are: clip_norm, epochs, half, is_fast"),
    ],
)
def test_a_setting_that_can_t_be_is_told_in_words(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        resolve(MODULE, "default", changes)


def test_unknown_presets_kinds_and_assignments_are_told_with_those_there_are() -> None:
    with pytest.raises(ModelError, match="there are: default, tiny"):
        resolve(MODULE, "huge", {})
    with pytest.raises(ModelError, match="KIND: genre, ar-cnn, lstm"):
        task_module("poetry")
    with pytest.raises(ModelError, match="--set epochs: write it as key=value"):
        split_assignments(["epochs"])
    assert split_assignments(["a=1", "b = x=y"]) == {"a": "1", "b": "x=y"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_resolves_all_its_presets(kind: str) -> None:
    module = task_module(kind)
    assert {"default", "tiny"} <= module.PRESETS.keys()
    for preset in module.PRESETS:
        resolve(module, preset, {})
