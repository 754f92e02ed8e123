"""From image to image: what is left, what was skipped, and what is said at the ends."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.ui.pages.review_window import FIRST, SECOND, THIRD, Reviewing
from tests.ui.pages.review_window import open_page as open_page
from tests.ui.pages.review_window import reviewing as reviewing


def test_what_is_skipped_waits_no_more_but_has_no_verdict(reviewing: Reviewing) -> None:
    reviewing.key("S")
    assert reviewing.image(FIRST).verdict is None
    assert reviewing.current == SECOND
    assert reviewing.page.view.position.text() == "2 of 3 · 2 left · 1 skipped"
    assert reviewing.page.view.list.queued.row(0).verdict == "skipped"
    reviewing.key("D")
    reviewing.key("N")
    assert reviewing.current == SECOND, "the skipped one is passed over"


def test_the_end_of_the_queue_says_what_is_left(reviewing: Reviewing) -> None:
    reviewing.page.walking.go_to(THIRD)
    with reviewing.qtbot.waitSignal(reviewing.session.said) as said:
        reviewing.key("D")
    assert said.args == ["This is the last image of: Missed defects; 3 are left to review"]
    heard: list[str] = []
    reviewing.session.said.connect(heard.append)
    reviewing.key(Qt.Key.Key_Return)
    assert heard[-1] == "This is the last image of: Missed defects; 2 are left to review"
    assert reviewing.page.view.position.text() == "3 of 3 · 2 left to review"


def test_with_all_reviewed_there_is_no_next_open_one(reviewing: Reviewing) -> None:
    for _ in range(3):
        reviewing.key("U")
    with reviewing.qtbot.waitSignal(reviewing.session.said) as said:
        reviewing.key("N")
    assert said.args == ["Every image of the queue is reviewed"]
