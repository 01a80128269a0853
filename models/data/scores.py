"""Folders of MIDI files as training and test material."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from models.data.data_zip import data_folder
from models.errors import ModelError
from models.notes import Note
from models.piano_roll import GridNotes, grid_notes
from models.plain_file import file_size
from models.protocol import Piece, TrackInfo
from models.split_file import SPLITS, SPLITS_FILE, read_splits, splits_table
from models.spread import map_all
from models.tempo_map import TempoChange, TimeSignature
from models.zip_members import is_outside

SUFFIXES = {".mid", ".midi", ".kar"}
_ALIASES = {"training": "train", "validation": "valid", "val": "valid", "dev": "valid"}
MAX_MIDI_BYTES = 32 << 20
MAX_MANIFEST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """A MIDI file of a data set: its split (None: not given) and the set it belongs to.

    `group` keeps together what belongs together, such as a composer's pieces; `moved` is the
    split that the user gave it (see `models.split_file`); `name` its path below the folder.
    """

    path: Path
    dataset: str
    split: str | None
    licence: str = ""
    group: str = field(default="", compare=False)
    moved: str = field(default="", compare=False)
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class GridPiece:
    """A piece as training needs it: pitched notes on the grid, and the metre."""

    file: ScoreFile
    notes: GridNotes
    time_signatures: tuple[TimeSignature, ...]
    ticks_per_beat: int

    @property
    def n_steps(self) -> int:
        """Steps until the last note ends."""
        return int(self.notes.end.max(initial=0))


@dataclass(frozen=True, slots=True)
class ScoreData:
    """Pieces by split, and the files that could not be read with the reason."""

    pieces: dict[str, list[GridPiece]]
    broken: tuple[tuple[Path, str], ...]
    files: tuple[ScoreFile, ...]

    def splits_file(self) -> dict[str, bytes]:
        """What to keep beside the weights: which piece was in which split."""
        names = {p.file.name: split for split, pieces in self.pieces.items() for p in pieces}
        return {SPLITS_FILE: splits_table(names)}


def load_piece(path: Path) -> Piece:
    """Read a MIDI file for a model: notes, tracks, tempo and metre.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Piece
        Notes in order of start; tracks without notes are left out.

    Raises
    ------
    ModelError
        If the file can't be read or is not MIDI.
    """
    import symusic

    try:
        if file_size(path) > MAX_MIDI_BYTES:
            raise ModelError(f"{path} is larger than {MAX_MIDI_BYTES >> 20} MB: no score is.")
        score = symusic.Score(str(path))
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error.strerror or error}.") from error
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"{path} is not a MIDI file that can be read ({error}).") from error
    return _piece_of(score)


def _piece_of(score: Any) -> Piece:
    """A symusic score as a piece; what MIDI can't mean (velocity 0, no length) is mended."""
    tracks = [track for track in score.tracks if len(track.notes)]
    notes = [note for index, track in enumerate(tracks) for note in _notes_of(track, index)]
    infos = tuple(TrackInfo(t.name, max(0, t.program), bool(t.is_drum)) for t in tracks)
    return Piece(
        max(1, int(score.ticks_per_quarter)),
        tuple(sorted(set(notes))),
        infos or (TrackInfo(),),
        tuple(TempoChange(t.time, t.mspq) for t in score.tempos if t.mspq > 0),
        tuple(
            TimeSignature(s.time, s.numerator, s.denominator)
            for s in score.time_signatures
            if s.numerator > 0 and s.denominator > 0
        ),
    )


def _notes_of(track: Any, index: int) -> list[Note]:
    columns = track.notes.numpy()
    rows = zip(
        columns["time"].tolist(),
        columns["pitch"].tolist(),
        columns["duration"].tolist(),
        columns["velocity"].tolist(),
        strict=True,
    )
    return [
        Note(start, pitch, max(1, duration), min(127, max(1, velocity)), index)
        for start, pitch, duration, velocity in rows
        if start >= 0 and 0 <= pitch <= 127
    ]


def grid_piece(file: ScoreFile) -> GridPiece:
    """Read one file onto the grid, drums left out. Raises ModelError if it has no notes."""
    piece = load_piece(file.path)
    drums = {index for index, track in enumerate(piece.tracks) if track.is_drums}
    pitched = [note for note in piece.notes if note.track not in drums]
    if not pitched:
        raise ModelError(f"{file.path} has no pitched notes.")
    grid = grid_notes(pitched, piece.ticks_per_beat)
    return GridPiece(file, grid, piece.time_signatures, piece.ticks_per_beat)


