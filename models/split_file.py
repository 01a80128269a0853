"""Which files the user put into another split: a table beside the music, read by every command."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from models.errors import ModelError

SPLITS = ("train", "valid", "test")
SPLITS_FILE = "splits.csv"
MAX_BYTES = 256 << 20


def splits_path(data: Path) -> Path:
    """Where the table of a data set is: in its folder, or beside its zip, named after it."""
    if data.suffix.lower() == ".zip":
        return data.with_name(f"{data.stem}.{SPLITS_FILE}")
    return data / SPLITS_FILE


def read_splits(data: Path) -> dict[str, str]:
    """Splits by the path of a file below the data set's folder; none if there is no table.

    Raises ModelError if the table is broken.
    """
    path = splits_path(data)
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ModelError(f"{path} is too large for a table of splits.")
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if not {"path", "split"} <= set(reader.fieldnames or ()):
                raise ModelError(f"{path} has no columns named path and split.")
            rows = {row["path"] or "": (row["split"] or "").strip() for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ModelError(f"{path} can't be read as a table: {error}.") from error
    odd = next((split for split in rows.values() if split not in SPLITS), None)
    if odd is not None:
        raise ModelError(f"{path} has the split {odd!r:.40}; it must be train, valid or test.")
    return rows


def splits_table(splits: Mapping[str, str]) -> bytes:
    """Such a table as it is written."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("path", "split"))
    writer.writerows(sorted(splits.items()))
    return text.getvalue().encode()
