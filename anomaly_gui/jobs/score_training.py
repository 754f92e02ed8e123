"""Score the good images that a run learnt from, to look for wrong labels among them.

Their scores are lower than those of other images, which the detector has not seen: they are kept apart, and no
figure, threshold or rule sees them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.evaluate import scores_by_image
from anomaly_gui.jobs.run_facts import RunFacts, load_facts, scoring_in_force
from anomaly_gui.jobs.run_registration import keep_moves
from anomaly_gui.jobs.score import MapView, ScoreReport, WholeScoring
from anomaly_gui.jobs.scored_run import load_detector, load_normalisers, load_statistics, training_statistics_path
from anomaly_gui.jobs.tile_scoring import TiledScoring, TileStopped, tile_network
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, RateMeter
from anomaly_gui.project.records import Image, Run
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.statistics import RunStatistics, StatisticsBuilder

if TYPE_CHECKING:
    from anomaly_gui.detectors.base import Detector


def training_scores(project: Project, run_id: int) -> dict[int, float]:
    """Image id → anomaly score by the scoring in force; empty where score_training() made none by its smoothing."""
    run = project.run(run_id)
    scoring = scoring_in_force(project, run)
    try:
        statistics = RunStatistics.load(training_statistics_path(project, run, scoring.smooth_sigma_px))
    except InputError:  # Not there, or to be made anew.
        return {}
    return scores_by_image(scoring, statistics)


def training_scored_at(project: Project, run_id: int) -> int | None:
    """When what training_scores() reads was written, in nanoseconds; None where it is not there."""
    run = project.run(run_id)
    path = training_statistics_path(project, run, scoring_in_force(project, run).smooth_sigma_px)
    return path.stat().st_mtime_ns if path.exists() else None


def training_images(project: Project, run_id: int) -> list[Image]:
    """Those that the run learnt from and that are still in use."""
    roles = project.roles(run_id)
    return [image for image in project.images() if roles.get(image.id) == "train" and not image.excluded]


def score_training(project: Project, run_id: int, emit: EventSink, cancel: CancelToken) -> ScoreReport | Cancelled:
    """Score the images that the run learnt from, by its normaliser and the smoothing in force; draw their maps.

    Files that cannot be read are announced and left out. A cancel leaves what there was before.
    Raises InputError if the run has no scores yet, or its weights are unusable.
    """
    started = time.monotonic()
    run = project.run(run_id)
    facts = load_facts(RunFolder(project.folder, run.name))
    scoring = (_Whole if facts.tiling is None else _Tiled)(project, run, facts, emit, cancel)
    if not scoring.run():
        return Cancelled()
    seconds = time.monotonic() - started
    done = scoring.scored
    return ScoreReport(run=run_id, images=done, refused=scoring.refused, seconds=seconds, images_per_s=done / seconds)


class _Whole(WholeScoring):
    """Each image resized as a whole."""

    def __init__(self, project: Project, run: Run, facts: RunFacts, emit: EventSink, cancel: CancelToken) -> None:
        super().__init__(project, run, facts, emit, cancel)
        self.learnt = training_images(project, run.id)
        self.meter = RateMeter("Scoring", len(self.learnt), emit)

    def run(self) -> bool:
        view = MapView(self.in_force, self.facts)
        view.normaliser = load_normalisers(self.project, self.run_record.id)[0]
        scale = load_statistics(self.project, self.run_record.id).map_scale
        for image, raw in self.maps_of(_ready(self.folder, self.facts), self.learnt):
            self.folder.write_map(image.id, view.add(image, raw, self.move_of(image)), *scale.tolist())
        if self.cancel.cancelled:
            return False
        keep_moves(self.folder, self.facts, self.found)
        _save(view.builder, self.project, self.run_record)
        return True


class _Tiled(TiledScoring):
    """Each image by tiles."""

    def __init__(self, project: Project, run: Run, facts: RunFacts, emit: EventSink, cancel: CancelToken) -> None:
        super().__init__(project, run, facts, emit, cancel)
        self.learnt = training_images(project, run.id)
        self.passes = RateMeter("Scoring", len(self.learnt), emit)

    def run(self) -> bool:
        network = tile_network(_ready(self.folder, self.facts), self.cancel)
        normalisers = load_normalisers(self.project, self.run_record.id)
        scale = load_statistics(self.project, self.run_record.id).map_scale
        try:
            for image, loaded in self.loaded(self.learnt):
                self.judge(image, loaded, network, normalisers, scale=scale)
        except TileStopped:
            return False
        keep_moves(self.folder, self.facts, self.found)
        _save(self.builder, self.project, self.run_record)
        return True


def _ready(folder: RunFolder, facts: RunFacts) -> Detector:
    from anomaly_gui.detectors.compute import choose_device, set_threads

    set_threads()
    detector = load_detector(folder, facts)
    detector.to(choose_device())
    return detector


def _save(builder: StatisticsBuilder, project: Project, run: Run) -> None:
    sigma = scoring_in_force(project, run).smooth_sigma_px
    builder.finish().save(training_statistics_path(project, run, sigma))
