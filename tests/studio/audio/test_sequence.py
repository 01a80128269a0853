"""Sequences: every event at the sample where the tempo map puts it."""

from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from models.protocol import TrackInfo
from studio.audio.sequence import BEND, CONTROL, NOTE_OFF, NOTE_ON, PROGRAM, Event, Sequence
from studio.score.song import Song
from tests.studio.audio.songs import BEAT, make_song, scale, with_event, with_program

RATE = 48000
notes = st.builds(
    Note,
    start=st.integers(0, 20 * BEAT),
    pitch=st.integers(0, 127),
    duration=st.integers(1, 4 * BEAT),
    velocity=st.integers(1, 127),
    track=st.integers(0, 1),
)
tempos = st.lists(st.tuples(st.integers(0, 16 * BEAT), st.floats(20, 400)), min_size=1, max_size=6)


def events(song: Song, *kinds: int) -> list[Event]:
    sequence = Sequence.from_song(song, RATE)
    found = [sequence.event(index) for index in range(len(sequence))]
    return [event for event in found if event.kind in kinds]


@given(st.frozensets(notes, max_size=30), tempos)
def test_onsets_are_where_the_tempo_map_puts_them(
    chosen: frozenset[Note], tempo: list[tuple[int, float]]
) -> None:
    song = make_song(chosen, tempo=tempo)
    seconds = song.tempo_map.ticks_to_seconds
    expected = sorted(
        (round(seconds(n.start) * RATE), n.track, n.pitch, n.velocity) for n in chosen
    )
    ons = events(song, NOTE_ON)
    assert sorted((e.position, e.track, e.value, e.amount) for e in ons) == expected


@given(st.frozensets(notes, max_size=30), tempos)
def test_every_note_ends_and_after_it_began(
    chosen: frozenset[Note], tempo: list[tuple[int, float]]
) -> None:
    song = make_song(chosen, tempo=tempo)
    open_notes: dict[tuple[int, int], int] = {}
    for event in events(song, NOTE_ON, NOTE_OFF):
        key = (event.track, event.value)
        open_notes[key] = open_notes.get(key, 0) + (1 if event.kind == NOTE_ON else -1)
        assert open_notes[key] >= 0
    assert not any(open_notes.values())


def test_a_note_shorter_than_a_sample_still_ends_after_its_beginning() -> None:
    song = make_song([Note(0, 60, 1)], tempo=((0, 500_000.0),))
    on, off = events(song, NOTE_ON, NOTE_OFF)
    assert (on.kind, off.kind) == (NOTE_ON, NOTE_OFF)
    assert off.position > on.position


def test_at_one_sample_notes_end_and_programs_change_before_notes_begin() -> None:
    song = with_program(make_song([*scale(1), Note(BEAT - 10, 60, 100)]), 0, BEAT - 10, 40)
    at = round(song.tempo_map.ticks_to_seconds(BEAT - 10) * RATE)
    kinds = [e.kind for e in events(song, NOTE_OFF, PROGRAM, NOTE_ON) if e.position == at]
    assert kinds == [NOTE_OFF, PROGRAM, NOTE_ON]


def test_tracks_beyond_sixteen_keep_their_own_channels() -> None:
    tracks = [TrackInfo(str(i), program=i) for i in range(20)]
    song = make_song([Note(0, 60, 10, track=i) for i in range(20)], tracks)
    programs = {e.track: e.value for e in events(song, PROGRAM)}
    assert programs == {i: i for i in range(20)}
    assert {e.track for e in events(song, NOTE_ON)} == set(range(20))


def test_controllers_and_bends_are_kept() -> None:
    song = make_song(scale(2))
    channel = song.tracks[0].channel
    with_event(song, 0, BEAT, bytes((0xB0 | channel, 7, 33)))
    with_event(song, 0, BEAT, bytes((0xE0 | channel, 0x01, 0x50)))
    at = round(song.tempo_map.ticks_to_seconds(BEAT) * RATE)
    assert events(song, CONTROL) == [Event(at, CONTROL, 0, 7, 33)]
    assert events(song, BEND) == [Event(at, BEND, 0, 0x50 << 7 | 1, 0)]


def test_the_state_before_a_place_is_the_last_of_each_kind() -> None:
    song = with_program(with_program(make_song(scale(8)), 0, BEAT, 40), 0, 4 * BEAT, 41)
    channel = song.tracks[0].channel
    for tick, value in ((0, 20), (2 * BEAT, 90), (6 * BEAT, 10)):
        with_event(song, 0, tick, bytes((0xB0 | channel, 7, value)))
    sequence = Sequence.from_song(song, RATE)
    state = {
        (e.kind, e.value if e.kind == CONTROL else 0): (e.value, e.amount)
        for e in sequence.state_at(sequence.position_of(5 * BEAT))
        if e.track == 0
    }
    assert state == {(PROGRAM, 0): (41, 0), (CONTROL, 7): (7, 90)}
    at_change = sequence.state_at(sequence.position_of(4 * BEAT))  # what begins there is to come
    assert [e.value for e in at_change if e.track == 0 and e.kind == PROGRAM] == [40]


@given(st.integers(0, 40 * BEAT), tempos)
def test_ticks_and_positions_are_inverse(tick: int, tempo: list[tuple[int, float]]) -> None:
    sequence = Sequence.from_song(make_song([], tempo=tempo), RATE)
    samples_per_tick = RATE * 60 / 20 / BEAT
    back = sequence.position_of(sequence.tick_of(sequence.position_of(tick)))
    assert abs(back - sequence.position_of(tick)) <= 1
    assert abs(sequence.tick_of(sequence.position_of(tick)) - tick) * samples_per_tick < 30


def test_a_song_without_notes_or_tracks_is_silent() -> None:
    song = Song.empty()
    song.tracks.clear()
    sequence = Sequence.from_song(song, RATE)
    assert (len(sequence), sequence.end, sequence.n_notes) == (0, 0, 0)
