import struct

import pytest

import resources
from studio.audio.sf2_check import RECORDS, SoundFontError, check_soundfont
from tests.fuzz_targets import small_soundfont

GOOD = small_soundfont()


def changed(table: str, row: int, field: str, value: int) -> bytes:
    """The good font with one number in one of its tables changed."""
    name = table.encode()
    at = GOOD.index(name + b"", GOOD.index(b"pdta")) + 8
    (size,) = struct.unpack_from("<I", GOOD, at - 4)
    kind = RECORDS[name]
    count = size // kind.itemsize
    dtype, offset = kind.fields[field][:2]  # type: ignore[index]
    place = at + (row % count) * kind.itemsize + offset
    return GOOD[:place] + struct.pack(f"<{dtype.char}", value) + GOOD[place + dtype.itemsize :]


def test_good_fonts_pass() -> None:
    check_soundfont(GOOD)
    check_soundfont(resources.path("soundfont", "studio.sf2").read_bytes())


@pytest.mark.parametrize(
    ("table", "row", "field", "value", "words"),
    [
        ("phdr", 0, "bag", 9999, "pbag"),
        ("phdr", -1, "bag", 0, "pbag"),  # rows that go back
        ("pbag", 0, "gen", 9999, "pgen"),
        ("inst", -1, "bag", 9999, "ibag"),
        ("ibag", 1, "gen", 9999, "igen"),
        ("shdr", 0, "end", 10**6, "beyond the sound"),
        ("shdr", 0, "start", 10**6, "beyond the sound"),
        ("shdr", 0, "loop_end", 10**6, "loop"),
        ("shdr", 0, "rate", 0, "rate"),
    ],
)
def test_a_row_that_points_to_what_is_not_there_is_refused(
    table: str, row: int, field: str, value: int, words: str
) -> None:
    with pytest.raises(SoundFontError, match=words):
        check_soundfont(changed(table, row, field, value))


@pytest.mark.parametrize(("oper", "words"), [(41, "instrument"), (53, "sample")])
def test_a_zone_that_plays_what_is_not_there_is_refused(oper: int, words: str) -> None:
    gen = struct.pack("<HH", oper, 0)
    at = GOOD.index(gen, GOOD.index(b"pdta"))
    bad = GOOD[:at] + struct.pack("<HH", oper, 500) + GOOD[at + 4 :]
    with pytest.raises(SoundFontError, match=words):
        check_soundfont(bad)


def test_a_zone_that_moves_its_sample_away_is_refused() -> None:
    at = GOOD.index(struct.pack("<Hh", 34, -2000), GOOD.index(b"pdta"))
    bad = GOOD[:at] + struct.pack("<HH", 4, 100) + GOOD[at + 4 :]  # its start, by 3 million samples
    with pytest.raises(SoundFontError, match="zone plays beyond"):
        check_soundfont(bad)


@pytest.mark.parametrize("name", ["phdr", "pbag", "pgen", "inst", "ibag", "igen", "shdr"])
def test_a_missing_table_is_named(name: str) -> None:
    at = GOOD.index(name.encode(), GOOD.index(b"pdta"))
    with pytest.raises(SoundFontError, match=name):
        check_soundfont(GOOD[:at] + b"none" + GOOD[at + 4 :])


def test_half_a_row_is_refused() -> None:
    at = GOOD.index(b"shdr", GOOD.index(b"pdta")) + 4
    (size,) = struct.unpack_from("<I", GOOD, at)
    bad = GOOD[:at] + struct.pack("<I", size - 1) + GOOD[at + 4 :]
    with pytest.raises(SoundFontError, match=r"half a row|cut off"):
        check_soundfont(bad)
