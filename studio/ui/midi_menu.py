"""The MIDI menu: which keyboards are heard, how they are recorded, where the song is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from studio.audio.midi_ports import plain_name
from studio.ui.midi_view_model import MidiViewModel
from studio.ui.record_view_model import RecordViewModel

COUNT_INS = (0, 1, 2, 4)
N_CHANNELS = 16
Choose = Callable[[str, Any], None]


class MidiMenu(QMenu):
    """Filled anew whenever it opens, and while it is open when a port comes or goes."""

    def __init__(
        self, midi: MidiViewModel, record: RecordViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("midi_menu")
        self.setToolTipsVisible(True)
        self._midi, self._record = midi, record
        self._submenus: list[QMenu] = []
        self.aboutToShow.connect(self.fill)
        midi.ports_changed.connect(self._on_ports)

    def _on_ports(self) -> None:
        if self.isVisible():
            self.fill()

    def fill(self) -> None:
        """Show what is true now."""
        self.clear()
        for menu in self._submenus:  # `clear` leaves them behind
            menu.setParent(None)
            menu.deleteLater()
        self._submenus = []
        self._add_inputs()
        self._add_recording()
        self._add_output()

    def _add_inputs(self) -> None:
        midi, state = self._midi, self._midi.state
        self.addSection(self.tr("Keyboards"))
        for name in state.names.inputs:
            plain = plain_name(name)
            refusal = state.refused.get(name, "")
            text = self.tr("{0} (can't be opened)").format(plain) if refusal else plain
            action = self._check("midi_input", text, name in state.open, refusal)
            action.triggered.connect(lambda _=False, plain=plain: midi.toggle_input(plain))
        if not state.names.inputs:
            text = self.tr("There is no MIDI system") if state.trouble else ""
            none = self.addAction(text or self.tr("No keyboard is connected"))
            none.setObjectName("midi_none")
            none.setEnabled(False)
            none.setToolTip(state.trouble or self.tr("Plug one in; it is heard at once"))
        self.addSeparator()
        self._choice(
            midi.choose,
            midi.choices,
            "thru",
            self.tr("Hear what is played"),
            self.tr("Keys sound as the chosen track"),
        )
        channels = [(self.tr("All"), None), *((str(i + 1), i) for i in range(N_CHANNELS))]
        self._submenu(self.tr("Channel"), "channel", channels, midi.choose, midi.choices)
        curves = (
            (self.tr("Light: soft strokes count more"), "soft"),
            (self.tr("As struck"), "linear"),
            (self.tr("Heavy: hard strokes only"), "hard"),
            (self.tr("All alike"), "fixed"),
        )
        self._submenu(self.tr("Touch"), "curve", curves, midi.choose, midi.choices)

    def _add_recording(self) -> None:
        record, tr = self._record, self.tr
        self.addSection(tr("Recording"))
        counts = [(tr("{0} bars").format(n) if n else tr("None"), n) for n in COUNT_INS]
        counts[1] = (tr("1 bar"), 1)
        self._submenu(tr("Count-in"), "count_in_bars", counts, record.choose, record.choices)
        for name, text, tip in (
            (
                "sings",
                tr("Sing into the microphone"),
                tr("Or play: one line. Use headphones"),
            ),
            ("replaces", tr("Replace what is there"), tr("Else what is played is added to it")),
            ("punch", tr("Within the loop only"), tr("Punch in and out: heard from a bar before")),
            ("quantises", tr("Quantise to the grid"), tr("As a second step: undo it alone")),
        ):
            self._choice(record.choose, record.choices, name, text, tip)
        step = self._check(
            "midi_step_input",
            tr("Step input"),
            record.step_input is not None,
            tr("While nothing plays: each chord is written at the playhead, the pedal is a rest"),
        )
        step.triggered.connect(record.set_step_input)

    def _add_output(self) -> None:
        midi, tr = self._midi, self.tr
        self.addSection(tr("Send the song to"))
        group = QActionGroup(self)
        names = [plain_name(name) for name in midi.state.names.outputs]
        wanted = midi.choices["output"]
        if wanted and wanted not in names:
            names.append(wanted)
        for name in ("", *names):
            is_gone = bool(name) and name not in map(plain_name, midi.state.names.outputs)
            text = tr("{0} (not connected)").format(name) if is_gone else name or tr("Nowhere")
            action = self._check("midi_output", text, name == wanted, "")
            action.triggered.connect(lambda _=False, name=name: midi.choose("output", name))
            group.addAction(action)
        self.addSeparator()
        for choice, text, tip in (
            ("sends_notes", tr("Send its notes"), tr("As they are heard")),
            ("sends_clock", tr("Send the clock"), tr("24 a beat, with start, stop and place")),
            ("follows", tr("Follow start and stop"), tr("Another machine may start the song")),
        ):
            self._choice(midi.choose, midi.choices, choice, text, tip)

    def _choice(
        self, choose: Choose, choices: dict[str, Any], name: str, text: str, tip: str
    ) -> None:
        action = self._check(f"midi_{name}", text, bool(choices[name]), tip)
        action.triggered.connect(lambda is_on: choose(name, is_on))

    def _check(self, name: str, text: str, is_on: bool, tip: str) -> QAction:
        action = self.addAction(text.replace("&", "&&"))
        action.setObjectName(name)
        action.setCheckable(True)
        action.setChecked(is_on)
        action.setToolTip(tip or text)
        action.setStatusTip(tip or text)
        return action

    def _submenu(
        self,
        title: str,
        name: str,
        values: Sequence[tuple[str, Any]],
        choose: Choose,
        choices: dict[str, Any],
    ) -> None:
        menu = QMenu(title, self)
        menu.setObjectName(f"midi_{name}_menu")
        group = QActionGroup(menu)
        for text, value in values:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(value == choices[name])
            action.triggered.connect(lambda _=False, value=value: choose(name, value))
            group.addAction(action)
        self._submenus.append(menu)
        self.addMenu(menu)
