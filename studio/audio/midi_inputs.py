"""What is played on MIDI keyboards: several at once, plugged in and out as one likes."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from studio.audio.midi_ports import Message, MidiPort, MidiSystem, PortNames, plain_name
from studio.audio.velocity_curve import LINEAR, VelocityCurve
from studio.errors import StudioError

LOOK_EVERY_S = 1.0
FLOOD_PER_S = 2000  # far more than hands, pedals and wheels can do
WAITING = 200_000  # messages; whoever takes them was held up for half a minute of a flood


@dataclass(frozen=True, slots=True)
class Played:
    """A message, the clock (`time.perf_counter`) when it came, and the port that it came from."""

    at_s: float
    port: str
    message: Message


@dataclass(frozen=True, slots=True)
class InputState:
    """What is true of the inputs now, in a value that a window can show."""

    names: PortNames = field(default_factory=PortNames)
    open: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)  # name: why
    trouble: str = ""  # why there are no ports at all


class MidiInputs:
    """Hears the chosen inputs, or all. `take` may be called from one thread, the rest from any.

    `on_played` is called on the driver's thread for every message that passes the filters; it must
    be quick. `on_change` is called when a port came or went, `on_flood` when one sends too much.
    """

    def __init__(self, system: MidiSystem | None = None) -> None:
        self.system = system or MidiSystem()
        self.state = InputState()
        self.wanted: frozenset[str] | None = None  # plain names; None: all there are
        self.channel: int | None = None  # 0..15; None: all
        self.curve: VelocityCurve = LINEAR
        self.lost = 0
        self.on_played: Callable[[Played], None] = lambda played: None
        self.on_change: Callable[[], None] = lambda: None
        self.on_flood: Callable[[str, int], None] = lambda port, per_second: None
        self._open: dict[str, MidiPort] = {}
        self._played: deque[Played] = deque()
        self._lock = threading.Lock()  # held while ports are listed, opened and closed
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look for ports now and once a second from now on, on a thread of its own."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="midi ports", daemon=True)
            self._thread.start()

    def choose(self, wanted: frozenset[str] | None) -> None:
        """Hear only the inputs of these plain names from now on; None: all."""
        self.wanted = wanted
        self._woken.set()

    def take(self) -> list[Played]:
        """What was played since the last call, in the order in which it came."""
        taken = []
        while self._played:
            taken.append(self._played.popleft())
        return taken

    def look(self) -> None:
        """Open what is wanted and there, close what is gone; tell if anything is different."""
        with self._lock:
            before = self.state
            self.state = self._looked()
        if self.state != before:
            self.on_change()

    def _looked(self) -> InputState:
        try:
            names = self.system.names()
        except StudioError as error:
            self._close_all()
            return InputState(trouble=str(error))
        due = [n for n in names.inputs if self.wanted is None or plain_name(n) in self.wanted]
        for name in set(self._open) - set(due):
            self._open.pop(name).close()
        refused = {}
        for name in due:
            try:
                if name not in self._open:
                    self._open[name] = self.system.open_input(name, self._listener(name))
            except StudioError as error:
                refused[name] = str(error)
        return InputState(names, tuple(self._open), refused)

    def open_output(self, name: str) -> MidiPort:
        """Send to the port `name`. Raises StudioError if it can't be opened."""
        with self._lock:
            return self.system.open_output(name)

    def _listener(self, name: str) -> Callable[[Message], None]:
        port, flood = plain_name(name), FloodMeter()

        def on_message(message: Message) -> None:
            now = time.perf_counter()
            per_second = flood.count(now)
            if per_second:
                self.on_flood(port, per_second)
            self._hear(Played(now, port, message))

        return on_message

    def _hear(self, played: Played) -> None:
        message = played.message
        if self.channel is not None and getattr(message, "channel", self.channel) != self.channel:
            return
        if message.type == "note_on" and message.velocity:
            message = message.copy(velocity=self.curve.velocity(message.velocity))
            played = Played(played.at_s, played.port, message)
        if len(self._played) < WAITING:
            self._played.append(played)
        else:
            self.lost += 1
        self.on_played(played)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._woken.wait(LOOK_EVERY_S)
            self._woken.clear()

    def _close_all(self) -> None:
        for port in self._open.values():
            port.close()
        self._open = {}

    def close(self) -> None:
        """Hear nothing any more, and give the ports back."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout=3.0)
        with self._lock:
            self._close_all()
            self.system.close()


class FloodMeter:
    """Tells, once for each flood, how many messages a second a port sends."""

    def __init__(self) -> None:
        self._since_s = 0.0
        self._count = 0
        self._is_flooding = False

    def count(self, now_s: float) -> int:
        """One more message came at `now_s`; how many a second, when that has become too many."""
        self._count += 1
        if now_s - self._since_s < 1.0:
            return 0
        per_second = round(self._count / (now_s - self._since_s)) if self._since_s else 0
        self._since_s, self._count = now_s, 0
        was_flooding, self._is_flooding = self._is_flooding, per_second > FLOOD_PER_S
        return per_second if self._is_flooding and not was_flooding else 0
