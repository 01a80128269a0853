import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.notes import Note
from models.protocol import Piece, TrackInfo
from studio.errors import StudioError
from studio.score import transforms
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.project import Project, parse_project, project_bytes, read_project, write_project
from studio.score.score import Edit
from studio.score.song import Song
from studio.score.tempo_and_key import tempo_and_key_edit
from studio.score.track_edits import choose_color

NOTES = st.frozensets(
    st.builds(
        Note,
        start=st.integers(0, 20),
        pitch=st.integers(60, 61),
        duration=st.integers(1, 9),
        velocity=st.integers(1, 2),
        track=st.integers(0, 1),
    )
)
TRACKS = (TrackInfo("Lead", 80), TrackInfo("Kit", 0, True))


@given(NOTES)
def test_a_project_gives_every_note_back_even_where_midi_can_not(notes: frozenset[Note]) -> None:
    song = Song.from_piece(Piece(96, tuple(notes), TRACKS))
    project = parse_project(project_bytes(Project(song, {"muted": [1]})), "song.studio")
    assert project.song.score.notes == song.score.notes
    assert project.song.tracks == song.tracks
    assert project.view == {"muted": [1]}
    assert midi_bytes(project.song) == midi_bytes(song)


def test_any_midi_program_can_read_the_score_in_it(tmp_path: Path) -> None:
    song = Song.from_piece(Piece(96, (Note(0, 60, 96),), TRACKS))
    write_project(Project(song), tmp_path / "song.studio")
    with zipfile.ZipFile(tmp_path / "song.studio") as archive:
        assert parse_midi(archive.read("score.mid")).score.notes == [Note(0, 60, 96)]
        assert json.loads(archive.read("project.json"))["format"] == 1


def test_the_version_before_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "song.studio"
    for pitch in (60, 61, 62):
        write_project(Project(Song.from_piece(Piece(96, (Note(0, pitch, 96),), TRACKS))), path)
    assert read_project(path).song.score.notes == [Note(0, 62, 96)]
    assert read_project(path.with_name("song.studio.bak")).song.score.notes == [Note(0, 61, 96)]
    assert len(list(tmp_path.iterdir())) == 2


def archive_of(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


SCORE = midi_bytes(Song.empty())
ABOUT = json.dumps({"format": 1, "tracks": [], "view": {}}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zip",
        archive_of(score_mid=SCORE),
        archive_of(score_mid=SCORE, project_json=b"{"),
        archive_of(score_mid=SCORE, project_json=b"[]"),
        archive_of(score_mid=SCORE, project_json=ABOUT),  # without the score's own track
        archive_of(
            score_mid=SCORE,
            project_json=b'{"format": 1, "view": {}, "tracks": '
            b'[{"name": "", "chunk": 7, "channel": 0, "program": 0}]}',
        ),
        project_bytes(Project(Song.empty()))[:-30],
    ],
)
def test_a_damaged_project_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(StudioError, match=r"song\.studio is no Studio project or is damaged"):
        parse_project(data, "song.studio")


def test_a_project_of_a_later_format_asks_for_an_update() -> None:
    data = archive_of(score_mid=SCORE, project_json=b'{"format": 2}')
    with pytest.raises(StudioError, match="newer Studio"):
        parse_project(data, "song.studio")


def test_a_member_larger_than_the_limit_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.score.project.MAX_BYTES", 1000)
    data = archive_of(score_mid=SCORE + bytes(2000), project_json=ABOUT)
    with pytest.raises(StudioError, match="larger than"):
        parse_project(data, "song.studio")


@settings(max_examples=25)
@given(NOTES, st.data())
def test_what_was_done_can_be_undone_and_redone_after_a_restart(
    notes: frozenset[Note], data: st.DataObject
) -> None:
    song = Song.from_piece(Piece(96, tuple(notes), TRACKS))
    n_edits = data.draw(st.integers(0, 5))
    for index in range(n_edits):
        chosen = frozenset(n for n in song.score.notes if data.draw(st.booleans()))
        added = data.draw(NOTES) - (song.score.note_set - chosen)
        song.score.apply(Edit(f"edit {index}", chosen, frozenset(added)))
    song.score.apply(tempo_and_key_edit(song, "Tempo", bpm=93.0))
    last = song.score.notes
    for _ in range(data.draw(st.integers(0, n_edits + 1))):
        song.score.undo()
    again = parse_project(project_bytes(Project(song)), "song.studio").song
    assert again.warnings == []
    assert (again.score.undo_label, again.score.redo_label) == (
        song.score.undo_label,
        song.score.redo_label,
    )
    while again.score.redo() is not None:
        pass
    assert again.score.notes == last
    assert [round(change.bpm) for change in again.tempo] == [93]
    while again.score.undo() is not None:
        pass
    assert again.score.notes == sorted(notes)
    assert again.tempo == ()


def test_many_notes_are_undone_after_a_restart() -> None:
    notes = tuple(Note(i, 60, 1) for i in range(5000))
    song = Song.from_piece(Piece(96, notes, TRACKS))
    song.score.apply(transforms.transpose(song.score, song.score.note_set, 2))
    again = parse_project(project_bytes(Project(song)), "song.studio").song
    again.score.undo()
    assert again.score.notes == sorted(notes)


ROW = {"is": "done", "label": "x", "removed": [], "added": []}


@pytest.mark.parametrize(
    "history",
    [
        b"no json",
        b"[]\n",
        json.dumps({**ROW, "added": [[0, 60, 96, 64, 0]]}).encode(),  # not in the score
        json.dumps({**ROW, "added": "bm90IHppcA=="}).encode(),
        json.dumps({**ROW, "is": "something"}).encode(),
        json.dumps({**ROW, "events_added": [[9, 0, 0, 0, "ff"]]}).encode(),
    ],
)
def test_a_history_that_does_not_fit_is_left_out_and_told(history: bytes) -> None:
    song = Song.from_piece(Piece(96, (Note(5, 60, 96),), TRACKS))
    with zipfile.ZipFile(io.BytesIO(project_bytes(Project(song)))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["history.jsonl"] = history
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    project = parse_project(buffer.getvalue(), "song.studio")
    assert project.song.score.notes == [Note(5, 60, 96)]
    assert project.song.score.undo_label is None
    assert len(project.song.warnings) == 1


def test_a_project_without_colours_opens_and_one_with_a_wrong_colour_does_not(
    tmp_path: Path,
) -> None:
    song = Song.empty()
    song.score.apply(choose_color(song, 0, 3))

    def with_color(change: Callable[[dict[str, Any]], object]) -> bytes:
        whole = zipfile.ZipFile(io.BytesIO(project_bytes(Project(song))))
        about = json.loads(whole.read("project.json"))
        change(about["tracks"][0])
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("score.mid", whole.read("score.mid"))
            archive.writestr("project.json", json.dumps(about))
        return buffer.getvalue()

    old = with_color(lambda row: row.pop("color"))
    assert parse_project(old, "old.studio").song.tracks[0].color is None
    with pytest.raises(StudioError, match="colour"):
        parse_project(with_color(lambda row: row.update(color=8)), "odd.studio")
