"""The command line: `studio COMMAND …`, or `studio [FILE…]` to open the window.

Exit status: 0 done, 1 could not (one sentence on stderr), 2 wrong usage. A command's module is
imported when that command is asked for, so that none pays for another's libraries.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from types import ModuleType

from models.errors import ModelError
from studio.errors import StudioError

# command -> (module in studio.commands, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "tour": ("tour", "the guided tour on demo material"),
    "classify": ("classify", "name the genre of audio files or folders"),
    "suggest": ("suggest", "edit events for a score: notes to add and to remove"),
    "continue": ("continue_", "new bars after the end of a score"),
    "train": ("train", "train a model on your own music"),
    "evaluate": ("evaluate", "measure a model honestly on files it has not seen"),
    "inspect": ("inspect", "look a data set over before training"),
    "models": ("models", "the models that are there"),
    "devices": ("devices", "the sound devices that are there"),
    "doctor": ("doctor", "what is wrong on this machine and how to mend it"),
    "licences": ("licences", "what Studio is built on, and under which terms"),
    "convert": ("convert", "a score from one format into another: MIDI, project, MusicXML"),
    "render": ("render", "play a score into an audio file"),
    "worker": ("worker", "internal: the inference process"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments)
    except (StudioError, ModelError) as error:
        sys.stderr.write(f"studio: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("studio: interrupted\n")
        return 1
    except BrokenPipeError:  # `studio models | head`: the reader has gone, and that is no error
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a full disk, a folder that can't be made: not a fault of Studio
        place = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"studio: {place}{error.strerror or error}.\n")
        return 1


def _run(arguments: list[str]) -> int:
    if arguments and arguments[0] in COMMANDS:
        module, parser = _command_parser(arguments[0])
        options = parser.parse_args(arguments[1:])
        status: int = module.run(options)
        return status
    parser = _window_parser()
    options = parser.parse_args(arguments)
    from studio.commands.open_window import run

    return run(options)


def _command_parser(command: str) -> tuple[ModuleType, argparse.ArgumentParser]:
    name, summary = COMMANDS[command]
    module = importlib.import_module(f"studio.commands.{name}")
    parser = argparse.ArgumentParser(
        f"studio {command}", description=f"{summary[0].upper()}{summary[1:]}."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    module.configure(parser)
    return module, parser


def _window_parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:{width}}  {text}" for name, (_, text) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        "studio",
        usage="studio [--listen] [FILE ...]\n       studio COMMAND [--help] ...",
        description="Open the window. FILE: audio, MIDI or a Studio project.",
        epilog=f"commands:\n{commands}\n\nExit status: 0 done, 1 could not, 2 wrong usage.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="what to open")
    parser.add_argument("--listen", action="store_true", help="start the default input at once")
    parser.add_argument("--version", action="version", version=f"studio {version('music-studio')}")
    return parser
