"""Step 3: the run. Curves while it learns, numbers and a button when it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from studio.training.run_follower import RunState
from studio.training.run_list import RunSummary, read_run
from studio.ui.icons import icon
from studio.ui.theme import font_normal, tabular
from studio.ui.train.card import Card, describe, row_of
from studio.ui.train.curve_plot import LOSS, CurvePlot
from studio.ui.train.metric_words import NAMES, duration_words, metric_words
from studio.ui.train.results_card import EarlierResults
from studio.ui.train.settings_card import FIELD_HEIGHT
from studio.ui.train.train_view_model import MODEL_KIND, TrainViewModel


class RunCard(Card):
    """Shows the run that is followed."""

    def __init__(self, view_model: TrainViewModel, parent: QWidget | None = None) -> None:
        super().__init__("train_run", parent)
        self.title.setText(self.tr("3  Run"))
        self._view_model = view_model
        self._empty = QLabel(self.tr("The learning curves of the run appear here."))
        self._empty.setProperty("kind", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.plot = CurvePlot()
        self._make_plot_tools()
        self._warnings = QLabel()
        self._warnings.setObjectName("train_run_warnings")
        self._warnings.setProperty("kind", "warning")
        self._warnings.setWordWrap(True)
        self._status = QLabel()
        self._status.setObjectName("train_status")
        self._status.setFont(tabular(font_normal()))
        self._status.setWordWrap(True)
        self._result = QLabel()
        self._result.setObjectName("train_result")
        self._result.setWordWrap(True)
        self._make_result_row()
        view_model.measuring_changed.connect(lambda _: self._offer_measuring())
        view_model.results_loaded.connect(lambda _: self._offer_measuring())
        self._lay_out()
        view_model.progressed.connect(self._on_progress)
        view_model.state_changed.connect(self._on_state)
        self._on_state(view_model.state)

    def _make_result_row(self) -> None:
        """What can be done with the model of a run that is over."""
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
        describe(self._measure, tip)
        self._measure.clicked.connect(lambda: self._view_model.measure())

    def _make_plot_tools(self) -> None:
        """What is drawn, and the picture of it."""
        self.quantity = QComboBox()
        self.quantity.setObjectName("train_quantity")
        self.quantity.setAccessibleName(self.tr("What is drawn"))
        describe(self.quantity, self.tr("Draw the loss, or another figure on the validation data"))
        self.quantity.addItem(self.tr("Loss"), LOSS)
        self.quantity.activated.connect(
            lambda _: self.plot.show_quantity(self.quantity.currentData())
        )
        self.export = QPushButton(self.tr("Save picture…"))
        self.export.setObjectName("train_export")
        self.export.setAccessibleName(self.tr("Save a picture of the curves"))
        describe(self.export, self.tr("The curves as a PNG file, the settings of the run below"))
        self.export.clicked.connect(self._choose_picture)
        self._compared: list[RunSummary] = []

    def compare(self, runs: list[RunSummary]) -> None:
        """Draw the curves of other runs over this one's."""
        if runs == self._compared and not self.plot.is_empty:
            return
        self._compared = [run for run in runs if run.folder != self._folder]
        self.plot.compare([(run.name, run.state) for run in self._compared])
        self._show_plot()
        names = {name for run in self._compared for name in run.state.metric_names}
        self._offer_quantities(names | set(self._view_model.run_state.metric_names))

    @property
    def _folder(self) -> Path | None:
        follower = self._view_model.follower
        return follower.folder if follower is not None else None

    def _show_plot(self) -> None:
        has_curve = self._view_model.follower is not None or bool(self._compared)
        self._empty.setVisible(not has_curve)
        for part in (self.plot, self.quantity, self.export):
            part.setVisible(has_curve)

    def _offer_quantities(self, names: set[str]) -> None:
        known = {self.quantity.itemData(index) for index in range(self.quantity.count())}
        for name in sorted(names - known):
            self.quantity.addItem(NAMES.get(name, name.replace("_", " ")), name)

    def _choose_picture(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the curves"), "curves.png", self.tr("PNG pictures (*.png)")
        )
        if name:
            self.save_picture(Path(name).with_suffix(".png"))

    def save_picture(self, path: Path) -> bool:
        """Write the curves with the settings of each run shown; whether that worked."""
        shown = [read_run(self._folder)] if self._folder else []
        captions = [caption_of(run) for run in [*shown, *self._compared] if run is not None]
        image = self.plot.picture("\n".join(captions))
        fresh = path.with_name(f".{path.stem}.new.png")
        is_written = image.save(str(fresh))
        try:
            fresh.replace(path)
        except OSError:
            is_written = False
        if not is_written:
            text = self.tr("{0} can't be written. Choose another folder.").format(path)
            self._view_model.notice.emit("error", text)
        return is_written

    def _lay_out(self) -> None:
        for tool in (self.quantity, self.export, EarlierResults(self._view_model)):
            self.head.addWidget(tool)
        self.column.addWidget(self._empty, 1)
        self.column.addWidget(self.plot, 1)
        for part in (self._status, self._warnings, self._result):
            self.column.addWidget(part)
        row = row_of(self._name, self._measure, self._use)
        row.setStretchFactor(self._name, 1)
        self.column.addLayout(row)

    def _on_progress(self, state: RunState) -> None:
        self.plot.show_state(state)
        self._status.setText(self._status_text(state))
        self._warnings.setText("\n".join(f"\N{WARNING SIGN} {text}" for text in state.warnings))
        self._warnings.setVisible(bool(state.warnings))
        self._offer_quantities(set(state.metric_names))

    def _on_state(self, state: str) -> None:
        self._show_plot()
        if state == "running":
            self._result.clear()
            self._warnings.clear()
            self._warnings.hide()
            self.plot.show_state(self._view_model.run_state)
            self._name.setText(f"my-{self._view_model.kind}")
            self._status.setText(self.tr("Starting…"))
        follower = self._view_model.follower if state == "ended" else None
        is_usable = follower is not None and follower.best is not None
        for widget in (self._name, self._use, self._result):
            widget.setVisible(is_usable)
        if is_usable and follower is not None:
            place = "Listen" if MODEL_KIND[self._view_model.kind] == "genre" else "Compose"
            self._use.setText(self.tr("Use in {0}").format(place))
            self._use.setAccessibleName(self._use.text())
            describe(self._use, self.tr("Install the model and choose it in {0}").format(place))
            self._result.setText(self._result_text(follower.report()))
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
        of_all = self.tr(" of {0}").format(state.n_epochs) if state.n_epochs else ""
        parts = [self.tr("epoch {0}").format(state.epoch) + of_all]
        if state.batch_loss is not None:
            parts.append(self.tr("loss {0:.3f}").format(state.batch_loss))
        if state.best_loss is not None:
            parts.append(
                self.tr("best {0:.3f} (epoch {1})").format(state.best_loss, state.best_epoch)
            )
        parts.append(duration_words(state.seconds))
        if state.samples_per_s is not None:
            parts.append(self.tr("{0:.0f} examples a second").format(state.samples_per_s))
        if state.eta_s is not None and not state.has_ended:
            parts.append(self.tr("about {0} left").format(duration_words(state.eta_s)))
        text = "   ".join(parts)
        return f"{text}\n{state.message}" if state.message else text

    def _result_text(self, report: dict[str, Any]) -> str:
        lines = metric_words(report.get("metrics", {}))
        return "\n".join(lines) or self.tr("The run left no measurements.")

    def _on_use(self) -> None:
        self._view_model.use_model(self._name.text().strip() or f"my-{self._view_model.kind}")


def caption_of(run: RunSummary) -> str:
    """What a curve was made by, for the foot of a picture."""
    settings = ", ".join(f"{name}={value}" for name, value in sorted(run.settings.items()))
    asked = f"{run.kind} on {run.data.name}, {run.changed_words}, seed {run.seed}"
    return f"{run.name}: {asked} ({settings})"
