"""Record, metronome, MIDI and sound in the transport bar: what they show is what is so."""

import threading
from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from models.notes import Note
from studio.audio.master import SoundSettings
from studio.audio.midi_inputs import InputState, MidiInputs
from studio.audio.midi_ports import MidiSystem, PortNames
from studio.audio.player import Player
from studio.audio.soundfont import shipped_soundfont
from studio.score.score import Edit
from studio.settings import Settings
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.midi_view_model import MidiViewModel
from studio.ui.play_tools import PlayTools
from studio.ui.record_view_model import RecordViewModel
from studio.ui.sound_view_model import SoundViewModel, saved_soundfont
from studio.ui.transport_bar import TransportBar
from studio.ui.transport_view_model import TransportViewModel
from tests.midi_server import API, MidiServer
from tests.studio.audio.manual_output import RATE, ManualOutput, drive


class Desk:
    def __init__(self, inputs: MidiInputs | None = None) -> None:
        self.output = ManualOutput()
        self.score = ScoreViewModel()
        self.player = Player(shipped_soundfont(), open_output=lambda latency_s: (self.output, None))
        self.transport = TransportViewModel(self.score, self.player)
        self.sound = SoundViewModel(self.player, Settings())
        self.midi = MidiViewModel(self.score, self.transport, Settings(), inputs)
        self.record = RecordViewModel(self.score, self.transport, self.midi, Settings())
        self.tools = PlayTools(self.transport, self.sound, self.midi, self.record)
        self.said: list[str] = []
        self.transport.notice.connect(lambda level, text: self.said.append(text))

    def close(self) -> None:
        self.midi.close()
        self.transport.close()


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk()
    qtbot.addWidget(made.tools)
    yield made
    made.close()


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


def test_the_record_button_is_down_only_while_it_records(qtbot: QtBot, desk: Desk) -> None:
    button = desk.tools.record_button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isChecked(), "there is no keyboard"
    desk.midi.inputs.state = InputState(PortNames(("Keys",)), ("Keys",))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.isChecked()
    assert "Counting in" in button.toolTip()
    desk.transport.stop()
    assert not button.isChecked()


def test_sliders_reach_the_player_and_are_remembered(desk: Desk) -> None:
    panel = desk.tools.sound_menu.panel
    for name, value in (("sound_volume", -12), ("sound_reverb", 40), ("sound_chorus", 25)):
        slider = panel.findChild(QSlider, name)
        assert slider is not None
        slider.setValue(value)
    panel.delay.setValue(180)
    panel.buffer.setCurrentIndex(0)
    panel.buffer.activated.emit(0)
    desk.tools.metronome_button.click()
    expected = SoundSettings(-12.0, 0.4, 0.25, 180.0, metronome=True, buffer_ms=30.0)
    assert desk.sound.sound == desk.player._sound == expected
    assert SoundViewModel(desk.player, Settings()).sound == expected
    assert panel._volume_text.text() == f"{MINUS}12 dB"


@pytest.mark.parametrize("stored", [None, "loud", {"volume_db": "x"}, {"nonsense": 1}])
def test_settings_that_make_no_sense_are_the_first_ones(desk: Desk, stored: object) -> None:
    settings = Settings()
    settings.set("sound", stored)
    assert SoundViewModel(desk.player, settings).sound.volume_db == 0.0


