"""Every setting of a training, with a sentence and its range, to be changed from the preset's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from models.settings.about import GROUPS, Row
from models.settings.kinds import KIND_SETTINGS
from studio.ui.theme import GRID, SPACE_M, font_bold, font_normal, font_small, tabular
from studio.ui.train.card import describe

ELSEWHERE = ("epochs",)  # set in the card itself
FIELD_WIDTH = 20 * GRID
WIDTH, HEIGHT = 88 * GRID, 76 * GRID
MOST_WHOLE = 2**31 - 1


class SettingField:
    """The control of one setting."""

    def __init__(self, row: Row, changed: Callable[[], None]) -> None:
        self.row = row
        self._changed = changed
        self._set: Callable[[Any], None]
        self.read: Callable[[], Any]
        self.widget = self._make()
        self.widget.setObjectName(f"setting_{row.name}")
        self.widget.setAccessibleName(row.name)
        self.widget.setAccessibleDescription(row.about.words)
        self.widget.setToolTip(self.words)
        self.widget.setStatusTip(self.words)
        self.widget.setFixedWidth(FIELD_WIDTH)

    @property
    def words(self) -> str:
        """The sentence, and the range."""
        allowed = self.row.about.range_words
        return f"{self.row.about.words} ({allowed})" if allowed else self.row.about.words

    @property
    def error(self) -> str:
        """Why the value can't be used; '' if it can."""
        try:
            self.row.about.check(self.row.name, self.read())
        except ValueError as error:
            return str(error)
        return ""

    def show(self, value: Any) -> None:
        """Show a value."""
        self._set(value)

    def _make(self) -> QWidget:
        row, default = self.row, self.row.default
        if row.about.choices:
            return self._combo(row.about.choices)
        if isinstance(default, bool):
            box = QCheckBox()
            box.toggled.connect(self._changed)
            self._set, self.read = box.setChecked, box.isChecked
            return box
        if isinstance(default, int):
            return self._spin()
        line = QLineEdit()
        line.setFont(tabular(font_normal()))
        line.textChanged.connect(self._changed)
        self._set = lambda value: line.setText(f"{value:g}" if isinstance(value, float) else value)
        self.read = line.text if isinstance(default, str) else lambda: _number(line.text())
        return line

    def _combo(self, choices: tuple[str, ...]) -> QWidget:
        combo = QComboBox()
        combo.addItems(choices)
        combo.currentTextChanged.connect(self._changed)
        self._set, self.read = combo.setCurrentText, combo.currentText
        return combo

    def _spin(self) -> QWidget:
        spin = QSpinBox()
        spin.setFont(tabular(font_normal()))
        spin.setRange(int(self.row.about.low or 0), int(self.row.about.high or MOST_WHOLE))
        spin.valueChanged.connect(self._changed)
        self._set, self.read = spin.setValue, spin.value
        return spin


class SettingsDialog(QDialog):
    """Shows all settings of a kind as the preset has them; what differs is bold."""

    def __init__(
        self, kind: str, preset: str, changes: dict[str, Any], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("train_all_settings")
        self.setWindowTitle(self.tr("All settings"))
        self.resize(WIDTH, HEIGHT)
        self._preset = KIND_SETTINGS[kind].values(preset)
        rows = [row for row in KIND_SETTINGS[kind].rows if row.name not in ELSEWHERE]
        self.fields = {row.name: SettingField(row, self._on_changed) for row in rows}
        self._names: dict[str, QLabel] = {}
        self._lines: dict[str, tuple[QWidget, ...]] = {}
        self._filter = QLineEdit()
        self._filter.setObjectName("settings_filter")
        self._filter.setAccessibleName(self.tr("Find a setting"))
        self._filter.setPlaceholderText(self.tr("Find a setting: a name, or what it does"))
        describe(self._filter, self.tr("Shows only the settings whose name or sentence has this"))
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._show_found)
        self._told = QLabel()
        self._told.setObjectName("settings_error")
        self._told.setProperty("kind", "warning")
        self._told.setWordWrap(True)
        self._lay_out()
        self.show_values({**self._preset, **changes})

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from the preset."""
        values = {name: field.read() for name, field in self.fields.items()}
        return {name: v for name, v in values.items() if v != self._preset[name]}

    def show_values(self, values: dict[str, Any]) -> None:
        """Show these values."""
        for name, field in self.fields.items():
            field.show(values[name])
        self._on_changed()

    def _lay_out(self) -> None:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(SPACE_M)
        grid.setColumnStretch(2, 1)
        for group, title in GROUPS.items():
            self._add_group(
                grid,
                self.tr(title),
                [f for f in self.fields.values() if f.row.about.group == group],
            )
        grid.setRowStretch(grid.rowCount(), 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        reset = self._buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        reset.setText(self.tr("As the preset"))
        reset.setObjectName("settings_reset")
        reset.setToolTip(self.tr("Put every setting back to what the preset says"))
        reset.clicked.connect(lambda: self.show_values(self._preset))
        column = QVBoxLayout(self)
        column.setSpacing(SPACE_M)
        for part in (self._filter, scroll, self._told, self._buttons):
            column.addWidget(part)

    def _add_group(self, grid: QGridLayout, title: str, fields: list[SettingField]) -> None:
        head = QLabel(title)
        head.setFont(font_bold())
        grid.addWidget(head, grid.rowCount(), 0, 1, 3)
        for field in fields:
            line = grid.rowCount()
            name = QLabel(field.row.name.replace("_", " "))
            name.setBuddy(field.widget)
            words = QLabel(field.words)
            words.setProperty("kind", "muted")
            words.setFont(font_small())
            words.setWordWrap(True)
            for place, part in enumerate((name, field.widget, words)):
                grid.addWidget(part, line, place)
            self._names[field.row.name] = name
            self._lines[field.row.name] = (name, field.widget, words)

    def _show_found(self, text: str) -> None:
        wanted = text.strip().lower()
        for name, parts in self._lines.items():
            words = f"{name} {name.replace('_', ' ')} {self.fields[name].row.about.words}".lower()
            for part in parts:
                part.setVisible(wanted in words)

    def _on_changed(self) -> None:
        if len(self._names) < len(self.fields):
            return  # while it is made
        errors = [field.error for field in self.fields.values() if field.error]
        self._told.setText(errors[0] if errors else "")
        self._told.setVisible(bool(errors))
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not errors)
        changed = self.changes
        for name, label in self._names.items():
            label.setFont(font_bold() if name in changed else font_normal())


def _number(text: str) -> float:
    """A number that was written, with comma or point; infinite, so out of any range, if none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("inf")
