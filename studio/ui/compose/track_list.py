"""The lines of music: their colour, name and sound, mute and solo, and which one is active."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.score.score import Edit
from studio.score.track import Track
from studio.score.track_edits import changes_tracks
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.track_colors import TrackColorButton
from studio.ui.compose.track_menu import TrackMenu, TrackNameField, remove_track
from studio.ui.icons import icon
from studio.ui.theme import GRID, ICON_S, SPACE_S, font_bold, font_small, theme

WIDTH = 208
ROW_HEIGHT = 48


class ElidedLabel(QLabel):
    """A line of text that ends in … where there is no room, and is whole in its tooltip."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(16, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._whole) + 2, metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = QFontMetrics(self.font()).elidedText(
            self._whole, Qt.TextElideMode.ElideRight, self.width()
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect(), flags, text)


class TrackRow(QWidget):
    """One track of the list."""

    chosen = Signal(int)

    def __init__(
        self, view_model: ScoreViewModel, index: int, track: Track, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._view_model, self._index = view_model, index
        self.setObjectName(f"track_{index + 1}")
        name = track.name or self.tr("Track {0}").format(index + 1)
        self.setAccessibleName(name)
        self.setStatusTip(
            self.tr("Click: write here. Double-click: rename. Del: delete. Right-click: more")
        )
        self.setFixedHeight(ROW_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        title, sound = ElidedLabel(name), ElidedLabel(track.instrument)
        title.setFont(font_bold())
        sound.setFont(font_small())
        sound.setProperty("kind", "muted")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch()
        texts.addWidget(title)
        texts.addWidget(sound)
        texts.addStretch()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, SPACE_S, 0)
        layout.setSpacing(2)
        self.color = TrackColorButton(view_model, index, name, self)
        layout.addWidget(self.color)
        layout.addLayout(texts, 1)
        self.mute = self._button("M", self.tr("Mute {0}").format(name), "mute")
        self.solo = self._button("S", self.tr("Hear {0} alone").format(name), "solo")
        self.lock = self._button("", self.tr("Lock {0}: no model changes it").format(name), "lock")
        self.lock.setIcon(icon("lock"))
        self.lock.setIconSize(QSize(ICON_S, ICON_S))
        layout.addWidget(self.lock)
        layout.addWidget(self.mute)
        layout.addWidget(self.solo)
        self.mute.toggled.connect(lambda is_on: view_model.set_muted(index, is_on))
        self.solo.toggled.connect(lambda is_on: view_model.set_soloed(index, is_on))
        self.lock.toggled.connect(lambda is_on: view_model.locks.set_track(index, is_on))
        self.name_field = TrackNameField(view_model, index, self)
        self.follow()

    def _button(self, text: str, tip: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(True)
        button.setObjectName(f"track_{self._index + 1}_{name}")
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        button.setStatusTip(tip)
        button.setFixedSize(26, 26)
        return button

    def follow(self) -> None:
        """Show what the view-model says."""
        self.color.follow()
        self.lock.setChecked(self._index in self._view_model.locks.tracks)
        self.mute.setChecked(self._index in self._view_model.muted)
        self.solo.setChecked(self._index in self._view_model.soloed)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self._index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.name_field.open()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.chosen.emit(self._index)
        menu = TrackMenu(self._view_model, self._index, self.name_field.open, self)
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self._index)
        elif event.key() == Qt.Key.Key_F2:
            self.name_field.open()
        elif event.key() == Qt.Key.Key_Delete:
            remove_track(self._view_model, self._index)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), theme()
        if self._index == self._view_model.active_track:
            painter.fillRect(self.rect(), look.color("accent_soft"))
        if self.hasFocus():
            painter.setPen(look.color("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class TrackList(QScrollArea):
    """All tracks, and a button for one more."""

    def __init__(self, view_model: ScoreViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._rows: list[TrackRow] = []
        self.setObjectName("track_list")
        self.setAccessibleName(self.tr("Tracks"))
        self.setWidgetResizable(True)
        self.setFixedWidth(WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box = QWidget()
        self._layout = QVBoxLayout(box)
        self._layout.setContentsMargins(0, 0, 0, GRID)
        self._layout.setSpacing(1)
        self._add = self._add_button()
        self._layout.addSpacing(GRID)
        self._layout.addWidget(self._add, 0, Qt.AlignmentFlag.AlignHCenter)
        self._layout.addStretch()
        self.setWidget(box)
        view_model.song_changed.connect(self._rebuild)
        view_model.edited.connect(self._on_edited)
        view_model.mix_changed.connect(self._follow)
        view_model.locks.changed.connect(self._follow)
        self._rebuild()

    def _add_button(self) -> QPushButton:
        button = QPushButton(icon("plus"), self.tr("Add track"))
        button.setObjectName("add_track_button")
        button.setAccessibleName(self.tr("Add track"))
        button.setToolTip(self.tr("Another line of music, on its own channel"))
        button.setStatusTip(button.toolTip())
        button.setFlat(True)
        button.clicked.connect(self._add_track)
        return button

    def _add_track(self) -> None:
        self._view_model.add_track(self.tr("Track {0}").format(len(self._view_model.tracks) + 1))

    def _rebuild(self) -> None:
        for row in self._rows:
            self._layout.removeWidget(row)
            row.hide()  # now: it is deleted only when there is time
            row.deleteLater()
        self._rows = []
        for index, track in enumerate(self._view_model.tracks):
            row = TrackRow(self._view_model, index, track)
            row.chosen.connect(self._view_model.set_active_track)
            self._layout.insertWidget(index, row)
            self._rows.append(row)

    def _on_edited(self, edit: Edit) -> None:
        if changes_tracks(edit):
            self._rebuild()

    def _follow(self) -> None:
        for row in self._rows:
            row.follow()
