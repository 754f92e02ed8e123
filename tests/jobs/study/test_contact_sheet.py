from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.evaluate import ScoredImages, scored_images
from anomaly_gui.jobs.study.contact_sheet import TILE_PX, contact_sheet
from anomaly_gui.jobs.study.records import StudyReport
from anomaly_gui.jobs.study.study import study
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.store import Project
from tests.jobs.study.made_results import QUICK, dataset, request


def decoded(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> StudyReport:
    folder = tmp_path_factory.mktemp("study")
    wanted = request(dataset(folder / "discs"), out=folder / "out", detectors=("conv-ae",), settings=QUICK)
    made = study(wanted, ignore_events, CancelToken())
    assert isinstance(made, StudyReport)
    return made


def test_a_study_ends_with_a_sheet_of_each_data_set(report: StudyReport) -> None:
    path = Path(next(name for name in report.tables if name.endswith("contact_sheet_discs.png")))
    assert decoded(path.read_bytes()).shape[0] > TILE_PX


def test_each_detector_has_a_row_and_unknown_runs_none(report: StudyReport) -> None:
    project = Path(report.tables[0]).parent / "projects" / "discs"
    none = decoded(contact_sheet(project, []))
    one = decoded(contact_sheet(project, [("conv-ae", "001-conv-ae"), ("gone", "009-gone")]))
    two = decoded(contact_sheet(project, [("conv-ae", "001-conv-ae"), ("again", "001-conv-ae")]))
    assert one.shape[1] == two.shape[1] == none.shape[1]
    assert one.shape[0] - none.shape[0] == two.shape[0] - one.shape[0] > TILE_PX


def test_found_is_what_scores_above_all_but_a_few_of_the_good_images(
    report: StudyReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Path(report.tables[0]).parent / "projects" / "discs"

    def sheet(apart: float) -> NDArray[np.uint8]:
        def scored(opened: Project, run_id: int) -> ScoredImages:
            known = scored_images(opened, run_id)
            return replace(known, scores=known.defective.astype(np.float32) * apart)

        monkeypatch.setattr("anomaly_gui.jobs.study.contact_sheet.scored_images", scored)
        return decoded(contact_sheet(project, [("conv-ae", "001-conv-ae")]))

    all_found, all_missed = sheet(1), sheet(0)
    assert _is_paper(all_missed[-TILE_PX:-20, 420:600])
    assert not _is_paper(all_missed[-TILE_PX:-20, -160:-20])
    assert _is_paper(all_found[-TILE_PX:-20, -160:-20])
    assert not _is_paper(all_found[-TILE_PX:-20, 420:600])


def test_a_project_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gone"):
        contact_sheet(tmp_path / "gone", [])


def _is_paper(part: NDArray[np.uint8]) -> bool:
    return bool((part == part[0, 0]).all())
