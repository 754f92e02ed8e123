"""Where three panes of one size go, so that the image is seen as large as possible. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

Size = tuple[int, int]
Place = tuple[int, int, int, int]
"""x, y, width, height."""

GAP_PX = 4
STACK_GAIN = 1.2
"""Panes are put below one another only for so much larger an image: a row is easier to compare."""


@dataclass(frozen=True)
class PaneLayout:
    """Places within an area; all panes are of one size, hidden ones have none."""

    stacked: bool
    panes: tuple[Place | None, ...]
    captions: tuple[Place | None, ...]


def lay_out(area: Size, image: Size, caption: Size, count: int, alone: int | None) -> PaneLayout:
    """Put *count* panes with captions of a size into *area*; with *alone*, one fills it all.

    A row has its captions above the panes, a stack at their left.
    """
    width, height = area
    if alone is not None:
        only = (0, caption[1] + GAP_PX, width, max(1, height - caption[1] - GAP_PX))
        title = (0, 0, width, caption[1])
        return PaneLayout(False, _one(only, alone, count), _one(title, alone, count))
    row = (_share(width, count), max(1, height - caption[1] - GAP_PX))
    stack = (max(1, width - caption[0] - GAP_PX), _share(height, count))
    if _scale(image, stack) > STACK_GAIN * _scale(image, row):
        tops = [n * (stack[1] + GAP_PX) for n in range(count)]
        return PaneLayout(
            True,
            tuple((caption[0] + GAP_PX, top, *stack) for top in tops),
            tuple((0, top, *caption) for top in tops),
        )
    lefts = [n * (row[0] + GAP_PX) for n in range(count)]
    return PaneLayout(
        False,
        tuple((left, caption[1] + GAP_PX, *row) for left in lefts),
        tuple((left, 0, row[0], caption[1]) for left in lefts),
    )


def _share(length: int, count: int) -> int:
    return max(1, (length - (count - 1) * GAP_PX) // count)


def _scale(image: Size, pane: Size) -> float:
    return min(pane[0] / image[0], pane[1] / image[1])


def _one(place: Place, index: int, count: int) -> tuple[Place | None, ...]:
    return tuple(place if n == index else None for n in range(count))
