from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.repair import music_summary, piece_statistics, repair_piece
from models.evaluation.statistics import describe_music, statistics
from models.inference.score import ScoreModel
from models.networks.ar_cnn import ArCnn
from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import TimeSignature

BAR = 1920
SCALE = Piece(
    480, tuple(Note(480 * i, 60 + p, 480) for i, p in enumerate((0, 2, 4, 5, 7, 9, 11, 12)))
)


def voices(*lines: tuple[int, ...]) -> Piece:
    notes = [
        Note(480 * at, pitch, 480, 80, track)
        for track, line in enumerate(lines)
        for at, pitch in enumerate(line)
        if pitch
    ]
    return Piece(480, tuple(sorted(notes)), tuple(TrackInfo() for _ in lines))


def test_a_scale_is_in_its_key_in_any_transposition() -> None:
    first = statistics(SCALE, 2 * BAR, "C:maj")
    moved = replace(SCALE, notes=tuple(replace(n, pitch=n.pitch + 3) for n in SCALE.notes))
    other = statistics(moved, 2 * BAR, "Eb:maj")
    assert first.in_key == other.in_key == 1.0
    assert np.allclose(first.profile, other.profile)
    assert first.profile.argmax() == 0
    assert statistics(moved, 2 * BAR, "C:maj").in_key < 1


@pytest.mark.parametrize(("signature", "share"), [((4, 4), 0.5), ((3, 4), 0.5), ((7, 8), 0.5)])
def test_bars_in_which_nothing_sounds_are_empty(signature: tuple[int, int], share: float) -> None:
    metre = TimeSignature(0, *signature)
    bar = metre.bar_ticks(480)
    piece = Piece(480, (Note(bar, 60, 10), Note(2 * bar + 5, 64, 10)), (), (), (metre,))
    assert statistics(piece, 4 * bar).empty_bars == share
    held = replace(piece, notes=(Note(0, 60, 4 * bar),))
    assert statistics(held, 4 * bar).empty_bars == 0


def test_polyphony_is_counted_where_there_is_sound() -> None:
    piece = Piece(480, (Note(0, 60, 480), Note(0, 64, 480), Note(960, 67, 480)))
    assert statistics(piece, BAR).polyphony == 1.5


@pytest.mark.parametrize(
    ("high", "low", "share"),
    [
        ((67, 69, 71), (60, 62, 64), 1.0),  # fifths all the way
        ((79, 81, 83), (60, 62, 64), 1.0),  # and a twelfth
        ((67, 69, 71), (60, 60, 62), 0.0),  # one voice stays, then a sixth to a sixth
        ((67, 69, 72), (60, 62, 64), 0.5),
        ((67, 67, 67), (60, 60, 60), None),  # repeated, not parallel
        ((67, 65, 67), (60, 62, 60), None),  # against each other
        ((67, 0, 69), (60, 62, 64), None),  # a rest between
    ],
)
def test_fifths_that_move_in_parallel(
    high: tuple[int, ...], low: tuple[int, ...], share: float | None
) -> None:
    assert statistics(voices(high, low), BAR).parallel_fifths == share


def test_drums_do_not_count() -> None:
    drums = Note(0, 38, 10, 80, 1)
    tracks = (TrackInfo(), TrackInfo(is_drums=True))
    piece = replace(SCALE, notes=(*SCALE.notes, drums), tracks=tracks)
    assert statistics(piece, 2 * BAR).polyphony == statistics(SCALE, 2 * BAR).polyphony


def test_music_is_no_way_from_itself_and_far_from_other_music() -> None:
    own = [statistics(SCALE, 2 * BAR, "C:maj")]
    other = [statistics(SCALE, 2 * BAR, "F#:maj")]
    same, far = describe_music(own, own), describe_music(other, own)
    assert same is not None
    assert far is not None
    assert same["pitch_class_distance"] == 0
    assert 0.5 < far["pitch_class_distance"] <= 1
    assert describe_music([], own) is None


def test_a_repair_tells_what_it_did_to_the_music() -> None:
    piece = replace(
        SCALE,
        notes=tuple(replace(n, start=n.start + 4 * 960 * i) for i in range(4) for n in SCALE.notes),
    )
    results = repair_piece(ScoreModel(ArCnn(8, 4, 2, 3)), piece, "scale")
    music = music_summary(results, piece_statistics(piece))
    assert set(music) == {"training", "clean", "before", "after"}
    assert music["clean"]["in_key"] == 1.0
    assert music["before"]["in_key"] < 1.0
    assert music["clean"]["pitch_class_distance"] < music["before"]["pitch_class_distance"]
    assert music_summary(results)["training"] is None
