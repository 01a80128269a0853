"""How the input is doing: what was lost, whether it is there, muted, and how late it is seen."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QObject, Signal

from studio.analysis.channels import MIX, ChannelChoice
from studio.analysis.hearing import Hearing
from studio.audio.input_stream import MicrophoneSource
from studio.ui.listen.input_choice import InputChoice

MUTED_AFTER_S = 3.0
DELAY_SHARE = 0.05  # of each frame in the mean that is shown


class InputWatch(QObject):
    """Looks at the source of a `Hearing` once a frame, and tells what has changed."""

    changed = Signal()  # another channel, or a device gone or back
    muted = Signal(bool)  # nothing but exact zeros comes, or sound again
    lost = Signal(str)  # the name of a device that is gone
    notice = Signal(str, str)
    settled = Signal(str)  # the text of a notice that is true no more

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = InputChoice()
        self.is_away = False  # the device is unplugged, and waited for
        self.picture_delay_s = 0.0  # from a sample's arrival until it is seen, lately
        self._hearing: Hearing | None = None
        self._lost_before = 0  # samples that were lost before the count was reset
        self._silent_since: float | None = None
        self._told_away = ""  # the notice that a device is gone, as long as it is

    def begin(self, hearing: Hearing) -> None:
        """Watch another source."""
        self._hearing = hearing
        self._lost_before, self._silent_since, self.picture_delay_s = 0, None, 0.0
        self.is_away = False
        if isinstance(hearing.source, MicrophoneSource) and hearing.source.remark:
            self.notice.emit("warning", hearing.source.remark)

    def end(self) -> None:
        """The source was closed: wait for it no more."""
        self.is_away = False
        self._withdraw()
        if self.is_muted:
            self.muted.emit(False)
        self._silent_since = None

    @property
    def lost_samples(self) -> int:
        """Samples that the driver or the analysis lost since the count was reset."""
        return self._hearing.lost_samples - self._lost_before if self._hearing else 0

    def reset_lost(self) -> None:
        """Count lost samples from now on."""
        self._lost_before = self._hearing.lost_samples if self._hearing else 0
        self.changed.emit()

    @property
    def is_muted(self) -> bool:
        """Whether nothing but exact zeros has come for three seconds."""
        return self._silent_since == -math.inf

    @property
    def n_channels(self) -> int:
        """How many channels the source has."""
        return self._hearing.source.ring.n_channels if self._hearing else 1

    @property
    def channel(self) -> ChannelChoice:
        """Which channel of the source is analysed."""
        return self._hearing.channel if self._hearing else MIX

    def choose_channel(self, choice: ChannelChoice) -> None:
        """Analyse another channel, or all of them; what was heard is drawn anew."""
        if self._hearing:
            self._hearing.channel = choice
            self.changed.emit()

    @property
    def driver_latency_s(self) -> tuple[float, float] | None:
        """What the driver was asked for, and what it says it gives; None for other sources."""
        source = self._hearing.source if self._hearing else None
        if not isinstance(source, MicrophoneSource):
            return None
        return source.asked_latency_s, source.latency_s

    def check(self, hearing: Hearing, shown_position: int) -> bool:
        """Look at a device's stream; False if it is gone and can't come back."""
        source = hearing.source
        if not source.is_active:
            text = self.tr("{0} does not deliver sound any more.")
            self.notice.emit("warning", text.format(source.name))
            self.lost.emit(source.name)
            return False
        if isinstance(source, MicrophoneSource) and source.is_lost != self.is_away:
            self._on_away(source)
        if not self.is_away:
            self._check_silence(hearing)
            # The window around it hears a sample sooner, but it is brightest in its own column.
            delay_s = max(0, source.ring.written - shown_position) / source.sample_rate
            self.picture_delay_s += DELAY_SHARE * (delay_s - self.picture_delay_s)
        return True

    def _on_away(self, source: MicrophoneSource) -> None:
        """Tell that a device is gone, or back."""
        self.is_away = source.is_lost
        if self.is_away:
            text = self.tr("{0} is gone. Listening goes on as soon as it is back.")
            self._told_away = text.format(source.name)
            self.notice.emit("warning", self._told_away)
            self.lost.emit(source.name)
        else:
            self._withdraw()
            self.notice.emit("info", self.tr("{0} is back.").format(source.name))
        self.changed.emit()

    def _withdraw(self) -> None:
        """Nobody waits for the device any more."""
        if self._told_away:
            self.settled.emit(self._told_away)
        self._told_away = ""

    def _check_silence(self, hearing: Hearing) -> None:
        """Exact zeros for three seconds: no quiet room, but a microphone that is kept from us."""
        now = time.monotonic()
        source = hearing.source
        is_microphone = isinstance(source, MicrophoneSource) and source.device.kind == "input"
        if not (is_microphone and hearing.level.reading.is_silent):
            if self.is_muted:
                self.muted.emit(False)
            self._silent_since = None
        elif self._silent_since is None:
            self._silent_since = now
        elif not self.is_muted and now - self._silent_since >= MUTED_AFTER_S:
            self._silent_since = -math.inf
            self.muted.emit(True)
