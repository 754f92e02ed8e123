"""What stays the same while one run is reviewed: its scale, its scores, its files. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from anomaly_gui.imaging.load import white_level
from anomaly_gui.imaging.region import Region
from anomaly_gui.imaging.registration import Move
from anomaly_gui.jobs.evaluate import ScoredImages, labelled_scores, scores_by_image
from anomaly_gui.jobs.run_facts import load_facts, scoring_in_force
from anomaly_gui.jobs.run_registration import moves_of
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.jobs.score_origin import ScoreOrigins
from anomaly_gui.jobs.score_training import training_scored_at, training_scores
from anomaly_gui.project.records import Image, Role
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.review_queues import QueueTable, RunColumns
from anomaly_gui.ui.pages.review_words import origin_text
from anomaly_gui.ui.widgets.picture_set import PictureRequest
from anomaly_gui.ui.widgets.score_bins import ScoreBins, bin_scores
from anomaly_gui.ui.wording import score_decimals

_EVERYTHING = Region()


@dataclass(frozen=True)
class RunLook:
    """How a run's images are shown."""

    run_id: int
    name: str
    project_folder: Path
    white_level: int
    """For 16-bit images: the one that the run was trained with."""
    scale: tuple[float, float]
    """The errors at the ends of the colour scale."""
    maps_match: bool
    """Whether the stored maps are those that scores and pixel threshold are of: else another smoothing drew them."""
    scores_are_maxima: bool
    """Whether a threshold of scores is also a value of the map."""
    region: Region = _EVERYTHING
    """What counted of every image, but for those that were moved first."""
    moves: Mapping[int, Move] = field(default_factory=dict, compare=False)
    """By image id: the region goes with the part."""
    origins: ScoreOrigins | None = field(default=None, compare=False)
    """Where scores come from."""

    def origin_text(self, image: Image) -> str:
        """Where the score of an image comes from, in words; empty where that cannot be told."""
        found = None if self.origins is None else self.origins.of(image)
        return "" if found is None else origin_text(found, is_score=self.scores_are_maxima)

    def request(self, image: Image) -> PictureRequest:
        """Everything needed to show one image."""
        return PictureRequest(
            image_id=image.id,
            path=image.path,
            size=(image.width, image.height),
            white_level=self.white_level if image.bit_depth == 16 else white_level(8, image.peak),
            mask_path=image.mask_path,
            project_folder=self.project_folder,
            run_name=self.name,
            region=self.moves[image.id].region(self.region) if image.id in self.moves else self.region,
        )


def look_at(project: Project, run_id: int) -> RunLook:
    """Read how a run's images are shown. Raises InputError if it was not scored."""
    run = project.run(run_id)
    facts = load_facts(project.run_folder(run_id))
    statistics = load_statistics(project, run_id)
    lower, upper = statistics.map_scale.tolist()
    return RunLook(
        run_id=run_id,
        name=run.name,
        project_folder=project.folder,
        white_level=facts.white_level,
        scale=(lower, upper),
        maps_match=bool(statistics.maps_match[0]),
        scores_are_maxima=bool(statistics.maps_match[0]) and scoring_in_force(project, run).reduction == "max",
        region=facts.region,
        moves=moves_of(project.run_folder(run_id)),
        origins=ScoreOrigins(facts, statistics),
    )


class RunScores:
    """What a run made of its images: the same whatever is relabelled."""

    def __init__(
        self,
        run_id: int,
        made_by: object,
        scores: Mapping[int, float],
        roles: Mapping[int, Role],
        training: Mapping[int, float] | None = None,
    ) -> None:
        self.run_id = run_id
        self.made_by = made_by
        """Settings of the project by which maps became scores, and when the training images were scored."""
        self.scores = scores
        self.roles = roles
        self.training = training or {}
        """Of images that the run learnt from: to be looked at, and counted nowhere."""
        self.shown = {**self.training, **scores}
        self.columns = RunColumns(self.shown, roles)


def run_scores(project: Project, run_id: int, known: RunScores | None = None) -> RunScores:
    """Read a run's scores, unless *known* are the same. Raises InputError if the run was not scored."""
    made_by = project.scoring(run_id), training_scored_at(project, run_id)
    if known is not None and (known.run_id, known.made_by) == (run_id, made_by):
        return known
    scores = scores_by_image(scoring_in_force(project, project.run(run_id)), load_statistics(project, run_id))
    return RunScores(run_id, made_by, scores, project.roles(run_id), training_scores(project, run_id))


class JudgedScores:
    """Scores and present labels of a run's images, ready to be asked for one image and for queues."""

    def __init__(self, run: RunScores, images: Mapping[int, Image]) -> None:
        self._run, self._images = run, images
        self._scores = run.shown
        self.scored: ScoredImages = labelled_scores(run.scores, run.roles, images.values())
        self.table = QueueTable(images, run.columns)
        self.bins: ScoreBins = bin_scores(self.scored.scores, self.scored.defective)
        self.decimals = score_decimals(self.bins.low, self.bins.high)

    @property
    def defect_count(self) -> int:
        return int(np.count_nonzero(self.scored.defective))

    def unscored_training(self) -> int:
        """How many images the run learnt from and that have no score: a pass over all of its images."""
        shown, images = self._scores, self._images
        learnt = (image_id for image_id, role in self._run.roles.items() if role == "train" and image_id not in shown)
        return sum(image_id in images and not images[image_id].excluded for image_id in learnt)

    def score_of(self, image_id: int | None) -> float | None:
        """None for an image that the run did not score."""
        return None if image_id is None else self._scores.get(image_id)
