"""The song at a MIDI port: as many notes end as begin, on time, and the clock keeps the beat."""

import time
from collections import Counter

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notes import Note
from models.protocol import TrackInfo
from studio.audio.midi_out import CLOCKS_PER_BEAT, MidiClock, MidiOut, PortSynth
from studio.audio.midi_ports import MidiSystem
from studio.audio.playback import Playback
from studio.audio.playhead import Heard, Stretch
from studio.audio.sequence import Sequence
from tests.midi_server import API, MidiServer
from tests.studio.audio.manual_output import RATE
from tests.studio.audio.songs import BEAT, make_song, scale
from tests.studio.audio.test_midi_inputs import until
from tests.studio.audio.test_player import Desk

PER_BEAT = RATE // 2


class Port:
    """Writes down what is sent."""

    def __init__(self) -> None:
        self.sent: list[mido.Message] = []
        self.is_closed = False

    def send(self, message: mido.Message) -> None:
        self.sent.append(message)

    def close(self) -> None:
        self.is_closed = True

    def kinds(self, *kinds: str) -> list[mido.Message]:
        return [message for message in self.sent if message.type in kinds]


@pytest.fixture
def port() -> Port:
    return Port()


@pytest.fixture
def out(port: Port) -> MidiOut:
    sender = MidiOut(port, lambda: None, frozenset, sends_clock=True)
    sender._stopping.set()  # the test moves it by hand
    sender._thread.join()
    return sender


def sequence_of(notes: list[Note]) -> Sequence:
    return Sequence.from_song(make_song(notes), RATE)


def at(stretch: Stretch, beats: float) -> Heard:
    return Heard(stretch, beats * PER_BEAT)


def stretch(sequence: Sequence, beats: float = 0.0, begins: float = -1e9) -> Stretch:
    return Stretch(0, round(beats * PER_BEAT), round(begins * PER_BEAT), True, sequence)


def test_notes_are_sent_when_they_are_heard(out: MidiOut, port: Port) -> None:
    playing = stretch(sequence_of(scale(4)))
    for beats in np.arange(0, 3.2, 0.1):
        out.follow(at(playing, beats))
    assert [m.note for m in port.kinds("note_on")] == [60, 61, 62, 63]
    assert [m.note for m in port.kinds("note_off")] == [60, 61, 62]
    out.follow(None)
    assert [m.note for m in port.kinds("note_off")] == [60, 61, 62, 63]


def test_a_jump_ends_what_sounds_and_plays_the_first_note_there(out: MidiOut, port: Port) -> None:
    song = sequence_of(scale(8))
    out.follow(at(stretch(song), 0.5))
    out.follow(at(stretch(song, 4), 4.01))  # looked at a little after the jump
    assert [m.note for m in port.kinds("note_on")] == [60, 64]
    assert [m.note for m in port.kinds("note_off")] == [60]


def test_an_edit_leaves_the_notes_that_stay_alone(out: MidiOut, port: Port) -> None:
    held, gone = Note(0, 60, 4 * BEAT), Note(0, 64, 4 * BEAT)
    out.follow(at(stretch(sequence_of([held, gone])), 1.0))
    out.follow(at(stretch(sequence_of([held]), 1.0), 1.1))
    assert [m.note for m in port.kinds("note_off")] == [64]


def test_in_a_count_in_no_note_of_the_song_is_sent(out: MidiOut, port: Port) -> None:
    counted = stretch(sequence_of(scale(8)), 0.0, begins=4)
    out.follow(at(counted, 3.9))
    assert port.kinds("note_on", "clock") == []
    out.follow(at(counted, 4.1))
    assert [m.note for m in port.kinds("note_on")] == [64]


def test_the_clock_gives_24_a_beat_and_starts_and_stops(out: MidiOut, port: Port) -> None:
    playing = stretch(sequence_of(scale(8)))
    for beats in np.arange(0, 4.001, 0.01):
        out.follow(at(playing, beats))
    out.follow(None)
    kinds = [m.type for m in port.kinds("start", "continue", "stop", "clock", "songpos")]
    assert kinds == ["start", *["clock"] * (4 * CLOCKS_PER_BEAT + 1), "stop"]


def test_from_the_middle_the_clock_tells_the_place(out: MidiOut, port: Port) -> None:
    out.follow(at(stretch(sequence_of(scale(8)), 2.5), 2.5))
    told = port.kinds("start", "continue", "songpos")
    assert [m.type for m in told] == ["songpos", "continue"]
    assert told[0].pos == 10


