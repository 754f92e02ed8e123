"""Why there is nothing to tune or to review yet, and what to do. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_gui.errors import InputError
from anomaly_gui.jobs.evaluate import ScoredImages
from anomaly_gui.project.records import Run


@dataclass(frozen=True)
class Advice:
    """What a page says instead of figures."""

    title: str
    sentence: str
    button: str
    page: str
    """Name of the page that the button leads to."""


SCORE_AGAIN = "score again"
"""In place of a page: the button does this instead."""
NO_RUN = Advice(
    "No run yet",
    "Train a detector on good images first. Its scores appear here as soon as it is done.",
    "Go to Train",
    "train",
)
NO_LABELS = Advice(
    "No labelled images to judge by",
    "The figures come from labelled images that training never saw. Import a folder of defective images, "
    "and good images beyond those that are trained on.",
    "Go to Data",
    "data",
)


def advice_for(run: Run | None, is_scored: bool) -> Advice | None:
    """What to say of a run without scores; None if it has some."""
    if run is None:
        return NO_RUN
    if is_scored:
        return None
    if run.status in ("running", "paused"):
        return Advice(
            "Still training",
            f"Run {run.name} is being trained. Its scores appear here as soon as it is done.",
            "Watch it on Train",
            "train",
        )
    why = f" {run.message}" if run.message else ""
    return Advice(
        "This run has no scores",
        f"Run {run.name} was {run.status} before its images were scored.{why} Train again, or resume it.",
        "Go to Train",
        "train",
    )


def unreadable_scores(error: InputError) -> Advice:
    """What to say of statistics that are damaged or of another version; scoring again makes them anew."""
    return Advice(
        "The scores cannot be read",
        f"{error} The weights are kept: scoring again takes the images through the detector once more, and changes "
        "no label or threshold.",
        "Score again",
        SCORE_AGAIN,
    )


def advice_for_labels(scored: ScoredImages) -> Advice | None:
    """What to say if no image is labelled; None if there are figures to show."""
    return None if len(scored.ids) else NO_LABELS
