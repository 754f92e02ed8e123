"""The Data page's filter survives being remembered, and nonsense lets everything pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly_gui.ui.main_window import MainWindow
from anomaly_gui.ui.pages.data_filter import ImageFilter
from anomaly_gui.ui.pages.saved_filter import save_filter, saved_filter
from tests.ui.pages.scored_project import scored_project


def test_every_part_of_a_filter_is_remembered(tmp_path: Path) -> None:
    chosen = ImageFilter("defect", "crack", "test", "lens 4", frozenset({"/a", "/b"}))
    with scored_project(tmp_path) as project:
        assert saved_filter(project) == ImageFilter()
        save_filter(project, chosen)
        assert saved_filter(project) == chosen


@pytest.mark.parametrize("kept", [3, [], {"kind": "moon", "use": 5, "only": "x", "defect_type": 1, "text": None}])
def test_what_makes_no_sense_lets_everything_pass(tmp_path: Path, kept: object) -> None:
    with scored_project(tmp_path) as project:
        project.remember("data.filter", kept)
        assert saved_filter(project) == ImageFilter()


def test_leaving_the_data_page_saves_its_filter(window: MainWindow, tmp_path: Path) -> None:
    project = scored_project(tmp_path)
    project.close()
    window.open_project(project.folder)
    window.show_page("data")
    window.data_page.view.filters.set_filter(ImageFilter(kind="good"))
    window.show_page("tune")
    assert saved_filter(window.session.project) == ImageFilter(kind="good")
