"""What to keep in mind about the figures of the Tune page. No Qt."""

from __future__ import annotations

from anomaly_gui.evaluation.confusion import Confusion
from anomaly_gui.evaluation.guarantee import rate_bound
from anomaly_gui.ui.widgets.shown_figures import Remark
from anomaly_gui.ui.wording import counted

SEPARATES_FROM = 0.65
"""Area under the ROC curve below which the page says that scores hardly tell good from defective."""
_SAME_IMAGES = (
    "The threshold is chosen on the same images as the figures: expect them to be a little worse on new parts. "
    "Locked test tells by how much."
)


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
    return _on_separation(counts, auroc, all_equal) or Remark(_on_none(counts) + _on_choice(held_out))


def _on_separation(counts: Confusion, auroc: float | None, all_equal: bool) -> Remark | None:
    if all_equal:
        return Remark(
            "All images have the same score: no threshold tells good from defective. "
            "Try another detector, or train again with more images.",
            grave=True,
        )
    if auroc is not None and auroc < SEPARATES_FROM:
        return Remark(
            f"Good and defective scores hardly differ (area under the ROC curve {auroc:.2f}). "
            "Try a larger input size, more training images or another detector.",
            grave=True,
        )
    if counts.fp > counts.tn:
        return Remark(
            "More than half of the good images are false alarms at this threshold. "
            "A rule that limits false alarms puts it higher.",
            grave=True,
        )
    return None


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