def test_without_notes_there_is_only_the_clock(out: MidiOut, port: Port) -> None:
    out.sends_notes = False
    playing = stretch(sequence_of(scale(4)))
    for beats in np.arange(0, 2, 0.1):
        out.follow(at(playing, beats))
    assert port.kinds("note_on") == []
    assert len(port.kinds("clock")) > 40


def test_forty_tracks_share_sixteen_channels_and_no_note_hangs(port: Port) -> None:
    tracks = [TrackInfo(f"Track {i}", i) for i in range(40)]
    notes = [Note(i * 7, 60 + i % 3, BEAT + i, 90, i) for i in range(40)]
    sequence = Sequence.from_song(make_song(notes, tracks), RATE)
    synth = PortSynth(lambda data: port.send(mido.Message.from_bytes(data)))
    synth.channels = sequence.channels
    playback = Playback(synth, sequence)
    playback.play(0)
    playback.render(4 * PER_BEAT)
    balance: Counter[tuple[int, int]] = Counter()
    programs: dict[int, int] = {}
    heard = []
    for message in port.sent:
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type == "note_on":
            balance[message.channel, message.note] += 1
            heard.append(programs[message.channel])
        elif message.type == "note_off":
            balance[message.channel, message.note] -= 1
        assert set(balance.values()) <= {0, 1}, "a key is down once or not at all"
    assert heard == list(range(40)), "each note has the sound of its own track"
    assert synth.note_ons == synth.note_offs == 40
    assert not any(balance.values())


@given(
    st.lists(
        st.one_of(st.none(), st.tuples(st.integers(0, 2), st.floats(0, 8), st.floats(0, 3))),
        max_size=12,
    )
)
def test_wherever_it_goes_as_many_notes_end_as_begin(
    moves: list[tuple[int, float, float] | None],
) -> None:
    songs = [sequence_of(scale(count)) for count in (2, 5, 8)]
    port = Port()
    out = MidiOut(port, lambda: None, frozenset, sends_clock=True)
    for move in moves:
        if move is None:
            out.follow(None)
            continue
        song, start, passed = move
        playing = stretch(songs[song], start)
        out.follow(at(playing, start))
        out.follow(at(playing, start + passed))
    out.close()
    assert len(port.kinds("note_on")) == len(port.kinds("note_off"))
    assert out.synth.note_ons == out.synth.note_offs
    assert len(port.kinds("start", "continue")) == len(port.kinds("stop"))
    assert port.is_closed


def test_a_clock_that_was_not_begun_sends_nothing() -> None:
    sent: list[bytes] = []
    clock = MidiClock(sent.append)
    clock.advance(100)
    clock.stop()
    assert sent == []


def test_a_dead_port_is_told_and_the_song_goes_on() -> None:
    class Dead(Port):
        def send(self, message: mido.Message) -> None:
            raise RuntimeError("unplugged")

    out = MidiOut(Dead(), lambda: None, frozenset)
    playing = stretch(sequence_of(scale(4)))
    out.follow(at(playing, 0.5))
    out.follow(at(playing, 1.5))
    assert out.error == "unplugged"
    out.close()


def test_what_the_player_plays_arrives_at_a_real_port(midi_server: MidiServer) -> None:
    got: list[tuple[float, mido.Message]] = []
    midi_server.expander("Module", lambda message: got.append((time.perf_counter(), message)))
    system = MidiSystem([API])
    name = next(name for name in system.names().outputs if "Module" in name)
    desk = Desk()
    out = MidiOut(
        system.open_output(name), desk.player.heard, lambda: desk.player.muted, sends_clock=True
    )
    desk.player.set_song(make_song(scale(8)))
    desk.player.play(0)
    desk.pull(3 * PER_BEAT)
    until(lambda: count(got, "note_on") >= 3)
    desk.player.seek(6 * BEAT)
    desk.pull(PER_BEAT // 2)
    desk.player.stop(0)
    desk.pull(RATE)
    until(lambda: count(got, "stop") >= 2)
    out.close()
    until(lambda: count(got, "note_on") == count(got, "note_off"))
    desk.player.close()
    system.close()
    assert out.error == ""


def count(got: list[tuple[float, mido.Message]], kind: str) -> int:
    return sum(message.type == kind for _, message in got)
