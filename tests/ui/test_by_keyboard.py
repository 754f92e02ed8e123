"""Every page works by keyboard alone, is read aloud, and cuts nothing at larger letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QMenu,
    QPushButton,
    QRadioButton,
    QScrollBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from anomaly_gui.ui.main_window import MainWindow
from tests.ui.pages.scored_project import scored_project

PAGES = ("data", "train", "tune", "review", "export")
TAB = Qt.FocusPolicy.TabFocus
TALLER = 1.25
SIZE = (1366, 768)


def open_window(window: MainWindow, qtbot: QtBot, folder: Path) -> MainWindow:
    window.session.adopt(scored_project(folder))
    window.resize(*SIZE)
    with qtbot.waitActive(window):
        window.activateWindow()
    return window


@pytest.fixture
def opened(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    return open_window(window, qtbot, tmp_path)


def named(widget: QWidget) -> str:
    text = widget.accessibleName() or getattr(widget, "text", str)() or widget.objectName()
    return f"{type(widget).__name__} {text!r} in {type(widget.parent()).__name__}"


def is_said(widget: QWidget) -> bool:
    """Whether a screen reader, or a tooltip, can say what it is."""
    if widget.accessibleName() or widget.toolTip() or (isinstance(widget, QAbstractButton) and widget.text()):
        return True
    return any(label.buddy() is widget for label in widget.window().findChildren(QLabel))


def is_chosen_by_arrows(widget: QWidget) -> bool:
    """One of a group: Tab leads to the one that is chosen, arrow keys to the others."""
    return isinstance(widget, QAbstractButton) and (widget.group() is not None or isinstance(widget, QRadioButton))


def shown(page: QWidget) -> list[QWidget]:
    """What can be used just now, without the parts that Qt makes of its own widgets."""
    return [
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and not isinstance(widget, QScrollBar)
        and not isinstance(widget.parent(), QAbstractSpinBox | QComboBox)
    ]


def tab_chain(window: MainWindow, qtbot: QtBot) -> list[QWidget]:
    """What Tab leads to, until it begins anew."""
    chain: list[QWidget] = []
    for _ in range(300):
        widget = QApplication.focusWidget()
        assert widget is not None
        if chain and widget is chain[0]:
            return chain
        assert widget not in chain, f"Tab does not get on from {named(widget)}"
        assert not widget.visibleRegion().isEmpty(), f"Tab leads to what cannot be seen: {named(widget)}"
        chain.append(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    pytest.fail("Tab does not come round")


@pytest.mark.parametrize("page", PAGES)
def test_everything_on_a_page_is_reached_by_tab_or_has_a_key_and_says_what_it_is(
    opened: MainWindow, qtbot: QtBot, page: str
) -> None:
    opened.show_page(page)
    QApplication.processEvents()
    chain = tab_chain(opened, qtbot)
    shown_page = opened.current_page
    assert shown_page is not None
    wrong = []
    for widget in shown(shown_page):
        if widget.focusPolicy() & TAB:
            if widget not in chain and not is_chosen_by_arrows(widget):
                wrong.append(f"not reached: {named(widget)}")
            if not is_said(widget):
                wrong.append(f"has no name: {named(widget)}")
        elif isinstance(widget, QAbstractButton | QComboBox | QAbstractSlider):
            action = str(widget.property("action") or "")
            entry = opened.actions_registry.entry(action) if action else None
            if not is_chosen_by_arrows(widget) and (entry is None or not entry.defaults):
                wrong.append(f"has neither focus nor key: {named(widget)}")
    assert wrong == []


@pytest.mark.parametrize("page", PAGES)
def test_what_tab_leads_to_is_framed(opened: MainWindow, qtbot: QtBot, page: str) -> None:
    opened.show_page(page)
    QApplication.processEvents()
    for _ in tab_chain(opened, qtbot):
        widget = QApplication.focusWidget()
        assert widget is not None
        assert opened.focus_frame.framed is (None if widget is opened.current_page else widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)


@pytest.mark.parametrize(
    ("page", "home"),
    [
        ("data", "data_page.view.gallery"),
        ("train", "train_page.view.start"),
        ("tune", "tune_page.view.control.slider"),
        ("review", "review_page"),
        ("export", "export_page.view.export"),
    ],
)
def test_the_focus_is_where_one_expects_it_and_esc_leads_back_there(
    opened: MainWindow, qtbot: QtBot, page: str, home: str
) -> None:
    opened.show_page(page)
    widget: object = opened
    for part in home.split("."):
        widget = getattr(widget, part)
    assert QApplication.focusWidget() is widget
    assert isinstance(widget, QWidget)
    QApplication.processEvents()
    inside = [each for each in tab_chain(opened, qtbot) if opened.current_page.isAncestorOf(each)]  # type: ignore[union-attr]
    inside[-1].setFocus()
    qtbot.keyClick(inside[-1], Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is widget


@pytest.mark.parametrize("page", ["tune", "review", "export"])
def test_without_a_run_the_focus_is_on_what_leads_on(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, page: str
) -> None:
    window.session.create_project(tmp_path / "empty")
    with qtbot.waitActive(window):
        window.activateWindow()
    window.show_page(page)
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    qtbot.keyClick(focused, Qt.Key.Key_Space)
    assert window.current_page is window.train_page


def test_each_letter_opens_one_thing_in_a_menu(opened: MainWindow) -> None:
    bars = {"the bar": [action.text() for action in opened.menuBar().actions()]}
    for menu in opened.menuBar().findChildren(QMenu):
        bars[menu.title()] = [action.text() for action in menu.actions() if action.text()]
    for where, texts in bars.items():
        letters = [text.replace("&&", "").partition("&")[2][:1].lower() for text in texts]
        letters = [letter for letter in letters if letter]
        assert sorted(set(letters)) == sorted(letters), f"{where}: {letters}"


@pytest.fixture
def larger_letters(qapp: QApplication) -> Iterator[None]:
    before = QFont(qapp.font())
    larger = QFont(before)
    larger.setPointSizeF(before.pointSizeF() * TALLER)
    qapp.setFont(larger)
    yield
    qapp.setFont(before)


@pytest.fixture
def enlarged(larger_letters: None, window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    return open_window(window, qtbot, tmp_path)


@pytest.mark.parametrize("page", PAGES)
def test_larger_letters_cut_no_text(enlarged: MainWindow, qtbot: QtBot, page: str) -> None:
    enlarged.show_page(page)
    QApplication.processEvents()
    assert enlarged.size().toTuple() == SIZE, "the window must not grow beyond the screen"
    assert enlarged.current_page is not None
    cut = [named(widget) for widget in shown(enlarged) if is_cut(widget)]
    assert cut == []


def is_cut(widget: QWidget) -> bool:
    """Whether a text that must be whole has less room than it needs."""
    if isinstance(widget, QLabel):
        if not widget.text() or widget.visibleRegion().isEmpty():
            return False
        high = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
        return widget.height() + 1 < high or (not widget.wordWrap() and widget.width() + 1 < widget.sizeHint().width())
    if isinstance(widget, QPushButton | QToolButton | QCheckBox | QRadioButton) and widget.text():
        needed = widget.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, widget.text())
        return widget.width() < needed.width() or widget.height() < needed.height()
    return False