def list_files(folder: Path, sets: Sequence[str] = ()) -> list[ScoreFile]:
    """Find the MIDI files of a data set, by its manifest if it has one.

    Parameters
    ----------
    folder : Path
        A `manifest.csv` in it (columns `path`, and `split`, `dataset`, `licence`, `group` or
        `composer` where known)
        names the files; else every MIDI file below it counts, and a folder called train, valid
        or test on the way to a file says its split. A zip of such a folder, too.
    sets : sequence of str
        Keep only these sets (the manifest's `dataset`, else the first folder on the way).

    Raises
    ------
    ModelError
        If there is no such folder or nothing is found.
    """
    if folder.is_file() and folder.suffix.lower() in SUFFIXES:
        return [ScoreFile(folder, folder.parent.name, None)]
    place = data_folder(folder)
    if not place.is_dir():
        raise ModelError(
            f"There is no folder {folder}. Name a folder of MIDI files, or a zip of one."
        )
    manifest = place / "manifest.csv"
    files = _from_manifest(manifest) if manifest.is_file() else _from_tree(place)
    files = _with_names(files, place, read_splits(folder))
    known = sorted({file.dataset for file in files})
    files = [file for file in files if not sets or file.dataset in sets]
    if not files and sets and known:
        raise ModelError(f"{folder} has no set {', '.join(sets)}; it has {', '.join(known)}.")
    if not files:
        raise ModelError(f"{folder} has no MIDI files. Put .mid files into it or name another.")
    return files


def _with_names(files: list[ScoreFile], place: Path, moved: dict[str, str]) -> list[ScoreFile]:
    names = [file.path.relative_to(place).as_posix() for file in files]
    return [
        replace(file, name=name, moved=moved.get(name, ""))
        for file, name in zip(files, names, strict=True)
    ]


def _from_manifest(manifest: Path) -> list[ScoreFile]:
    try:
        if file_size(manifest) > MAX_MANIFEST_BYTES:
            raise ModelError(f"{manifest} is larger than {MAX_MANIFEST_BYTES >> 20} MB.")
        with manifest.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, ValueError, csv.Error) as error:
        raise ModelError(f"{manifest} can't be read: {error}.") from error
    if rows and "path" not in rows[0]:
        raise ModelError(f"{manifest} has no column 'path'.")
    outside = [row["path"] for row in rows if is_outside(row["path"] or "")]
    if outside:
        raise ModelError(f"{manifest} names a file outside of its folder: {outside[0]!r:.120}.")
    return [
        ScoreFile(
            manifest.parent / row["path"],
            row.get("dataset") or Path(row["path"]).parts[0],
            _split_name(row.get("split") or ""),
            row.get("licence") or "",
            row.get("group") or row.get("artist") or row.get("composer") or "",
        )
        for row in rows
        if Path(row["path"]).suffix.lower() in SUFFIXES
    ]


def _from_tree(folder: Path) -> list[ScoreFile]:
    files = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file() and path.name[0] != ".":
            parts = path.relative_to(folder).parts[:-1]
            splits = [split for part in parts if (split := _split_name(part))]
            names = [part for part in parts if not _split_name(part)]
            files.append(
                ScoreFile(path, names[0] if names else folder.name, splits[0] if splits else None)
            )
    return files


def _split_name(word: str) -> str | None:
    word = word.strip().lower()
    word = _ALIASES.get(word, word)
    return word if word in SPLITS else None


def assign_splits(files: Sequence[ScoreFile], seed: int) -> dict[str, list[ScoreFile]]:
    """Files by split: as given, else our own 80/10/10 of each set, the same for the same seed.

    Drawn by group, else by piece. Where only some splits are given, a missing `valid` is a tenth
    of `train`, never of `test`. What the user moved comes last.
    """
    if any(file.split for file in files):
        by_split = {split: [f for f in files if f.split == split] for split in SPLITS}
        if not by_split["valid"]:
            by_split |= _draw(by_split["train"], ("valid",), seed)
    else:
        by_split = {split: [] for split in SPLITS} | _draw(files, ("test", "valid"), seed)
    if not any(file.moved for file in files):
        return by_split
    kept = {split: [f for f in part if not f.moved] for split, part in by_split.items()}
    return {s: [*part, *(f for f in files if f.moved == s)] for s, part in kept.items()}


