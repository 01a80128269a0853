"""The loudspeaker for whoever plays block by block: heard if it can be, silent if not."""

from __future__ import annotations

import logging
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.audio.devices import open_streams, sound_library
from studio.errors import StudioError

log = logging.getLogger(__name__)
STUCK_S = 0.3  # much longer than any output's buffer
ROOM_POLL_S = 0.002


class Speaker:
    """The default output at a given rate. A picture without sound is better than no picture."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._stream: Any = None
        self._error: tuple[type[Exception], ...] = ()
        self._channels = channels
        try:
            library = sound_library()
        except StudioError as error:
            log.info("%s", error)
            return
        self._error = (library.PortAudioError, ValueError)
        try:
            stream = library.OutputStream(sample_rate, channels=channels, dtype="float32")
            stream.start()
            self._stream = stream
            open_streams.opened()
        except self._error as error:
            log.info("no sound output: %s", error)

    def write(self, block: NDArray[np.float32]) -> bool:
        """Play `block`, shape (n, channels), and wait until there is room; False if unheard."""
        if self._stream is None:
            return False
        try:
            self._put(np.ascontiguousarray(block[:, : self._channels]))
        except self._error as error:
            log.warning("the sound output is gone: %s", error)
            self.close()
        return self._stream is not None

    def _put(self, block: NDArray[np.float32]) -> None:
        """Write as room comes; where none comes, begin anew: drivers stand still after a gap."""
        has_begun_anew, moved_s = False, time.monotonic()
        while len(block):
            room = min(self._stream.write_available, len(block))
            if room > 0:
                self._stream.write(block[:room])
                block, moved_s = block[room:], time.monotonic()
            elif time.monotonic() < moved_s + STUCK_S:
                time.sleep(ROOM_POLL_S)
            elif has_begun_anew:
                raise ValueError("it takes no more sound")
            else:
                self._stream.abort()
                self._stream.start()
                has_begun_anew, moved_s = True, time.monotonic()

    def close(self) -> None:
        """Give the device back."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
            open_streams.closed()
