"""The way of a genre from Listen to the assistant: the model whose card fits it is chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from models.card import Card
from studio.assistant.genre_session import summarise
from studio.assistant.style import best_fit, fit, heard_genre
from studio.training.registry import list_models
from studio.ui.compose.assistant_panel import AssistantPanel
from studio.ui.listen.genre_colors import UNSURE_BELOW
from studio.ui.listen.listen_view_model import ListenViewModel


class StyleFromListening(QObject):
    """Chooses the score model for what was heard, and says what it did or why it did not."""

    notice = Signal(str, str)

    def __init__(
        self, listen: ListenViewModel, assistant: AssistantPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._listen, self._assistant = listen, assistant
        assistant.form.style_requested.connect(self.choose)

    @property
    def genre(self) -> str | None:
        """What Listen named most often since it began, None where nothing was named."""
        readings = list(self._listen.readings)
        return heard_genre(summarise(readings, self._listen.sample_rate, UNSURE_BELOW))

    def choose(self) -> None:
        """Choose the model that fits the genre heard."""
        genre = self.genre
        if genre is None:
            self.notice.emit(
                "info", self.tr("Listen has named no genre yet: let it hear some music first.")
            )
        elif not self.follow():
            text = self.tr("No model has learned from {0}: train one on your own in Train.")
            self.notice.emit("info", text.format(genre))

    def follow(self) -> bool:
        """Choose the model that fits if there is one; False where there is none."""
        genre, models = self.genre, _score_models()
        chosen = self._assistant.form.folder
        folder = best_fit(models, genre, chosen) if genre else None
        if genre is None or folder is None:
            return False
        if folder != chosen:
            self._assistant.choose_model(folder)
        text = self.tr("The assistant uses {0}: {1:.0%} of what it learned is {2}.")
        share = fit(models[folder], genre)
        self.notice.emit("info", text.format(folder.name, share, genre))
        return True


def _score_models() -> dict[Path, Card]:
    return {e.folder: e.card for e in list_models() if e.card and e.card.kind == "score"}
