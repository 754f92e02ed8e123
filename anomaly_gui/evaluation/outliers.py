"""What stands out of its own group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEWEST = 12
"""Values below which a group has no middle to stand out of."""
_NORMAL = 1.4826
"""Median absolute deviation → standard deviation, of a normal distribution."""


def robust_z(values: NDArray[np.float64], least_spread: float) -> NDArray[np.float64]:
    """(N,) distances from the median in robust standard deviations, none taken for less than *least_spread*.

    (x − median) / max(1.4826 · median |x − median|, least_spread): B. Iglewicz, D. C. Hoaglin, How to detect and
    handle outliers (1993). All zero for fewer than FEWEST values.
    """
    if len(values) < FEWEST:
        return np.zeros(len(values))
    middle = np.median(values)
    spread = max(_NORMAL * float(np.median(np.abs(values - middle))), least_spread)
    return np.asarray((values - middle) / spread, np.float64)
