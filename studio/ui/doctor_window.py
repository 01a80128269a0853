"""What is wrong on this machine and how to mend it, and a report to send to those who can help."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QProcess, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.log import newest_lines, without_home
from studio.settings import write_atomically
from studio.ui.theme import GRID, font_bold, font_small

COMMAND = ("-P", "-m", "studio", "doctor", "--json")
LOG_LINES = 200  # in the report


class DoctorWindow(QWidget):
    """Runs `studio doctor` in its own process and shows what it found; sends nothing."""

    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("doctor_window")
        self.setWindowTitle(self.tr("Is everything well?"))
        self.resize(720, 720)
        self._process: QProcess | None = None
        self._build()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        card = QFrame()
        card.setProperty("kind", "card")
        self._rows = QGridLayout(card)
        self._rows.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        self._rows.setColumnStretch(1, 1)
        self._rows.setVerticalSpacing(GRID)
        self._rows.setHorizontalSpacing(2 * GRID)
        layout.addWidget(card)
        layout.addLayout(self._report_head())
        self.report = QPlainTextEdit()
        self.report.setObjectName("doctor_report")
        self.report.setAccessibleName(self.tr("Report"))
        self.report.setFont(font_small())
        layout.addWidget(self.report, 1)
        self._told = QLabel()
        self._told.setObjectName("doctor_told")
        layout.addWidget(self._told)
        QShortcut(QKeySequence("Esc"), self, self.close)

    def _report_head(self) -> QHBoxLayout:
        words = QLabel(
            self.tr(
                "A report for those who make Studio. Read it first and change what you like: "
                "it is sent nowhere."
            )
        )
        words.setProperty("kind", "muted")
        words.setWordWrap(True)
        self.copy = QPushButton(self.tr("Copy"))
        self.save = QPushButton(self.tr("Save…"))
        tips = (self.tr("Put the report on the clipboard"), self.tr("Save the report as a text"))
        for button, name, tip in zip(
            (self.copy, self.save), ("doctor_copy", "doctor_save"), tips, strict=True
        ):
            button.setObjectName(name)
            button.setAccessibleName(tip)
            button.setToolTip(tip)
            button.setStatusTip(tip)
        self.copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.report.toPlainText())
        )
        self.save.clicked.connect(self._choose_and_save)
        head = QHBoxLayout()
        head.addWidget(words, 1)
        head.addWidget(self.copy)
        head.addWidget(self.save)
        return head

    def look(self) -> None:
        """Show the window and look anew; `finished` follows."""
        self.show()
        self.raise_()
        self.activateWindow()
        if self._process is not None:
            return
        self._show_rows([], self.tr("Looking…"))
        self._process = QProcess(self)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_finished)
        self._process.start(sys.executable, list(COMMAND))

    def _on_finished(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        findings = _findings(bytes(process.readAllStandardOutput().data()))
        process.deleteLater()
        words = "" if findings else self.tr("Studio could not look: 'studio doctor' has ended.")
        self._show_rows(findings, words)
        self.report.setPlainText(report_text(findings, newest_lines(LOG_LINES)))
        self.finished.emit()

    def _show_rows(self, findings: list[dict[str, Any]], words: str) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        if words:
            self._rows.addWidget(QLabel(words), 0, 0)
        for row, finding in enumerate(findings):
            self._add_row(row, finding)

    def _add_row(self, row: int, finding: dict[str, Any]) -> None:
        name = QLabel(str(finding["name"]))
        name.setFont(font_bold())
        detail, remedy = str(finding["detail"]), str(finding["remedy"])
        text = QLabel("\n".join(filter(None, (detail, remedy))))
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        verdict = QLabel(self.tr("well") if finding["ok"] else self.tr("not well"))
        verdict.setProperty("kind", "muted" if finding["ok"] else "error")
        for column, label in enumerate((name, text, verdict)):
            self._rows.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)

    def _choose_and_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the report"), "studio-report.txt", self.tr("Text (*.txt)")
        )
        if name:
            self.save_report(Path(name))

    def save_report(self, path: Path) -> None:
        """Save the report as it stands in the window; what hinders it is told there."""
        try:
            write_atomically(path, self.report.toPlainText().encode())
        except OSError as error:
            words = self.tr("{0} could not be written: {1}.")
            self._told.setText(words.format(path, error.strerror or error))
        else:
            self._told.setText(self.tr("Written: {0}").format(path))

    def closeEvent(self, event: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.waitForFinished()


def _findings(output: bytes) -> list[dict[str, Any]]:
    """What the command found; nothing if it ended early."""
    try:
        return list(json.loads(output)["findings"])
    except (ValueError, KeyError, TypeError):
        return []


def report_text(findings: list[dict[str, Any]], log_lines: list[str]) -> str:
    """The findings and the newest of the log, without the name of the user's folder."""
    found = [f"{'ok ' if row['ok'] else 'BAD'} {row['name']}: {row['detail']}" for row in findings]
    return without_home("\n".join([*found, "", "Log", *(log_lines or ["empty"]), ""]))
