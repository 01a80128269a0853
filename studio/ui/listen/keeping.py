"""Keeping the last seconds: sound, picture and readings, in one action."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from studio.analysis.hearing import Hearing
from studio.analysis.history import SpectrogramHistory
from studio.analysis.kept_sound import KeptSound
from studio.errors import StudioError
from studio.ui.listen.frequency_axis import MINUS
from studio.ui.listen.keep_choices import KeepChoices, clock, name_of
from studio.ui.listen.keep_files import KeepJob, write_kept
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.picture_export import Snapshot, copy_columns, keyboard_image
from studio.ui.listen.spectrogram_view import SpectrogramView

log = logging.getLogger(__name__)


class Keeping(QObject):
    """Copies the picture between two frames, then writes everything in a thread."""

    changed = Signal()
    told = Signal(str, str, object)  # level, text, the folder to show or None

    _written = Signal(object, float)  # by the thread: the folder or a StudioError, seconds

    def __init__(
        self,
        view_model: ListenViewModel,
        view: SpectrogramView,
        choices: KeepChoices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model, self._view, self._choices = view_model, view, choices
        self._hearing: Hearing | None = None  # while something is being kept
        self._sound: KeptSound | None = None
        self._thread: threading.Thread | None = None
        self._copying: Iterator[SpectrogramHistory | None] = iter(())
        self._bites = QTimer(self, interval=0)
        self._bites.timeout.connect(self._copy)
        self._written.connect(self._on_written)

    @property
    def is_on(self) -> bool:
        """Whether something is being kept at this moment."""
        return self._hearing is not None

    def keep(self) -> None:
        """Write the last seconds into a new folder; `told` says where it is."""
        if self.is_on:
            return
        hearing = self._view_model.hearing
        sound = KeptSound.last(hearing.memory, self._choices["seconds"]) if hearing else None
        if hearing is None or sound is None:
            text = self.tr("Nothing was heard yet: start a source first, then keep it")
            self.told.emit("info", text, None)
            return
        self._hearing, self._sound = hearing, sound
        self._settings = hearing.settings
        self._copying = copy_columns(hearing.history, self._settings, sound.start, sound.end)
        self._bites.start()
        self.changed.emit()

    def close(self) -> None:
        """Have what is being kept on the disk before the window goes."""
        while self._bites.isActive():
            self._copy()
        if self._thread is not None:
            self._thread.join()

    def _copy(self) -> None:
        copied = next(self._copying)
        if copied is None or self._hearing is None or self._sound is None:
            return
        self._bites.stop()
        try:
            job = self._job(self._hearing, self._sound, copied)
        except StudioError as error:
            self._on_written(error, 0.0)
            return
        self._thread = threading.Thread(target=self._write, args=(job,), name="keep")
        self._thread.start()

    def _job(self, hearing: Hearing, sound: KeptSound, copied: SpectrogramHistory) -> KeepJob:
        name, settings = name_of(hearing), self._settings
        snapshot = Snapshot(
            copied,
            settings,
            self._view.picture.look,
            self._view.axis,
            keyboard_image(self._view.viewport),
            sound.seconds,
            name,
            self._caption(hearing),
        )
        return KeepJob(
            self._choices.made_folder(),
            name,
            sound,
            hearing.channel,
            self._choices["sound_format"],
            snapshot,
            tuple(self._view_model.readings),
        )

    def _caption(self, hearing: Hearing) -> str:
        """The settings of the picture in a line."""
        settings, look = self._settings, self._view.picture.look
        index = hearing.channel.index
        mixed, one = self.tr("all mixed"), self.tr("channel {0}")
        channel = mixed if index is None else one.format(1 + index)
        levels = self.tr("{0:.0f} to {1:.0f} dB (a full sine is 0)")
        parts = (
            self.tr("{0:g} kHz, {1} channels, {2}").format(
                settings.sample_rate / 1000, hearing.memory.n_channels, channel
            ),
            self.tr("scale {0}").format(settings.scale),
            self.tr("window {0} ({1})").format(settings.n_fft, settings.window),
            self.tr("step {0}").format(settings.hop_length),
            self.tr("{0:.1f} Hz per bin").format(settings.hz_per_bin),
            self.tr("{0:.1f} ms per column").format(settings.ms_per_column),
            levels.format(look.floor_db, look.ceiling_db).replace("-", MINUS),
            self.tr("colours {0}").format(look.color_map),
        )
        return "  ·  ".join(parts)

    def _write(self, job: KeepJob) -> None:
        try:
            self._written.emit(write_kept(job), job.sound.seconds)
        except StudioError as error:
            self._written.emit(error, 0.0)
        except Exception as error:  # a mistake of ours must not leave the button waiting for ever
            log.exception("keeping failed")
            text = self.tr("Studio made a mistake and kept nothing. The log tells more: {0}")
            self._written.emit(StudioError(text.format(error)), 0.0)

    def _on_written(self, result: object, seconds: float) -> None:
        self._hearing = self._sound = None
        if isinstance(result, StudioError):
            self.told.emit("error", str(result), None)
        else:
            text = self.tr("Kept the last {0} with picture and readings in {1}")
            self.told.emit("info", text.format(clock(seconds), result), result)
        self.changed.emit()
