"""The menu of everything that can be listened to, and how; filled anew whenever it opens."""

from __future__ import annotations

import itertools

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from studio.analysis.channels import MIX, ChannelChoice
from studio.audio.device_watch import DeviceWatch
from studio.audio.devices import Device
from studio.audio.drivers import rank
from studio.audio.input_stream import LATENCIES_S
from studio.audio.look_around import inputs_now, no_monitor_hint
from studio.ui.background import Background
from studio.ui.icons import icon
from studio.ui.listen.listen_view_model import ListenViewModel


class SourceMenu(QMenu):
    """Devices by their driver, the system's own sound, Studio's, files; channels and latency."""

    open_requested = Signal()
    demo_requested = Signal()

    def __init__(self, view_model: ListenViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("source_menu")
        self.setToolTipsVisible(True)
        self._view_model = view_model
        self._devices: list[Device] = []
        self._is_known = False  # until the first look, nobody knows that there is none
        self._submenus: list[QMenu] = []
        self._background = Background(self)
        self._watch = DeviceWatch(self._look)
        self.aboutToShow.connect(self.fill)
        self.aboutToShow.connect(self._begin_watch)
        self.aboutToHide.connect(lambda: self._watch.stop())

    def fill(self) -> None:
        """Show the devices that are known, and look for others meanwhile: drivers take time."""
        self._build()
        self._background.do(inputs_now, self._on_found, "list devices")

    def _begin_watch(self) -> None:
        """See what is plugged in while the menu is open."""
        self._watch.stop()
        self._watch = DeviceWatch(self._look)
        self._watch.start()

    def _look(self) -> None:
        """Called by the watch's thread."""
        self._background.post(self._on_found, inputs_now())

    def _on_found(self, devices: list[Device]) -> None:
        if devices != self._devices or not self._is_known:
            self._devices, self._is_known = devices, True
            self._build()

    def _build(self) -> None:
        self.clear()
        for menu in self._submenus:  # `clear` leaves them behind
            menu.setParent(None)
            menu.deleteLater()
        self._submenus = []
        inputs = [device for device in self._devices if device.kind == "input"]
        monitors = [device for device in self._devices if device.kind == "monitor"]
        for host_api, group in itertools.groupby(
            sorted(inputs, key=lambda d: (rank(d.host_api), d.host_api)), key=lambda d: d.host_api
        ):
            self.addSection(host_api)
            for device in group:
                self._add_device(device)
        if not inputs:
            none = self.tr("No input device was found")
            text = none if self._is_known else self.tr("Looking for inputs…")
            self.addAction(text).setEnabled(False)
        self.addSection(self.tr("The sound of this machine"))
        for device in monitors:
            self._add_device(device)
        if not monitors and self._is_known:
            self._add_hint()
        self._add_own()
        self._add_how()

    def _add_device(self, device: Device) -> None:
        sign = "listen" if device.kind == "monitor" else "microphone"
        details = self.tr("{0:g} kHz, {1} channels").format(
            device.sample_rate / 1000, device.channels
        )
        action = self.addAction(icon(sign), f"{device.name.replace('&', '&&')}  ·  {details}")
        action.setCheckable(True)
        source = self._view_model.source
        action.setChecked(getattr(source, "device", None) == device)
        action.triggered.connect(lambda: self._view_model.start_microphone(device))

    def _add_hint(self) -> None:
        """What to install, where the system keeps its own sound to itself."""
        hint = no_monitor_hint()
        action = self.addAction(self.tr("How to listen to it…"))
        action.setObjectName("source_monitor_hint")
        action.setToolTip(hint)
        action.triggered.connect(lambda: self._view_model.notice.emit("info", hint))

    def _add_own(self) -> None:
        self.addSection(self.tr("Music"))
        if self._view_model.own_sound is not None:
            own = self._add("source_own", "compose", self.tr("What Compose plays"))
            own.triggered.connect(self._view_model.start_own_sound)
        self._add("source_file", "file", self.tr("Open a file…")).triggered.connect(
            self.open_requested
        )
        self._add("source_demo", "listen", self.tr("The demo sound")).triggered.connect(
            self.demo_requested
        )

    def _add_how(self) -> None:
        model = self._view_model
        self.addSeparator()
        if model.is_running and model.input.n_channels > 1:
            self.addMenu(self._channels())
        self.addMenu(self._latencies())
        reset = self._add("source_reset_lost", "refresh", self.tr("Count lost samples anew"))
        reset.setEnabled(model.lost_samples > 0)
        reset.triggered.connect(model.input.reset_lost)
        stop = self._add("source_stop", "stop", self.tr("Stop listening"))
        stop.setEnabled(model.is_running)
        stop.triggered.connect(model.stop)

    def _add(self, name: str, sign: str, text: str) -> QAction:
        action = self.addAction(icon(sign), text)
        action.setObjectName(name)
        return action

    def _channels(self) -> QMenu:
        menu = QMenu(self.tr("Channel"), self)
        menu.setObjectName("source_channels")
        self._submenus.append(menu)
        group = QActionGroup(menu)
        watch = self._view_model.input
        choices = [(self.tr("All, mixed"), MIX)]
        choices += [(str(i + 1), ChannelChoice(i)) for i in range(watch.n_channels)]
        for text, choice in choices:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(watch.channel == choice)
            action.triggered.connect(lambda _=False, choice=choice: watch.choose_channel(choice))
            group.addAction(action)
        return menu

    def _latencies(self) -> QMenu:
        menu = QMenu(self.tr("Delay of the driver"), self)
        menu.setObjectName("source_latency")
        self._submenus.append(menu)
        group = QActionGroup(menu)
        choice = self._view_model.input.choice
        names = {
            "low": self.tr("Low"),
            "normal": self.tr("Normal"),
            "safe": self.tr("Safe"),
        }
        for latency, seconds in LATENCIES_S.items():
            text = self.tr("{0}, {1:.0f} ms asked").format(names[latency], 1000 * seconds)
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(choice.latency == latency)
            action.triggered.connect(lambda _=False, latency=latency: self._set_latency(latency))
            group.addAction(action)
        return menu

    def _set_latency(self, latency: str) -> None:
        """Take it from now on; an open device is opened again with it."""
        model = self._view_model
        model.input.choice.latency = latency
        device = getattr(model.source, "device", None)
        if isinstance(device, Device):
            model.start_microphone(device)
