"""Readings of several kinds, brought to one measure by what good images reach, become one map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.texture_strength import TextureStrength, sides
from anomaly_gui.detectors.whole_picture import READINGS as WHOLE_READINGS
from anomaly_gui.detectors.whole_picture import SIDE as WHOLE_SIDE
from anomaly_gui.detectors.whole_picture import WholePicture

_CONTRAST = 6
"""Power to which a pixel's share of the image's highest is raised: distances are never near 0, and without it an image
that is odd as a whole shows its good parts nearly as high as the place. Chosen on magnetic_tile with the next ones."""
_LEAST_ODDS = -4.0
"""Logarithm: a network that marks areas is never surer than 1 to 55 that a pixel is in none. Of what it has not learnt
to see it would say 1 to 10,000 everywhere, and all such pixels would count as the same."""
_PEAK_CONTRAST = 64
"""Around the highest place the odds take nothing away: it keeps what is said of the image."""
_PRIOR_IMAGES = 8
"""Weight of the prior spread, in images: a few held-out images alone say little about it."""
_PRIOR_SHARE = 0.35
"""Prior spread of good images' maxima, as a share of their median, for a map of a single cell; it falls with the
square root of the cells on a side, as the largest of many varies less than the largest of a few."""
_MIDDLE_HALF = 1.349
"""Standard deviations between the quartiles of a normal distribution."""
_FARTHEST = 3.0
"""Spreads beyond which a good image's reading counts as this: a few odd ones are not what readings have in common."""
_PRIOR_IMAGES_OF_PAIRS = 40
"""Weight, in images, of all readings having as much in common as two of them do on average. Chosen on magnetic_tile."""
_MOST_IN_COMMON = 0.9
_EXPECTED_RISE = 1.0
"""How far a defect is expected to raise a map's maximum, as a share of what good images reach: where their maxima
are alike that is many spreads, and the map is believed; where they vary a lot it is few."""


class Usual(NamedTuple):
    """Of P readings, what good images reach."""

    centre: Tensor
    """(P,); 0 for one that says nothing."""
    spread: Tensor
    """(P,)"""
    inverse: Tensor
    """(P, P): of the correlations between readings."""


class Agreement(nn.Module):
    """Maps (N, M, S, S) of the images (N, C, S, S), and the looks at whole pictures → one map (N, S, S)."""

    centre: Tensor
    """(M + K,), of the maps and of the readings of whole pictures: what good images reach."""
    spread: Tensor
    """(M + K,)"""
    inverse: Tensor
    """(M + K, M + K), of their correlations."""

    def __init__(self, channels: int, input_px: int, cells: Sequence[float], *, takes_mean: bool = False) -> None:
        """*cells*: on a side of each map."""
        super().__init__()
        self.whole = WholePicture(channels)
        self.texture = TextureStrength(input_px)
        self._cells = torch.tensor([*cells, *[float(WHOLE_SIDE)] * WHOLE_READINGS, *map(float, sides(input_px))])
        self._takes_mean = takes_mean
        self.register_buffer("centre", torch.zeros(len(self._cells)))
        self.register_buffer("spread", torch.ones(len(self._cells)))
        self.register_buffer("inverse", torch.eye(len(self._cells)))
        self.eval()

    def forward(self, images: Tensor, maps: Tensor, areas: Tensor | None = None) -> Tensor:
        usual = Usual(self.centre, self.spread, self.inverse)
        return combine(maps, self._wholes(images), usual, areas, takes_mean=self._takes_mean)

    def look_within(self, inside: Tensor) -> None:
        """To be called before anything else: what of the images (S, S) bool counts."""
        self.whole.look_within(inside)
        self.texture.look_within(inside)

    def fit(self, context: FitContext) -> bool:
        """Learn from good images as wholes; False if asked to stop."""
        return self.whole.fit(context) and self.texture.fit(context)

    def peaks(self, images: Tensor, maps: Tensor) -> Tensor:
        """What measure() wants of good images, (N, M + K)."""
        return torch.cat([maps.flatten(2).amax(2), self._wholes(images)], 1)

    def _wholes(self, images: Tensor) -> Tensor:
        """(N, K)"""
        return torch.cat([self.whole(images), self.texture(images)], 1)

    def measure(self, peaks: Tensor) -> None:
        usual = measure(peaks, _PRIOR_SHARE / self._cells.sqrt())
        for kept, seen in zip((self.centre, self.spread, self.inverse), usual, strict=True):
            kept.copy_(seen)

    def take(self, state: dict[str, Tensor]) -> None:
        """Take back its state_dict(). Raises ValueError on a wrong name or shape, or what is not finite."""
        try:
            self.load_state_dict(state, strict=True)
        except RuntimeError as error:
            raise ValueError(str(error)) from error
        if not all(torch.isfinite(value).all() for value in state.values()):
            raise ValueError("weights hold values that are not finite")


def grow(anomaly_map: Tensor, side: int) -> Tensor:
    """(N, s, s) → (N, side, side), linear between centres."""
    if anomaly_map.shape[-1] == side:
        return anomaly_map
    return F.interpolate(anomaly_map[:, None], (side, side), mode="bilinear", align_corners=False)[:, 0]


