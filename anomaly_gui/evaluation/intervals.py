"""How far a rate that was counted on few images can be trusted."""

from __future__ import annotations

import math
from statistics import NormalDist


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Score interval of a proportion, in [0, 1]; None for n = 0.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927).
    """
    if n == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends the bound is exact; rounding would leave 1e-17.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high


def auroc_interval(area: float, good: int, defects: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Score interval of an area under the ROC curve, in [0, 1]; None with one class only.

    Method 5 of R. G. Newcombe, Confidence intervals for an effect size measure based on the Mann-Whitney statistic,
    part 2 (2006): Hanley and McNeil's variance at the bound itself. So even a perfect area of few images has one.
    """
    if good == 0 or defects == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    extra = (good + defects) / 2 - 1

    def too_far(bound: float) -> bool:
        spread = 1 + extra * ((1 - bound) / (2 - bound) + bound / (1 + bound))
        return (area - bound) ** 2 > z * z * bound * (1 - bound) * spread / (good * defects)

    def edge(end: float) -> float:
        if not too_far(end):
            return end
        near, far = area, end
        for _ in range(60):  # Each halves it; then it is as exact as a float.
            middle = (near + far) / 2
            near, far = (near, middle) if too_far(middle) else (middle, far)
        return near

    return edge(0.0), edge(1.0)
