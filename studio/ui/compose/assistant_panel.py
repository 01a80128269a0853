"""The assistant beside the roll: ask, watch the proposals come, take or leave them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.ui.compose.accept_rate_menu import AcceptRateMenu
from studio.ui.compose.answer_panel import AnswerPanel
from studio.ui.compose.assistant_form import AssistantForm
from studio.ui.compose.assistant_keys import ASSISTANT_KEYS, AssistantCommands
from studio.ui.compose.assistant_state import AssistantState
from studio.ui.compose.audition import Audition
from studio.ui.compose.expectation_painter import ExpectationPainter
from studio.ui.compose.expectation_row import ExpectationRow
from studio.ui.compose.expectation_view_model import ExpectationViewModel
from studio.ui.compose.explanations import Explanations
from studio.ui.compose.form_parts import explain, in_row, set_enabled
from studio.ui.compose.lock_painter import LockPainter
from studio.ui.compose.piano_roll_view import PianoRollView
from studio.ui.compose.roll_geometry import RollGeometry
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from studio.ui.icons import icon
from studio.ui.place_keys import KeyTable, run_key
from studio.ui.theme import GRID, SPACE_M, font_bold, font_small, theme

WIDTH = 300
MOST_WIDTH = 420
MOST_BARS = 64
DEFAULT_BARS = 4
SUGGEST_KEY = "Ctrl+G"


class AssistantPanel(QFrame):
    """Asks for suggestions and shows their state; the roll shows the ghosts themselves."""

    reveal = Signal(int, int)  # tick, pitch: show this place in the roll

    def __init__(
        self,
        suggestions: SuggestionViewModel,
        score: ScoreViewModel,
        audition: Audition | None = None,
        expectation: ExpectationViewModel | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("assistant_panel")
        self.setAccessibleName(self.tr("Assistant"))
        self.setMinimumWidth(WIDTH)
        self.setMaximumWidth(MOST_WIDTH)
        self._suggestions, self._score, self._expectation = suggestions, score, expectation
        self._keys = KeyTable(ASSISTANT_KEYS, self)
        self._commands = AssistantCommands(
            score, suggestions, audition, expectation, self._suggest_focus
        )
        self._state = AssistantState(suggestions)
        self.form = AssistantForm(score)
        self.answers = AnswerPanel(suggestions, score, audition)
        self.proposals = self.answers.proposals
        self._make_buttons()
        self._make_labels()
        self._lay_out()
        self._wire()
        self._on_model()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, super().sizeHint().height())

    def _make_buttons(self) -> None:
        self._suggest = QPushButton(self.tr("Suggest"))
        self._suggest.setObjectName("assistant_suggest")
        self._suggest.setProperty("kind", "primary")
        self._continue = QPushButton(icon("plus"), self.tr("Continue"))
        self._continue.setObjectName("assistant_continue")
        self._continue.setAccessibleName(self.tr("Continue"))
        self._bars = QSpinBox()
        tip = self.tr("How many bars Continue adds after the end")
        explain(self._bars, "assistant_bars", self.tr("Bars to add"), tip)
        self._bars.setRange(1, MOST_BARS)
        self._bars.setValue(DEFAULT_BARS)
        self._bars.setSuffix(self.tr(" bars"))
        self._bars.setMinimumHeight(self._continue.sizeHint().height())

    def _make_labels(self) -> None:
        self._title = QLabel(self.tr("Assistant"))
        self._title.setFont(font_bold())
        self._chip = QLabel()
        self._chip.setObjectName("assistant_state")
        self._chip.setFont(font_small())
        self._rates = AcceptRateMenu(self._suggestions.rates)
        self._progress = QProgressBar()
        self._progress.setObjectName("assistant_progress")
        self._progress.setAccessibleName(self.tr("Edits that have arrived"))
        self._progress.setTextVisible(False)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_M)
        column.addLayout(in_row(self._title, self._rates, self._chip))
        if self._expectation is not None:
            column.addWidget(ExpectationRow(self._expectation))
        column.addWidget(self._scrolling(self.form))
        column.addWidget(self._suggest)
        column.addLayout(in_row(self._continue, self._bars))
        column.addWidget(self._progress)
        column.addWidget(self.answers, 1)

    def _scrolling(self, form: QWidget) -> QScrollArea:
        """The form, which gives way where the window is low: what is done with it stays."""
        scroll = _FormArea(form)
        scroll.setObjectName("assistant_scroll")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        more = self.form.more
        more.folded.connect(scroll.fit)
        more.unfolded.connect(lambda: scroll.ensureWidgetVisible(more, 0, 0))
        return scroll

    def _wire(self) -> None:
        suggestions = self._suggestions
        self._suggest.clicked.connect(self._on_suggest)
        self._continue.clicked.connect(self._on_continue)
        self.answers.reveal.connect(self.reveal)
        self.form.model_changed.connect(self._on_model)
        self.form.changed.connect(self.refresh)
        suggestions.changed.connect(self.refresh)
        suggestions.state_changed.connect(self.refresh)
        suggestions.model.changed.connect(self.refresh)
        theme().changed.connect(self.refresh)
        shortcut = QShortcut(QKeySequence(SUGGEST_KEY), self)
        shortcut.setObjectName("assistant_suggest_key")
        shortcut.activated.connect(self._suggest.click)

    def attach(self, roll: PianoRollView, geometry: RollGeometry) -> None:
        """Work in the roll, too: the keys, the marks over the notes, the words about them."""
        roll.keys.add(ASSISTANT_KEYS, self._commands)
        roll.overlays.append(LockPainter(self._score, geometry))
        self._score.locks.changed.connect(roll.update)
        roll.explain = Explanations(self._score, self._suggestions, self._expectation).of
        if self._expectation is not None:
            self._expectation.watch(geometry)
            self._expectation.changed.connect(roll.update)
            self._expectation.changed.connect(roll.say_what_is_here)
            roll.overlays.append(ExpectationPainter(self._expectation, geometry))

    def _suggest_focus(self) -> None:
        self.form.preset.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def ask(self) -> None:
        """Ask with what the form says."""
        if self.form.folder is not None:
            bars = self._bars.value() if self.form.continues else 0
            self._suggestions.begin(self.form.request(self.form.folder, bars))

    def choose_model(self, folder: Path) -> None:
        """Choose another model, listing those that are new."""
        self.form.choose_model(folder)

    def _on_model(self) -> None:
        self._suggestions.model.load(self.form.folder)
        if self._expectation is not None:
            self._expectation.use_model(self.form.folder)
        self.refresh()

    def _on_suggest(self) -> None:
        if self._suggestions.state == "working":
            self._suggestions.cancel()
        else:
            self.ask()

    def _on_continue(self) -> None:
        if self.form.folder is not None:
            self._suggestions.begin(self.form.request(self.form.folder, self._bars.value()))

    def refresh(self) -> None:
        """Show the state that model and suggestion are in."""
        problem, is_working = self.form.problem, self._suggestions.state == "working"
        self._show_state(problem)
        self._show_progress(is_working)
        word, tip = self._state.action()
        self._suggest.setText(word)
        self._suggest.setAccessibleName(word)
        set_enabled(self._suggest, f"{tip} ({SUGGEST_KEY})", "" if is_working else problem)
        busy = self.tr("The model is at work: cancel first.") if is_working else ""
        tip = self.tr("Propose new bars after the end of the piece")
        reason = busy or (problem if self.form.folder is None else self.form.tracks.problem)
        set_enabled(self._continue, tip, reason)
        folder = self.form.folder
        self._rates.show_model(folder.name if folder is not None else "")

    def _show_progress(self, is_working: bool) -> None:
        """How much has come; while the model is loading, how far that is."""
        pace, loaded = self._suggestions.pace, self._suggestions.model.progress
        self._progress.setVisible(is_working or loaded is not None)
        if loaded is not None:
            self._progress.setRange(0, 100)
            self._progress.setValue(round(100 * loaded))
        else:
            self._progress.setRange(0, pace.n_asked)
            self._progress.setValue(min(pace.n_events, pace.n_asked))

    def _show_state(self, problem: str) -> None:
        role, word = self._state.chip()
        color = theme().color(role).name()
        self._chip.setText(f'<span style="color:{color}">\N{BLACK CIRCLE}</span> {word}')
        kind, text = self._state.sentence()
        if problem and kind == "muted" and not self._suggestions.ghosts:
            kind, text = "warning", problem
        status = self.answers.status
        status.setText(text)
        if status.property("kind") != kind:
            status.setProperty("kind", kind)
            status.style().polish(status)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        suggestions = self._suggestions
        row = self._keys.row(event)
        if row is not None:
            run_key(self._commands, row)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
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

    def fit(self) -> None:
        """Give what is in it its height now: else it is painted once, squeezed into the old one."""
        layout = self._content.layout()
        height = layout.totalMinimumSize().height() if layout is not None else 0
        self._content.resize(self._content.width(), max(height, self.viewport().height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # what is in it has grown or shrunk
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 10 * GRID)
