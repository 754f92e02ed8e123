"""Which of many images are selected, and where the keyboard is. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Marks = NDArray[np.bool_]


class GallerySelection:
    """Rows are images in the order shown; a hundred thousand of them are marked and carried over at once."""

    def __init__(self) -> None:
        self.ids: Rows = np.empty(0, np.int64)
        """(N,) int64 in the order shown."""
        self._marked: Marks = np.empty(0, np.bool_)
        self.current = -1
        """Row that the keyboard is at; -1: none."""
        self._anchor = -1
        """Where a range that Shift extends begins."""

    def __len__(self) -> int:
        return len(self.ids)

    def is_selected(self, row: int) -> bool:
        return bool(self._marked[row])

    def are_selected(self, rows: range) -> list[bool]:
        return [bool(each) for each in self._marked[rows.start : rows.stop]]

    @property
    def marks(self) -> Marks:
        """(N,) bool: a copy."""
        return self._marked.copy()

    @property
    def rows(self) -> Rows:
        """Selected rows, rising."""
        return np.flatnonzero(self._marked)

    @property
    def selected_ids(self) -> Rows:
        """In the order shown."""
        return self.ids[self._marked]

    def row_of(self, image_id: int) -> int | None:
        found = np.flatnonzero(self.ids == image_id)
        return int(found[0]) if len(found) else None

    def rows_of(self, ids: Iterable[int]) -> Rows:
        """Rows of those of *ids* that are shown, rising."""
        return np.flatnonzero(np.isin(self.ids, np.fromiter(ids, np.int64)))

    # What is shown

    def set_ids(self, ids: Rows) -> bool:
        """Show these; whether other images are selected now.

        What was selected stays so. Where nothing of it is left, the image that took its place is selected:
        who labels under a filter goes on to the next.
        """
        before = self.selected_ids
        first = int(np.flatnonzero(self._marked)[0]) if len(before) else 0
        current = self.ids[self.current] if 0 <= self.current < len(self) else -1
        self.ids = ids
        self._marked = np.isin(ids, before) if len(before) else np.zeros(len(ids), np.bool_)
        found = self.row_of(int(current))
        if len(before) and len(ids) and not self._marked.any():
            found = min(first, len(ids) - 1)
            self._marked[found] = True
        self.current = self._anchor = -1 if found is None else found
        if self.current < 0 and self._marked.any():
            self.current = self._anchor = int(self.rows[0])
        after = self.selected_ids
        return len(after) != len(before) or bool(np.setxor1d(before, after).size)

    # What the user does; each says whether other images are selected now

    def select_rows(self, rows: Rows, current: int | None = None) -> bool:
        """These alone."""
        marked = np.zeros(len(self), np.bool_)
        marked[rows] = True
        at = current if current is not None else int(rows[0]) if len(rows) else self.current
        return self._take(marked, at, at)

    def mark(self, marked: Marks) -> bool:
        """Those of (N,) bool, the keyboard staying where it is."""
        return self._take(marked, self.current, self._anchor)

    def select_all(self) -> bool:
        return self._take(np.ones(len(self), np.bool_), max(self.current, 0), max(self._anchor, 0))

    def clear(self) -> bool:
        return self._take(np.zeros(len(self), np.bool_), self.current, self._anchor)

    def point(self, row: int, *, extend: bool = False, toggle: bool = False) -> bool:
        """A click: one row; with Shift (*extend*) all from the last one; with Ctrl (*toggle*) one more or less."""
        if extend and self._anchor >= 0:
            return self._extend(row, keep=toggle)
        if toggle:
            marked = self.marks
            marked[row] = not marked[row]
            return self._take(marked, row, row)
        return self.select_rows(np.array([row]), row)

    def move(self, row: int, *, extend: bool = False, only_move: bool = False) -> bool:
        """A key that goes to *row*: selects it, or all up to it, or with Ctrl (*only_move*) nothing."""
        if only_move:
            self.current = row
            return False
        if extend and self._anchor >= 0:
            return self._extend(row, keep=False)
        return self.select_rows(np.array([row]), row)

    def _extend(self, row: int, *, keep: bool) -> bool:
        marked = self.marks if keep else np.zeros(len(self), np.bool_)
        first, last = sorted((self._anchor, row))
        marked[first : last + 1] = True
        return self._take(marked, row, self._anchor)

    def _take(self, marked: Marks, current: int, anchor: int) -> bool:
        changed = not np.array_equal(marked, self._marked)
        self._marked, self.current, self._anchor = marked, min(current, len(self) - 1), min(anchor, len(self) - 1)
        return changed
