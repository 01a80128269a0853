import pytest

from models.inference.score import ScoreModel, load
from models.notes import Note
from models.protocol import Conditions, Piece
from resources import path

FOLDERS = [path("models", name) for name in ("ar-cnn", "lstm")]
CHORDS = ((48, 64, 67, 72), (53, 60, 69, 77), (43, 62, 67, 71), (48, 60, 67, 76))
RIGHT = tuple(
    Note(960 * index, pitch, 960, 80)
    for index in range(32)
    for pitch in CHORDS[index % len(CHORDS)]
)


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def model(request: pytest.FixtureRequest) -> ScoreModel:
    return load(request.param)


def test_it_is_small_and_says_what_it_learnt_from(model: ScoreModel) -> None:
    card = model.card
    assert card is not None
    files = (FOLDERS[0].parent / card.architecture).iterdir()
    assert sum(file.stat().st_size for file in files) <= 8 << 20
    shipped = {"jsb_chorales", "mutopia", "openewld", "openscore_lieder"}
    assert shipped <= {row["name"] for row in card.data}
    assert not {"nottingham", "pop909"} & {row["name"] for row in card.data}
    assert all(row["licence"] not in ("", "unknown") for row in card.data)
    assert any(row.get("attribution") for row in card.data if row["name"] == "mutopia")
    measured = card.metrics["valid"]["jsb_chorales"]
    assert measured["removal_auc"] >= 0.8
    assert measured["repair_f1"] > measured["corrupted_f1"]


@pytest.mark.parametrize(("step", "pitch"), [(8, 66), (30, 49), (53, 70), (77, 63)])
def test_it_hears_a_wrong_note_among_chords(model: ScoreModel, step: int, pitch: int) -> None:
    wrong = Note(120 * step, pitch, 240, 80)
    piece = Piece(480, (*RIGHT, wrong))
    events = list(model.suggest(piece, Conditions(max_add=0, max_remove=1, temperature=0.0)))
    assert [event.note for event in events] == [wrong]


def test_it_misses_a_chord_note_that_was_taken_away(model: ScoreModel) -> None:
    missing = RIGHT[65]
    piece = Piece(480, tuple(note for note in RIGHT if note != missing))
    asked = Conditions(max_add=8, max_remove=0, temperature=0.0, key="off")
    near = [e.note for e in model.suggest(piece, asked) if e.note.start == missing.start]
    assert missing.pitch % 12 in {note.pitch % 12 for note in near}
