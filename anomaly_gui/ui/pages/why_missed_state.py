"""Why a defect was missed, in words, and what the causes together ask for. No Qt."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anomaly_gui.evaluation.misses import LOW_CONTRAST, REASONS, SMALL_PX, MissAnalysis
from anomaly_gui.imaging.tile_proposal import propose_tiles
from anomaly_gui.jobs.why_missed import RunMeasure
from anomaly_gui.project.records import Image, Verdict
from anomaly_gui.ui.wording import score_text

_LARGEST_INPUT = 1024
_NO_MORE_PIXELS = "the image holds no more pixels of it: bring the camera closer"
_INPUT_STEP = 16
_UNKNOWN_REASON = "other"


# Of one image


def analysis_lines(analysis: MissAnalysis, measure: RunMeasure, size: tuple[int, int], decimals: int) -> list[str]:
    """Sentences about one image (width, height), the most telling first."""
    lines = [_seen_line(analysis, decimals)]
    if analysis.ignored:
        lines[0] = "Outside the region of interest: nothing there counts."
    if analysis.size is None:
        lines.append("No mask marks the defect: its size and contrast cannot be told.")
        return lines
    found = analysis.size
    lines.append(
        f"Size {_pixels(found.length)} × {_pixels(found.width)} px; "
        f"{_pixels(found.input_length)} × {_pixels(found.input_width)} px for the detector."
    )
    if found.is_small:
        lines.append(f"Too small for this input size: {input_advice(measure, size, found.input_width).words}.")
    if analysis.contrast is not None:
        low = analysis.contrast < LOW_CONTRAST
        lines.append(f"Contrast {analysis.contrast:.1f} σ of its surroundings{': low' if low else ''}.")
    if analysis.copied is not None:
        lines.append(f"The reconstruction repeats {round(100 * analysis.copied)} % of it.")
    return lines


def _seen_line(analysis: MissAnalysis, decimals: int) -> str:
    ordinary = analysis.ordinary
    usual = f"good images usually reach {score_text(ordinary, decimals)}" if ordinary is not None else ""
    if analysis.seen is None:
        if not analysis.regions:
            return "The error map shows nothing."
        peak = f"The error map's worst spot is {score_text(analysis.regions[0].peak, decimals)}"
        return f"{peak}; {usual}." if usual else f"{peak}."
    inside, outside = score_text(analysis.inside, decimals), score_text(analysis.outside, decimals)
    if analysis.seen == "not seen":
        return f"Not seen: {inside} in the mask; {usual or 'nothing stands out'}."
    beside = f"; {usual}" if usual else ""
    if analysis.seen == "everywhere":
        background = score_text(analysis.background, decimals)
        return f"Not told apart: the whole image is unusual ({background}); {inside} in the mask{beside}."
    if analysis.seen == "elsewhere":
        return f"Seen elsewhere: {outside} outside the mask, {inside} in it."
    return f"Seen but too weak: {inside} in the mask{beside}."


def _pixels(length: float) -> str:
    return f"{length:.0f}" if length >= 10 else f"{length:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class InputAdvice:
    """What would show a small defect larger."""

    words: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of a detector, to train with; empty if none helps."""

    @property
    def button(self) -> str:
        """What trying them is called."""
        tile = self.settings.get("tile_px")
        return f"Train with tiles of {tile} px" if tile else f"Train with {self.settings.get('input_px')} px"


def input_advice(measure: RunMeasure, image: tuple[int, int], width_px: float) -> InputAdvice:
    """For a defect *width_px* wide as the detector saw it, of an image (width, height)."""
    if measure.finest_factor is None:
        return larger_input(measure.input_px, image, width_px)
    if measure.finest_factor > 1:
        return InputAdvice("look at the tiles at scale 1", {"tile_px": measure.input_px, "scales": "1"})
    return InputAdvice(_NO_MORE_PIXELS)


def larger_input(input_px: int, image: tuple[int, int], width_px: float) -> InputAdvice:
    """For a defect *width_px* wide at the input of a detector, of an image (width, height).

    Magnified beyond its own pixels an image shows nothing more; where the largest input would still not show the
    defect, tiles do.
    """
    width_px = max(width_px, 1e-3)
    needed, longer = input_px * SMALL_PX / width_px, max(image)
    wanted = min(needed, _LARGEST_INPUT, longer)
    rounded = min(math.ceil(wanted / _INPUT_STEP) * _INPUT_STEP, _LARGEST_INPUT)
    shows = needed <= rounded or longer <= _LARGEST_INPUT
    if rounded > input_px and shows:
        return InputAdvice(f"try an input size of {rounded}", {"input_px": rounded})
    proposal = propose_tiles(*image, width_px * longer / input_px)
    if longer > input_px and proposal.tile_px:
        return InputAdvice(f"try tiles of {proposal.tile_px} px at scale {proposal.scales}", proposal.settings)
    return InputAdvice(_NO_MORE_PIXELS)


