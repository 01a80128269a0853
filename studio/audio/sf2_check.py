"""Whether a SoundFont keeps what its tables promise: the synthesizer trusts them blindly.

Source: SoundFont Technical Specification 2.04, sections 5 to 7.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.void]

RECORDS: dict[bytes, np.dtype[np.void]] = {
    b"phdr": np.dtype(
        [("name", "S20"), ("preset", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("rest", "V12")]
    ),
    b"pbag": np.dtype([("gen", "<u2"), ("mod", "<u2")]),
    b"pmod": np.dtype([("rest", "V10")]),
    b"pgen": np.dtype([("oper", "<u2"), ("amount", "<u2")]),
    b"inst": np.dtype([("name", "S20"), ("bag", "<u2")]),
    b"ibag": np.dtype([("gen", "<u2"), ("mod", "<u2")]),
    b"imod": np.dtype([("rest", "V10")]),
    b"igen": np.dtype([("oper", "<u2"), ("amount", "<u2")]),
    b"shdr": np.dtype(
        [
            ("name", "S20"),
            ("start", "<u4"),
            ("end", "<u4"),
            ("loop_start", "<u4"),
            ("loop_end", "<u4"),
            ("rate", "<u4"),
            ("rest", "V4"),
            ("type", "<u2"),
        ]
    ),
}
INSTRUMENT, SAMPLE_ID = 41, 53  # generators that point elsewhere
# Those that move a sample's ends, in samples and in 32 768 of them.
START, END, LOOP_START, LOOP_END = (0, 4), (1, 12), (2, 45), (3, 50)
COARSE = 32_768
COMPRESSED = 0x10  # a sample's type in an .sf3: its places are bytes of Ogg Vorbis
OGG = b"OggS"
LOWEST_RATE, HIGHEST_RATE = 100, 768_000


class SoundFontError(ValueError):
    """What is wrong, in a few words."""


def check_soundfont(data: bytes) -> None:
    """Raise SoundFontError unless every table is whole and points only to what is there.

    Parameters
    ----------
    data : bytes
        A whole .sf2 or .sf3 file.

    Raises
    ------
    SoundFontError
        With what is wrong.
    """
    tables, sound = _tables(data)
    n_bytes = len(sound)
    for upper, bags, gens, mods in (
        (b"phdr", b"pbag", b"pgen", b"pmod"),
        (b"inst", b"ibag", b"igen", b"imod"),
    ):
        _check_indices(tables[upper]["bag"], len(tables[bags]), bags)
        _check_indices(tables[bags]["gen"], len(tables[gens]), gens)
        _check_indices(tables[bags]["mod"], len(tables[mods]), mods)
    _check_targets(tables[b"pgen"], INSTRUMENT, len(tables[b"inst"]) - 1, "instrument")
    _check_targets(tables[b"igen"], SAMPLE_ID, len(tables[b"shdr"]) - 1, "sample")
    _check_samples(tables[b"shdr"][:-1], n_bytes)
    _check_compressed(tables[b"shdr"][:-1], sound)
    _check_zones(tables, n_bytes)


def _chunks(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The name and the place of each chunk between two places."""
    while start + 8 <= end:
        name, size = data[start : start + 4], struct.unpack_from("<I", data, start + 4)[0]
        if start + 8 + size > end:
            raise SoundFontError(f"the part {name!r} is cut off")
        yield name, start + 8, start + 8 + size
        start += 8 + size  # the synthesizer, as many a file, knows no padding


def _tables(data: bytes) -> tuple[dict[bytes, Table], memoryview]:
    """The tables by name, and the bytes of samples."""
    found: dict[bytes, Table] = {}
    sound = memoryview(b"")
    for name, start, end in _chunks(data, 12, len(data)):
        if name != b"LIST" or end - start < 4:
            continue
        for part, first, last in _chunks(data, start + 4, end):
            if part == b"smpl":
                sound = memoryview(data)[first:last]
            elif part in RECORDS:
                if part in found:
                    raise SoundFontError(f"there are two tables {part.decode()}")
                found[part] = _table(data[first:last], part)
    missing = [part.decode() for part in RECORDS if part not in found]
    if missing:
        raise SoundFontError(f"it has no table {', '.join(missing)}")
    return found, sound


