"""MIDI keyboards through real virtual ports: all heard, whole, in order, plugged at will."""

import time
from collections.abc import Callable, Iterator

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.audio.midi_inputs import FLOOD_PER_S, FloodMeter, MidiInputs, Played
from studio.audio.midi_ports import NO_SYSTEM, MidiSystem, plain_name
from studio.audio.velocity_curve import CURVES, LINEAR, curve_named
from studio.errors import StudioError
from tests.midi_server import API, MidiServer


def until(is_so: Callable[[], bool], timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.002)


@pytest.fixture
def inputs(midi_server: MidiServer) -> Iterator[MidiInputs]:
    heard = MidiInputs(MidiSystem([API]))
    yield heard
    heard.close()


def take(inputs: MidiInputs, count: int) -> list[Played]:
    played: list[Played] = []

    def enough() -> bool:
        played.extend(inputs.take())
        return len(played) >= count

    until(enough)
    return played


def note(pitch: int, velocity: int = 80, channel: int = 0) -> object:
    return mido.Message("note_on", note=pitch, velocity=velocity, channel=channel)


def test_keyboards_at_once_are_heard_whole_and_each_in_order(
    midi_server: MidiServer, inputs: MidiInputs
) -> None:
    left, right = midi_server.keyboard("Left"), midi_server.keyboard("Right")
    inputs.look()
    assert len(inputs.state.open) == 2
    for i in range(500):
        left.send(note(i % 128))
        right.send(note(127 - i % 128))
        time.sleep(0.0005)  # a cable carries about a message a millisecond
    played = take(inputs, 1000)
    ports = sorted({p.port for p in played})
    assert len(played) == 1000
    assert len(ports) == 2
    pitches = [[p.message.note for p in played if p.port == port] for port in ports]
    assert pitches == [[i % 128 for i in range(500)], [127 - i % 128 for i in range(500)]]
    assert [p.at_s for p in played] == sorted(p.at_s for p in played)
    assert inputs.lost == 0


def test_a_keyboard_is_heard_once_plugged_in_and_gone_once_pulled(
    midi_server: MidiServer, inputs: MidiInputs
) -> None:
    changes: list[tuple[str, ...]] = []
    inputs.on_change = lambda: changes.append(inputs.state.open)
    inputs.start()
    until(lambda: not inputs.state.trouble)
    keyboard = midi_server.keyboard("Late")
    until(lambda: len(inputs.state.open) == 1)
    keyboard.send(note(64))
    assert take(inputs, 1)[0].message.note == 64
    keyboard.close()
    until(lambda: inputs.state.open == ())
    assert [len(names) for names in changes] == [1, 0]


def test_only_the_chosen_inputs_are_heard(midi_server: MidiServer, inputs: MidiInputs) -> None:
    left, right = midi_server.keyboard("Left"), midi_server.keyboard("Right")
    inputs.look()
    chosen = next(name for name in inputs.state.names.inputs if "Right" in name)
    inputs.choose(frozenset({plain_name(chosen)}))
    inputs.look()
    assert inputs.state.open == (chosen,)
    left.send(note(10))
    right.send(note(20))
    assert [p.message.note for p in take(inputs, 1)] == [20]


def test_a_channel_is_filtered_and_velocities_follow_the_curve(
    midi_server: MidiServer, inputs: MidiInputs
) -> None:
    keyboard = midi_server.keyboard("Keys")
    inputs.channel, inputs.curve = 2, curve_named("fixed")
    inputs.look()
    for channel in range(4):
        keyboard.send(note(60 + channel, 5, channel))
    keyboard.send(mido.Message("note_on", note=62, velocity=0, channel=2))
    keyboard.send(mido.Message("start"))  # belongs to no channel
    played = [p.message for p in take(inputs, 3)]
    assert [(m.type, getattr(m, "velocity", None)) for m in played] == [
        ("note_on", 100),
        ("note_on", 0),
        ("start", None),
    ]


def test_a_stuck_keyboard_is_named_and_nothing_it_sends_is_lost(
    midi_server: MidiServer, inputs: MidiInputs
) -> None:
    floods: list[tuple[str, int]] = []
    inputs.on_flood = lambda port, per_second: floods.append((port, per_second))
    stuck = midi_server.keyboard("Stuck")
    inputs.look()
    sent, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < 3.0:
        while sent < 5000 * passed:
            stuck.send(mido.Message("control_change", control=1, value=sent % 128))
            sent += 1
        time.sleep(0.001)
    played = take(inputs, sent)
    values = [p.message.value for p in played]
    assert values == [i % 128 for i in range(sent)]
    assert inputs.lost == 0
    assert len(floods) == 1, "it is told once"
    assert "Stuck" in floods[0][0]
    assert floods[0][1] > FLOOD_PER_S


def test_without_a_midi_system_it_says_so() -> None:
    inputs = MidiInputs(MidiSystem([]))
    with pytest.raises(StudioError, match="no MIDI system"):
        inputs.system.names()
    inputs.look()
    assert (inputs.state.trouble, inputs.state.open) == (NO_SYSTEM, ())
    inputs.close()


def test_a_port_that_is_gone_is_refused_by_name(
    midi_server: MidiServer, inputs: MidiInputs
) -> None:
    with pytest.raises(StudioError, match="Nobody can't be opened"):
        inputs.system.open_output("Nobody")


@given(st.integers(1, 127), st.integers(1, 127), st.sampled_from(CURVES))
def test_a_harder_stroke_is_never_softer(a: int, b: int, curve: object) -> None:
    low, high = (curve.velocity(v) for v in sorted((a, b)))  # type: ignore[attr-defined]
    assert 1 <= low <= high <= 127
    assert LINEAR.velocity(a) == a


def test_a_flood_is_told_again_only_after_it_was_over() -> None:
    meter, told, at_s = FloodMeter(), [], 1.0
    for per_second in (100, 100, 5000, 5000, 5000, 100, 100, 5000, 5000):
        for _ in range(per_second):
            at_s += 1 / per_second
            told.append(meter.count(at_s))
    assert len([count for count in told if count]) == 2


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Keystation:Keystation MIDI 1 20:0", "Keystation MIDI 1"),
        ("Keyboard A:keys", "Keyboard A:keys"),
        ("USB MIDI 3", "USB MIDI"),
        ("Piano", "Piano"),
    ],
)
def test_plain_names_are_the_same_at_each_plugging_in(name: str, plain: str) -> None:
    assert plain_name(name) == plain
