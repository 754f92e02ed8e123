"""What holds for every test of the window: settings of its own, and no widget left behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.theme import apply_scheme, settings

_KEPT = ("QTipLabel", "QComboBoxPrivateContainer", "QComboBoxListView", "QMenu")
"""Made once by Qt and kept for later; menus are those that pyqtgraph makes for each plot, without a parent."""


@pytest.fixture(autouse=True)
def _no_widget_left(qapp: QApplication) -> Iterator[None]:
    """A top-level widget that outlives its test would pile up in a window that is open for days."""
    before = set(map(id, QApplication.topLevelWidgets()))
    yield
    QThreadPool.globalInstance().waitForDone()
    _delete_deferred()
    if _left(before):
        # Cycles keep some alive until they are collected, which takes a quarter of a second: only then.
        gc.collect()
        _delete_deferred()
    left = _left(before)
    named = [f"{type(widget).__name__} {widget.windowTitle()!r}" for widget in left]
    for widget in left:
        widget.deleteLater()
    _delete_deferred()
    assert not named, f"left behind: {', '.join(named)}"


@pytest.fixture(autouse=True)
def _fresh_settings(qapp: QApplication) -> Iterator[None]:
    settings().clear()
    apply_scheme("light")
    yield
    settings().clear()


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """The whole window, shown, without a project; closed afterwards, whatever the test left running."""
    made = MainWindow()
    made.show()
    qtbot.waitExposed(made)
    yield made
    if made.session.job is not None:
        made.session.cancel_job()
        made.session.cancel_job()
        qtbot.waitUntil(lambda: made.session.job is None, timeout=30_000)
    made.close()
    made.deleteLater()


def _left(before: set[int]) -> list[QWidget]:
    return [widget for widget in QApplication.topLevelWidgets() if id(widget) not in before and not _kept(widget)]


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    """A window for dialogs, which delete themselves when they are closed: qtbot must not close them again."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


def _delete_deferred() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()


def _kept(widget: QWidget) -> bool:
    return widget.metaObject().className() in _KEPT or widget.parent() is not None
