"""The proposals as a list: a row a note, taken or left by its check box."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QIcon, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from studio.assistant.suggestion import Ghost
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel
from studio.ui.compose.track_colors import color_icon
from studio.ui.theme import GRID, SPACE_M, SPACE_S, font_normal, font_small, tabular, theme

PITCH_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
NOTE, PLACE, LENGTH, SURE = range(4)
BAR_HEIGHT = 4
DOT = 8
HEIGHT = 16 * GRID


class ProposalList(QTreeWidget):
    """Shows the ghosts of the suggestion; choosing a row reveals its note in the roll."""

    reveal = Signal(int, int)  # tick, pitch

    def __init__(
        self, suggestions: SuggestionViewModel, score: ScoreViewModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._suggestions, self._score = suggestions, score
        self._dots: dict[int, QIcon] = {}
        self.setObjectName("proposals")
        self.setAccessibleName(self.tr("Proposed notes"))
        tip = self.tr("Space or a click on the box takes a proposal or leaves it; Enter takes all")
        self.setToolTip(tip)
        self.setStatusTip(tip)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setIconSize(QSize(DOT, DOT))
        self.setFont(tabular(font_normal()))
        self.setItemDelegate(_Row(self))
        self.setItemDelegateForColumn(SURE, _Certainty(self))
        self._make_header()
        suggestions.changed.connect(self.refresh)
        for signal in (theme().changed, score.mix_changed):
            signal.connect(self._paint_anew)
        self.itemChanged.connect(self._on_item_changed)
        self.currentItemChanged.connect(self._on_row_chosen)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEIGHT)  # more where there is room to spare

    def _make_header(self) -> None:
        self.setColumnCount(4)
        self.setHeaderLabels(
            [self.tr("Note"), self.tr("Bar.beat"), self.tr("Beats"), self.tr("Sure")]
        )
        header = self.header()
        header.setObjectName("proposals_header")
        header.setFont(font_small())
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(5 * GRID)
        header.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)
        for column, width in ((PLACE, 8 * GRID), (LENGTH, 6 * GRID), (SURE, 9 * GRID)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)

    def refresh(self) -> None:
        """Make the rows what the suggestion is."""
        ghosts = self._suggestions.ghosts
        with QSignalBlocker(self):
            while self.topLevelItemCount() > len(ghosts):
                self.takeTopLevelItem(self.topLevelItemCount() - 1)
            for row, ghost in enumerate(ghosts):
                item = self.topLevelItem(row)
                if item is None:
                    item = QTreeWidgetItem(self)
                if item.data(NOTE, Qt.ItemDataRole.UserRole) != ghost:
                    self._show(item, ghost)
        self.viewport().update()

    def _show(self, item: QTreeWidgetItem, ghost: Ghost) -> None:
        note, is_add = ghost.event.note, ghost.event.action == "add"
        metre, beat = self._score.song.metre, self._score.song.ticks_per_beat
        at = metre.position(note.start)
        name = PITCH_NAMES[note.pitch % 12] + str(note.pitch // 12 - 1)
        sign = "+" if is_add else "\N{MINUS SIGN}"
        item.setData(NOTE, Qt.ItemDataRole.UserRole, ghost)
        item.setText(NOTE, f"{sign} {name}")
        item.setText(PLACE, f"{at.bar}.{at.beat}")
        item.setText(LENGTH, f"{note.duration / beat:.3g}")
        item.setData(SURE, Qt.ItemDataRole.UserRole, ghost.event.probability)
        item.setText(SURE, f"{ghost.event.probability:.0%}")
        item.setIcon(NOTE, self._dot(note.track))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        state = Qt.CheckState.Checked if ghost.is_accepted else Qt.CheckState.Unchecked
        item.setCheckState(NOTE, state)
        self._paint(item, ghost)
        words = self._words(ghost, name, f"{at.bar}.{at.beat}")
        item.setData(NOTE, Qt.ItemDataRole.AccessibleTextRole, words)
        for column in range(4):
            item.setToolTip(column, words)

    def _paint(self, item: QTreeWidgetItem, ghost: Ghost) -> None:
        """What is taken in the ghosts' colours, what is left in grey."""
        role = "ghost_added" if ghost.event.action == "add" else "ghost_removed"
        for column in range(4):
            strong = role if column in (NOTE, SURE) else "text"
            color = theme().color(strong if ghost.is_accepted else "text_muted")
            item.setForeground(column, QBrush(color))

    def _words(self, ghost: Ghost, name: str, place: str) -> str:
        note, tracks = ghost.event.note, self._score.tracks
        action = self.tr("Add") if ghost.event.action == "add" else self.tr("Remove")
        where = tracks[note.track].name if note.track < len(tracks) else ""
        text = self.tr("{0} {1} at {2} in {3}: probability {4:.1%}, velocity {5}")
        where = where or self.tr("track {0}").format(note.track + 1)
        return text.format(action, name, place, where, ghost.event.probability, note.velocity)

    def _dot(self, track: int) -> QIcon:
        """The colour of the track, as the roll paints its notes."""
        number = self._score.color_number(track)
        if number not in self._dots:
            self._dots[number] = color_icon(number, DOT, self.devicePixelRatioF())
        return self._dots[number]

    def _paint_anew(self) -> None:
        self._dots.clear()
        with QSignalBlocker(self):
            for row, ghost in enumerate(self._suggestions.ghosts):
                item = self.topLevelItem(row)
                if item is not None:
                    self._show(item, ghost)
        self.viewport().update()

    def _on_item_changed(self, item: QTreeWidgetItem) -> None:
        row = self.indexOfTopLevelItem(item)
        is_checked = item.checkState(NOTE) == Qt.CheckState.Checked
        ghosts = self._suggestions.ghosts
        if row < len(ghosts) and ghosts[row].is_accepted != is_checked:
            self._suggestions.toggle(row)

    def _on_row_chosen(self, item: QTreeWidgetItem | None) -> None:
        row = -1 if item is None else self.indexOfTopLevelItem(item)
        if 0 <= row < len(self._suggestions.ghosts):
            note = self._suggestions.ghosts[row].event.note
            self.reveal.emit(note.start, note.pitch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._suggestions.ghosts:
            self._suggestions.accept()
        elif event.text().isprintable() and event.text().strip():
            event.ignore()  # letters are keys of the assistant, not words to look for
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.topLevelItemCount() == 0:
            painter = QPainter(self.viewport())
            painter.setFont(font_small())
            painter.setPen(theme().color("text_muted"))
            room = self.viewport().rect().adjusted(SPACE_M, SPACE_M, -SPACE_M, -SPACE_M)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            text = self.tr("Proposals appear here, and as ghosts in the roll.")
            painter.drawText(room, int(flags), text)
            painter.end()


class _Row(QStyledItemDelegate):
    """Draws the row that is chosen on a soft ground, on which the ghosts' colours still tell."""

    def initStyleOption(  # noqa: N802 (Qt names it so)
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        brush = index.data(Qt.ItemDataRole.ForegroundRole)
        option.palette.setColor(QPalette.ColorRole.Highlight, theme().color("accent_soft"))
        if isinstance(brush, QBrush):
            option.palette.setBrush(QPalette.ColorRole.HighlightedText, brush)


class _Certainty(_Row):
    """Draws a probability as a number over a bar."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        probability = index.data(Qt.ItemDataRole.UserRole)
        brush = index.data(Qt.ItemDataRole.ForegroundRole)
        if not isinstance(probability, float) or not isinstance(brush, QBrush):
            return
        rect = option.rect
        left, width = rect.left() + 5 * GRID, rect.width() - 5 * GRID - SPACE_S
        track = QRectF(left, rect.center().y() - BAR_HEIGHT / 2 + 0.5, width, BAR_HEIGHT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("border"))
        painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        painter.setBrush(brush)
        track.setWidth(max(BAR_HEIGHT, width * min(1.0, max(0.0, probability))))
        painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        painter.restore()
