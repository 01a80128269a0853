"""The keys of the window, in one table. The roll's own keys live with the roll."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from studio.ui.icons import icon
from studio.ui.keymap import Command, keymap


@dataclass(frozen=True, slots=True)
class Binding:
    """An action of the window: its object name, its words, its keys and its place in the menus."""

    name: str
    menu: str
    text: str
    keys: tuple[str, ...]
    tip: str
    icon: str = ""


BINDINGS: tuple[Binding, ...] = (
    Binding("open", "File", "&Open…", ("Ctrl+O",), "Open music: audio, MIDI or a project", "open"),
    Binding("save", "File", "&Save", ("Ctrl+S",), "Save the score", "save"),
    Binding("save_as", "File", "Save &as…", ("Ctrl+Shift+S",), "Save the score under a new name"),
    Binding("export_audio", "File", "&Export audio…", ("Ctrl+E",), "Play the score into a file"),
    Binding("export_tracks", "File", "Export each &track…", (), "Play each track into a file"),
    Binding(
        "transcribe", "File", "&Notes from a sound file…", (), "Hear one line, write it at the bar"
    ),
    Binding("export_musicxml", "File", "Export &MusicXML…", (), "Write it for notation programs"),
    Binding("quit", "File", "&Quit", ("Ctrl+Q",), "Close Studio"),
    Binding("undo", "Edit", "&Undo", ("Ctrl+Z",), "Take the last change back", "undo"),
    Binding("redo", "Edit", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Make it again", "redo"),
    Binding("record", "Play", "&Record", ("Ctrl+R",), "Record keys, or end the take", "record"),
    Binding(
        "metronome", "Play", "&Metronome", ("Ctrl+Shift+M",), "Click on every beat", "metronome"
    ),
    Binding("panic", "Play", "&Silence everything", ("Ctrl+.",), "Stop and end every note"),
    Binding("place_listen", "View", "&Listen", ("Ctrl+1",), "See and name what sounds", "listen"),
    Binding("place_compose", "View", "&Compose", ("Ctrl+2",), "Write music", "compose"),
    Binding("place_train", "View", "&Train", ("Ctrl+3",), "Teach a model your music", "train"),
    Binding("beside_listen", "View", "Listen beside", ("Ctrl+Shift+1",), "Listen beside the rest"),
    Binding(
        "beside_compose", "View", "Compose beside", ("Ctrl+Shift+2",), "Compose beside the rest"
    ),
    Binding("beside_train", "View", "Train beside", ("Ctrl+Shift+3",), "Train beside the rest"),
    Binding("palette", "Help", "&Find a command…", ("Ctrl+P",), "Everything that can be done"),
    Binding("keys", "Help", "&Keys and mouse…", ("Ctrl+/",), "What keys and mouse do; change keys"),
    Binding("help", "Help", "&Help on this place", ("F1",), "How this place works", "help"),
    Binding("promises", "Help", "What Studio &promises", (), "What you can rely on, and why"),
    Binding("doctor", "Help", "Is everything &well?", (), "Look for what is wrong; write a report"),
    Binding("show_log", "Help", "Where is the &log?", (), "Name the file that holds the log"),
)


def make_actions(window: QWidget) -> dict[str, QAction]:
    """An action for each row of the table, by name, with its keys, icon, tooltip and sentence."""
    actions = {}
    for binding in BINDINGS:
        action = QAction(translated(binding.text), window)
        action.setObjectName(binding.name)
        action.setStatusTip(translated(binding.tip))
        if binding.icon:
            action.setIcon(icon(binding.icon))
        window.addAction(action)
        actions[binding.name] = action
    _ActionKeys(actions, window)
    return actions


class _ActionKeys(QObject):
    """Gives the actions of a window the keys that are in force."""

    def __init__(self, actions: dict[str, QAction], window: QWidget) -> None:
        super().__init__(window)
        self._actions = actions
        keymap().changed.connect(self._give)
        self._give()

    def _give(self) -> None:
        for binding in BINDINGS:
            action, keys = self._actions[binding.name], keymap().keys(binding)
            action.setShortcuts([QKeySequence(text) for text in keys])
            shown = f" ({keys[0]})" if keys else ""
            action.setToolTip(f"{action.statusTip()}{shown}")


def window_commands(actions: dict[str, QAction]) -> list[Command]:
    """What the actions of the window do, to be found by name."""
    place = QCoreApplication.translate("shortcuts", "Everywhere")
    return [
        Command(
            binding, translated(binding.text).replace("&", ""), place, actions[binding.name].trigger
        )
        for binding in BINDINGS
    ]


def translated(text: str) -> str:
    """`text` in the user's language."""
    return QCoreApplication.translate("shortcuts", text)
