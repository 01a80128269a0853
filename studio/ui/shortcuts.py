"""The keys of the window, in one table. The roll's own keys live with the roll."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from studio.ui.icons import icon


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
    Binding("quit", "File", "&Quit", ("Ctrl+Q",), "Close Studio"),
    Binding("undo", "Edit", "&Undo", ("Ctrl+Z",), "Take the last change back", "undo"),
    Binding("redo", "Edit", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Make it again", "redo"),
    Binding("place_listen", "View", "&Listen", ("Ctrl+1",), "See and name what sounds", "listen"),
    Binding("place_compose", "View", "&Compose", ("Ctrl+2",), "Write music", "compose"),
    Binding("place_train", "View", "&Train", ("Ctrl+3",), "Teach a model your music", "train"),
    Binding("beside_listen", "View", "Listen beside", ("Ctrl+Shift+1",), "Listen beside the rest"),
    Binding(
        "beside_compose", "View", "Compose beside", ("Ctrl+Shift+2",), "Compose beside the rest"
    ),
    Binding("beside_train", "View", "Train beside", ("Ctrl+Shift+3",), "Train beside the rest"),
    Binding("help", "Help", "&Help on this place", ("F1",), "How this place works", "help"),
    Binding("doctor", "Help", "Is everything &well?", (), "Look for what is wrong; write a report"),
    Binding("show_log", "Help", "Where is the &log?", (), "Name the file that holds the log"),
)


def make_actions(window: QWidget) -> dict[str, QAction]:
    """An action for each row of the table, by name, with its keys, icon, tooltip and sentence."""
    actions = {}
    for binding in BINDINGS:
        action = QAction(translated(binding.text), window)
        action.setObjectName(binding.name)
        action.setShortcuts([QKeySequence(keys) for keys in binding.keys])
        tip = translated(binding.tip)
        keys = f" ({binding.keys[0]})" if binding.keys else ""
        action.setToolTip(f"{tip}{keys}")
        action.setStatusTip(tip)
        if binding.icon:
            action.setIcon(icon(binding.icon))
        window.addAction(action)
        actions[binding.name] = action
    return actions


def translated(text: str) -> str:
    """`text` in the user's language."""
    return QCoreApplication.translate("shortcuts", text)
