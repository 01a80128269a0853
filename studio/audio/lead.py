"""What lies ready for the driver: how much of it should, what came too late, what was heard."""

from __future__ import annotations

from studio.audio.output import Output

AHEAD_S = 0.06  # at rest: the longest that anything else may hold the interpreter
PLAYING_AHEAD_S = 0.16  # while a song plays: for busy machines; a stop or a seek drops it
LIVE_AHEAD_BLOCKS = 3  # while keys are struck: they must sound at once
SOON_FOR_S = 5.0  # after the last key or edit
FADE = 256  # samples in which what is dropped falls silent
BLOCK = 256


class Lead:
    """The ring between the player's thread and the driver's."""

    def __init__(self, output: Output) -> None:
        rate = output.sample_rate
        self.is_playing = False
        self.at_rest = round(AHEAD_S * rate) // BLOCK * BLOCK
        self._capacity = round(PLAYING_AHEAD_S * rate) // BLOCK * BLOCK
        self._output = output
        self.ring = output.new_ring(self._capacity)
        self._first = 0  # sample that this ring began with
        self._underruns = 0  # of rings before this one
        self._soon_for = round(SOON_FOR_S * rate)
        self._live_until = self._edited_until = 0  # samples

    @property
    def written(self) -> int:
        """How many samples have been rendered."""
        return self._first + self.ring.written

    @property
    def underruns(self) -> int:
        """How often something came too late: to the ring, or from the driver to the device."""
        return self._underruns + self.ring.underruns

    @property
    def wanted(self) -> int:
        """How many samples should lie ready: at least what the driver asks for at once."""
        if self.written < self._live_until:
            margin = (LIVE_AHEAD_BLOCKS + self.underruns) * BLOCK  # more where it was too little
            return min(self.at_rest, self.ring.largest + margin)
        is_edited = self.written < self._edited_until
        return self.ring.capacity if self.is_playing and not is_edited else self.at_rest

    @property
    def is_filled(self) -> bool:
        """Whether as much lies ready as should."""
        return self.ring.written - self.ring.taken + BLOCK > self.wanted

    def play_soon(self) -> None:
        """A key was struck: for a while less is rendered ahead."""
        self._live_until = self.written + self._soon_for

    def note_edit(self) -> None:
        """The song was edited: what is edited next is to be heard soon, too."""
        self._edited_until = self.written + self._soon_for

    def drop(self) -> None:
        """What was rendered ahead is no longer wanted, but for a moment in which it fades."""
        self.ring.cut(self.ring.largest + FADE, FADE)  # one block may be taken meanwhile

    def heard(self) -> float:
        """How much of what was rendered has been heard, in samples."""
        return self._first + self._output.heard()

    def use_output(self, output: Output) -> None:
        """Another output takes from here on; what the one before had not taken is lost."""
        self._first, self._underruns = self.written, self.underruns
        self._output = output
        self.ring = output.new_ring(self._capacity)
