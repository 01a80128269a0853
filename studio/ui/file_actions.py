"""Opening, saving and exporting: what the File menu does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox

import resources
from studio.audio.file_source import SOUND_SUFFIXES
from studio.audio.master import SoundSettings
from studio.audio.render import render_song, render_tracks
from studio.errors import StudioError
from studio.score.musicxml import SUFFIXES as XML_SUFFIXES
from studio.score.musicxml import is_musicxml
from studio.ui.background import Background
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.main_window import MainWindow
from studio.ui.notices import NoticeAction
from studio.ui.score_converter import ScoreConverter

SCORE_SUFFIXES = (".mid", ".midi", ".smf", ".kar", ".studio")


class FileActions(QObject):
    """Takes files to the place they belong to, and never loses what is not saved."""

    def __init__(self, window: MainWindow, score: ScoreViewModel, listen: ListenViewModel) -> None:
        super().__init__(window)
        self._window, self._score, self._listen = window, score, listen
        self.sound: Callable[[], tuple[SoundSettings, Path | None]]
        self.sound = lambda: (SoundSettings(), None)  # how it is heard
        actions = window.actions_by_name
        actions["open"].triggered.connect(self.choose_and_open)
        actions["save"].triggered.connect(self.save)
        actions["save_as"].triggered.connect(self.save_as)
        actions["export_audio"].triggered.connect(lambda: self.choose_and_export())
        actions["export_tracks"].triggered.connect(lambda: self.choose_and_export(each=True))
        actions["export_musicxml"].triggered.connect(self.choose_and_export_musicxml)
        self._converter, self._background = ScoreConverter(self), Background(self)
        window.files_dropped.connect(self.open_all)
        window.recent_files.chosen.connect(lambda file: self.open_all([file]))
        window.close_requested.connect(self.ask_before_closing)
        score.history_changed.connect(self._retitle)
        score.song_changed.connect(self._retitle)

    def open_all(self, files: Sequence[Path]) -> None:
        """Open each file where it belongs; what is neither score nor sound is told."""
        for file in files:
            if file.suffix.lower() in SCORE_SUFFIXES:
                self._open_score(file)
            elif is_musicxml(file):
                self._open_musicxml(file)
            elif file.suffix.lower() in SOUND_SUFFIXES:
                self._window.show_place("listen")
                self._listen.open_file(file)
                self._window.recent_files.add(file)
            else:
                kinds = " ".join((*SCORE_SUFFIXES, *XML_SUFFIXES, *SOUND_SUFFIXES))
                text = self.tr("{0}: Studio opens {1}").format(file.name, kinds)
                self._window.show_notice("warning", text)

    def _open_score(self, file: Path) -> None:
        if not self._may_replace_score():
            return
        self._window.show_place("compose")
        if self._score.open(file):
            self._window.recent_files.add(file)

    def _open_musicxml(self, file: Path) -> None:
        """Have the file converted, then open what came of it as a song without a name."""
        if not self._may_replace_score():
            return

        def opened(midi: Path, problem: str) -> None:
            if problem:
                self._window.show_notice("error", problem)
            else:
                self._window.show_place("compose")
                self._score.open_as_new(midi)
                self._window.recent_files.add(file)

        self._converter.to_midi(file, opened)

    def choose_and_export_musicxml(self) -> None:
        """Ask for a name, then write the score as notation programs read it."""
        kinds = self.tr("MusicXML (*.musicxml)")
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Export MusicXML"), "", kinds)
        if name:
            self.export_musicxml(Path(name).with_suffix(".musicxml"))

    def export_musicxml(self, path: Path) -> None:
        """Write the score as it is now to `path`; a notice says when it is done."""

        def written(target: Path, problem: str) -> None:
            text = self.tr("Written: {0}").format(target)
            self._window.show_notice("error" if problem else "info", problem or text)

        try:
            self._converter.from_song(self._score.snapshot(), path, written)
        except StudioError as error:
            self._window.show_notice("error", str(error))

    def open_first_song(self) -> None:
        """What the roll shows when nothing was asked for: a song of our own, as a new one."""
        self._score.open_as_new(resources.path("demo", "song.mid"))

    def choose_and_open(self) -> None:
        """Ask which files, then open them."""
        suffixes = (*SCORE_SUFFIXES, *XML_SUFFIXES, *SOUND_SUFFIXES)
        kinds = " ".join(f"*{suffix}" for suffix in suffixes)
        names, _ = QFileDialog.getOpenFileNames(
            self._window, self.tr("Open"), "", self.tr("Music ({0});;All files (*)").format(kinds)
        )
        self.open_all([Path(name) for name in names])

    def save(self) -> bool:
        """Save under the name that the score has, else ask for one. True if it was saved."""
        if self._score.path is None:
            return self.save_as()
        if self._score.is_changed_on_disk and not self._may_overwrite(self._score.path):
            return False
        return self._score.save()

    def _may_overwrite(self, path: Path) -> bool:
        """Ask whether to replace what another program has written since."""
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self._window)
        box.setObjectName("changed_dialog")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(self.tr("{0} was changed by another program.").format(path.name))
        box.setInformativeText(
            self.tr("Saving replaces it; what it holds now is kept as {0}.bak.").format(path.name)
        )
        box.setStandardButtons(buttons.Save | buttons.Cancel)
        return box.exec() == buttons.Save

    def save_as(self) -> bool:
        """Ask for a name and save under it. True if it was saved."""
        start = str(self._score.path or Path.home() / self.tr("My song.mid"))
        kinds = self.tr("Standard MIDI file (*.mid);;Studio project (*.studio)")
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save as"), start, kinds)
        if not name:
            return False
        path = Path(name)
        path = path if path.suffix else path.with_suffix(".mid")
        is_saved = self._score.save(path)
        if is_saved:
            self._window.recent_files.add(path)
        return is_saved

    def choose_and_export(self, each: bool = False) -> None:
        """Ask for a name, then play the score into that file in the background, or `each` track."""
        kinds = self.tr("WAV (*.wav);;FLAC (*.flac);;Ogg Vorbis (*.ogg)")
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Export audio"), "", kinds)
        if name:
            path = Path(name)
            self.export(path if path.suffix else path.with_suffix(".wav"), each=each)

    def export(self, path: Path, each: bool = False) -> None:
        """Render what is heard now to `path`, or a file a track; a notice says when it is done."""
        song, (sound, soundfont) = self._score.snapshot(), self.sound()
        tracks = range(self._score.n_tracks)
        muted = frozenset(i for i in tracks if not self._score.is_audible(i))
        write = render_tracks if each else render_song
        self._background.attempt(
            lambda: write(song, path, soundfont=soundfont, muted=muted, sound=sound),
            lambda outcome: self._on_exported(path, outcome),
            "export",
        )

    def _on_exported(self, path: Path, outcome: object) -> None:
        if isinstance(outcome, Exception):
            self._window.show_notice("error", str(outcome))
        else:
            self._window.show_notice("info", self.tr("Written: {0}").format(path))

    def offer_recovery(self) -> bool:
        """If the last session did not end properly, offer its edits back. True if it did not."""
        if not self._score.has_recovery():
            return False
        self._window.show_notice(
            "warning",
            self.tr("Studio did not close properly. Your last edits are kept."),
            [
                NoticeAction(self.tr("Bring them back"), self._score.recover),
                NoticeAction(self.tr("Discard"), self._score.discard_recovery),
            ],
        )
        return True

    def ask_before_closing(self, event: QCloseEvent) -> None:
        """Let the window close unless there is something to save and the user wants to stay."""
        event.setAccepted(self._may_replace_score())

    def _may_replace_score(self) -> bool:
        if not self._score.is_dirty:
            return True
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self._window)
        box.setObjectName("unsaved_dialog")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("The score has changes that are not saved."))
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        choice = box.exec()
        return choice == buttons.Discard or (choice == buttons.Save and self.save())

    def _retitle(self) -> None:
        path = self._score.path
        name = path.name if path else self.tr("new song")
        self._window.set_title(name, is_dirty=self._score.is_dirty)
