"""The assistant beside the roll: ask, watch the proposals come, take or leave them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.ui.compose.assistant_form import AssistantForm
from studio.ui.compose.proposal_list import ProposalList
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from studio.ui.icons import icon
from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_bold, font_small

WIDTH = 40 * GRID
DEFAULT_BARS = 4


class AssistantPanel(QFrame):
    """Asks for suggestions and shows their state; the roll shows the ghosts themselves."""

    reveal = Signal(int, int)  # tick, pitch: show this place in the roll

    def __init__(
        self, suggestions: SuggestionViewModel, score: ScoreViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("assistant_panel")
        self.setFixedWidth(WIDTH)
        self._suggestions = suggestions
        self.form = AssistantForm(score)
        self.proposals = ProposalList(suggestions, score)
        self.proposals.reveal.connect(self.reveal)
        self._suggest = self._button("assistant_suggest", self.tr("Suggest"), "wand")
        self._suggest.setProperty("kind", "primary")
        self._suggest.clicked.connect(self._on_suggest)
        self._continue = self._button("assistant_continue", self.tr("Continue"), "plus")
        self._continue.clicked.connect(self._on_continue)
        self._bars = self._bars_box()
        self._progress = QProgressBar()
        self._progress.setObjectName("assistant_progress")
        self._progress.setTextVisible(False)
        self._status = QLabel()
        self._status.setObjectName("assistant_status")
        self._status.setFont(font_small())
        self._status.setProperty("kind", "muted")
        self._status.setWordWrap(True)
        self._take = self._button("assistant_take", self.tr("Take"), "check")
        self._take.clicked.connect(suggestions.accept)
        self._refuse = self._button("assistant_refuse", self.tr("Refuse"), "cross")
        self._refuse.clicked.connect(suggestions.refuse)
        self._all = self._button("assistant_all", self.tr("All"), "")
        self._all.clicked.connect(lambda: suggestions.set_all(True))
        self._none = self._button("assistant_none", self.tr("None"), "")
        self._none.clicked.connect(lambda: suggestions.set_all(False))
        self._lay_out()
        suggestions.changed.connect(self.refresh)
        suggestions.state_changed.connect(self.refresh)
        self.refresh()

    def _button(self, name: str, text: str, sign: str) -> QPushButton:
        button = QPushButton(text)
        if sign and sign != "wand":
            button.setIcon(icon(sign))
        button.setObjectName(name)
        button.setAccessibleName(text)
        return button

    def _bars_box(self) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName("assistant_bars")
        box.setAccessibleName(self.tr("Bars to add"))
        box.setToolTip(self.tr("How many bars Continue adds after the end"))
        box.setRange(1, 64)
        box.setValue(DEFAULT_BARS)
        box.setSuffix(self.tr(" bars"))
        return box

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Assistant"))
        title.setFont(font_bold())
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_M)
        column.addWidget(title)
        column.addWidget(self.form)
        column.addLayout(_row(self._suggest))
        column.addLayout(_row(self._continue, self._bars))
        column.addWidget(self._progress)
        column.addWidget(self._status)
        column.addWidget(self.proposals, 1)
        column.addLayout(_row(self._all, self._none))
        column.addLayout(_row(self._take, self._refuse))
        self.proposals.setMinimumHeight(14 * GRID)
        scroll = QScrollArea()
        scroll.setObjectName("assistant_scroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def ask(self) -> None:
        """Ask with what the form says."""
        folder = self.form.folder
        if folder is not None:
            self._suggestions.ask(folder, self.form.conditions())

    def choose_model(self, folder: Path) -> None:
        """Choose another model, listing those that are new."""
        self.form.choose_model(folder)
        self.refresh()

    def _on_suggest(self) -> None:
        if self._suggestions.state == "working":
            self._suggestions.cancel()
        else:
            self.ask()

    def _on_continue(self) -> None:
        folder = self.form.folder
        if folder is not None:
            conditions = self.form.conditions()
            self._suggestions.ask_to_continue(folder, conditions, self._bars.value())

    def refresh(self) -> None:
        """Show the state that the suggestion is in."""
        model = self._suggestions
        is_working, n = model.state == "working", len(model.ghosts)
        has_model = self.form.folder is not None
        self._suggest.setText(self.tr("Cancel") if is_working else self.tr("Suggest"))
        self._progress.setVisible(is_working)
        self._progress.setMaximum(model.n_asked)
        self._progress.setValue(min(n, model.n_asked))
        reason = self.tr("There is no score model yet: train one in Train (Ctrl+3).")
        no_model = "" if has_model else reason
        _enable(self._suggest, has_model, self.tr("Ask the model for edits (G)"), no_model)
        _enable(self._continue, has_model and not is_working, self.tr("New bars after the end"),
                no_model or self.tr("The model is at work."))  # fmt: skip
        nothing = self.tr("Nothing is proposed: press Suggest.")
        for button, tip in (
            (self._all, self.tr("Mark every proposal")),
            (self._none, self.tr("Mark none")),
            (self._take, self.tr("Make the marked edits, one undo step (Enter)")),
            (self._refuse, self.tr("Drop the proposals (Esc)")),
        ):
            _enable(button, n > 0, tip, nothing)
        self._take.setText(self.tr("Take {0}").format(model.n_accepted) if n else self.tr("Take"))
        self._status.setText(no_model or self._status_text(n))

    def _status_text(self, n: int) -> str:
        model = self._suggestions
        if model.state == "working":
            return self.tr("{0} proposals so far…").format(n)
        if model.state == "failed":
            return self.tr("{0} Press Suggest to try again.").format(model.failure)
        if model.state == "ready":
            return self.tr("{0} proposals in {1:.1f} s. Click a ghost to take or leave it.").format(
                n, model.seconds
            )
        return self.tr("The model proposes; nothing changes until you take it.")


def _row(*widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(SPACE_S)
    for index, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if index == 0 or isinstance(widget, QPushButton) else 0)
    return layout


def _enable(button: QPushButton, is_enabled: bool, tip: str, reason: str) -> None:
    """A button that can't be pressed says why."""
    button.setEnabled(is_enabled)
    button.setToolTip(tip if is_enabled else reason)
    button.setStatusTip(tip if is_enabled else reason)
