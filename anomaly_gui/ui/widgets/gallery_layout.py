"""Where the cells of a gallery are: plain arithmetic, however many there are. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class GalleryLayout:
    """Cells of one size side by side, line under line; all lengths in pixels, places in the whole sheet."""

    count: int
    width: int
    cell_width: int
    """At least; what is left over is shared out."""
    cell_height: int

    @cached_property
    def columns(self) -> int:
        return max(1, self.width // max(1, self.cell_width))

    @property
    def lines(self) -> int:
        return -(-self.count // self.columns)

    @property
    def height(self) -> int:
        return self.lines * self.cell_height

    def place(self, row: int) -> tuple[int, int, int, int]:
        """Left, top, width and height of a cell."""
        line, column = divmod(row, self.columns)
        left = column * self.width // self.columns
        right = (column + 1) * self.width // self.columns
        return left, line * self.cell_height, right - left, self.cell_height

    def row_at(self, x: int, y: int) -> int | None:
        """The cell at a place; None where there is none."""
        if not (0 <= x < self.width and y >= 0):
            return None
        row = y // self.cell_height * self.columns + self._column(x)
        return row if row < self.count else None

    def rows_between(self, top: int, bottom: int) -> range:
        """The cells of all lines that reach into [top, bottom)."""
        first = max(0, top // self.cell_height) * self.columns
        last = -(-bottom // self.cell_height) * self.columns
        return range(min(first, self.count), max(0, min(last, self.count)))

    def rows_within(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.int64]:
        """The cells that a rectangle touches, its ends included, rising."""
        lines = np.arange(max(0, top // self.cell_height), min(self.lines - 1, bottom // self.cell_height) + 1)
        last = max(0, self.width - 1)
        columns = np.arange(self._column(min(max(0, left), last)), self._column(min(max(0, right), last)) + 1)
        rows = (lines[:, None] * self.columns + columns).ravel()
        return rows[rows < self.count]

    def _column(self, x: int) -> int:
        column = x * self.columns // max(1, self.width)
        # Rounded widths: the cell that place() draws there.
        return column + 1 if (column + 1) * self.width // self.columns <= x else column