def verdict_for(image: Image, reason: str) -> Verdict:
    """What to save when a reviewer names a reason: an unreviewed miss is confirmed by it.

    The same reason again takes it back.
    """
    kind = image.verdict.kind if image.verdict else "confirmed"
    taken_back = image.verdict is not None and image.verdict.reason == reason
    return Verdict(kind, None if taken_back else reason)


def kept_reason(image: Image, verdict: Verdict) -> Verdict:
    """A miss that is confirmed once more keeps its reason."""
    old = image.verdict
    if verdict.reason is None and old is not None and old.kind == verdict.kind:
        return Verdict(verdict.kind, old.reason)
    return verdict


# Of all of them


@dataclass(frozen=True)
class Cause:
    """One reason and how often it was given."""

    reason: str
    count: int

    @property
    def title(self) -> str:
        return REASONS[self.reason]


def causes(images: Iterable[Image]) -> list[Cause]:
    """Reasons given for the misses, the most frequent first; one of another version counts as other."""
    reasons = [image.verdict.reason for image in images if image.verdict and image.verdict.reason]
    counts = Counter(reason if reason in REASONS else _UNKNOWN_REASON for reason in reasons)
    order = list(REASONS)
    return [Cause(reason, n) for reason, n in sorted(counts.items(), key=lambda c: (-c[1], order.index(c[0])))]


def causes_sentence(found: Sequence[Cause], missed: int) -> str:
    """ "3 too small · 2 lighting · 4 without a reason"."""
    parts = [f"{cause.count:,} {cause.title.lower()}" for cause in found]
    rest = missed - sum(cause.count for cause in found)
    if parts and rest > 0:
        parts.append(f"{rest:,} without a reason")
    return " · ".join(parts)


@dataclass(frozen=True)
class NextStep:
    """What to do about the most frequent cause."""

    sentence: str
    button: str
    page: str
    """Of the window, where it is done."""
    detector: str = ""
    """To train next; empty keeps the run's."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of the detector, to be tried."""


def next_step(
    found: Sequence[Cause], missed: int, measure: RunMeasure, image: tuple[int, int], widths: Sequence[float]
) -> NextStep | None:
    """For the most frequent cause with a cure; *image* is the usual (width, height).

    *widths* are those of the defects called too small, at the detector's input, as far as they are known.
    """
    for cause in found:
        step = _step(cause.reason, measure, image, widths)
        if step is not None:
            count = f"{cause.count:,} of {missed:,} {cause.title.lower()}"
            return NextStep(f"{count}: {step.sentence}", step.button, step.page, step.detector, step.settings)
    return None


def _step(reason: str, measure: RunMeasure, image: tuple[int, int], widths: Sequence[float]) -> NextStep | None:
    if reason == "too small":
        narrow = min(widths, default=SMALL_PX / 2)
        advice = input_advice(measure, image, narrow)
        if advice.settings:
            return NextStep(advice.words, advice.button, "train", settings=advice.settings)
        return NextStep(advice.words, "Go to Data", "data")
    if reason == "outside the region" and not measure.region.is_everything:
        return NextStep("draw the region of interest wider, and train again", "Go to Data", "data")
    return _STEPS.get(reason) if reason != "reconstructed" else _other_detector(measure)


def _other_detector(measure: RunMeasure) -> NextStep:
    if measure.detector == "patch-memory":
        return NextStep("try the combined detector", "Train combined", "train", "combined")
    words = "try the patch memory, which compares instead of redrawing"
    return NextStep(words, "Train patch memory", "train", "patch-memory")


_STEPS = {
    "low contrast": NextStep("light the parts so that it stands out, and import new images", "Go to Data", "data"),
    "outside the region": NextStep("cut the images so that it is well inside them", "Go to Data", "data"),
    "lighting": NextStep("add good images under that light to the training", "Go to Data", "data"),
    "bad image": NextStep("leave those images out on the Data page", "Go to Data", "data"),
}
