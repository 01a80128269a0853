"""Work in threads of its own, what comes of it in the window's."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from models.errors import ModelError
from studio.errors import StudioError

Outcome = TypeVar("Outcome")


class Background(QObject):
    """Lets nothing that takes its time hold the window up; what it is part of may be closed."""

    _done = Signal(object, object)  # what to call, and with what

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done.connect(self._hand_over)

    def do(
        self,
        work: Callable[[], Outcome],
        then: Callable[[Outcome], object],
        name: str = "background",
    ) -> threading.Thread:
        """Do `work` in a thread of that name; `then` gets what it returned.

        An error is nobody's fault but ours, and goes to the crash handler.
        """
        thread = threading.Thread(target=lambda: self.post(then, work()), name=name, daemon=True)
        thread.start()
        return thread

    def attempt(
        self,
        work: Callable[[], Outcome],
        then: Callable[[Outcome | Exception], object],
        name: str = "background",
        also: tuple[type[Exception], ...] = (),
    ) -> threading.Thread:
        """As `do`, but an error that is to be told to the user is handed over, too.

        That is a StudioError or a ModelError, and what `also` names.
        """
        expected: tuple[type[Exception], ...] = (StudioError, ModelError, *also)

        def attempted() -> Outcome | Exception:
            try:
                return work()
            except expected as error:
                return error

        return self.do(attempted, then, name)

    def post(self, then: Callable[[Outcome], object], value: Outcome) -> None:
        """Have `then(value)` called in the window's thread; from any other."""
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._done.emit(then, value)

    def _hand_over(self, then: Callable[[Any], object], value: Any) -> None:
        then(value)
