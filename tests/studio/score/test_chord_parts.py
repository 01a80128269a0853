import pytest

from models.notes import Note
from studio.score.chord_parts import INTERVALS, SoundingChord
from studio.score.chords import CHORDS, NAMES


@pytest.mark.parametrize("root", range(12))
@pytest.mark.parametrize("suffix", CHORDS)
def test_a_name_says_what_sounds(root: int, suffix: str) -> None:
    chord = SoundingChord.named(f"{NAMES[root]}{suffix}/{NAMES[(root + 4) % 12]}")
    assert chord is not None
    assert chord.root == root
    assert chord.classes == {(root + step) % 12 for step in CHORDS[suffix]}
    assert chord.part_of(60 + root) == "root"


@pytest.mark.parametrize("name", ["", "H", "Cmajestic", "/E", "♯"])
def test_what_is_no_name_is_no_chord(name: str) -> None:
    assert SoundingChord.named(name) is None


def test_a_note_has_its_part_or_is_foreign() -> None:
    chord = SoundingChord.named("Am")
    assert chord is not None
    parts = [chord.part_of(pitch) for pitch in (57, 60, 64, 62)]
    assert parts == ["root", "minor third", "fifth", ""]
    assert len(INTERVALS) == 12


def test_only_what_sounds_counts() -> None:
    notes = [Note(0, 60, 480), Note(0, 64, 480), Note(0, 67, 480), Note(480, 57, 480)]
    chord = SoundingChord.at(notes, 240)
    assert chord is not None
    assert chord.name == "C"
    assert SoundingChord.at(notes, 480) is None
    assert SoundingChord.at([], 0) is None
