from __future__ import annotations

import msgspec

from anomaly_gui.jobs.study.records import Cell, CellResult, failed
from tests.jobs.study.made_results import figures, result

CELL = Cell("screws", "conv-ae", 2)


def test_a_result_survives_its_file_with_what_is_undefined() -> None:
    kept = result(CELL, figures(auroc=None), note="Stopped by the clock.")
    read = msgspec.json.decode(msgspec.json.encode(kept), type=CellResult)
    assert read == kept
    assert read.figures is not None
    assert read.figures.auroc is None
    assert read.figures.pixel_auroc is None
    assert read.cell == CELL


def test_a_failed_cell_says_why_and_has_no_figures() -> None:
    found = failed(CELL, "2025-01-31", "There are too few images.")
    assert (found.cell, found.problem, found.figures) == (CELL, "There are too few images.", None)
    assert str(found.cell) == "screws, conv-ae, seed 2"
