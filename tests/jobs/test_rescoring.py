from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.pixel_rules import LARGEST_REGION, PixelRule
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.jobs.evaluate import evaluate, scored_images, set_threshold_by_rule
from anomaly_gui.jobs.export import ExportReport, export
from anomaly_gui.jobs.follow_rule import follow_rule
from anomaly_gui.jobs.rescoring import (
    change_scoring,
    choose_pixel_threshold,
    offered_smoothings,
    scoring_effect,
    scoring_sentence,
)
from anomaly_gui.jobs.run_facts import scoring_in_force
from anomaly_gui.jobs.score import load_normaliser, load_statistics, score
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.project.records import Label, Threshold
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.settings import ScoringSettings
from tests.jobs.tiny_project import make_project, quick

WAYS = [
    {"reduction": "max"},
    {"reduction": "top", "top_per_10000": 100},
    {"reduction": "area", "area_level": 2.0},
    {"reduction": "region", "region_side_px": 5},
    {"reduction": "mean"},
]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """With one trained run, number 1."""
    with make_project(tmp_path) as made:
        train(made, quick(), ignore_events, CancelToken())
        yield made


def settings(project: Project, **changed: object) -> ScoringSettings:
    return msgspec.structs.replace(scoring_in_force(project, project.run(1)), **changed)


def test_that_the_bundle_scores_as_the_app_does_by_any_scoring(project: Project, tmp_path: Path) -> None:
    for (number, way), sigma in itertools.product(enumerate(WAYS), (0.0, 4.0)):
        wanted = settings(project, smooth_sigma_px=sigma, **way)
        change_scoring(project, 1, wanted)
        to = tmp_path / f"{number}_{sigma}.anomaly"
        report = export(project, 1, to, ignore_events, CancelToken())
        assert isinstance(report, ExportReport), "every score and decision agrees"
        manifest = read_bundle(to).manifest
        assert manifest.scoring == wanted
        assert manifest.threshold == pytest.approx(project.threshold(1).value)  # type: ignore[union-attr]


def test_that_the_bundle_records_the_pixel_threshold_in_force(project: Project, tmp_path: Path) -> None:
    for chosen in (2.0, PixelRule(LARGEST_REGION, 6.0)):
        choose_pixel_threshold(project, 1, chosen)
        export(project, 1, tmp_path / "part.anomaly", ignore_events, CancelToken())
        manifest, saved = read_bundle(tmp_path / "part.anomaly").manifest, project.pixel_threshold(1)
        assert saved is not None
        assert (manifest.pixel_threshold, manifest.pixel_rule) == (saved.value, saved.rule)


def test_that_scoring_again_with_the_new_smoothing_gives_the_same_scores_and_draws_its_maps(project: Project) -> None:
    change_scoring(project, 1, settings(project, smooth_sigma_px=4.0, reduction="top"))
    changed, normaliser = scored_images(project, 1), load_normaliser(project, 1)
    assert not load_statistics(project, 1).maps_match[0]
    before = project.run_folder(1).anomaly_map(int(changed.ids[0])).read_bytes()
    score(project, 1, ignore_events, CancelToken())
    assert load_statistics(project, 1).maps_match[0]
    assert project.run_folder(1).anomaly_map(int(changed.ids[0])).read_bytes() != before
    assert np.array_equal(scored_images(project, 1).scores, changed.scores)
    assert np.array_equal(load_normaliser(project, 1).mean, normaliser.mean)
    project.undo()
    assert not load_statistics(project, 1).maps_match[0], "the maps are still those of the other smoothing"


