"""Takes: what was played is what is written, whatever hands and pedal did."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from studio.score.score import Score
from studio.score.take import Region, StepInput, Take


def take(start: int = 0, end: int | None = None, early: int = 0) -> Take:
    return Take(Region(start, end), track=2, early=early)


def test_a_key_is_a_note_from_its_stroke_to_its_release() -> None:
    played = take()
    played.note_on(60, 90, 100.4)
    played.note_off(60, 340.6)
    assert played.notes == [Note(100, 60, 241, 90, 2)]


def test_the_pedal_holds_notes_until_it_comes_up_or_they_are_struck_again() -> None:
    played = take()
    played.pedal(True, 0)
    played.note_on(60, 90, 0)
    played.note_off(60, 100)
    played.note_on(64, 90, 100)
    played.note_off(64, 200)
    played.note_on(60, 80, 300)
    played.pedal(False, 480)
    played.note_off(60, 500)
    assert played.notes == [Note(0, 60, 300, 90, 2), Note(100, 64, 380, 90, 2),
                            Note(300, 60, 200, 80, 2)]  # fmt: skip


def test_a_key_still_down_with_the_pedal_up_sounds_on() -> None:
    played = take()
    played.pedal(True, 0)
    played.note_on(60, 90, 0)
    played.pedal(False, 100)
    assert played.notes == []
    played.finish(400)
    assert played.notes == [Note(0, 60, 400, 90, 2)]


def test_only_the_region_is_kept_and_notes_end_with_it() -> None:
    played = take(480, 960)
    for pitch, (on, off) in enumerate([(0, 100), (400, 600), (500, 600), (900, 1200), (960, 1000)]):
        played.note_on(pitch, 90, on)
        played.note_off(pitch, off)
    assert played.notes == [Note(500, 2, 100, 90, 2), Note(900, 3, 60, 90, 2)]


def test_who_comes_in_a_little_early_means_the_first_beat() -> None:
    played = take(480, early=120)
    played.note_on(60, 90, 430)
    played.note_off(60, 600)
    played.note_on(62, 90, 340)
    played.note_off(62, 600)
    played.note_on(64, 90, 400)
    played.note_off(64, 470)  # over before it began: a slip
    assert played.notes == [Note(480, 60, 120, 90, 2)]


def test_each_pass_of_a_loop_adds_and_one_edit_takes_all() -> None:
    score = Score([Note(0, 40, 100, 64, 2)])
    played = take(0, 960)
    played.note_on(60, 90, 0)
    played.end_pass(960)
    played.note_on(64, 90, 480)
    played.note_off(64, 500)
    played.finish(600)
    score.apply(played.edit(score, "Record"))
    assert score.notes == [Note(0, 40, 100, 64, 2), Note(0, 60, 960, 90, 2),
                           Note(480, 64, 20, 90, 2)]  # fmt: skip
    assert played.passes == 2
    score.undo()
    assert score.notes == [Note(0, 40, 100, 64, 2)]


def test_a_take_that_replaces_clears_its_track_in_the_region_only() -> None:
    before, inside = Note(0, 40, 100, 64, 2), Note(500, 41, 100, 64, 2)
    other = Note(500, 41, 100, 64, 0)
    score = Score([before, inside, other])
    played = take(480, 960)
    played.note_on(60, 90, 600)
    played.finish(700)
    score.apply(played.edit(score, "Record", replaces=True))
    assert score.notes == [before, other, Note(600, 60, 100, 90, 2)]


Moves = st.lists(
    st.tuples(st.sampled_from(["on", "off", "down", "up"]), st.integers(60, 62)), max_size=40
)


@given(Moves, st.floats(0, 99))
def test_every_stroke_is_one_note_and_notes_of_a_key_never_overlap(
    moves: list[tuple[str, int]], step: float
) -> None:
    played, strokes, tick = take(), 0, 0.0
    for move, pitch in moves:
        tick += 1 + step
        if move == "on":
            played.note_on(pitch, 90, tick)
            strokes += 1
        elif move == "off":
            played.note_off(pitch, tick)
        else:
            played.pedal(move == "down", tick)
    played.finish(tick + 10)
    assert len(played.notes) == strokes
    assert played.sounding == {}
    for pitch in range(60, 63):
        notes = [note for note in played.notes if note.pitch == pitch]
        assert all(a.end <= b.start for a, b in pairwise(notes))


def test_keys_that_are_down_together_make_a_step() -> None:
    step = StepInput()
    step.note_on(60, 90)
    step.note_on(64, 80)
    assert step.note_off(60) == []
    step.note_on(67, 70)
    assert step.note_off(64) == []
    assert step.note_off(67) == [(60, 90), (64, 80), (67, 70)]
    step.note_on(72, 70)
    assert step.note_off(72) == [(72, 70)]