def test_a_bad_soundfont_is_refused_with_the_reason_and_the_last_one_kept(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.sf2", tmp_path / "bad.sf2"
    good.write_bytes(shipped_soundfont().read_bytes())
    bad.write_bytes(shipped_soundfont().read_bytes()[:5000])
    desk.sound.choose_soundfont(good)
    assert desk.player.wait()
    desk.sound.choose_soundfont(bad)
    assert desk.player.wait()
    qtbot.waitUntil(lambda: any("cut off" in text for text in desk.said))
    assert desk.sound.soundfont == good
    assert saved_soundfont(Settings()) == good
    desk.tools.sound_menu.panel.follow()
    assert desk.tools.sound_menu.panel._font_label.text() == "good.sf2"
    desk.player.preview_note(60)
    assert np.abs(drive(desk.player, desk.output, 4000)).max() > 0.01


def test_too_loud_lights_the_light_until_it_is_clicked(qtbot: QtBot, desk: Desk) -> None:
    bar = TransportBar(desk.transport)
    bar.has_clipped = lambda: desk.sound.has_clipped
    bar.meter.clip_reset.connect(desk.sound.reset_clip)
    qtbot.addWidget(bar)
    desk.sound.change(volume_db=6.0)
    chord = frozenset(Note(0, pitch, 4800, 127) for pitch in range(40, 80, 2))
    desk.score.request(Edit("Chord", added=chord))
    desk.transport.play_toggle()
    drive(desk.player, desk.output, RATE)
    desk.player.wait()
    bar._show_levels()
    assert bar.meter._has_clipped
    desk.transport.stop()
    drive(desk.player, desk.output, RATE)
    qtbot.mouseClick(bar.meter, Qt.MouseButton.LeftButton)
    desk.player.wait()
    desk.player.wait()
    bar._show_levels()
    assert not bar.meter._has_clipped


def test_panic_stops_and_silences(qtbot: QtBot, desk: Desk) -> None:
    desk.score.request(Edit("Long", added=frozenset({Note(0, 60, 48_000)})))
    desk.transport.play_toggle()
    drive(desk.player, desk.output, RATE // 4)
    button = desk.tools.sound_menu.panel.findChild(QPushButton, "panic_button")
    assert button is not None
    button.click()
    drive(desk.player, desk.output, RATE // 4)
    assert not desk.transport.is_playing
    engine = desk.player._engine
    assert engine is not None
    assert engine.synth.note_ons == engine.synth.note_offs == 1


def test_the_menu_tells_which_keyboards_are_heard_and_which_refuse(desk: Desk) -> None:
    menu = desk.tools.midi_button.midi_menu
    menu.fill()
    assert "No keyboard is connected" in texts(menu)
    names = PortNames(("Left:Left 20:0", "Right:Right 24:0"), ("Module",))
    desk.midi.inputs.state = InputState(names, ("Left:Left 20:0",), {"Right:Right 24:0": "busy"})
    menu.fill()
    assert "Left" in texts(menu)
    assert "Right (can't be opened)" in texts(menu)
    checks = {a.text(): a.isChecked() for a in menu.actions() if a.isCheckable()}
    assert checks["Left"]
    assert not checks["Right (can't be opened)"]
    assert checks["Nowhere"]
    desk.midi.changed.emit()
    assert desk.tools.midi_button.toolTip() == "MIDI: Left is heard"


def test_without_a_midi_system_the_menu_says_so(desk: Desk) -> None:
    desk.midi.inputs.state = InputState(trouble="There is no MIDI system: start JACK.")
    menu = desk.tools.midi_button.midi_menu
    menu.fill()
    none = next(action for action in menu.actions() if action.objectName() == "midi_none")
    assert "no MIDI system" in none.text()
    assert "JACK" in none.toolTip()


def test_every_choice_of_the_menu_is_taken(desk: Desk) -> None:
    menu = desk.tools.midi_button.midi_menu
    menu.fill()
    before = {**desk.midi.choices, **desk.record.choices}
    for name in ("thru", "sends_notes", "sends_clock", "follows", "replaces", "punch", "quantises"):
        action = next(a for a in menu.actions() if a.objectName() == f"midi_{name}")
        action.trigger()
        assert {**desk.midi.choices, **desk.record.choices}[name] is not before[name]
    step = next(a for a in menu.actions() if a.objectName() == "midi_step_input")
    step.trigger()
    assert desk.record.step_input is not None
    assert desk.tools.midi_button.toolTip().endswith("step input is on")
    channel = next(m for m in menu.findChildren(QMenu) if m.objectName() == "midi_channel_menu")
    channel.actions()[3].trigger()
    assert desk.midi.inputs.channel == 2


def test_a_real_keyboard_is_heard_recorded_and_sent_on(
    qtbot: QtBot, midi_server: MidiServer
) -> None:
    got: list[str] = []
    midi_server.expander("Module", lambda message: got.append(message.type))
    desk = Desk(MidiInputs(MidiSystem([API])))
    desk.score.request(Edit("Bass", added=frozenset({Note(0, 40, 480), Note(960, 42, 9600)})))
    desk.midi.start()
    keyboard = midi_server.keyboard("Keys")
    qtbot.waitUntil(lambda: len(desk.midi.state.open) == 1, timeout=20_000)
    desk.midi.choose("output", next(n for n in desk.midi.state.names.outputs if "Module" in n))
    qtbot.waitUntil(lambda: desk.midi.out is not None, timeout=10_000)
    desk.record.choose("count_in_bars", 0)
    desk.record.toggle()
    drive(desk.player, desk.output, RATE)
    played: list[object] = []
    desk.midi.played.connect(played.extend)
    keyboard.send(mido.Message("note_on", note=60, velocity=100))
    qtbot.waitUntil(lambda: len(played) == 1, timeout=10_000)
    drive(desk.player, desk.output, RATE // 2)
    keyboard.send(mido.Message("note_off", note=60))
    qtbot.waitUntil(lambda: len(played) == 2, timeout=10_000)
    desk.transport.stop()
    recorded = [note for note in desk.score.score.notes if note.pitch == 60]
    assert len(recorded) == 1
    # the output's clock stands still while the message is on its way
    assert recorded[0].start <= 960 < recorded[0].end
    drive(desk.player, desk.output, RATE)
    qtbot.waitUntil(lambda: got.count("note_on") == 2 == got.count("note_off"), timeout=10_000)
    desk.close()
    desk.tools.deleteLater()
    assert not [t for t in threading.enumerate() if t.name in ("midi out", "midi ports")]
