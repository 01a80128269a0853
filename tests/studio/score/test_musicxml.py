"""MusicXML in and out, with real files: what notation can say comes back as it was."""

import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from models.protocol import Piece, TrackInfo
from models.tempo_map import KeySignature, TempoChange, TimeSignature
from studio.cli import main
from studio.errors import StudioError
from studio.score.formats import read_score, write_score
from studio.score.musicxml import notation_beats
from studio.score.song import Song

BEAT = 480
PIECE = Piece(
    BEAT,
    (
        Note(0, 60, BEAT, 90),
        Note(0, 64, 3 * BEAT, 90),  # another voice
        Note(BEAT, 62, BEAT // 2, 40),
        Note(3 * BEAT, 67, 4 * BEAT, 80),  # tied over the bar line
        Note(8 * BEAT, 72, 160, 80),  # a triplet
        Note(8 * BEAT + 160, 74, 160, 80),
        Note(8 * BEAT + 320, 76, 160, 80),
        Note(0, 40, 7 * BEAT, 70, 1),
        Note(0, 36, BEAT, 100, 2),
        Note(BEAT, 38, BEAT, 100, 2),
    ),
    (TrackInfo("Lead", 4), TrackInfo("Low", 33), TrackInfo("Kit", 0, True)),
    (TempoChange(0, 600_000), TempoChange(7 * BEAT, 500_000)),
    (TimeSignature(0, 4, 4), TimeSignature(4 * BEAT, 3, 4)),
    (KeySignature(0, "F#m"),),
)


@pytest.fixture(scope="module")
def back(tmp_path_factory: pytest.TempPathFactory) -> Song:
    path = tmp_path_factory.mktemp("xml") / "piece.musicxml"
    write_score(Song.from_piece(PIECE), path)
    return read_score(path)


def test_notes_come_back_tied_in_voices_and_in_triplets(back: Song) -> None:
    wanted = {(n.start, n.pitch, n.duration, n.track) for n in PIECE.notes}
    assert {(n.start, n.pitch, n.duration, n.track) for n in back.score.notes} == wanted


def test_loudness_comes_back_as_near_as_notation_says_it(back: Song) -> None:
    loud = {(n.start, n.pitch): n.velocity for n in back.score.notes}
    for note in PIECE.notes:
        assert abs(loud[note.start, note.pitch] - note.velocity) <= 2


def test_tracks_tempo_metre_and_key_come_back(back: Song) -> None:
    assert back.to_piece().tracks == PIECE.tracks
    assert [(c.tick, round(c.bpm)) for c in back.tempo] == [(0, 100), (7 * BEAT, 120)]
    assert back.time_signatures == PIECE.time_signatures
    assert back.key_signatures == PIECE.key_signatures


@given(st.integers(0, 100_000), st.sampled_from([1, 96, 480, 961]))
def test_no_time_is_moved_by_more_than_half_the_finest_step(ticks: int, per_beat: int) -> None:
    beats = notation_beats(ticks, per_beat)
    assert abs(beats - Fraction(ticks, per_beat)) <= Fraction(1, 16)
    assert beats.denominator in (1, 2, 3, 4, 6, 8)


def test_a_packed_file_is_read_too(back: Song, tmp_path: Path) -> None:
    write_score(Song.from_piece(PIECE), tmp_path / "piece.musicxml")
    container = (
        '<?xml version="1.0"?><container><rootfiles>'
        '<rootfile full-path="piece.musicxml"/></rootfiles></container>'
    )
    with zipfile.ZipFile(tmp_path / "piece.mxl", "w") as archive:
        archive.writestr("META-INF/container.xml", container)
        archive.write(tmp_path / "piece.musicxml", "piece.musicxml")
    assert read_score(tmp_path / "piece.mxl").score.notes == back.score.notes


@pytest.mark.parametrize("content", [b"", b"no xml at all", b"<score-partwise/>", b"<html></html>"])
def test_what_is_no_music_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.musicxml"
    path.write_bytes(content)
    with pytest.raises(StudioError, match=r"bad\.musicxml"):
        read_score(path)


def test_the_command_converts_there_and_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    middle, last = tmp_path / "a.studio", tmp_path / "a.mid"
    write_score(Song.from_piece(PIECE), tmp_path / "first.mid")
    assert main(["convert", str(tmp_path / "first.mid"), str(middle)]) == 0
    assert main(["convert", str(middle), str(last)]) == 0
    assert "10 notes on 3 tracks" in capsys.readouterr().out
    assert read_score(last).score.notes == sorted(PIECE.notes)
    assert main(["convert", str(last), str(tmp_path / "a.pdf")]) == 1
    assert "end the name in" in capsys.readouterr().err
