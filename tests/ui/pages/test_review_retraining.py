"""What was corrected starts the next training in one click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from anomaly_gui.jobs.run_settings import resolve_settings
from anomaly_gui.jobs.train import TrainReport, TrainRequest
from anomaly_gui.project.corrections import Corrections
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages import review_retraining
from anomaly_gui.ui.pages.review_retraining import changed_settings, corrections_text
from tests.ui.pages.review_window import LEFT, Reviewing
from tests.ui.pages.review_window import open_page as open_page
from tests.ui.pages.review_window import reviewing as reviewing
from tests.ui.pages.scored_project import scored_project

NONE: frozenset[int] = frozenset()


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Corrections(NONE, NONE, NONE), ""),
        (Corrections(frozenset({1}), NONE, NONE), "1 corrected label"),
        (Corrections(frozenset({1, 2}), NONE, frozenset({2})), "2 corrected labels"),
        (Corrections(NONE, NONE, frozenset({2})), "1 image left out or back"),
        (Corrections(frozenset({1}), frozenset({2}), NONE), "2 corrections"),
    ],
)
def test_corrections_are_counted_by_image(found: Corrections, text: str) -> None:
    assert corrections_text(found) == text


def test_only_settings_that_the_preset_does_not_give_are_named(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        run = project.run()
    changed = changed_settings(run)
    usual, again = (resolve_settings(run.detector, run.preset, given) for given in ({}, changed))
    assert msgspec.to_builtins(again[0]) == run.settings["detector"]
    assert msgspec.to_builtins(again[1]) == run.settings["scoring"]
    assert all(value != msgspec.to_builtins(usual[0]).get(name) for name, value in changed.items())


def test_one_click_trains_as_before_with_what_was_corrected(
    reviewing: Reviewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[TrainRequest] = []

    def train(_project: Project, request: TrainRequest, *_: Any) -> TrainReport:
        requests.append(request)
        return TrainReport(
            run=1, run_name="", status="finished", epochs=1, best_epoch=1, seconds=1, images_per_s=1, scored=False
        )

    monkeypatch.setattr(review_retraining, "train", train)
    button = reviewing.page.view.retrain
    assert not button.isVisible()
    reviewing.key("G")
    reviewing.key("G")
    assert button.isVisible()
    assert button.text() == "Train again with 2 corrected labels"
    suggested: list[tuple[object, ...]] = []
    wanted: list[str] = []
    reviewing.session.training_suggested.connect(lambda *told: suggested.append(told))
    reviewing.session.page_wanted.connect(wanted.append)
    with reviewing.qtbot.waitSignal(reviewing.session.job_ended):
        reviewing.qtbot.mouseClick(button, LEFT)
    assert wanted == ["train"]
    assert suggested[0][:2] == ("conv-ae", "fast")
    assert requests[0].detector == "conv-ae"
    assert requests[0].settings["input_px"] == 32
    reviewing.session.undo()
    assert button.text() == "Train again with 1 corrected label"


def test_without_a_correction_the_key_says_so(reviewing: Reviewing) -> None:
    with reviewing.qtbot.waitSignal(reviewing.session.said) as said:
        reviewing.page.retraining.start_if_corrected()
    assert "Nothing was corrected" in said.args[0]
