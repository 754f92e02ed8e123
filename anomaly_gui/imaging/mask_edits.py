"""A mask that is being drawn: what is added and taken away, and the way back, step by step."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.mask_areas import NOWHERE, Area, Box

KEPT_BYTES = 64 << 20
"""For the way back; the oldest steps are forgotten beyond it."""
_STRIP_BYTES = 8 << 20
"""Differences are packed in strips of rows of about this size: a hundred megapixels need no second mask."""


class _Patch(NamedTuple):
    """Which pixels of a box changed: applied once more, it takes the change back."""

    box: Box
    flipped: bytes
    """One bit for each pixel, rows first, compressed."""


class MaskEdits:
    """Holds the mask, changes it in place and tells which box changed.

    A step is one change, or all that happens inside step(). Never raises for areas of the mask's size.
    """

    def __init__(self, mask: NDArray[np.bool_], kept_bytes: int = KEPT_BYTES) -> None:
        """*mask* (H, W) is copied."""
        self._mask: NDArray[np.bool_] = np.array(mask, np.bool_, order="C")
        self._kept_bytes = kept_bytes
        self._done: list[list[_Patch]] = []
        self._undone: list[list[_Patch]] = []
        self._open: list[_Patch] | None = None

    @property
    def mask(self) -> NDArray[np.bool_]:
        """(H, W), to be read only."""
        return self._mask

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self._mask.shape[0], self._mask.shape[1]

    @property
    def everywhere(self) -> Box:
        return Box(0, 0, *self.size)

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    # Changing

    def add(self, area: Area) -> Box:
        """Mask what is inside."""
        return self._flip(area.box, area.inside & ~self._mask[area.box.slices])

    def subtract(self, area: Area) -> Box:
        """Unmask what is inside."""
        return self._flip(area.box, area.inside & self._mask[area.box.slices])

    def invert(self) -> Box:
        """Mask what was not, and the other way round."""
        with self.step():
            for strip in self._strips(self.everywhere):
                self._flip(strip, np.ones((strip.bottom - strip.top, strip.right), np.bool_))
        return self.everywhere

    def clear(self) -> Box:
        """Unmask everything."""
        return self._become(None)

    def replace(self, area: Area) -> Box:
        """Mask what is inside, and nothing else."""
        return self._become(area)

    def _become(self, area: Area | None) -> Box:
        changed = NOWHERE
        with self.step():
            for strip in self._strips(self.everywhere):
                flipped = self._mask[strip.slices].copy()
                if area is not None:
                    top, bottom = max(strip.top, area.box.top), min(strip.bottom, area.box.bottom)
                    if bottom > top:
                        part = flipped[top - strip.top : bottom - strip.top, area.box.left : area.box.right]
                        part ^= area.inside[top - area.box.top : bottom - area.box.top]
                changed = changed.joined(self._flip(strip, flipped))
        return changed

    @contextmanager
    def step(self) -> Iterator[None]:
        """All changes in here are one step."""
        if self._open is not None:
            yield
            return
        self.begin()
        try:
            yield
        finally:
            self.end()

    def begin(self) -> None:
        """Let the changes from now on be one step, until end()."""
        self.end()
        self._open = []

    def end(self) -> None:
        step, self._open = self._open, None
        if step:
            self._done.append(step)
            while len(self._done) > 1 and self._byte_count() > self._kept_bytes:
                del self._done[0]

    def cancel(self) -> Box:
        """Take back what was changed since begin(), for good."""
        step, self._open = self._open, None
        return self._apply(step or [])

    # The way back

    def undo(self) -> Box | None:
        """Take the last step back and tell where; None if there is none."""
        self.end()
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        return self._apply(step)

    def redo(self) -> Box | None:
        """Make the step again that was taken back last; None if there is none, or something was changed since."""
        self.end()
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        return self._apply(step)

    def _flip(self, box: Box, flipped: NDArray[np.bool_]) -> Box:
        """Change the pixels of *box* that are *flipped*, and tell the smallest box around them."""
        rows = np.flatnonzero(flipped.any(axis=1))
        if not len(rows):
            return NOWHERE
        columns = np.flatnonzero(flipped.any(axis=0))
        inner = flipped[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        top, left = box.top + int(rows[0]), box.left + int(columns[0])
        changed = Box(top, left, top + inner.shape[0], left + inner.shape[1])
        self._undone.clear()
        with self.step():
            for strip in self._strips(changed):
                part = inner[strip.top - top : strip.bottom - top]
                self._mask[strip.slices] ^= part
                assert self._open is not None
                self._open.append(_Patch(strip, zlib.compress(np.packbits(part).tobytes(), 1)))
        return changed

    def _apply(self, step: list[_Patch]) -> Box:
        changed = NOWHERE
        for box, flipped in step:
            shape = (box.bottom - box.top, box.right - box.left)
            bits = np.frombuffer(zlib.decompress(flipped), np.uint8)
            self._mask[box.slices] ^= np.unpackbits(bits, count=shape[0] * shape[1]).reshape(shape).view(np.bool_)
            changed = changed.joined(box)
        return changed

    def _strips(self, box: Box) -> Iterator[Box]:
        """*box* from top to bottom, in parts of bounded size."""
        rows = max(1, _STRIP_BYTES // max(1, box.right - box.left))
        for top in range(box.top, box.bottom, rows):
            yield Box(top, box.left, min(top + rows, box.bottom), box.right)

    def _byte_count(self) -> int:
        return sum(len(patch.flipped) for step in self._done for patch in step)
