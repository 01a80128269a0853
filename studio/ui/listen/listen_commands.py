"""What the keys do that work wherever in Listen the focus is."""

from __future__ import annotations

from collections.abc import Callable

from studio.ui.listen.file_transport import FileTransport
from studio.ui.listen.keep_bar import KeepBar
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.loudness_card import LoudnessCard
from studio.ui.listen.spectrum_strip import SpectrumStrip
from studio.ui.listen.strip_switch import StripSwitch
from studio.ui.listen.tempo_key_card import TempoKeyCard
from studio.ui.place_keys import PlaceKey, run_key

REPEATED = ("seek_by", "change_speed")  # what a key that is held down goes on doing


class ListenCommands:
    """The commands that `LISTEN_KEYS` name."""

    def __init__(
        self,
        view_model: ListenViewModel,
        transport: FileTransport,
        keep_bar: KeepBar,
        spectrum: SpectrumStrip,
        cards: tuple[TempoKeyCard, LoudnessCard],
        switches: dict[str, StripSwitch],
    ) -> None:
        tempo_key, loudness = cards
        self.pause = view_model.toggle_pause
        self.clear_clips = view_model.reset_clip
        self.to_start = lambda: transport.seek(0.0)
        self.seek_by = transport.seek_by
        self.toggle_loop, self.mute = transport.toggle_loop, transport.toggle_mute
        self.change_speed = transport.change_speed
        self.forget_peaks = spectrum.reset
        self.keep, self.record = keep_bar.keeping.keep, keep_bar.recording.toggle
        self.count_otherwise, self.use_in_score = tempo_key.model.count_otherwise, tempo_key.use
        self.measure_anew = loudness.restart
        self.show_spectrum = switches["spectrum"].toggle
        self.show_waveform = switches["waveform"].toggle
        self.show_keys: Callable[[], None] = lambda: None  # the window has them

    def press(self, row: PlaceKey, *, is_repeat: bool) -> None:
        """Do what a row says; where its key is held down, only what is worth repeating."""
        if row.command in REPEATED or not is_repeat:
            run_key(self, row)
