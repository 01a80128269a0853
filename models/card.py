"""The card of a model folder: what the model is, what it learned from and how well it does."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from models.errors import ModelError

FORMAT = 1
CARD_FILE = "card.json"
WEIGHTS_FILE = "model.safetensors"
ONNX_FILE = "model.onnx"
HEARD_FILE = "heard.safetensors"  # see `models.data.heard`
KINDS = ("genre", "score")
MAX_CARD_BYTES = 1 << 20
MAX_WEIGHTS_BYTES = 200 << 20
MAX_HEARD_BYTES = 64 << 20
MAX_LABELS = 1000
MAX_CONFIG_NUMBER = 100_000  # no width, depth or rate of ours comes near; a network of it would
_NAME = re.compile(r"[\w][\w .+-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # by Windows


@dataclass(frozen=True)
class Card:
    """What `card.json` says; the fields are those of the file.

    `config` holds the keyword arguments of the network, `training["onnx_sha256"]` the hash of
    `model.onnx` where the folder has one.
    """

    format: int = FORMAT
    name: str = "model"
    version: str = "1"
    kind: str = "genre"
    architecture: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    labels: list[str] | None = None
    features: dict[str, Any] | None = None
    data: list[dict[str, Any]] = field(default_factory=list)
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    sha256: str = ""
    notes: str = ""

    @classmethod
    def load(cls, folder: Path, *, check_hash: bool = True) -> Card:
        """Read and check the card of a model folder.

        Parameters
        ----------
        folder : Path
        check_hash : bool
            Whether to read the weights too and compare their hash; without, only that they are
            there, which is enough for a list.

        Raises
        ------
        ModelError
            If the folder is no model folder or its card does not fit, with the reason.
        """
        text = read_bounded(folder, CARD_FILE, MAX_CARD_BYTES)
        card = cls(**_checked(folder, _parsed(folder, text)))
        if check_hash:
            check_hashes(folder, card)
        else:
            _check_size(folder, WEIGHTS_FILE, MAX_WEIGHTS_BYTES)
        return card

    def to_json(self) -> dict[str, Any]:
        """The card as the JSON object of `card.json`."""
        return asdict(self)

    def to_bytes(self) -> bytes:
        """The content of `card.json`; raises ValueError where a number is not finite."""
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
        return (text + "\n").encode()


def card_name(text: str) -> str:
    """`text` as a model's name, and so as the name of a folder: no separators, not too long."""
    name = re.sub(r"[^\w .+-]+", "-", text).strip(" .+-")[:80].rstrip(" .+-")
    return f"model-{name}" if _RESERVED.fullmatch(name) else name or "model"


def refusal(folder: Path, reason: str) -> ModelError:
    """The error that refuses a model folder."""
    return ModelError(f"{folder}: this model can't be used: {reason}.")


def read_bounded(folder: Path, name: str, limit: int) -> bytes:
    """The content of a file of a model folder.

    Raises
    ------
    ModelError
        If the file is missing, unreadable or over `limit` bytes.
    """
    _check_size(folder, name, limit)
    try:
        with (folder / name).open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise refusal(folder, f"{name} can't be read ({error.strerror})") from error
    if len(content) > limit:
        raise refusal(folder, f"{name} is larger than {limit >> 20} MB")
    return content


def check_hashes(folder: Path, card: Card) -> None:
    """Compare the weights, and `model.onnx` where there is one, with the card's hashes.

    Raises
    ------
    ModelError
        If a hash does not fit, or a `model.onnx` is not in the card.
    """
    check_hash(folder, WEIGHTS_FILE, card.sha256)
    expected = card.training.get("onnx_sha256")
    if expected is None and not (folder / ONNX_FILE).exists():
        return
    if not isinstance(expected, str):
        raise refusal(folder, f"there is a {ONNX_FILE} that its card does not know")
    check_hash(folder, ONNX_FILE, expected)


