"""What the Review page says of an image and of a queue. No Qt."""

from __future__ import annotations

import math
from pathlib import PurePath

from anomaly_gui.evaluation.confusion import DEFECTIVE, GOOD, RECHECK
from anomaly_gui.files import printable
from anomaly_gui.jobs.score_origin import ScoreOrigin
from anomaly_gui.project.records import Image, Label, Threshold, Verdict
from anomaly_gui.ui.pages import review_queues as queues
from anomaly_gui.ui.pages.run_notice import Advice
from anomaly_gui.ui.wording import counted, score_text


def name_of(image: Image) -> str:
    return PurePath(printable(image.path)).name


def distance_text(score: float, threshold: float, decimals: int) -> str:
    """ "0.83 below"."""
    side = "below" if score < threshold else "above"
    return f"{score_text(abs(threshold - score), decimals)} {side}"


def score_sentence(score: float | None, threshold: float, decimals: int) -> str:
    """An image's score against the threshold: "2.41 · 0.83 below the threshold"."""
    if score is None:
        return "not scored by this run"
    if not math.isfinite(score):
        return f"{score_text(score, decimals)}: called defective"
    return f"{score_text(score, decimals)} · {distance_text(score, threshold, decimals)} the threshold"


def origin_text(origin: ScoreOrigin, *, is_score: bool) -> str:
    """ "Score set at full size by 5 × 5 px at x 252, y 92"; *is_score*: whether the map's maximum is the score."""
    x, y, width, height = origin.box
    sizes = {None: "", 1: " at full size", 2: " at half size", 4: " at a quarter of the size"}
    scale = sizes.get(origin.factor, f" at 1/{origin.factor} of the size")
    words = "Score set" if is_score else "Map highest"
    return f"{words}{scale} by {width:,} × {height:,} px at x {x:,}, y {y:,}"


def label_word(label: Label) -> str:
    """ "crack", "defect", "good", "unlabelled"."""
    return label.defect_type or label.kind


def row_detail(image: Image, score: float | None, threshold: float, decimals: int) -> str:
    """The second line of an image in the list: "crack · 0.83 below"."""
    if score is None:
        return label_word(image.label)
    finite = math.isfinite(score)
    where = distance_text(score, threshold, decimals) if finite else score_text(score, decimals)
    return f"{label_word(image.label)} · {where}"


def badge(queue: str, image: Image, score: float | None, threshold: Threshold) -> str:
    """What has changed about an image since it was put into *queue*, in two or three words; empty if nothing has."""
    if image.excluded:
        return "left out"
    if _was_relabelled(queue, image):
        return f"now {label_word(image.label)}" if image.label.kind != "unlabelled" else "no label now"
    if score is None:
        return ""
    answer = _answer(score, threshold)
    if queue == queues.MISSED and answer == DEFECTIVE:
        return "now caught"
    if queue == queues.ALARMS and answer != DEFECTIVE:
        return "passes now"
    if queue == queues.RECHECK and answer != RECHECK:
        return "now caught" if answer == DEFECTIVE else "passes now"
    return ""


def _answer(score: float, threshold: Threshold) -> int:
    """As evaluation's decided(), for one score: a list asks for it row by row."""
    if not score < threshold.value or not math.isfinite(score):
        return DEFECTIVE
    return RECHECK if threshold.recheck is not None and score >= threshold.recheck else GOOD


def _was_relabelled(queue: str, image: Image) -> bool:
    label, defect_type = image.label, queues.type_of(queue)
    if defect_type is not None:
        return label.defect_type != defect_type
    if queue == queues.UNLABELLED:
        return label.is_decided
    expected = {queues.MISSED: "defect", queues.ALARMS: "good"}.get(queue)
    if expected is not None:
        return label.kind != expected
    return image.verdict is not None and image.verdict.kind == "relabelled"


def verdict_text(image: Image) -> str:
    """What was said of an image."""
    verdict, kind = image.verdict, image.label.kind
    if verdict is None:
        return "not reviewed yet"
    if verdict.kind == "confirmed":
        return {"defect": "confirmed: really defective", "good": "confirmed: really good"}.get(kind, "confirmed")
    if verdict.kind == "unsure":
        return "unsure"
    return f"the label was wrong, now {label_word(image.label)}" if kind != "unlabelled" else "the label was wrong"


def judgement(image: Image, wanted: Label) -> tuple[Verdict, Label | None]:
    """Verdict and new label (None: unchanged) when a reviewer says what an image shows.

    "Defective" without a type keeps the type that there is. A first label confirms nothing and corrects nothing
    that was wrong, but it was looked at.
    """
    if wanted.kind == "defect" and wanted.defect_type is None and image.label.kind == "defect":
        wanted = image.label
    if wanted == image.label:
        return Verdict("confirmed"), None
    return Verdict("relabelled" if image.label.is_decided else "confirmed"), wanted


def position_sentence(place: int | None, count: int, left: int, skipped: int) -> str:
    """Where one stands and what is left: "3 of 12 · 9 left · 1 skipped"."""
    if not count:
        return "Nothing to review here"
    where = f"{count:,} images" if place is None else f"{place + 1:,} of {count:,}"
    # Beside a narrow list there is no room for more words.
    return f"{where} · {left:,} left · {skipped:,} skipped" if skipped else f"{where} · {left:,} left to review"


def end_sentence(queue: str, left: int) -> str:
    """What is said at the end of a queue."""
    title = queues.kind_of(queue).title
    rest = f"; {left:,} are left to review" if left else "; all are reviewed"
    return f"This is the last image of: {title}{rest}"


def why_empty(queue: str, threshold: float, decimals: int, defects: int) -> Advice:
    """What the page says when a queue is empty."""
    kind, value = queues.kind_of(queue), score_text(threshold, decimals)
    if queue == queues.MISSED and not defects:
        return Advice(
            "No defects are labelled",
            "None of the images that training never saw is labelled defective, so none can be missed. "
            "Import a folder of defective images, or label images in the queue Not labelled, on the left.",
            "Go to Data",
            "data",
        )
    if queue == queues.MISSED:
        found = f"All {defects:,} labelled defects are" if defects > 1 else "The one labelled defect is"
        sentence = f"{found} found at {value}. What that costs is in the queue of false alarms, and on Tune."
        return Advice(kind.nothing, sentence, "Go to Tune", "tune")
    if queue == queues.ALARMS:
        return Advice(
            kind.nothing, f"No good image reaches {value}. What that misses is on Tune.", "Go to Tune", "tune"
        )
    if queue in (queues.UNLABELLED, queues.FILTER) or queues.filter_of(queue) is not None:
        return Advice(kind.nothing, "Choose another queue on the left, or go to the images.", "Go to Data", "data")
    return Advice(kind.nothing, "Choose another queue on the left.", "", "")


def queue_item(title: str, count: int | None) -> str:
    """A queue in the list of queues; None where it was not counted."""
    return title if count is None else f"{title}  ·  {count:,}"


def anew_text(fresh: int) -> str:
    """Of the button that builds the queue anew; *fresh* images would join it."""
    return f"Start anew (+{fresh:,})" if fresh else "Start anew"


def anew_tip(fresh: int) -> str:
    more = f": {counted(fresh, 'image')} would join it" if fresh else ""
    return f"The queue stays as it was when it was started. Build it anew by the present threshold and labels{more}."