def _draw(
    files: Sequence[ScoreFile], held: tuple[str, ...], seed: int
) -> dict[str, list[ScoreFile]]:
    """A tenth of each set's groups for each split in `held`, the others for training."""
    drawn: dict[str, list[ScoreFile]] = {split: [] for split in (*held, "train")}
    taken: dict[str, str] = {}  # a group may have pieces in two sets
    for name in sorted({file.dataset for file in files}):
        groups = _groups([file for file in files if file.dataset == name], seed)
        tenth = max(1, round(len(groups) / 10))
        here = held[-(len(groups) - 1) :] if len(groups) > 1 else ()  # of few, fewer are held back
        splits = [split for split in here for _ in range(tenth)]
        splits += ["train"] * (len(groups) - len(splits))
        for (group, members), split in zip(groups, splits, strict=True):
            drawn[taken.setdefault(group, split)] += members
    return drawn


def _groups(files: Sequence[ScoreFile], seed: int) -> list[tuple[str, list[ScoreFile]]]:
    """Groups in an order that depends on the seed and on names, not on where the folder lies."""
    groups: dict[str, list[ScoreFile]] = {}
    for file in files:
        groups.setdefault(file.group or str(file.path), []).append(file)

    def rank(entry: tuple[str, list[ScoreFile]]) -> bytes:
        first = entry[1][0]
        name = first.group or first.path.name
        return hashlib.sha256(f"{seed}/{first.dataset}/{name}".encode()).digest()

    return sorted(groups.items(), key=rank)


def load_scores(
    folder: Path, sets: Sequence[str] = (), *, seed: int = 0, limit: int | None = None
) -> ScoreData:
    """Read a whole data set onto the grid.

    Parameters
    ----------
    folder : Path
    sets : sequence of str
        Keep only these sets; see `list_files`.
    seed : int
        Of our own split, where none is given.
    limit : int, optional
        At most so many pieces of each set in each split.

    Raises
    ------
    ModelError
        If the folder has no MIDI files or none of them can be read.
    """
    files = list_files(folder, sets)
    pieces: dict[str, list[GridPiece]] = {}
    broken: list[tuple[Path, str]] = []
    for split, members in assign_splits(files, seed).items():
        pieces[split] = _read_all(_limited(members, limit), broken)
    if not any(pieces.values()):
        raise ModelError(f"None of the {len(files)} MIDI files of {folder} can be read.")
    return ScoreData(pieces, tuple(broken), tuple(files))


def _limited(files: list[ScoreFile], limit: int | None) -> list[ScoreFile]:
    counts: dict[str, int] = {}
    kept = []
    for file in files:
        counts[file.dataset] = counts.get(file.dataset, 0) + 1
        if limit is None or counts[file.dataset] <= limit:
            kept.append(file)
    return kept


def _read_all(files: list[ScoreFile], broken: list[tuple[Path, str]]) -> list[GridPiece]:
    pieces = []
    for file, found in zip(files, map_all(_grid_piece, files), strict=True):
        if isinstance(found, str):
            broken.append((file.path, found))
        else:
            pieces.append(found)
    return pieces


def _grid_piece(file: ScoreFile) -> GridPiece | str:
    """A piece, or why there is none."""
    try:
        return grid_piece(file)
    except ModelError as error:
        return str(error)


def data_hash(files: Sequence[ScoreFile]) -> str:
    """A fingerprint of a data set: names and sizes of its files, 16 hex digits."""
    digest = hashlib.sha256()
    for name, size in sorted(
        (f.path.name, f.path.stat().st_size) for f in files if f.path.exists()
    ):
        digest.update(f"{name}:{size};".encode())
    return digest.hexdigest()[:16]


def describe(data: ScoreData) -> list[dict[str, Any]]:
    """The `data` rows of a model card: one a set, with licences, number of items and hash."""
    rows = []
    used = {piece.file.path for pieces in data.pieces.values() for piece in pieces}
    for name in sorted({file.dataset for file in data.files}):
        files = [f for f in data.files if f.dataset == name and f.path in used]
        counts = {s: sum(p.file.dataset == name for p in data.pieces[s]) for s in data.pieces}
        rows.append(
            {
                "name": name,
                "licence": "; ".join(sorted({f.licence for f in files if f.licence})) or "unknown",
                "items": sum(counts.values()),
                "hash": data_hash(files),
                "split": {split: count for split, count in counts.items() if count},
            }
        )
    return rows


def parse_sets(text: str) -> tuple[str, ...]:
    """The set names in a comma-separated setting."""
    return tuple(word for word in re.split(r"[,\s]+", text) if word)