def _table(data: bytes, name: bytes) -> Table:
    kind = RECORDS[name]
    if not data or len(data) % kind.itemsize:
        raise SoundFontError(f"the table {name.decode()} has half a row")
    return np.frombuffer(data, dtype=kind)


def _check_indices(indices: NDArray[np.uint16], length: int, name: bytes) -> None:
    """Rows of one table each begin in the next where the row before ended, and stay within it."""
    if np.any(np.diff(indices.astype(np.int64)) < 0) or indices.max() >= length:
        raise SoundFontError(f"a row points beyond the table {name.decode()}")


def _check_targets(gens: Table, oper: int, count: int, what: str) -> None:
    amounts = gens["amount"][:-1][gens["oper"][:-1] == oper]
    if np.any(amounts >= count):
        raise SoundFontError(f"a zone plays an {what} that is not there")


def _check_samples(samples: Table, n_bytes: int) -> None:
    size = np.where(samples["type"] & COMPRESSED, 1, 2)
    start, end = samples["start"].astype(np.int64), samples["end"].astype(np.int64)
    if np.any((start > end) | (end * size > n_bytes)):
        raise SoundFontError("a sample lies beyond the sound")
    if np.any((samples["rate"] < LOWEST_RATE) | (samples["rate"] > HIGHEST_RATE)):
        raise SoundFontError("a sample has an absurd rate")
    loop_start = samples["loop_start"].astype(np.int64)
    loop_end = samples["loop_end"].astype(np.int64)
    plain = (samples["type"] & COMPRESSED) == 0
    if np.any(plain & (loop_end > loop_start) & (loop_end * 2 > n_bytes)):
        raise SoundFontError("a sample's loop lies beyond the sound")


def _check_compressed(samples: Table, sound: memoryview) -> None:
    """That each compressed sample begins as Ogg does: others would be read as twice as long."""
    for start in samples["start"][(samples["type"] & COMPRESSED) != 0].tolist():
        if sound[start : start + len(OGG)] != OGG:
            raise SoundFontError("a compressed sample is no Ogg Vorbis")


def _check_zones(tables: dict[bytes, Table], n_bytes: int) -> None:
    """That no zone moves the ends of its sample beyond the sound."""
    bags, gens = tables[b"ibag"]["gen"].astype(np.int64), tables[b"igen"]
    for first, last in pairwise(bags.tolist()):
        zone = dict(zip(gens["oper"][first:last], gens["amount"][first:last], strict=True))
        if SAMPLE_ID in zone:
            _check_zone(zone, tables[b"shdr"][int(zone[SAMPLE_ID])], n_bytes)


def _check_zone(zone: dict[int, int], sample: np.void, n_bytes: int) -> None:
    if sample["type"] & COMPRESSED:
        return
    moved = {
        name: int(sample[name]) + _moved(zone, operators)
        for name, operators in (
            ("start", START),
            ("end", END),
            ("loop_start", LOOP_START),
            ("loop_end", LOOP_END),
        )
    }
    if not 0 <= moved["start"] <= moved["end"] <= n_bytes // 2:
        raise SoundFontError("a zone plays beyond the sound")
    if moved["loop_end"] > moved["loop_start"] and not (
        moved["loop_start"] >= 0 and moved["loop_end"] <= n_bytes // 2
    ):
        raise SoundFontError("a zone loops beyond the sound")


def _moved(zone: dict[int, int], operators: tuple[int, int]) -> int:
    fine, coarse = (int(np.int16(np.uint16(zone.get(oper, 0)))) for oper in operators)
    return fine + COARSE * coarse
