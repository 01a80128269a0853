"""How much of what each model proposed was taken: shown on demand, and forgotten on demand."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.assistant.accept_rates import AcceptRates
from studio.assistant.presets import find_preset
from studio.ui.compose.form_parts import explain
from studio.ui.theme import font_small


class AcceptRateMenu(QToolButton):
    """A button with the share that was taken of the chosen model's proposals."""

    def __init__(self, rates: AcceptRates, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rates, self._model = rates, ""
        tip = self.tr(
            "How many of its proposals you took: counted on this machine, and nowhere else"
        )
        explain(self, "assistant_rates", self.tr("Proposals taken"), tip)
        self.setFont(font_small())
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setObjectName("assistant_rates_menu")
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)

    def show_model(self, model: str) -> None:
        """Show the share of another model; nothing where nothing was counted."""
        self._model = model
        rate = self._rates.of_model(model)
        self.setText(self.tr("{0:.0%} taken").format(rate.share))
        self.setVisible(bool(self._rates.rates))

    def _fill(self) -> None:
        self._menu.clear()
        for rate in self._rates.rates:
            preset = find_preset(rate.preset)
            title = QCoreApplication.translate("presets", preset.title) if preset else ""
            text = self.tr("{0}, {1}: {2} of {3} notes taken ({4:.0%})").format(
                rate.model,
                title or self.tr("own settings"),
                rate.n_taken,
                rate.n_proposed,
                rate.share,
            )
            self._menu.addAction(text).setEnabled(False)
        self._menu.addSeparator()
        forget = self._menu.addAction(self.tr("Forget these counts"))
        forget.setObjectName("assistant_rates_forget")
        forget.triggered.connect(self._forget)

    def _forget(self) -> None:
        self._rates.forget()
        self.show_model(self._model)
