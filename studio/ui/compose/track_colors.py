"""The colour of a track: shown as a bar, chosen from a small palette with names."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QActionGroup, QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.score.track_edits import choose_color
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.theme import GRID, SPACE_S, theme

NAMES = ("Blue", "Orange", "Green", "Pink", "Yellow", "Violet", "Red", "Grey")
SWATCH = 12
BAR_WIDTH = 4


def color_icon(number: int, size: int, ratio: float) -> QIcon:
    """A disc in a colour of the tracks' palette, in the light or dark of the moment."""
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().track_color(number))
    painter.drawEllipse(QRectF(0.5, 0.5, size - 1, size - 1))
    painter.end()
    return QIcon(pixmap)


class TrackColorMenu(QMenu):
    """The palette by name, and the colour of the track's number; each choice is one edit."""

    def __init__(self, view_model: ScoreViewModel, index: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._view_model, self._index = view_model, index
        self.setObjectName("track_color_menu")
        self.setTitle(self.tr("Colour"))
        self._group = QActionGroup(self)
        for number, name in enumerate(NAMES):
            self._add(self.tr(name), f"track_color_{number}", number, number)
        self.addSeparator()
        self._add(self.tr("By number"), "track_color_by_number", None, index)

    def _add(self, text: str, name: str, choice: int | None, shown: int) -> None:
        action = self.addAction(color_icon(shown, SWATCH, self.devicePixelRatioF()), text)
        action.setObjectName(name)
        action.setCheckable(True)
        action.setChecked(self._view_model.tracks[self._index].color == choice)
        action.setStatusTip(self.tr("The colour of this track, here and in the roll"))
        action.triggered.connect(lambda: self._choose(choice))
        self._group.addAction(action)

    def _choose(self, color: int | None) -> None:
        self._view_model.request(choose_color(self._view_model.song, self._index, color))


class TrackColorButton(QToolButton):
    """The bar at the edge of a track's row; pressed, it offers the palette."""

    def __init__(
        self, view_model: ScoreViewModel, index: int, track_name: str, row: QWidget
    ) -> None:
        super().__init__(row)
        self._view_model, self._index, self._track_name = view_model, index, track_name
        self.setObjectName(f"track_{index + 1}_color")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(2 * GRID, row.height())
        self.clicked.connect(self._offer)
        self.follow()

    def follow(self) -> None:
        """Say and show the colour as it is."""
        name = self.tr(NAMES[self._view_model.color_number(self._index)])
        text = self.tr("Colour of {0}: {1}").format(self._track_name, name)
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setStatusTip(self.tr("Click: choose another colour for this track"))
        self.update()

    def _offer(self) -> None:
        menu = TrackColorMenu(self._view_model, self._index, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(self.rect().topRight()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, model = QPainter(self), theme(), self._view_model
        is_audible = model.is_audible(self._index)
        number = model.color_number(self._index)
        color = look.track_color(number) if is_audible else look.color("note_muted")
        wider = SPACE_S if self.underMouse() or self.hasFocus() else 0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        left = (self.width() - BAR_WIDTH) / 2
        bar = QRectF(left, GRID, BAR_WIDTH, self.height() - 2 * GRID)
        painter.drawRoundedRect(bar.adjusted(-wider / 2, 0, wider / 2, 0), 2, 2)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(look.color("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
