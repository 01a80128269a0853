"""The loudspeaker for whoever plays block by block: heard if it can be, silent if not."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.audio.devices import open_streams, sound_library
from studio.errors import StudioError

log = logging.getLogger(__name__)


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
            self._stream.write(np.ascontiguousarray(block[:, : self._channels]))
        except self._error as error:
            log.warning("the sound output is gone: %s", error)
            self.close()
        return self._stream is not None

    def close(self) -> None:
        """Give the device back."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
            open_streams.closed()
