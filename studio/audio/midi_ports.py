"""The MIDI ports of this machine, whatever system it has for them."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from studio.audio import jack
from studio.errors import StudioError

Message = Any  # a mido.Message: imported only where ports are opened
OnMessage = Callable[[Message], None]  # called on the driver's thread

OWN_CLIENTS = ("RtMidi", "Studio")  # what we open ourselves must not be heard by us
LOOPS = ("Midi Through",)  # what comes out of these is what was sent into them
NO_SYSTEM = (
    "There is no MIDI system: on Linux load ALSA's sequencer (modprobe snd-seq) or start JACK."
)


class MidiPort(Protocol):
    """An open port."""

    def close(self) -> None:
        """Give it back."""

    def send(self, message: Message) -> None:
        """Out through it."""


@dataclass(frozen=True, slots=True)
class PortNames:
    """Which ports there are, by the names that the system gives them."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


class MidiSystem:
    """Lists and opens ports through the first MIDI system that answers. One thread at a time."""

    def __init__(self, apis: Sequence[str] | None = None) -> None:
        self._apis = apis
        self._backend: Any = None
        self._probes: tuple[Any, Any] | None = None

    def names(self) -> PortNames:
        """The ports that are there now. Raises StudioError where there is no MIDI system."""
        inputs, outputs = self._connected()
        try:
            return PortNames(_foreign(inputs.get_ports()), _foreign(outputs.get_ports()))
        except Exception as error:
            self.close()
            raise StudioError(f"The MIDI system no longer answers ({error}).") from error

    def open_input(self, name: str, on_message: OnMessage) -> MidiPort:
        """Hear what comes in at `name`. Raises StudioError if it can't be opened."""
        return self._open(name, lambda: self._backend.open_input(name, callback=on_message))

    def open_output(self, name: str) -> MidiPort:
        """Send to `name`. Raises StudioError if it can't be opened."""
        return self._open(name, lambda: self._backend.open_output(name))

    def _open(self, name: str, opened: Callable[[], MidiPort]) -> MidiPort:
        self._connected()
        try:
            with jack.environment:
                return opened()
        except Exception as error:
            reason = str(error) or type(error).__name__
            raise StudioError(
                f"{plain_name(name)} can't be opened ({reason}); another program may hold it."
            ) from error

    def _connected(self) -> tuple[Any, Any]:
        if self._probes is None:
            self._connect()
        if self._probes is None:
            raise StudioError(NO_SYSTEM)
        return self._probes

    def _connect(self) -> None:
        mido = importlib.import_module("mido")
        try:
            rtmidi = importlib.import_module("rtmidi")
        except ImportError as error:
            raise StudioError(f"The package python-rtmidi is missing ({error}).") from error
        for api in _present(self._apis or _compiled(rtmidi)):
            number = getattr(rtmidi, f"API_{api}")
            # a system that does not run raises: try the next
            with contextlib.suppress(Exception), jack.environment:
                self._probes = rtmidi.MidiIn(rtapi=number), rtmidi.MidiOut(rtapi=number)
                self._backend = mido.Backend(f"mido.backends.rtmidi/{api}")
                return

    def close(self) -> None:
        """Leave the system; the next call enters it again."""
        probes, self._probes = self._probes, None
        for probe in probes or ():
            probe.delete()


def plain_name(name: str) -> str:
    """A port's name without the numbers that ALSA gives it anew at each plugging in."""
    head, _, tail = name.rpartition(" ")
    if head and tail.replace(":", "").isdigit():
        name = head
    client, _, port = name.partition(":")
    return port if port.startswith(client) and client else name


def _compiled(rtmidi: Any) -> list[str]:
    by_number = {
        getattr(rtmidi, name): name[len("API_") :] for name in dir(rtmidi) if name[:4] == "API_"
    }
    names = [by_number[number] for number in rtmidi.get_compiled_api()]
    return sorted(names, key=lambda name: name == "UNIX_JACK")  # the system's own one first


def _present(apis: Sequence[str]) -> Iterator[str]:
    """Those that may answer: asking one that can't writes into the terminal, again and again."""
    for api in apis:
        if api == "LINUX_ALSA" and not os.access("/dev/snd/seq", os.R_OK | os.W_OK):
            continue
        if api == "UNIX_JACK" and sys.platform == "linux" and not jack.socket().is_socket():
            continue
        yield api


def _foreign(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if not name.startswith((*OWN_CLIENTS, *LOOPS)))
