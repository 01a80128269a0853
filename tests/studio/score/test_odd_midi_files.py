"""Files as the world holds them: mended where they make sense, refused in one sentence else."""

import struct
from pathlib import Path

import pytest

from models.notes import Note
from studio.errors import StudioError
from studio.score.meta_events import meta
from studio.score.midi_file import midi_bytes, parse_midi, read_midi
from studio.score.smf import assemble
from studio.score.song import Song

END = b"\x00\xff\x2f\x00"
NOTE = b"\x00\x90\x3c\x40\x60\x80\x3c\x40"


def song_of(*bodies: bytes, division: int = 96) -> Song:
    return parse_midi(assemble(1, division, list(bodies), []))


def test_a_sound_file_has_no_warnings() -> None:
    assert song_of(NOTE + END).warnings == []


@pytest.mark.parametrize(
    ("body", "notes", "warning"),
    [
        pytest.param(NOTE, [Note(0, 60, 96)], "no end mark", id="missing end of track"),
        pytest.param(
            NOTE + END + b"\x00\x00", [Note(0, 60, 96)], "after a track's end", id="trailing bytes"
        ),
        pytest.param(
            b"\x00\x90\x3c\x40\x60\x90\x3e\x40\x60\x80\x3e\x40" + END,
            [Note(0, 60, 192), Note(96, 62, 96)],
            "without an end were ended with their track",
            id="hanging note",
        ),
        pytest.param(
            b"\x00\x90\x3c\x40\x60\x90\x3c\x40\x60\x80\x3c\x40" + END,
            [Note(0, 60, 96), Note(96, 60, 96)],
            "struck again",
            id="lost note-off",
        ),
        pytest.param(
            b"\x00\x80\x3c\x40" + NOTE + END,
            [Note(0, 60, 96)],
            "never began",
            id="note-off without note-on",
        ),
        pytest.param(
            b"\x00\x90\x3c\x40\x00\x80\x3c\x40" + END,
            [Note(0, 60, 1)],
            "no length",
            id="note of no length",
        ),
        pytest.param(
            b"\x00\x90\x3c\x40\x00\x90\x3c\x40\x60\x80\x3c\x40\x00\x80\x3c\x40" + END,
            [Note(0, 60, 96)],
            "there twice",
            id="the same note twice",
        ),
        pytest.param(
            b"\x00\x90\x3c\xff\x60\x80\x3c\x40" + END,
            [Note(0, 60, 96, 127)],
            "lowered to 127",
            id="velocity above 127",
        ),
        pytest.param(
            b"\x00\xb0\x07\xc8" + NOTE + END,
            [Note(0, 60, 96)],
            "lowered to 127",
            id="controller above 127",
        ),
        pytest.param(
            b"\x00" + meta(0x59, b"\x0d\x07") + NOTE + END,
            [Note(0, 60, 96)],
            "key signature without a meaning",
            id="bad key signature",
        ),
        pytest.param(
            b"\x00" + meta(0x58, b"\x00\x02\x18\x08") + NOTE + END,
            [Note(0, 60, 96)],
            "time signature without a meaning",
            id="metre of no beats",
        ),
        pytest.param(
            b"\x00" + meta(0x51, b"\x00\x00\x00") + NOTE + END,
            [Note(0, 60, 96)],
            "tempo without a meaning",
            id="tempo of nothing",
        ),
        pytest.param(
            b"\x00\xf8" + NOTE + END,
            [Note(0, 60, 96)],
            "don't belong in a file",
            id="clock message",
        ),
        pytest.param(
            b"\x00\x12" + NOTE + END, [Note(0, 60, 96)], "without a meaning", id="no status"
        ),
        pytest.param(NOTE + b"\x00\x90", [Note(0, 60, 96)], "within an event", id="cut short"),
    ],
)
def test_what_is_wrong_is_mended_and_told(body: bytes, notes: list[Note], warning: str) -> None:
    song = song_of(body)
    assert song.score.notes == notes
    assert any(warning in text for text in song.warnings)
    again = parse_midi(midi_bytes(song))
    assert again.score.notes == notes
    assert all("kept but not used" in text for text in again.warnings)


def test_a_meta_without_a_meaning_is_kept_and_not_used() -> None:
    bad = meta(0x59, b"\x0d\x07")
    song = song_of(b"\x00" + bad + NOTE + END)
    assert song.key_signatures == ()
    assert bad in midi_bytes(song)


def test_running_status_goes_on_after_a_meta() -> None:
    body = b"\x00\x90\x3c\x40\x10" + meta(0x05, b"la") + b"\x50\x3c\x00" + END
    assert song_of(body).score.notes == [Note(0, 60, 96)]


def test_overlapping_notes_of_one_key_end_in_the_order_they_began() -> None:
    body = b"\x00\x90\x3c\x40\x10\x90\x3c\x50\x10\x80\x3c\x00\x10\x80\x3c\x00" + END
    assert song_of(body).score.notes == [Note(0, 60, 32, 64), Note(16, 60, 32, 80)]


def test_film_time_sounds_as_long_as_it_should() -> None:
    song = song_of(NOTE + END, division=(256 - 25) << 8 | 40)  # 1000 ticks a second
    assert song.tempo_map.ticks_to_seconds(1000) == pytest.approx(1.0)
    assert "film frames" in song.warnings[0]


@pytest.mark.parametrize("division", [1, 7, 24, 32767])
def test_any_resolution_is_kept(division: int) -> None:
    song = song_of(NOTE + END, division=division)
    assert parse_midi(midi_bytes(song)).ticks_per_beat == division


def test_sixty_four_tracks_come_back() -> None:
    song = song_of(
        *(
            bytes((0x00, 0x90 | i % 16, 60, 64, 0x60, 0x80 | i % 16, 60, 64)) + END
            for i in range(64)
        )
    )
    assert len(song.tracks) == 64
    assert parse_midi(midi_bytes(song)).tracks == song.tracks


def test_waits_longer_than_one_event_can_say_are_written() -> None:
    wait = b"\xff\xff\xff\x7f" + meta(0x01, b"")
    song = song_of(wait * 3 + NOTE + END)
    song.chunks[0].events.clear()
    assert parse_midi(midi_bytes(song)).score.notes == song.score.notes


def test_a_longer_header_and_bytes_before_it_are_skipped() -> None:
    header = struct.pack(">4sIHHHH", b"MThd", 8, 1, 1, 96, 7)
    track = NOTE + END
    data = b"\x00" * 128 + header + b"MTrk" + struct.pack(">I", len(track)) + track
    assert parse_midi(data).score.notes == [Note(0, 60, 96)]


def test_a_track_longer_than_the_file_is_read_to_its_end() -> None:
    data = assemble(1, 96, [NOTE + END], [])
    song = parse_midi(data[:-6])
    assert song.score.notes == [Note(0, 60, 96)]
    assert any("ends within a track" in text for text in song.warnings)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"Dear diary,\nno notes today.\n", "is a text file, not a MIDI file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not a MIDI file"),
        (b"MThd\x00\x00", "ends within its header"),
        (assemble(2, 96, [NOTE + END], []), "type 2"),
        (assemble(9, 96, [NOTE + END], []), "type 9"),
    ],
)
def test_what_is_no_midi_file_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "music.mid"
    path.write_bytes(content)
    with pytest.raises(StudioError, match=reason) as refusal:
        read_midi(path)
    assert str(refusal.value).startswith("music.mid")


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="is a folder"):
        read_midi(tmp_path)
    with pytest.raises(StudioError, match="can't be read"):
        read_midi(tmp_path / "none.mid")
