"""A setting with its default, a sentence and its range, all in the row that declares it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Group = Literal["time", "learning", "network", "data", "result"]
GROUPS: dict[Group, str] = {
    "time": "How long it trains",
    "learning": "How it learns",
    "network": "The network",
    "data": "What it learns from",
    "result": "What is kept",
}
_KEY = "about"


@dataclass(frozen=True, slots=True)
class About:
    """What there is to say about a setting.

    `words` is a sentence; `low` and `high` bound a number, both allowed; `choices` are the texts
    there are. `is_basic` settings are those that a newcomer may want to change.
    """

    words: str
    group: Group
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    is_basic: bool = False

    @property
    def range_words(self) -> str:
        """What is allowed: '1 to 100', 'cosine, linear or constant', or nothing."""
        if self.choices:
            return f"{', '.join(self.choices[:-1])} or {self.choices[-1]}"
        if self.low is None or self.high is None:
            return ""
        return f"{number_words(self.low)} to {number_words(self.high)}"

    def check(self, name: str, value: Any) -> None:
        """Raise ValueError, in words, if `value` is not allowed."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_choice = not self.choices or value in self.choices
        is_low = is_number and self.low is not None and value < self.low
        is_high = is_number and self.high is not None and value > self.high
        if not is_choice or is_low or is_high:
            shown = number_words(value) if is_number else repr(value)[:60]
            raise ValueError(f"{name} is {shown}, and must be {self.range_words}. {self.words}")


@dataclass(frozen=True, slots=True)
class Row:
    """A setting by name, with its default."""

    name: str
    default: Any
    about: About


def setting(default: Any, words: str, group: Group, *bounds: float, **more: Any) -> Any:
    """A field of a dataclass of settings: its default, a sentence, and its range.

    Parameters
    ----------
    default : object
    words : str
        A sentence for musicians.
    group : str
        One of `GROUPS`.
    *bounds : float
        Lowest and highest value, both allowed.
    **more
        `choices` and `is_basic` of `About`.

    Returns
    -------
    dataclasses.Field
    """
    low, high = bounds or (None, None)
    about = About(words, group, low, high, **more)
    return field(default=default, metadata={_KEY: about})


def rows(*types: type[Any]) -> tuple[Row, ...]:
    """The settings that dataclasses declare; of two of a name, the last one's.

    Parameters
    ----------
    *types : type
        Dataclasses whose fields were made by `setting`; others of their fields are left out.

    Returns
    -------
    tuple of Row
    """
    found = {
        entry.name: Row(entry.name, entry.default, entry.metadata[_KEY])
        for each in types
        for entry in fields(each)
        if _KEY in entry.metadata
    }
    return tuple(found.values())


def check_all(settings: Any) -> None:
    """Raise ValueError, in words, for the first setting whose value is out of its range."""
    for row in rows(type(settings)):
        row.about.check(row.name, getattr(settings, row.name))


def number_words(value: float) -> str:
    """A number without needless digits: '3', '0.003', '1e-06'."""
    return f"{value:g}" if isinstance(value, float) else str(value)
