"""What a page says when there are no figures."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.project.records import Run, RunStatus
from anomaly_gui.ui.pages.run_notice import NO_RUN, SCORE_AGAIN, advice_for, advice_for_labels, unreadable_scores


def run(status: RunStatus, message: str = "") -> Run:
    return Run(
        id=1,
        name="001-conv-ae",
        detector="conv-ae",
        preset="fast",
        seed=0,
        settings={},
        status=status,
        created_utc="2026-01-01T00:00:00Z",
        message=message,
    )


def test_without_a_run_one_is_led_to_training() -> None:
    assert advice_for(None, False) is NO_RUN


def test_a_scored_run_needs_no_advice_whatever_its_status() -> None:
    assert advice_for(run("cancelled"), True) is None


@pytest.mark.parametrize("status", ["running", "paused"])
def test_a_run_under_way_is_waited_for(status: RunStatus) -> None:
    advice = advice_for(run(status), False)
    assert advice is not None
    assert advice.title == "Still training"


@pytest.mark.parametrize("status", ["failed", "interrupted", "cancelled"])
def test_a_run_that_ended_without_scores_says_why(status: RunStatus) -> None:
    advice = advice_for(run(status, "The disk was full."), False)
    assert advice is not None
    assert "001-conv-ae" in advice.sentence
    assert "The disk was full." in advice.sentence
    assert advice.page == "train"


def test_labels_are_asked_for_only_where_there_are_none() -> None:
    none = ScoredImages(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, bool), np.empty(0, np.float32))
    one = ScoredImages(np.array([1]), np.array([1.0], np.float32), np.array([True]), np.empty(0, np.float32))
    advice = advice_for_labels(none)
    assert advice is not None
    assert advice.page == "data"
    assert advice_for_labels(one) is None


def test_scores_that_cannot_be_read_can_be_made_again() -> None:
    advice = unreadable_scores(InputError("statistics", "made by an older version", "Score the run again"))
    assert "older version" in advice.sentence
    assert (advice.button, advice.page) == ("Score again", SCORE_AGAIN)
