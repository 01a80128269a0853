"""The one window: transport on top, places at the left, what they hold in docks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QMainWindow,
    QScrollArea,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from studio.settings import Settings
from studio.ui.command_palette import CommandPalette
from studio.ui.doctor_window import DoctorWindow
from studio.ui.drop_files import FileDropFilter
from studio.ui.help import HelpWindow
from studio.ui.keys_window import KeysWindow
from studio.ui.notices import NoticeAction, NoticeArea
from studio.ui.place_rail import PlaceRail
from studio.ui.recent_files import RecentFiles
from studio.ui.shortcuts import BINDINGS, make_actions, window_commands
from studio.ui.theme import GRID, Mode, theme
from studio.ui.welcome import WelcomeBar

LAYOUT_VERSION = 1
MINIMUM_SIZE = (1024, 640)
LEAST_HEIGHT = 25 * GRID  # of a place among others


@dataclass(frozen=True, slots=True)
class Place:
    """One of the three places: its name, its title and the widget that fills it."""

    name: str
    title: str
    panel: QWidget


class MainWindow(QMainWindow):
    """Holds the places and the menus. What the menus do is wired by `studio.app`."""

    files_dropped = Signal(list)  # of Path
    close_requested = Signal(QCloseEvent)
    places_changed = Signal(object)  # set of the names of the open places

    def __init__(self, places: Sequence[Place], transport_bar: QWidget, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self._settings = settings
        self.actions_by_name = make_actions(self)
        self.recent_files = RecentFiles(settings, self)
        self.notices = NoticeArea()
        self.welcome = WelcomeBar()
        self.help_window: HelpWindow | None = None
        self.doctor_window: DoctorWindow | None = None
        self.commands = [*window_commands(self.actions_by_name)]
        self.mouse_rows: list[tuple[str, str]] = []
        self.palette_window = CommandPalette(lambda: self.commands, self)
        self.keys_window: KeysWindow | None = None
        self._panels = {place.name: place.panel for place in places}
        self._docks = {place.name: self._dock(place) for place in places}
        self._rail = PlaceRail(
            [(place.name, self.actions_by_name[f"place_{place.name}"]) for place in places]
        )
        self._build_bars(transport_bar)
        self._build_menus()
        self._wire_places()
        self.setDockNestingEnabled(True)
        self.setMinimumSize(*MINIMUM_SIZE)
        self.statusBar().setObjectName("status_bar")
        self.statusBar().setSizeGripEnabled(False)
        self.set_title("")
        drops = FileDropFilter(self)
        drops.dropped.connect(self.files_dropped)
        self._restore()

    def _dock(self, place: Place) -> QDockWidget:
        dock = QDockWidget(place.title, self)
        dock.setObjectName(f"dock_{place.name}")
        dock.setWidget(_scrolled(place.panel))
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock, Qt.Orientation.Vertical)
        dock.visibilityChanged.connect(self._on_places_changed)
        return dock

    def _build_bars(self, transport_bar: QWidget) -> None:
        top = QToolBar(self.tr("Transport"))
        top.setObjectName("transport_toolbar")
        top.setMovable(False)
        top.addWidget(transport_bar)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, top)
        self.addToolBarBreak()
        messages = QToolBar(self.tr("Notices"))
        messages.setObjectName("notices_toolbar")
        messages.setMovable(False)
        messages.addWidget(self._messages())
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, messages)
        self._messages_bar = messages
        self.notices.changed.connect(self.show_messages)
        self.welcome.dismissed.connect(self.show_messages)
        rail = QToolBar(self.tr("Places"))
        rail.setObjectName("rail_toolbar")
        rail.setMovable(False)
        rail.addWidget(self._rail)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, rail)
        for bar in (top, messages, rail):
            bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
            bar.toggleViewAction().setEnabled(False)

    def _messages(self) -> QWidget:
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(GRID, 0, GRID, 0)
        layout.setSpacing(0)
        layout.addWidget(self.welcome)
        layout.addWidget(self.notices)
        return box

    def show_messages(self) -> None:
        """Show the bar of notices if there is anything in it."""
        self._messages_bar.setVisible(not (self.notices.isHidden() and self.welcome.isHidden()))

    def _build_menus(self) -> None:
        menus = {name: self.menuBar().addMenu(self.tr(name)) for name in _menu_names()}
        for binding in BINDINGS:
            menus[binding.menu].addAction(self.actions_by_name[binding.name])
        menus["File"].insertMenu(self.actions_by_name["save"], self.recent_files)
        look = menus["View"].addMenu(self.tr("Colours"))
        group = QActionGroup(self)
        modes: tuple[tuple[Mode, str], ...] = (
            ("system", self.tr("As the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        )
        for mode, text in modes:
            action = QAction(text, self, checkable=True)
            action.setObjectName(f"colours_{mode}")
            action.setChecked(mode == theme().mode)
            action.triggered.connect(lambda _=False, mode=mode: self._set_mode(mode))
            group.addAction(action)
            look.addAction(action)

    def _wire_places(self) -> None:
        self._rail.chosen.connect(self.show_place)
        for name in self._docks:
            self.actions_by_name[f"place_{name}"].triggered.connect(
                lambda _=False, name=name: self.show_place(name)
            )
            self.actions_by_name[f"beside_{name}"].triggered.connect(
                lambda _=False, name=name: self.show_place(name, beside=True)
            )
        self.actions_by_name["help"].triggered.connect(self.show_help)
        self.actions_by_name["palette"].triggered.connect(self.palette_window.open)
        self.actions_by_name["keys"].triggered.connect(self.show_keys)
        self.actions_by_name["promises"].triggered.connect(lambda: self.show_page("trust"))
        self.actions_by_name["doctor"].triggered.connect(self.show_doctor)
        self.actions_by_name["quit"].triggered.connect(self.close)

    def _set_mode(self, mode: Mode) -> None:
        theme().set_mode(mode)
        self._settings.set("colours", mode)

    def show_place(self, name: str, beside: bool = False) -> None:
        """Open a place alone or `beside` the others, in a split. Floating ones stay."""
        for other, dock in self._docks.items():
            if other != name and not beside and not dock.isFloating():
                dock.hide()
        self._docks[name].show()
        self._docks[name].raise_()
        self._panels[name].setFocus()

    @property
    def open_places(self) -> set[str]:
        """The names of the places on the screen."""
        return {name for name, dock in self._docks.items() if dock.isVisible()}

    def _on_places_changed(self) -> None:
        open_places = {name for name, dock in self._docks.items() if not dock.isHidden()}
        for name, dock in self._docks.items():
            alone = open_places == {name} and not dock.isFloating()
            former = dock.titleBarWidget()
            dock.setTitleBarWidget(QWidget() if alone else None)  # type: ignore[arg-type]
            if former is not None:
                former.deleteLater()  # the dock gives it up and leaves it behind
        self._rail.mark(open_places)
        self.places_changed.emit(open_places)

    def show_keys(self) -> None:
        """All keys, and what the mouse does."""
        if self.keys_window is None:
            self.keys_window = KeysWindow(lambda: self.commands, lambda: self.mouse_rows, self)
        self.keys_window.refresh()
        self.keys_window.show()
        self.keys_window.raise_()
        self.keys_window.activateWindow()

    def show_doctor(self) -> None:
        """Look for what is wrong on this machine, in a window beside this one."""
        self.doctor_window = self.doctor_window or DoctorWindow(self)
        self.doctor_window.look()

    def show_help(self) -> None:
        """The page of the place that has the focus, else of one that is open."""
        focused = [n for n, d in self._docks.items() if d.isAncestorOf(self.focusWidget())]
        shown = focused or [name for name in self._docks if name in self.open_places] or ["listen"]
        self.show_page(shown[0])

    def show_page(self, page: str) -> None:
        """A page of the help, in a window beside this one."""
        self.help_window = self.help_window or HelpWindow(self)
        self.help_window.open_page(page)

    def show_notice(self, level: str, text: str, actions: Sequence[NoticeAction] = ()) -> None:
        """Tell the user something, in a banner."""
        self.notices.show_notice(level, text, actions)

    def set_title(self, name: str, *, is_dirty: bool = False) -> None:
        """Name what is open; the title always starts with 'Studio'."""
        mark = "*" if is_dirty else ""
        self.setWindowTitle(f"Studio: {name}{mark}" if name else "Studio")

    def _restore(self) -> None:
        geometry, state = (self._settings.get(key, "") for key in ("geometry", "layout"))
        if not self.restoreGeometry(QByteArray.fromBase64(str(geometry).encode())):
            self.resize(1440, 900)
        if not self.restoreState(QByteArray.fromBase64(str(state).encode()), LAYOUT_VERSION):
            self.show_place("compose")
        if all(dock.isHidden() for dock in self._docks.values()):
            self.show_place("compose")
        self._on_places_changed()
        self.show_messages()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.close_requested.emit(event)
        if event.isAccepted():
            self._settings.set("geometry", self.saveGeometry().toBase64().toStdString())
            self._settings.set("layout", self.saveState(LAYOUT_VERSION).toBase64().toStdString())


def _scrolled(panel: QWidget) -> QScrollArea:
    """`panel`, to be scrolled where it has less room than it needs, as beside others."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setWidget(panel)
    area.setMinimumHeight(LEAST_HEIGHT)
    for filled in (panel, area.viewport()):
        filled.setAutoFillBackground(False)  # the window's own colour
    return area


def _menu_names() -> list[str]:
    return list(dict.fromkeys(binding.menu for binding in BINDINGS))
