"""What was corrected starts the next training in one click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from anomaly_gui.jobs.run_settings import resolve_settings
from anomaly_gui.jobs.train import TrainReport, TrainRequest, train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.corrections import Corrections
from anomaly_gui.project.store import Project
from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages import review_retraining
from anomaly_gui.ui.pages.review_retraining import changed_settings, corrections_text
from anomaly_gui.ui.pages.tune_compare import TuneCompare
from tests.jobs.tiny_project import make_project, quick
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

    def trained(_project: Project, request: TrainRequest, *_: Any) -> TrainReport:
        requests.append(request)
        return TrainReport(
            run=1, run_name="", status="finished", epochs=1, best_epoch=1, seconds=1, images_per_s=1, scored=False
        )

    monkeypatch.setattr(review_retraining, "train", trained)
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


@pytest.mark.timeout(300)
def test_after_the_training_the_comparison_is_one_click_away(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        train(project, quick(), ignore_events, CancelToken())
        first = project.run()
    window.open_project(tmp_path / "project")
    window.show_page("review")
    qtbot.waitActive(window)
    window.review_page.choose_queue("closest")
    image = window.review_page.image
    assert image is not None
    qtbot.keyClick(window, "1" if image.label.kind == "good" else "G")
    with qtbot.waitSignal(window.session.job_ended, timeout=120_000) as ended:
        qtbot.mouseClick(window.review_page.view.retrain, LEFT)
        assert window.current_page is window.train_page
    assert ended.args[0].error is None
    again = window.session.project.run()
    assert (again.id, again.settings, again.seed) == (2, first.settings, first.seed)
    banner = window.train_page.view.banner
    assert banner.button.text() == "Compare with the run before"
    qtbot.mouseClick(banner.button, LEFT)
    assert window.current_page is window.tune_page
    compare = window.tune_page.parts["compare"]
    assert isinstance(compare, TuneCompare)
    qtbot.waitUntil(lambda: first.name in compare.view.headline.text(), timeout=20_000)
    assert not window.session.project.corrections(again.id).images, "the new run has learnt with them"
