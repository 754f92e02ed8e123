"""Registration: an image is moved to where a reference shows the part, and what is found there is brought back.

The move is looked for in small grey pictures: first the shift, by phase correlation (Kuglin and Hines, "The phase
correlation image alignment method", 1975), then, if parts may also be turned, shift and rotation together by the
enhanced correlation coefficient (Evangelidis and Psarakis, "Parametric image alignment using enhanced correlation
coefficient maximization", 2008), which starts from the shift. Of the moves found the one counts under which picture and
reference correlate most.

A place is told in shares of width and height, as regions of interest are, so that one move holds at every size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.files import sha256
from anomaly_gui.imaging.load import Pixels, load_bytes
from anomaly_gui.imaging.region import Region, Shape, inside_of

REFERENCE_PX = 256
"""Longer side of the reference, at most."""
LARGEST_SHARE = 0.15
"""Of the longer side: an image whose middle would have to be moved further is left as it is,"""
LARGEST_DEGREES = 10.0
"""and one that would have to be turned further."""
LEAST_CORRELATION = 0.5
"""Pearson's, of the inner part of an image, moved, and the reference: below it the image shows something else."""

_BORDER = 8
"""One part in so many of each side is no inner part: LARGEST_SHARE moves other things into it."""
_ECC_CRITERIA = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 50, 1e-5)
_ECC_SMOOTHING_PX = 5
_LEVELS_PER_DEVIATION = 32
"""Of the stored reference, whose mean is level 128: it reaches to four standard deviations on either side."""
_FLAT = 1e-6
_FRAME = Shape("rectangle", ((0.0, 0.0), (1.0, 1.0)))

_TOO_LITTLE = "with too little in common with the reference"
_TOO_FAR = f"further from it than {100 * LARGEST_SHARE:g} % of the longer side or {LARGEST_DEGREES:g}°"

Matrix = NDArray[np.float64]
"""(3, 3), of homogeneous (x, y, 1)."""
Values = TypeVar("Values", bound=NDArray[Any])


class Move(msgspec.Struct, frozen=True):
    """Where in an image that lies which the reference shows at (x, y): (a·x + b·y + c, d·x + e·y + f), in shares of
    width and height."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def align(self, pixels: Pixels) -> Pixels:
        """(H, W, C) as the reference would show it, at the same size and type; at the border its last pixels repeat."""
        linear = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return _warped(pixels, self._in_pixels(*pixels.shape[:2]), linear, cv2.BORDER_REPLICATE)

    def bring_back(self, anomaly_map: NDArray[np.float32]) -> NDArray[np.float32]:
        """(H, W) of the aligned image → (H, W) of the image itself; 0, what good images show, where nothing was seen.

        Each pixel takes the value of the nearest one: means of several would flatten peaks.
        """
        return _warped(anomaly_map, self._in_pixels(*anomaly_map.shape), cv2.INTER_NEAREST, cv2.BORDER_CONSTANT)

    def bring_picture_back(self, picture: Values) -> Values:
        """(H, W, C) of the aligned image → (H, W, C) of the image itself, of any type; the border repeats."""
        return _warped(picture, self._in_pixels(*picture.shape[:2]), cv2.INTER_LINEAR, cv2.BORDER_REPLICATE)

    def region(self, region: Region) -> Region:
        """*region* of the reference in the image's own coordinates: what was moved out of sight counts nothing."""
        return Region(tuple(map(self._moved, region.inside or (_FRAME,))), tuple(map(self._moved, region.ignored)))

    def _moved(self, shape: Shape) -> Shape:
        points = shape.points
        if shape.kind == "rectangle":
            (x0, y0), (x1, y1) = points
            points = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        return Shape("polygon", tuple(self._at(x, y) for x, y in points))

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f

    def _in_pixels(self, height: int, width: int) -> Matrix:
        """The same between numbers of columns and rows."""
        shares = _shares(height, width)
        whole = np.array([[self.a, self.b, self.c], [self.d, self.e, self.f], [0, 0, 1]], np.float64)
        return np.linalg.inv(shares) @ whole @ shares


