"""What the assistant says of itself: one word, one sentence, and what its button does."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from studio.ui.compose.suggestion_view_model import SuggestionViewModel


class AssistantState:
    """Words for the state that model and suggestion are in, and never for another."""

    def __init__(self, suggestions: SuggestionViewModel) -> None:
        self._suggestions = suggestions

    def chip(self) -> tuple[str, str]:
        """A colour role and a word."""
        suggestion, model = self._suggestions.state, self._suggestions.model.state
        waiting = {
            "none": ("warning", _tr("no model")),
            "starting": ("warning", _tr("starting…")),
            "loading": ("warning", _tr("loading…")),
            "silent": ("warning", _tr("no answer…")),
            "failed": ("error", _tr("failed")),
            "outdated": ("warning", _tr("model out of date")),
        }
        if model in waiting:
            return waiting[model]
        return {
            "working": ("accent", _tr("working…")),
            "failed": ("error", _tr("failed")),
            "stale": ("warning", _tr("out of date")),
        }.get(suggestion, ("success", _tr("ready")))

    def sentence(self) -> tuple[str, str]:
        """A kind of label (muted, warning, error) and what there is to say."""
        suggestions, model = self._suggestions, self._suggestions.model
        if model.state == "failed":
            return "error", model.failure
        if model.state == "silent":
            return "warning", _tr(
                "The model gives no sign of life; it is started again in a moment."
            )
        if suggestions.state == "working":
            return "muted", self._progress()
        if suggestions.state == "failed":
            return "error", suggestions.failure
        if model.state == "starting":
            return "muted", _tr("The model process is starting.")
        if model.state == "loading":
            return "muted", _tr("The model is being loaded: {0}.").format(_tr(model.step))
        if suggestions.state == "stale":
            return "warning", self._stale()
        if model.state == "outdated":
            return "warning", _tr("The model has changed on the disk: asking loads it again.")
        if suggestions.state == "ready":
            text = _tr("Proposed in {1:.1f} s: {0}. Click one to take or leave it.")
            return "muted", text.format(len(suggestions.ghosts), suggestions.pace.seconds)
        return "muted", _tr("The model proposes; nothing changes until you take it.")

    def _stale(self) -> str:
        n_dropped = self._suggestions.n_dropped
        if n_dropped:
            text = _tr("The score has changed meanwhile. Proposals that no longer fitted: {0}.")
            return text.format(n_dropped)
        return _tr("The score has changed meanwhile. The proposals still fit.")

    def _progress(self) -> str:
        """How many events of how many, and how fast."""
        pace, model = self._suggestions.pace, self._suggestions.model
        if pace.n_events == 0 and model.state in ("starting", "loading"):
            return _tr("The model is being loaded ({0}), then it sets to work.").format(model.step)
        if pace.n_asked:
            text = _tr("{0} of at most {1} edits").format(pace.n_events, pace.n_asked)
        else:
            text = _tr("{0} new notes").format(pace.n_events)
        if pace.events_per_s:
            text += _tr(", {0:.0f} a second").format(pace.events_per_s)
        return text

    def action(self) -> tuple[str, str]:
        """What the main button says, and its tooltip."""
        if self._suggestions.state == "working":
            return _tr("Cancel"), _tr("Stop asking; what has arrived stays")
        if "failed" in (self._suggestions.state, self._suggestions.model.state):
            return _tr("Try again"), _tr("Start the model again and ask it")
        return _tr("Suggest"), _tr("Ask the model for edits")


def _tr(text: str) -> str:
    return QCoreApplication.translate("AssistantState", text)
