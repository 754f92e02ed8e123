"""Rules that set the threshold of pixels: what there are, and what they promise."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from anomaly_gui.evaluation.guarantee import rate_bound

LARGEST_REGION, BEST_F1 = "largest-region", "best-pixel-f1"


class PixelRule(msgspec.Struct, frozen=True):
    """A rule of PIXEL_RULES with what it takes."""

    name: str
    parameter: float | None = None
    """Of LARGEST_REGION: the smallest defect that matters, in pixels of the original image."""


@dataclass(frozen=True)
class PixelRuleInfo:
    """What a rule does, for the window and the command line."""

    title: str
    sentence: str


PIXEL_RULES = {
    LARGEST_REGION: PixelRuleInfo(
        "No good region that large",
        "The lowest pixel threshold at which every region on the held-out good images stays smaller than the smallest "
        "defect that matters. P. Bergmann et al., MVTec AD (2019), section 4.",
    ),
    BEST_F1: PixelRuleInfo(
        "Best F1 of pixels",
        "The pixel threshold with the best balance of precision and recall over the pixels of the masks. "
        "Chosen on the same images as the figures.",
    ),
}


def pixel_rule_sentence(rule: PixelRule, held_out: int) -> str:
    """What *rule* promises; *held_out* good images are there."""
    if rule.name != LARGEST_REGION:
        return PIXEL_RULES[rule.name].sentence
    size = f"{rule.parameter or 0:g} px"
    promise = f"No region reaches {size} of the original image on any of the {held_out:,} held-out good images."
    if not held_out:
        return promise
    rate = 100 * rate_bound(0, held_out)
    return f"{promise} With 95 % confidence, no more than {rate:.2g} % of new good parts show one that large."