def test_that_a_change_is_one_step_and_undo_takes_scores_and_both_thresholds_back(project: Project) -> None:
    set_threshold_by_rule(project, 1, Rule("best-f1"))
    choose_pixel_threshold(project, 1, PixelRule(LARGEST_REGION, 6.0))
    before = (project.threshold(1), project.pixel_threshold(1), scored_images(project, 1).scores.tolist())
    change_scoring(project, 1, settings(project, smooth_sigma_px=4.0, reduction="mean"))
    after = (project.threshold(1), project.pixel_threshold(1), scored_images(project, 1).scores.tolist())
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False, False]
    assert set_threshold_by_rule(project, 1, Rule("best-f1")).operation == 0, "it followed its rule"
    assert choose_pixel_threshold(project, 1, PixelRule(LARGEST_REGION, 6.0)).operation == 0
    project.undo()
    assert (project.threshold(1), project.pixel_threshold(1), scored_images(project, 1).scores.tolist()) == before
    assert project.verify(read_images=False) == []


def test_that_what_is_shown_before_is_what_holds_then(project: Project) -> None:
    for way in WAYS:
        wanted = settings(project, smooth_sigma_px=2.0, **way)
        effect = scoring_effect(project, 1, wanted)
        assert effect.before.auroc == evaluate(project, 1).auroc
        change_scoring(project, 1, wanted)
        found = evaluate(project, 1)
        assert (found.auroc, found.f1, found.threshold) == (
            effect.after.auroc,
            effect.after.f1,
            effect.after.threshold.value,
        )
    change_scoring(project, 1, None)
    assert project.scoring(1) is None


def test_that_lines_by_hand_call_as_many_images_defective_as_before(project: Project) -> None:
    scores = np.sort(scored_images(project, 1).scores.astype(float))
    threshold, recheck = (scores[5] + scores[6]) / 2, (scores[2] + scores[3]) / 2
    project.set_threshold(1, Threshold(threshold, recheck=recheck))
    change_scoring(project, 1, settings(project, reduction="mean", smooth_sigma_px=1.0))
    found, now = scored_images(project, 1), project.threshold(1)
    assert now is not None
    assert now.recheck is not None
    assert (now.rule, int((found.scores >= now.value).sum()), int((found.scores >= now.recheck).sum())) == (
        "manual",
        2,
        5,
    )


def test_that_areas_follow_the_pixel_threshold_in_one_step(project: Project) -> None:
    change_scoring(project, 1, settings(project, reduction="area", area_level=2.0))
    scores = scored_images(project, 1).scores.tolist()
    choose_pixel_threshold(project, 1, 4.0)
    tau = project.pixel_threshold(1)
    assert tau is not None
    assert scoring_in_force(project, project.run(1)).area_level == tau.value == pytest.approx(4.0, rel=0.02)
    assert scored_images(project, 1).scores.tolist() != scores
    project.undo()
    assert (project.pixel_threshold(1), scored_images(project, 1).scores.tolist()) == (None, scores)


def test_that_a_rule_goes_on_following_labels_by_the_new_scores(project: Project) -> None:
    set_threshold_by_rule(project, 1, Rule("best-f1"))
    change_scoring(project, 1, settings(project, reduction="mean"))
    found = scored_images(project, 1)
    lowest = found.ids[found.defective][np.argmin(found.scores[found.defective])]
    project.set_label([int(lowest)], Label("good"))
    follow_rule(project, 1)
    assert set_threshold_by_rule(project, 1, Rule("best-f1")).operation == 0


def test_that_what_is_not_kept_is_refused_in_words(project: Project) -> None:
    assert offered_smoothings(project, 1) == (0.0, 1.0, 1.5, 2.0, 4.0)
    with pytest.raises(InputError, match="no statistics are kept at 3 px"):
        change_scoring(project, 1, settings(project, smooth_sigma_px=3.0))
    with pytest.raises(InputError, match="Train again"):
        change_scoring(project, 1, settings(project, normalise="global"))
    with pytest.raises(InputError, match="not a number"):
        choose_pixel_threshold(project, 1, float("nan"))
    assert project.scoring(1) is None


def test_that_every_scoring_is_said_in_words() -> None:
    said = {scoring_sentence(ScoringSettings(**way)) for way in WAYS}  # type: ignore[arg-type]
    assert len(said) == len(WAYS)
    assert all("1.5 px" in sentence for sentence in said)
