"""What has changed since a run started is told, and what was changed back is not."""

from __future__ import annotations

from pathlib import Path

from anomaly_gui.project.records import Label
from tests.ui.pages.scored_project import scored_project


def test_only_what_differs_from_the_runs_start_is_a_correction(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        run = project.run().id
        assert not project.corrections(run).images
        project.set_label([6], Label("good"))
        project.set_label([7], Label("good"))
        project.set_label([7], Label("defect", "dent"))
        project.set_excluded([1], True)
        project.set_mask_path(8, None)
        project.set_comment(9, "words are none")
        found = project.corrections(run)
        assert (found.labels, found.exclusions, found.masks) == ({6}, {1}, {8})
        assert found.images == {1, 6, 8}


def test_undo_takes_a_correction_back_and_a_later_run_starts_from_it(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        run = project.run()
        project.set_label([6], Label("good"))
        later = project.add_run(run.detector, "fast", 0, run.settings, project.roles(run.id))
        assert project.corrections(run.id).labels == {6}
        assert not project.corrections(later.id).images
        project.undo()
        assert not project.corrections(run.id).images
        assert project.corrections(later.id).labels == {6}