def readings(distances: Tensor, cell_px: int, side: int, inside: Tensor | None = None) -> list[Tensor]:
    """(N, s, s) → the map as it is, and with means over 3×3 of its cells, both (N, side, side).

    A single cell that is a little odd by chance stands out less in the second, a defect over several more. What is
    not *inside* (s, s) is 0 before anything is made of it: what is odd there makes no image odd, and its place, which
    may well be the oddest of all, does not outshine the others.
    """
    if inside is not None:
        distances = distances * inside.to(distances)
    calm = F.avg_pool2d(distances[:, None], 3 * cell_px, cell_px, cell_px, count_include_pad=False)[:, 0]
    return [grow(distances, side), grow(calm, side)]


def combine(
    maps: Tensor,
    wholes: Tensor,
    usual: Usual,
    areas: Tensor | None = None,
    *,
    takes_mean: bool,
) -> Tensor:
    """Readings of places (N, M, S, S) and of whole pictures (N, K) → (N, S, S), by what is usual of M + K.

    How odd an image is, which is the map's maximum, by the highest of each reading, and where by all that know places:
    the sum of all readings, each by its slope, as a coarse one that is sure knows no place, and a fine one that is not
    still knows it. *areas* (N, S, S), logits of being in an area that does not belong, take from all but the highest
    places what is in none.
    """
    peak = how_odd(torch.cat([maps.flatten(2).amax(2), wholes], 1), usual, takes_mean=takes_mean)[:, None, None]
    where = (maps * _slope(usual)[: maps.shape[1], None, None]).sum(1)
    share = where / where.amax((1, 2), keepdim=True).clamp_min(1e-6)
    contrasted = _power(share, _CONTRAST)
    if areas is None:
        return peak * contrasted
    return peak * torch.maximum(contrasted * areas.clamp(_LEAST_ODDS, 0).exp(), _power(share, _PEAK_CONTRAST))


def _power(base: Tensor, exponent: int) -> Tensor:
    """By squares, in a third of the time that pow() takes for each of many pixels."""
    if exponent == 1:
        return base
    half = _power(base, exponent // 2)
    return half * half * base if exponent % 2 else half * half


def how_odd(peaks: Tensor, usual: Usual, *, takes_mean: bool) -> Tensor:
    """Readings (N, P) → (N,), from 0.

    Each reading in its own spreads above its centre is multiplied by the number of spreads that a defect is expected to
    add, which is the slope of the log likelihood ratio between defective and good if both are normal. Unless it is the
    mean, the length of that, as far as it is above 0, is taken as Mahalanobis (1936) does, by the inverse of the
    correlations: readings that are high together in good images count hardly more than one of them, and one that is
    high without those it goes with counts more.
    """
    says = usual.centre > 0
    measured = (peaks - usual.centre) * _slope(usual)
    if takes_mean:
        return F.softplus((measured * says).sum(1) / says.sum().clamp_min(1))
    above = F.softplus(measured) * says
    return ((above @ usual.inverse) * above).sum(1).clamp_min(0).sqrt()


def _slope(usual: Usual) -> Tensor:
    return _EXPECTED_RISE * usual.centre / usual.spread.square()


def measure(peaks: Tensor, prior_shares: Tensor) -> Usual:
    """Readings of good images (images, P), from 0, each expected to vary by a share (P,) of its median.

    The centre is the median. The spread is that of the middle half, so that a few odd images among the good
    ones do not make the map that shows them best the one least believed; it is drawn towards the expected one
    where there are few images.
    """
    count = len(peaks)
    centre = peaks.median(0).values
    lower, upper = torch.quantile(peaks, torch.tensor([0.25, 0.75]), dim=0)
    variance = ((upper - lower) / _MIDDLE_HALF).square()
    prior = (prior_shares * centre).square()
    weighed = (count * variance + _PRIOR_IMAGES * prior) / (count + _PRIOR_IMAGES)
    spread = weighed.sqrt().clamp_min(1e-6)
    in_common = _in_common(((peaks - centre) / spread).clamp(-_FARTHEST, _FARTHEST), centre > 0)
    return Usual(centre, spread, torch.linalg.inv(in_common).to(peaks))


def _in_common(deviations: Tensor, says: Tensor) -> Tensor:
    """(images, P), and which of P say anything → correlations (P, P), float64.

    Drawn towards the same for all pairs, after Ledoit, Wolf 2004 (Honey, I shrunk the sample covariance matrix).
    """
    count = len(deviations)
    one = torch.eye(deviations.shape[1], dtype=torch.float64, device=deviations.device)
    centred = (deviations - deviations.mean(0)).double()
    directions = centred / centred.norm(dim=0).clamp_min(1e-9)
    pairs = says[:, None] & says & (one == 0)
    seen = directions.T @ directions * pairs
    usual = (seen.sum() / pairs.sum().clamp_min(1)).clamp(0, _MOST_IN_COMMON) * pairs
    shared = (count * seen + _PRIOR_IMAGES_OF_PAIRS * usual) / (count + _PRIOR_IMAGES_OF_PAIRS)
    correlations: Tensor = one + shared
    return correlations
