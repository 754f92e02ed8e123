"""How a run's images are shown, read from its files."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.imaging.registration import Move
from anomaly_gui.jobs.evaluate import scored_images
from anomaly_gui.jobs.run_facts import load_facts, save_facts
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.reviewed_run import JudgedScores, look_at, run_scores
from tests.project.samples import image
from tests.ui.pages.scored_project import scored_project


def test_the_scale_is_the_runs_and_the_threshold_lies_on_it(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        run = project.run()
        look = look_at(project, run.id)
        assert look.scale == tuple(project_scale(project.run_folder().statistics))
        assert look.scores_are_maxima
        assert (look.run_id, look.name, look.project_folder) == (run.id, run.name, project.folder)


def project_scale(path: Path) -> list[float]:
    from anomaly_gui.scoring.statistics import RunStatistics

    return RunStatistics.load(path).display_scale.tolist()


def test_sixteen_bit_images_are_shown_with_the_white_of_training(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        look = look_at(project, project.run().id)
        look = type(look)(**{**look.__dict__, "white_level": 4095})
    assert look.request(image(1, bit_depth=16, peak=900)).white_level == 4095
    assert look.request(image(1, bit_depth=8, peak=90)).white_level == 255


def test_a_request_holds_all_that_is_needed_and_is_the_same_for_the_same_image(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        look = look_at(project, project.run().id)
        shown = project.image(6)
        request = look.request(shown)
        assert request == look.request(msgspec.structs.replace(shown, comment="other words"))
        assert request.mask_path == shown.mask_path
        assert request.size == (shown.width, shown.height)


def test_the_region_of_interest_is_shown_where_the_part_of_each_image_lies(tmp_path: Path) -> None:
    region, move = Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.5, 0.5))),)), Move(1, 0, 0.25, 0, 1, 0.125)
    with scored_project(tmp_path) as project:
        folder = project.run_folder(1)
        save_facts(folder, msgspec.structs.replace(load_facts(folder), region=region))
        folder.write_moves({"6": msgspec.to_builtins(move), "7": None})
        look = look_at(project, 1)
        moved, still, new = (look.request(project.image(number)).region for number in (6, 7, 8))
    assert still == new == region
    assert moved.inside == (Shape("polygon", ((0.25, 0.125), (0.75, 0.125), (0.75, 0.625), (0.25, 0.625))),)


def judged(project: Project) -> JudgedScores:
    run = run_scores(project, project.run().id)
    return JudgedScores(run, {image.id: image for image in project.images()})


def test_scores_follow_labels(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        assert judged(project).defect_count == 4
        project.set_label([6], Label("good"))
        scores = judged(project)
        assert scores.defect_count == 3
        assert scores.score_of(6) == pytest.approx(1.2)
        project.set_label([6], Label("unlabelled"))
        assert judged(project).score_of(6) == pytest.approx(1.2), "it was scored, whatever it is called"
        assert scores.score_of(None) is None
        assert scores.score_of(99) is None


def test_scores_are_what_the_figures_rest_on(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        ours, figures = judged(project).scored, scored_images(project, project.run().id)
        assert ours.ids.tolist() == figures.ids.tolist()
        assert ours.scores.tolist() == figures.scores.tolist()


def test_scores_are_read_once_until_they_are_made_otherwise(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        run = project.run().id
        known = run_scores(project, run)
        assert run_scores(project, run, known) is known
        scoring = project.run().settings["scoring"] | {"reduction": "mean"}
        project.set_scoring(run, scoring, Threshold(1.0))
        assert run_scores(project, run, known) is not known


def test_a_run_without_scores_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with scored_project(tmp_path) as project:
        project.run_folder().statistics.unlink()
        with pytest.raises(InputError):
            look_at(project, project.run().id)