def check_hash(folder: Path, name: str, expected: str) -> bytes:
    """The content of a file of a model folder, if its SHA-256 is the expected one.

    Raises
    ------
    ModelError
        If it is not, or the file can't be read.
    """
    content = read_bounded(folder, name, MAX_WEIGHTS_BYTES)
    if hashlib.sha256(content).hexdigest() != expected:
        raise refusal(folder, f"{name} is not the file its card was written for (wrong hash)")
    return content


def _check_size(folder: Path, name: str, limit: int) -> None:
    path = folder / name
    if not path.is_file():
        what = "there is no such folder" if not folder.is_dir() else f"it has no {name}"
        raise refusal(folder, what)
    if path.stat().st_size > limit:
        raise refusal(folder, f"{name} is larger than {limit >> 20} MB")


def _parsed(folder: Path, text: bytes) -> dict[str, Any]:
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise refusal(folder, f"{CARD_FILE} is not JSON ({error})") from error
    if not isinstance(data, dict):
        raise refusal(folder, f"{CARD_FILE} is not a JSON object")
    return data


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


_TYPES: dict[str, tuple[type, ...]] = {
    "format": (int,),
    "name": (str,),
    "version": (str,),
    "kind": (str,),
    "architecture": (str,),
    "config": (dict,),
    "labels": (list, type(None)),
    "features": (dict, type(None)),
    "data": (list,),
    "training": (dict,),
    "metrics": (dict,),
    "sha256": (str,),
    "notes": (str,),
}


def _checked(folder: Path, data: dict[str, Any]) -> dict[str, Any]:
    """The card's fields, each of its type; what is not a field is left out."""
    if data.get("format") != FORMAT or isinstance(data.get("format"), bool):
        reason = f"its format is {data.get('format')!r:.40}, and this Studio reads format {FORMAT}"
        raise refusal(folder, reason)
    values = {}
    for entry in fields(Card):
        if entry.name not in data:
            raise refusal(folder, f"its card has no field {entry.name!r}")
        values[entry.name] = data[entry.name]
        if not isinstance(values[entry.name], _TYPES[entry.name]):
            kind = type(values[entry.name]).__name__
            raise refusal(folder, f"the card's field {entry.name!r} can't be a {kind}")
    for reason in _objections(values):
        raise refusal(folder, reason)
    return values


def _objections(values: dict[str, Any]) -> list[str]:
    """What is wrong with the values of a card whose types are right."""
    labels, config = values["labels"], values["config"]
    rules = {
        "its card has a name that is no file name": _NAME.fullmatch(values["name"]),
        f"its kind is {values['kind']!r:.40}, not one of {', '.join(KINDS)}": values["kind"]
        in KINDS,
        "its card has no SHA-256 of the weights": _SHA256.fullmatch(values["sha256"]),
        "its labels are not different names": labels is None or _are_names(labels),
        "a model of kind 'genre' needs labels": values["kind"] != "genre" or labels,
        "its data sets are not JSON objects": all(isinstance(d, dict) for d in values["data"]),
        "its metrics are not JSON objects": all(
            isinstance(m, dict) for m in values["metrics"].values()
        ),
        "its config is out of all proportion": _is_modest(config),
        "its features are out of all proportion": _is_modest(values["features"] or {}, 10.0),
    }
    return [reason for reason, is_kept in rules.items() if not is_kept]


def _are_names(labels: list[Any]) -> bool:
    if not 1 <= len(labels) <= MAX_LABELS or not all(isinstance(name, str) for name in labels):
        return False
    return len(set(labels)) == len(labels) and all(0 < len(name) <= 200 for name in labels)


def _is_modest(values: dict[str, Any], scale: float = 1.0) -> bool:
    """Whether no number in `values` is large enough to ask for an absurd network."""
    stack: list[Any] = [*values.values()]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
        elif isinstance(value, int | float) and abs(value) > MAX_CONFIG_NUMBER * scale:
            return False
    return True
