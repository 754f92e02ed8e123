"""Scores of the images that a run learnt from are there to be looked at, and counted nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from anomaly_gui.jobs.evaluate import evaluate, scored_images
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.score import ScoreReport, load_detector, load_normaliser, score
from anomaly_gui.jobs.score_training import score_training, training_images, training_scored_at, training_scores
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import Cancelled, CancelToken, Event, Progress, ignore_events
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.normalise import apply
from anomaly_gui.scoring.smooth import smooth
from anomaly_gui.training.dataset import Preparation
from tests.jobs.tiny_project import make_project, quick


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """With one trained run, number 1."""
    with make_project(tmp_path) as made:
        train(made, quick(), ignore_events, CancelToken())
        yield made


def test_each_training_image_has_the_score_of_its_own_map(project: Project) -> None:
    assert training_scores(project, 1) == {}
    report = score_training(project, 1, ignore_events, CancelToken())
    assert isinstance(report, ScoreReport)
    found = training_scores(project, 1)
    assert sorted(found) == sorted(image.id for image in training_images(project, 1))
    assert report.images == len(found) == 9
    folder = project.run_folder(1)
    facts = load_facts(folder)
    detector, normaliser = load_detector(folder, facts), load_normaliser(project, 1)
    preparation = Preparation(facts.input_px, facts.channels, facts.white_level)
    image = training_images(project, 1)[0]
    batch = torch.from_numpy(preparation.read(image).pixels[None])
    raw = detector.predict(batch).anomaly_map[0].numpy()
    wanted = apply(normaliser, smooth(raw, facts.scoring().smooth_sigma_px)).max()
    assert found[image.id] == pytest.approx(float(wanted), rel=1e-4)
    assert folder.read_map(image.id).shape == raw.shape, "it can be looked at"


def test_no_figure_threshold_or_rule_sees_them(project: Project) -> None:
    figures, evidence, threshold = evaluate(project, 1), scored_images(project, 1), project.threshold(1)
    score_training(project, 1, ignore_events, CancelToken())
    assert evaluate(project, 1) == figures
    again = scored_images(project, 1)
    for before, now in ((evidence.ids, again.ids), (evidence.good_ids, again.good_ids)):
        assert np.array_equal(before, now)
    assert project.threshold(1) == threshold


def test_it_can_be_stopped_and_tells_how_far_it_is(project: Project) -> None:
    cancel, told = CancelToken(), []

    def stop(event: Event) -> None:
        if isinstance(event, Progress):
            told.append(event)
            cancel.cancel()

    assert isinstance(score_training(project, 1, stop, cancel), Cancelled)
    assert told[0].total == 9
    assert training_scores(project, 1) == {}
    assert training_scored_at(project, 1) is None


def test_scoring_the_run_anew_drops_them(project: Project) -> None:
    score_training(project, 1, ignore_events, CancelToken())
    assert training_scored_at(project, 1) is not None
    maps = [project.run_folder(1).anomaly_map(image.id) for image in training_images(project, 1)]
    assert all(path.exists() for path in maps)
    score(project, 1, ignore_events, CancelToken())
    assert training_scores(project, 1) == {}
    assert not any(path.exists() for path in maps), "their colours would be of another scale"