def brought_back(
    anomaly_map: NDArray[np.float32], inside: NDArray[np.bool_] | None, region: Region, move: Move | None
) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
    """A map (H, W) of an aligned image, and what of it counts by *region*, *inside* (H, W), in the image's own
    coordinates; both as they are where nothing was moved."""
    if move is None:
        return anomaly_map, inside
    return move.bring_back(anomaly_map), inside_of(move.region(region), *anomaly_map.shape)


@dataclass(frozen=True)
class Reference:
    """What images are moved to."""

    levels: NDArray[np.uint8]
    """(h, w) grey, without brightness and contrast of its own; the longer side is at most REFERENCE_PX."""

    @cached_property
    def picture(self) -> NDArray[np.float32]:
        """(h, w) with mean 0 and standard deviation 1."""
        return _standardised(self.levels.astype(np.float32))

    def to_png(self) -> bytes:
        return bytes(cv2.imencode(".png", self.levels)[1].tobytes())

    @classmethod
    def from_png(cls, data: bytes, name: str) -> Reference:
        """Raises InputError for what to_png() cannot have written; *name* is for its message."""
        loaded = load_bytes(data, name, limit_px=REFERENCE_PX**2)
        if loaded.pixels.dtype != np.uint8 or loaded.pixels.shape[2] != 1:
            raise InputError(name, "this is no reference for registration: it is not grey with 8 bits", "Train again")
        return cls(np.asarray(loaded.pixels[:, :, 0], np.uint8))


class Found(msgspec.Struct, frozen=True):
    """How an image has to be moved."""

    move: Move | None
    """None: it is left as it is."""
    why: str = ""
    """What kind of image is left so for a reason: "with …", "further from …"; empty where it lies as it should."""


@dataclass(frozen=True)
class Aligned:
    """An image as a detector is to see it."""

    pixels: Pixels
    found: Found


@dataclass(frozen=True)
class Registration:
    """How the images of one run are aligned."""

    reference: Reference
    turns: bool
    """Whether small rotations are looked for, too."""

    @property
    def digest(self) -> str:
        """Different wherever images would be aligned differently."""
        return sha256(self.reference.to_png() + bytes([self.turns]))

    def find(self, pixels: Pixels) -> Found:
        """How an image (H, W, C) has to be moved. No move is found where it hardly correlates with the reference or
        would be moved further than the limits above."""
        reference = self.reference.picture
        picture = _small(pixels, *reference.shape)
        still = np.eye(3)
        shift = _shift(reference, picture)
        moves = [still, shift]
        if self.turns and (turned := _shift_and_rotation(reference, picture, shift)) is not None:
            moves.append(turned)
        correlations = [_correlation(reference, _moved_picture(picture, move)) for move in moves]
        best = int(np.argmax(correlations))
        if correlations[best] < LEAST_CORRELATION:
            return Found(None, _TOO_LITTLE)
        if not _is_near(moves[best], *reference.shape):
            return Found(None, _TOO_FAR)
        return Found(_in_shares(moves[best], *reference.shape) if best else None)


def aligned(pixels: Pixels, registration: Registration | None) -> Aligned:
    """An image (H, W, C) moved to where the reference shows the part; as it is if there is no registration, or no move
    can be found."""
    found = Found(None) if registration is None else registration.find(pixels)
    return Aligned(pixels if found.move is None else found.move.align(pixels), found)


def make_reference(images: Sequence[Pixels]) -> Reference:
    """Of images (H, W, C): the first, or the median of all of them that can be moved to the first.

    The median has neither the noise of one image nor what one part alone has. Raises ValueError without an image.
    """
    if not images:
        raise ValueError("no image to make a reference of")
    height, width = images[0].shape[:2]
    shrunk = min(1.0, REFERENCE_PX / max(height, width))
    size = max(1, round(height * shrunk)), max(1, round(width * shrunk))
    first = _small(images[0], *size)
    to_first = Registration(Reference(_levels(first)), turns=True)
    pictures = [first]
    for pixels in images[1:]:
        made = aligned(pixels, to_first)
        if not made.found.why:
            pictures.append(_small(made.pixels, *size))
    return Reference(_levels(np.median(pictures, axis=0).astype(np.float32)))


