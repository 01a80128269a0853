from typing import Any

import numpy as np
import pytest

from studio.audio import speaker
from studio.audio.speaker import Speaker


class StuckStream:
    """An output that takes nothing any more until it is begun anew."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.write_available = 0
        self.n_starts = 0
        self.room = 200  # less than a block
        self.heard: list[np.ndarray] = []

    def start(self) -> None:
        self.n_starts += 1
        self.write_available = self.room if self.n_starts > 1 else 0

    def abort(self, ignore_errors: bool = True) -> None:
        self.write_available = 0

    def close(self, ignore_errors: bool = True) -> None:
        pass

    def write(self, block: np.ndarray) -> None:
        assert self.write_available >= len(block), "it would wait for ever"
        self.heard.append(block)


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> StuckStream:
    made = StuckStream()

    class Library:
        PortAudioError = RuntimeError

        def OutputStream(self, *arguments: Any, **options: Any) -> StuckStream:  # noqa: N802
            return made

    monkeypatch.setattr(speaker, "sound_library", Library)
    monkeypatch.setattr(speaker, "STUCK_S", 0.01)
    return made


def test_an_output_that_stands_still_is_begun_anew_and_plays_on(stream: StuckStream) -> None:
    heard = Speaker(48_000, 2)
    block = np.arange(3 * 512, dtype=np.float32).reshape(512, 3)
    assert heard.write(block)
    assert heard.write(block)
    assert stream.n_starts == 2, "once, as it went on"
    np.testing.assert_array_equal(np.concatenate(stream.heard), np.tile(block[:, :2], (2, 1)))


def test_one_that_never_goes_on_is_left_and_the_picture_goes_on_without(
    stream: StuckStream,
) -> None:
    stream.room = 0
    heard = Speaker(48_000, 2)
    assert not heard.write(np.ones((512, 2), dtype=np.float32))
    assert not heard.write(np.ones((512, 2), dtype=np.float32))
    assert stream.n_starts == 2
