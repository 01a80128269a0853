"""Drawing anew what is there already, after the settings of the picture were changed."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator

from studio.analysis.channels import ChannelChoice
from studio.analysis.sound_memory import SoundMemory, Stretch
from studio.analysis.spectrogram import Columns, Spectrogram, SpectrogramSettings

log = logging.getLogger(__name__)
# Columns at a time, and a rest after them. Every rest lets go of the interpreter's lock, so that
# the sound and the window wait for it no longer than without us. (A low priority does the opposite:
# whoever holds the lock and is not let run holds up all others, some tenths of a second at worst.)
BITE = 8
REST_S = 0.0004
MAX_WAITING = 128  # bites: no more than the window takes in without stopping for long


class Reanalysis:
    """Makes the columns of what the memory holds, newest first, in a thread of its own.

    `until` tells the position at which the live columns took over, or None as long as that is
    not known: windows that end there or before are made here.
    """

    def __init__(
        self,
        memory: SoundMemory,
        settings: SpectrogramSettings,
        channel: ChannelChoice,
        until: Callable[[], int | None],
    ) -> None:
        self._memory, self._settings, self._channel = memory, settings, channel
        self._until = until
        self._waiting: deque[Columns] = deque()
        self._stopping = threading.Event()
        self._room = threading.Event()
        self._is_done = False
        self._thread = threading.Thread(target=self._run, name="reanalysis", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether all is made and fetched."""
        return self._is_done and not self._waiting

    def fetch(self) -> list[Columns]:
        """The bites that have come since the last call, newest first."""
        fetched = []
        while self._waiting:
            fetched.append(self._waiting.popleft())
        self._room.set()
        return fetched

    def stop(self) -> None:
        """End soon; what is not made will not be."""
        self._stopping.set()
        self._room.set()

    def _run(self) -> None:
        try:
            for columns in self._bites():
                self._wait_for_room()
                if self._stopping.is_set():
                    return
                self._waiting.append(columns)
                self._stopping.wait(REST_S)
        except Exception:  # the picture lacks its past; listening goes on
            log.exception("drawing anew ended")
        finally:
            self._is_done = True

    def _wait_for_room(self) -> None:
        while not self._stopping.is_set():
            self._room.clear()  # before the look, so that no call in between is missed
            if len(self._waiting) < MAX_WAITING:
                return
            self._room.wait(1.0)

    def _bites(self) -> Iterator[Columns]:
        until = self._wait_for_start()
        if until is None:
            return
        spectrogram = Spectrogram(self._settings)
        for stretch in reversed(self._memory.stretches()):
            yield from self._of_stretch(spectrogram, stretch, until)

    def _wait_for_start(self) -> int | None:
        """Where the live columns took over; None if it is no more to be known."""
        while not self._stopping.is_set():
            until = self._until()
            if until is not None:
                return until
            self._stopping.wait(0.005)
        return None

    def _of_stretch(
        self, spectrogram: Spectrogram, stretch: Stretch, until: int
    ) -> Iterator[Columns]:
        """The columns of the windows that lie in `stretch` and end at `until` or before."""
        n_fft, hop = self._settings.n_fft, self._settings.hop_length
        first = -(-stretch.start // hop)  # the numbers of the windows: [first, after)
        after = (min(stretch.end, until) - n_fft) // hop + 1
        while after > first and not self._stopping.is_set():
            begin = max(first, after - BITE)
            frames = self._memory.read(begin * hop, (after - 1 - begin) * hop + n_fft)
            if frames is None:  # overwritten meanwhile: what is older is, too
                return
            spectrogram.reset(begin * hop)
            yield spectrogram.push(self._channel.mono(frames))
            after = begin
