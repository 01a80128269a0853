"""The assistant beside the roll: ask, watch the proposals come, take or leave them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.ui.compose.assistant_form import AssistantForm
from studio.ui.compose.assistant_state import AssistantState
from studio.ui.compose.form_parts import caption, explain
from studio.ui.compose.proposal_list import ProposalList
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from studio.ui.icons import icon
from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_bold, font_small, theme

WIDTH = 300
MOST_WIDTH = 420
LIST_HEIGHT = 16 * GRID
MOST_BARS = 64
DEFAULT_BARS = 4
SUGGEST_KEY = "Ctrl+G"


class AssistantPanel(QFrame):
    """Asks for suggestions and shows their state; the roll shows the ghosts themselves."""

    reveal = Signal(int, int)  # tick, pitch: show this place in the roll

    def __init__(
        self, suggestions: SuggestionViewModel, score: ScoreViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("assistant_panel")
        self.setAccessibleName(self.tr("Assistant"))
        self.setMinimumWidth(WIDTH)
        self.setMaximumWidth(MOST_WIDTH)
        self._suggestions = suggestions
        self._state = AssistantState(suggestions)
        self.form = AssistantForm(score)
        self.proposals = ProposalList(suggestions, score)
        self._make_buttons()
        self._make_labels()
        self._lay_out()
        self._wire()
        self._on_model()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, super().sizeHint().height())

    def _make_buttons(self) -> None:
        self._suggest = self._button("assistant_suggest", self.tr("Suggest"))
        self._suggest.setProperty("kind", "primary")
        self._continue = self._button("assistant_continue", self.tr("Continue"), "plus")
        self._take = self._button("assistant_take", self.tr("Take"), "check")
        self._refuse = self._button("assistant_refuse", self.tr("Refuse"), "cross")
        self._all = self._quiet_button(
            "assistant_all", self.tr("All"), self.tr("Mark every proposal")
        )
        self._none = self._quiet_button("assistant_none", self.tr("None"), self.tr("Mark none"))
        self._bars = QSpinBox()
        tip = self.tr("How many bars Continue adds after the end")
        explain(self._bars, "assistant_bars", self.tr("Bars to add"), tip)
        self._bars.setRange(1, MOST_BARS)
        self._bars.setValue(DEFAULT_BARS)
        self._bars.setSuffix(self.tr(" bars"))
        self._bars.setMinimumHeight(self._continue.sizeHint().height())

    def _button(self, name: str, text: str, sign: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        if sign:
            button.setIcon(icon(sign))
        return button

    def _quiet_button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        explain(button, name, tip, tip)
        button.setFont(font_small())
        return button

    def _make_labels(self) -> None:
        self._title = QLabel(self.tr("Assistant"))
        self._title.setFont(font_bold())
        self._chip = QLabel()
        self._chip.setObjectName("assistant_state")
        self._chip.setFont(font_small())
        self._status = caption()
        self._status.setObjectName("assistant_status")
        self._progress = QProgressBar()
        self._progress.setObjectName("assistant_progress")
        self._progress.setAccessibleName(self.tr("Edits that have arrived"))
        self._progress.setTextVisible(False)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_M)
        column.addLayout(_row(self._title, self._chip))
        column.addWidget(self._scrolling(self.form))
        column.addWidget(self._suggest)
        column.addLayout(_row(self._continue, self._bars))
        column.addWidget(self._progress)
        column.addLayout(_row(self._status, self._all, self._none))
        column.addWidget(self.proposals, 1)
        buttons = _row(self._take, self._refuse)
        buttons.setStretch(1, 1)
        column.addLayout(buttons)
        self.proposals.setMinimumHeight(LIST_HEIGHT)

    def _scrolling(self, form: QWidget) -> QScrollArea:
        """The form, which gives way where the window is low: what is done with it stays."""
        scroll = _FormArea(form)
        scroll.setObjectName("assistant_scroll")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return scroll

    def _wire(self) -> None:
        suggestions = self._suggestions
        self._suggest.clicked.connect(self._on_suggest)
        self._continue.clicked.connect(self._on_continue)
        self._take.clicked.connect(suggestions.accept)
        self._refuse.clicked.connect(suggestions.refuse)
        self._all.clicked.connect(lambda: suggestions.set_all(True))
        self._none.clicked.connect(lambda: suggestions.set_all(False))
        self.proposals.reveal.connect(self.reveal)
        self.form.model_changed.connect(self._on_model)
        self.form.changed.connect(self.refresh)
        suggestions.changed.connect(self.refresh)
        suggestions.state_changed.connect(self.refresh)
        suggestions.model.changed.connect(self.refresh)
        theme().changed.connect(self.refresh)
        shortcut = QShortcut(QKeySequence(SUGGEST_KEY), self)
        shortcut.setObjectName("assistant_suggest_key")
        shortcut.activated.connect(self._suggest.click)

    def ask(self) -> None:
        """Ask with what the form says."""
        folder = self.form.folder
        if folder is not None:
            self._suggestions.ask(folder, self.form.conditions())

    def choose_model(self, folder: Path) -> None:
        """Choose another model, listing those that are new."""
        self.form.choose_model(folder)

    def _on_model(self) -> None:
        self._suggestions.model.load(self.form.folder)
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
        """Show the state that model and suggestion are in."""
        suggestions, problem = self._suggestions, self.form.problem
        is_working, n = suggestions.state == "working", len(suggestions.ghosts)
        self._show_state(problem)
        self._progress.setVisible(is_working)
        self._progress.setMaximum(suggestions.n_asked)
        self._progress.setValue(min(n, suggestions.n_asked))
        word, tip = self._state.action()
        self._suggest.setText(word)
        self._suggest.setAccessibleName(word)
        _enable(self._suggest, is_working or not problem, f"{tip} ({SUGGEST_KEY})", problem)
        busy = self.tr("The model is at work: cancel first.") if is_working else ""
        tip = self.tr("Propose new bars after the end of the piece")
        reason = busy or (problem if self.form.folder is None else self.form.tracks.problem)
        _enable(self._continue, not reason, tip, reason)
        self._refresh_answers(n)

    def _show_state(self, problem: str) -> None:
        role, word = self._state.chip()
        color = theme().color(role).name()
        self._chip.setText(f'<span style="color:{color}">\N{BLACK CIRCLE}</span> {word}')
        kind, text = self._state.sentence()
        if problem and kind == "muted" and not self._suggestions.ghosts:
            kind, text = "warning", problem
        self._status.setText(text)
        if self._status.property("kind") != kind:
            self._status.setProperty("kind", kind)
            self._status.style().polish(self._status)

    def _refresh_answers(self, n: int) -> None:
        n_accepted = self._suggestions.n_accepted
        nothing = self.tr("Nothing is proposed yet: press Suggest.")
        self._take.setText(self.tr("Take {0}").format(n_accepted) if n else self.tr("Take"))
        none = nothing if not n else "" if n_accepted else self.tr("No proposal is marked.")
        _enable(self._take, not none, self.tr("Make the marked edits, as one step (Enter)"), none)
        _enable(self._refuse, n > 0, self.tr("Drop all the proposals (Esc)"), nothing)
        for button in (self._all, self._none):
            button.setVisible(n > 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        suggestions = self._suggestions
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # of a number that was typed: it must not start the music
        elif event.key() == Qt.Key.Key_Escape and suggestions.state == "working":
            suggestions.cancel()
        elif event.key() == Qt.Key.Key_Escape and suggestions.ghosts:
            suggestions.refuse()
        else:
            super().keyPressEvent(event)


class _FormArea(QScrollArea):
    """As high as what is in it, if there is room."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setWidgetResizable(True)
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 10 * GRID)


def _row(*widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(SPACE_S)
    for index, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if index == 0 else 0)
    return layout


def _enable(button: QPushButton | QToolButton, is_enabled: bool, tip: str, reason: str) -> None:
    """A button that can't be pressed says why."""
    button.setEnabled(is_enabled)
    button.setToolTip(tip if is_enabled else reason)
    button.setStatusTip(tip if is_enabled else reason)
