"""Step 3: the run. Curves while it learns, numbers and a button when it has."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.training.run_follower import RunState
from studio.ui.icons import icon
from studio.ui.theme import GRID, SPACE_M, font_bold, font_normal, tabular
from studio.ui.train.curve_plot import CurvePlot
from studio.ui.train.metric_words import duration_words, metric_words
from studio.ui.train.results_card import EarlierResults
from studio.ui.train.settings_card import FIELD_HEIGHT
from studio.ui.train.train_view_model import MODEL_KIND, TrainViewModel


class RunCard(QFrame):
    """Shows the run that is followed."""

    def __init__(self, view_model: TrainViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train_run")
        self.setProperty("kind", "card")
        self._view_model = view_model
        title = QLabel(self.tr("3  Run"))
        title.setFont(font_bold())
        self._empty = QLabel(self.tr("The learning curves of the run appear here."))
        self._empty.setProperty("kind", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.plot = CurvePlot()
        self._status = QLabel()
        self._status.setObjectName("train_status")
        self._status.setFont(tabular(font_normal()))
        self._status.setWordWrap(True)
        self._result = QLabel()
        self._result.setObjectName("train_result")
        self._result.setWordWrap(True)
        self._name = QLineEdit()
        self._name.setObjectName("train_model_name")
        self._name.setAccessibleName(self.tr("Name of the model"))
        self._name.setPlaceholderText(self.tr("Name of the model"))
        self._name.setMinimumHeight(FIELD_HEIGHT)
        self._use = QPushButton(icon("check", "text_on_accent"), "")
        self._use.setObjectName("train_use")
        self._use.setProperty("kind", "primary")
        self._use.clicked.connect(self._on_use)
        self._measure = QPushButton(self.tr("Measure"))
        self._measure.setObjectName("train_measure")
        self._measure.setAccessibleName(self.tr("Measure the model"))
        tip = self.tr("Try the model on the clips held back, and show the result clip by clip")
        self._measure.setToolTip(tip)
        self._measure.setStatusTip(tip)
        self._measure.clicked.connect(lambda: view_model.measure())
        view_model.measuring_changed.connect(lambda _: self._offer_measuring())
        view_model.results_loaded.connect(lambda _: self._offer_measuring())
        self._lay_out(title)
        view_model.progressed.connect(self._on_progress)
        view_model.state_changed.connect(self._on_state)
        self._on_state(view_model.state)

    def _lay_out(self, title: QLabel) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(self._name, 1)
        row.addWidget(self._measure)
        row.addWidget(self._use)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(SPACE_M)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(EarlierResults(self._view_model))
        column.addLayout(head)
        column.addWidget(self._empty, 1)
        column.addWidget(self.plot, 1)
        column.addWidget(self._status)
        column.addWidget(self._result)
        column.addLayout(row)

    def _on_progress(self, state: RunState) -> None:
        self.plot.show_state(state)
        self._status.setText(self._status_text(state))

    def _on_state(self, state: str) -> None:
        has_run = self._view_model.follower is not None
        self._empty.setVisible(not has_run)
        self.plot.setVisible(has_run)
        if state == "running":
            self._result.clear()
            self.plot.show_state(self._view_model.run_state)
            self._name.setText(f"my-{self._view_model.kind}")
            self._status.setText(self.tr("Starting…"))
        is_usable = state == "ended" and self._view_model.best_folder is not None
        for widget in (self._name, self._use, self._result):
            widget.setVisible(is_usable)
        if is_usable:
            place = "Listen" if MODEL_KIND[self._view_model.kind] == "genre" else "Compose"
            self._use.setText(self.tr("Use in {0}").format(place))
            self._use.setToolTip(self.tr("Install the model and choose it in {0}").format(place))
            self._result.setText(self._result_text(self._view_model.final_report()))

        self._offer_measuring()

    def _offer_measuring(self) -> None:
        """A run that was stopped was not measured clip by clip: that can be done now."""
        model = self._view_model
        self._measure.setText(
            self.tr("Measuring…") if model.measured.is_measuring else self.tr("Measure")
        )
        self._measure.setEnabled(model.can_measure)
        self._measure.setVisible(model.can_measure or model.measured.is_measuring)

    def _status_text(self, state: RunState) -> str:
        parts = [self.tr("epoch {0}").format(state.epoch)]
        if state.batch_loss is not None:
            parts.append(self.tr("loss {0:.3f}").format(state.batch_loss))
        if state.best_loss is not None:
            parts.append(
                self.tr("best {0:.3f} (epoch {1})").format(state.best_loss, state.best_epoch)
            )
        parts.append(duration_words(state.seconds))
        if state.eta_s is not None and not state.has_ended:
            parts.append(self.tr("about {0} left").format(duration_words(state.eta_s)))
        text = "   ".join(parts)
        return f"{text}\n{state.message}" if state.message else text

    def _result_text(self, report: dict[str, Any]) -> str:
        lines = metric_words(report.get("metrics", {}))
        return "\n".join(lines) or self.tr("The run left no measurements.")

    def _on_use(self) -> None:
        self._view_model.use_model(self._name.text().strip() or f"my-{self._view_model.kind}")
