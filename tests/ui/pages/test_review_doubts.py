"""Suspicious labels are looked for when their queue is opened, and only once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from anomaly_gui.ui.pages import review_doubts
from tests.ui.pages.review_window import FIRST, Reviewing, choose
from tests.ui.pages.review_window import open_page as open_page
from tests.ui.pages.review_window import reviewing as reviewing


def test_doubts_join_a_queue_that_was_not_begun_and_say_why(
    reviewing: Reviewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def label_doubts(folder: Path, *_: object) -> dict[int, str]:
        asked.append(folder)
        return {FIRST: "4 of the 5 most alike images are labelled good"}

    monkeypatch.setattr(review_doubts, "label_doubts", label_doubts)
    assert not asked, "not before it is wanted"
    choose(reviewing.page.view.chooser.queues, "suspicious")
    reviewing.qtbot.waitUntil(lambda: FIRST in reviewing.queue())
    reviewing.page.walking.go_to(FIRST)
    assert reviewing.page.view.badge.text() == "4 of the 5 most alike images are labelled good"
    reviewing.key("G")
    choose(reviewing.page.view.chooser.queues, "missed")
    choose(reviewing.page.view.chooser.queues, "suspicious")
    assert len(asked) == 1


def test_a_queue_that_was_begun_is_not_reshuffled_by_what_is_found_late(
    reviewing: Reviewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def label_doubts(*_: object) -> dict[int, str]:
        assert go.wait(10)
        return {FIRST: "why not"}

    monkeypatch.setattr(review_doubts, "label_doubts", label_doubts)
    choose(reviewing.page.view.chooser.queues, "suspicious")
    before = reviewing.queue()
    reviewing.key("D")
    with reviewing.qtbot.waitSignal(reviewing.page.doubts.found):
        go.set()
    assert reviewing.queue() == before
    assert reviewing.page.view.chooser.anew.text() == "Start anew (+1)"
