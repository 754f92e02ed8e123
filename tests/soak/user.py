"""A user who does anything that the window lets them do, at random but by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QWidget,
)

from anomaly_gui.jobs.score import score
from anomaly_gui.jobs.train import train
from anomaly_gui.ui.main_window import MainWindow
from tests.jobs.tiny_project import quick

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NO_KEY = Qt.KeyboardModifier.NoModifier
KEYS = [getattr(Qt.Key, f"Key_{name}") for name in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]
KEYS += [getattr(Qt.Key, f"Key_{name}") for name in ("Left", "Right", "Up", "Down", "Space", "Return", "Tab", "Escape")]
KEYS += [getattr(Qt.Key, f"Key_{name}") for name in ("Home", "End", "PageDown", "Delete", "Plus", "Minus", "Backspace")]
LEFT_ALONE = {"quit", "log", "full-screen", "close-project", "change-keys"}
"""Ends the test, starts another program, or takes the keys away that the others use."""
_STUCK_MS = 200


class User:
    """step() does one thing; settle() leaves the window as it was found."""

    def __init__(self, window: MainWindow, project: Path, seed: int) -> None:
        self.window, self.project = window, project
        self.chance = random.Random(seed)
        self.done: list[str] = []
        """The last actions, for whoever has to find out what went wrong."""
        self._kinds: list[tuple[float, Callable[[], str]]] = [
            (28, self._press),
            (30, self._click),
            (12, self._trigger),
            (8, self._wheel),
            (8, self._drag),
            (6, self._turn_page),
            (3, self._undo),
            (2, self._choose_run),
            (1, self._resize),
            (1, self._job),
            (0.5, self._reopen),
        ]
        for entry in window.actions_registry.entries():
            if entry.name in LEFT_ALONE:
                entry.action.setEnabled(False)
        # A button's menu has an event loop of its own, and the click that opened it ends with it.
        self._way_out = QTimer(window, interval=_STUCK_MS)
        self._way_out.timeout.connect(self._answer)

    def step(self) -> None:
        """Act, and let the window work."""
        self._way_out.start()
        said = self._answer()
        if not said:
            weights, kinds = zip(*self._kinds, strict=True)
            (kind,) = self.chance.choices(kinds, weights)
            said = kind()
        self._way_out.stop()
        self.done = [*self.done[-30:], said]
        QApplication.processEvents()
        # A loop of the application's own would have got to these by now; one that only processes events does not.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def settle(self) -> None:
        """Close what is open, end what runs, and show the first page."""
        session = self.window.session
        for _ in range(200):
            if not self._top():
                break
            self._close_top()
            QApplication.processEvents()
        while session.job is not None:
            session.cancel_job()
            QTest.qWait(5)
        if not session.is_open:
            self.window.open_project(self.project)
        self.window.show_page("data")
        QTest.qWait(100)

    # What is asked

    def _top(self) -> QWidget | None:
        """A menu or dialog that is open."""
        popup = QApplication.activePopupWidget()
        modal = QApplication.activeModalWidget()
        loose = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
        return popup or modal or (loose[-1] if loose else None)

    def _close_top(self) -> None:
        top = self._top()
        if isinstance(top, QDialog):
            top.reject()
        elif top is not None:
            top.close()

    def _answer(self) -> str:
        top = self._top()
        if top is None:
            return ""
        if isinstance(top, QFileDialog) or self.chance.random() < 0.3:
            self._close_top()
            return f"closed {type(top).__name__}"
        if isinstance(top, QMenu):
            actions = [action for action in top.actions() if self._may(action) and not action.menu()]
            top.close()
            if actions:
                chosen = self.chance.choice(actions)
                chosen.trigger()
                return f"chose {chosen.text()!r}"
            return "closed a menu"
        return self._click_in(top)

    @staticmethod
    def _may(action: QAction) -> bool:
        return action.isEnabled() and not action.isSeparator() and action.objectName() not in LEFT_ALONE

    # What can be done

    def _widgets(self, within: QWidget) -> list[QWidget]:
        return [
            each
            for each in within.findChildren(QWidget)
            if each.isVisible() and each.isEnabled() and each.width() > 2 and each.height() > 2
            and not isinstance(each, QDialog)
        ]  # fmt: skip

    def _click(self) -> str:
        return self._click_in(self.window)

    def _click_in(self, within: QWidget) -> str:
        widgets = self._widgets(within)
        handy = [w for w in widgets if isinstance(w, QAbstractButton | QComboBox | QLineEdit | QAbstractItemView)]
        if not widgets:
            return "nothing to click"
        widget = self.chance.choice(handy if handy and self.chance.random() < 0.7 else widgets)
        place = self._place(widget)
        text = getattr(widget, "text", "")
        name = f"{type(widget).__name__} {widget.objectName() or (text() if callable(text) else '')!r}"
        match self.chance.random():
            case x if x < 0.06:
                QTest.mouseDClick(widget, LEFT, NO_KEY, place)
                return f"double-clicked {name}"
            case x if x < 0.12:
                QTest.mouseClick(widget, RIGHT, NO_KEY, place)
                return f"right-clicked {name}"
        held = self.chance.choice((NO_KEY, NO_KEY, NO_KEY, Qt.KeyboardModifier.ControlModifier))
        QTest.mouseClick(widget, LEFT, held, place)
        return f"clicked {name}"

    def _place(self, widget: QWidget) -> QPoint:
        return QPoint(self.chance.randrange(widget.width()), self.chance.randrange(widget.height()))

    def _press(self) -> str:
        key = self.chance.choice(KEYS)
        held = self.chance.choice((NO_KEY, NO_KEY, NO_KEY, Qt.KeyboardModifier.ShiftModifier))
        target = QApplication.focusWidget() or self.window
        for _ in range(self.chance.choice((1, 1, 1, 5))):
            QTest.keyClick(target, key, held)
            target = QApplication.focusWidget() or self.window
        return f"pressed {key.name}"

    def _trigger(self) -> str:
        entries = [
            e for e in self.window.actions_registry.entries() if self._may(e.action) and e.name not in LEFT_ALONE
        ]
        entry = self.chance.choice(entries)
        entry.action.trigger()
        return f"triggered {entry.name}"

    def _wheel(self) -> str:
        widget = self.chance.choice(self._widgets(self.window))
        place = QPointF(self._place(widget))
        turn = QPoint(0, self.chance.choice((-120, 120)))
        event = QWheelEvent(
            place, widget.mapToGlobal(place), QPoint(), turn, Qt.MouseButton.NoButton, NO_KEY,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
        return f"turned the wheel over {type(widget).__name__}"

    def _drag(self) -> str:
        widget = self.chance.choice(self._widgets(self.window))
        QTest.mousePress(widget, LEFT, NO_KEY, self._place(widget))
        for _ in range(3):
            QTest.mouseMove(widget, self._place(widget))
        QTest.mouseRelease(widget, LEFT, NO_KEY, self._place(widget))
        return f"dragged over {type(widget).__name__}"

    def _turn_page(self) -> str:
        page = self.chance.choice(self.window.pages)
        self.window.show_page(page.name)
        return f"went to {page.name}"

    def _undo(self) -> str:
        step = self.chance.choice((self.window.undo, self.window.undo, self.window.redo))
        step()
        return "undid or redid"

    def _choose_run(self) -> str:
        runs = sorted(self.window.session.runs)
        if runs:
            self.window.session.choose_run(self.chance.choice(runs))
        return "chose a run"

    def _resize(self) -> str:
        self.window.resize(self.chance.randrange(1180, 1920), self.chance.randrange(640, 1080))
        return "resized"

    def _job(self) -> str:
        session = self.window.session
        if session.job is not None:
            step = self.chance.choice((session.cancel_job, session.pause_job, session.resume_job))
            step()
            return "turned to the job"
        if not session.is_open or len(session.runs) > 6:
            return "left it"
        if session.current_run is not None and self.chance.random() < 0.7:
            run = session.current_run
            session.start_job("score", "Scoring", lambda project, emit, cancel: score(project, run, emit, cancel))
            return "scored"
        session.start_job("train", "Training", lambda project, emit, cancel: train(project, quick(), emit, cancel))
        return "trained"

    def _reopen(self) -> str:
        if self.window.session.job is None:
            self.window.close_project()
            self.window.open_project(self.project)
        return "opened the project again"
