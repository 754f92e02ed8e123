"""What to keep in mind about the figures of the Tune page. No Qt."""

from __future__ import annotations

from anomaly_gui.evaluation.confusion import Confusion
from anomaly_gui.evaluation.guarantee import rate_bound
from anomaly_gui.evaluation.intervals import auroc_interval
from anomaly_gui.ui.widgets.shown_figures import Remark
from anomaly_gui.ui.wording import area_text, counted

SEPARATES_FROM = 0.65
"""Area under the ROC curve below which the page says that scores hardly tell good from defective."""
GUESSING = 0.5
"""Area that scores reach which say nothing."""
_SAME_IMAGES = "The threshold was chosen on these same images: expect it to be a little worse on new parts."
_TRY = "Try another detector, more training images, a larger input size or images cut into tiles."
"""All remarks stand on one line of a small window."""


def remark_on(counts: Confusion, auroc: float | None, *, held_out: int | None, all_equal: bool) -> Remark:
    """The gravest thing there is to say.

    *held_out* is how many held-out good images alone the threshold comes from; None if it comes from others.
    """
    if counts.tp + counts.fn == 0:
        return Remark(
            "No defective image is labelled: recall, precision and F1 cannot be told. "
            "Import defective images on the Data page.",
            grave=True,
        )
    if counts.fp + counts.tn == 0:
        return Remark(
            "No good image was held out of training: false alarms cannot be told. Import good images "
            "that are not trained on.",
            grave=True,
        )
    return _on_separation(counts, auroc, all_equal) or Remark(
        (_on_few(counts, auroc) or _on_none(counts)) + _on_choice(held_out),
        leads_to="" if held_out is not None else "locked",
    )


def _on_separation(counts: Confusion, auroc: float | None, all_equal: bool) -> Remark | None:
    if all_equal:
        return Remark(
            f"All images have the same score: no threshold tells good from defective. {_TRY}",
            grave=True,
        )
    if auroc is not None and auroc < SEPARATES_FROM:
        interval = _interval(counts, auroc)
        shown = area_text(auroc, interval)
        if interval is not None and interval[0] <= GUESSING:
            return Remark(f"AUROC {shown}: these images do not show that scores separate at all. {_TRY}", grave=True)
        return Remark(f"Good and defective scores hardly differ (AUROC {shown}). {_TRY}", grave=True)
    if counts.fp > counts.tn:
        return Remark(
            "More than half of the good images are false alarms at this threshold. "
            "A rule that limits false alarms puts it higher.",
            grave=True,
        )
    return None


def _interval(counts: Confusion, auroc: float) -> tuple[float, float] | None:
    return auroc_interval(auroc, counts.fp + counts.tn, counts.tp + counts.fn)


def _on_few(counts: Confusion, auroc: float | None) -> str:
    """A good figure of a handful of images may be luck."""
    interval = None if auroc is None else _interval(counts, auroc)
    if interval is None or interval[0] > GUESSING:
        return ""
    return f"AUROC {area_text(auroc, interval)}: so few images do not show yet that scores separate. "


def _on_none(counts: Confusion) -> str:
    """None of a few is not none of all: "0 missed of 30 still allows 10 %"."""
    if counts.fn == 0:
        return f"0 missed of {counted(counts.tp, 'defect')} still allows {_bound(counts.tp)}. "
    if counts.fp == 0:
        return f"0 false alarms of {counted(counts.tn, 'good image')} still allow {_bound(counts.tn)}. "
    return ""


def _bound(count: int) -> str:
    """The highest rate that none of *count* images leaves open, one-sided at 95 %."""
    return f"{100 * rate_bound(0, count):.2g} %"


def _on_choice(held_out: int | None) -> str:
    if held_out is None:
        return _SAME_IMAGES
    return f"This threshold comes from {counted(held_out, 'held-out good image')} alone, not from the images below."