def left_alone(found: Sequence[Found]) -> str:
    """A sentence about the images that are left as they are for a reason; "" if there are none."""
    reasons = Counter(each.why for each in found if each.why)
    if not reasons:
        return ""
    told = ", ".join(f"{count} {why}" for why, count in reasons.items())
    return f"Registration leaves {reasons.total()} of {len(found)} images as they are: {told}."


def _small(pixels: Pixels, height: int, width: int) -> NDArray[np.float32]:
    """(H, W, C) → grey (height, width) with mean 0 and standard deviation 1, or all 0 if it is flat."""
    resized = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).reshape(height, width, -1)
    return _standardised(resized.mean(axis=2, dtype=np.float32))


def _standardised(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    centred = picture - picture.mean()
    deviation = float(centred.std())
    return np.asarray(centred / deviation if deviation > _FLAT else np.zeros_like(centred), np.float32)


def _levels(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.clip(np.rint(128 + _LEVELS_PER_DEVIATION * picture), 0, 255).astype(np.uint8)


def _shift(reference: NDArray[np.float32], picture: NDArray[np.float32]) -> Matrix:
    """From pixels of the reference to those of the picture, both (h, w)."""
    height, width = reference.shape
    # Multiplied here: OpenCV 5 writes its product with the window into the pictures that it is given.
    window = np.outer(np.hanning(height + 2)[1:-1], np.hanning(width + 2)[1:-1]).astype(np.float32)
    (across, down), _ = cv2.phaseCorrelate(reference * window, picture * window)
    return np.array([[1, 0, across], [0, 1, down], [0, 0, 1]], np.float64)


def _shift_and_rotation(reference: NDArray[np.float32], picture: NDArray[np.float32], start: Matrix) -> Matrix | None:
    """As _shift() gives it; None where the search does not converge."""
    try:
        _, found = cv2.findTransformECC(
            reference,
            picture,
            start[:2].astype(np.float32),
            cv2.MOTION_EUCLIDEAN,
            _ECC_CRITERIA,
            np.ones(reference.shape, np.uint8),
            _ECC_SMOOTHING_PX,
        )
    except cv2.error:
        return None
    return np.vstack([np.asarray(found, np.float64), [0, 0, 1]])


def _moved_picture(picture: NDArray[np.float32], move: Matrix) -> NDArray[np.float32]:
    return _warped(picture, move, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE)


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Pearson's, of the inner parts of two pictures (h, w); 0 where one of them is flat."""
    height, width = one.shape
    inner = slice(height // _BORDER, height - height // _BORDER), slice(width // _BORDER, width - width // _BORDER)
    first, second = (part[inner] - part[inner].mean() for part in (one, other))
    both = float(np.linalg.norm(first)) * float(np.linalg.norm(second))
    return float((first * second).sum()) / both if both > _FLAT else 0.0


def _is_near(move: Matrix, height: int, width: int) -> bool:
    middle = np.array([(width - 1) / 2, (height - 1) / 2, 1])
    across, down, _ = np.abs(move @ middle - middle).tolist()
    degrees = abs(np.degrees(np.arctan2(move[1, 0], move[0, 0])))
    return bool(max(across, down) <= LARGEST_SHARE * max(height, width) and degrees <= LARGEST_DEGREES)


def _in_shares(move: Matrix, height: int, width: int) -> Move:
    shares = _shares(height, width)
    (a, b, c), (d, e, f), _ = (shares @ move @ np.linalg.inv(shares)).tolist()
    return Move(a, b, c, d, e, f)


def _shares(height: int, width: int) -> Matrix:
    """From column and row to shares of width and height, that of a pixel being its centre's."""
    return np.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]], np.float64)


def _warped(values: Values, move: Matrix, how: int, border: int) -> Values:
    height, width = values.shape[:2]
    made = cv2.warpAffine(values, move[:2], (width, height), flags=how, borderMode=border)
    return cast(Values, made.reshape(values.shape))  # OpenCV drops an axis of one channel.
