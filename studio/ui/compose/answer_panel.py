"""What a model proposes and how to answer: variations, before and after, the list, yes and no."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from studio.ui.compose.audition import Audition
from studio.ui.compose.form_parts import caption, explain, in_row, set_enabled
from studio.ui.compose.proposal_list import HEIGHT, ProposalList
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from studio.ui.icons import icon
from studio.ui.theme import SPACE_M, font_small


class AnswerPanel(QWidget):
    """Shows the proposals as a list and takes the musician's answer."""

    reveal = Signal(int, int)  # tick, pitch: show this place in the roll

    def __init__(
        self,
        suggestions: SuggestionViewModel,
        score: ScoreViewModel,
        audition: Audition | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._suggestions, self._audition = suggestions, audition
        self.status = caption()
        self.status.setObjectName("assistant_status")
        self.proposals = ProposalList(suggestions, score)
        self.proposals.setMinimumHeight(HEIGHT)
        self._make_buttons()
        self._variations = self._variation_row()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        column.addLayout(in_row(self.status, self._all, self._none))
        column.addWidget(self._variations)
        column.addWidget(self.proposals, 1)
        buttons = in_row(self._take, self._refuse)
        buttons.setStretch(1, 1)
        column.addLayout(buttons)
        self._wire()
        self.refresh()

    def _make_buttons(self) -> None:
        self._take = _button("assistant_take", self.tr("Take"), "check")
        self._refuse = _button("assistant_refuse", self.tr("Refuse"), "cross")
        self._all = _quiet_button("assistant_all", self.tr("All"), self.tr("Mark every proposal"))
        self._none = _quiet_button("assistant_none", self.tr("None"), self.tr("Mark none"))
        self._hear = _quiet_button(
            "assistant_hear",
            self.tr("Hear after"),
            self.tr("Hear the music with what is marked, and without it, in turn (A)"),
        )
        self._hear.setCheckable(True)

    def _variation_row(self) -> QWidget:
        self._before = _quiet_button(
            "assistant_previous", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", ""
        )
        self._next = _quiet_button(
            "assistant_next", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}", ""
        )
        for button, name, key in (
            (self._before, self.tr("The variation before"), "["),
            (self._next, self.tr("The next variation"), "]"),
        ):
            explain(button, button.objectName(), name, f"{name} ({key})")
        self._which = QLabel()
        self._which.setObjectName("assistant_variation")
        self._which.setFont(font_small())
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._before, self._which, self._next):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self._hear)
        return row

    def _wire(self) -> None:
        suggestions = self._suggestions
        self._take.clicked.connect(suggestions.accept)
        self._refuse.clicked.connect(suggestions.refuse)
        self._all.clicked.connect(lambda: suggestions.set_all(True))
        self._none.clicked.connect(lambda: suggestions.set_all(False))
        self._before.clicked.connect(lambda: suggestions.browse(-1))
        self._next.clicked.connect(lambda: suggestions.browse(1))
        self.proposals.reveal.connect(self.reveal)
        suggestions.changed.connect(self.refresh)
        if self._audition is not None:
            self._hear.clicked.connect(self._audition.toggle)
            self._audition.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show what is proposed now, and what can be answered."""
        suggestions = self._suggestions
        n, n_accepted = len(suggestions.ghosts), suggestions.n_accepted
        nothing = self.tr("Nothing is proposed yet: press Suggest.")
        self._take.setText(self.tr("Take {0}").format(n_accepted) if n else self.tr("Take"))
        none = nothing if not n else "" if n_accepted else self.tr("No proposal is marked.")
        set_enabled(self._take, self.tr("Make the marked edits, as one step (Enter)"), none)
        refuse = self.tr("Drop all the proposals (Esc)")
        set_enabled(self._refuse, refuse, "" if n else nothing)
        for button in (self._all, self._none):
            button.setVisible(n > 0)
        self._refresh_variations(n)

    def _refresh_variations(self, n: int) -> None:
        variations = self._suggestions.variations
        count = len(variations.all)
        self._variations.setVisible(n > 0 or count > 1)
        for widget in (self._before, self._which, self._next):
            widget.setVisible(count > 1)
        text = self.tr("{0} of {1} \N{MIDDLE DOT} seed {2}")
        self._which.setText(text.format(variations.at + 1, count, variations.shown.seed))
        is_after = self._audition is not None and self._audition.is_after
        self._hear.setVisible(self._audition is not None and n > 0)
        self._hear.setChecked(is_after)
        self._hear.setText(self.tr("Hearing after") if is_after else self.tr("Hear after"))


def _button(name: str, text: str, sign: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setIcon(icon(sign))
    return button


def _quiet_button(name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    explain(button, name, tip, tip)
    button.setFont(font_small())
    return button
