"""The editor fits the smallest window and says what an image is labelled."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from anomaly_gui.ui.pages.mask_view import MaskView


def test_all_tools_fit_the_smallest_window(qtbot: QtBot) -> None:
    view = MaskView()
    qtbot.addWidget(view)
    assert view.minimumSizeHint().width() <= 1080
    assert view.minimumSizeHint().height() <= 480


def test_the_layout_stays_when_a_label_is_offered(qtbot: QtBot) -> None:
    view = MaskView()
    qtbot.addWidget(view)
    view.resize(1200, 600)
    view.show()
    qtbot.waitExposed(view)
    view.set_types(["crack"], "")
    view.show_label("good", offers_defective=False)
    qtbot.wait(10)
    before = (view.types.geometry(), view.pane.geometry())
    view.set_types(["crack"], "crack")
    view.show_label("not labelled", offers_defective=True)
    qtbot.wait(10)
    assert (view.types.geometry(), view.pane.geometry()) == before
    assert view.relabel.isVisible()
    assert view.relabel.geometry().left() > view.types.geometry().right()
    assert view.types.currentText() == "crack"
