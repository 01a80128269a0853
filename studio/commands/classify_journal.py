"""What a long classification has done already, so that it can go on after it was interrupted."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from models.card import Card
from studio.errors import StudioError
from studio.file_errors import why_not_written

Entry = dict[str, Any]
SUFFIX = ".part"


class ClassifyJournal:
    """A line of JSON for each file that is done, beside the table that they will become.

    A line counts only for the same file (by path, size and time) and the same model (by hash).
    """

    def __init__(self, table: Path, model_folder: Path) -> None:
        self.path = table.with_name(table.name + SUFFIX)
        self._model = Card.load(model_folder, check_hash=False).sha256
        self._done = dict(self._read())

    def known(self, path: Path) -> Entry | None:
        """The entry of a file that is done."""
        return self._done.get(self._key(path))

    def add_all(self, entries: Iterator[tuple[Path, Entry]]) -> Iterator[Entry]:
        """Pass entries on, each written down first. Raises StudioError if that can't be done."""
        try:
            with self.path.open("a", encoding="utf-8") as file:
                for path, entry in entries:
                    file.write(json.dumps({"key": self._key(path), "entry": entry}) + "\n")
                    file.flush()
                    yield entry
        except OSError as error:
            raise StudioError(why_not_written(self.path, error)) from error

    def remove(self) -> None:
        """The table is written: the journal is of no more use."""
        with contextlib.suppress(OSError):
            self.path.unlink()

    def _key(self, path: Path) -> str:
        try:
            found = path.stat()
        except OSError:
            return f"{path} gone {self._model}"
        return f"{path} {found.st_size} {found.st_mtime_ns} {self._model}"

    def _read(self) -> Iterator[tuple[str, Entry]]:
        """What an interrupted run has left; a last line that is cut short counts for nothing."""
        with contextlib.suppress(OSError):
            for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    row = json.loads(line)
                    yield str(row["key"]), dict(row["entry"])


def go_on(journal: ClassifyJournal, files: Sequence[Path]) -> tuple[dict[Path, Entry], list[Path]]:
    """The entries that are known, by file, and the files that are still to do."""
    known = {path: entry for path in files if (entry := journal.known(path)) is not None}
    return known, [path for path in files if path not in known]
