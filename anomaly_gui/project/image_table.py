"""The images of a project as columns, to be filtered, counted and sorted a hundred thousand at a time.

Pure: made of records, and followed up with those that an operation changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.files import printable
from anomaly_gui.project.image_filter import FACETS, NO_VALUE, Facet, ImageFilter
from anomaly_gui.project.records import Image

SortKey = Literal[
    "imported",
    "name",
    "folder",
    "label",
    "defect_type",
    "split",
    "verdict",
    "score",
    "modified_ns",
    "file_bytes",
    "pixels",
]

STATES = ("in use", "excluded", "locked", "masked", "commented")
_LABELS = ("good", "defect", "unsure", "unlabelled")
_SPLITS = ("train", "test")
_VERDICTS = (NO_VALUE, "confirmed", "relabelled", "unsure")
_UNKNOWN = np.iinfo(np.int64).min
_DIGITS = re.compile(r"[0-9]+")


class _Words:
    """A column of few different words, as numbers."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words = list(words)
        self._number = {word: number for number, word in enumerate(words)}

    def number(self, word: str) -> int:
        """Of *word*, which gets the next one if it is new."""
        found = self._number.get(word)
        if found is None:
            found = self._number[word] = len(self.words)
            self.words.append(word)
        return found

    def among(self, wanted: Iterable[str]) -> NDArray[np.bool_]:
        """For every number whether its word is wanted."""
        chosen = set(wanted)
        return np.array([word in chosen for word in self.words], np.bool_)

    def ranks(self) -> NDArray[np.int64]:
        """For every number the place of its word in natural order."""
        order = sorted(range(len(self.words)), key=lambda number: sort_text(self.words[number]))
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        return ranks


class ImageTable:
    """One row an image, in the order of import; rows are added and changed, never taken away."""

    def __init__(self, images: Iterable[Image] = ()) -> None:
        self._words = {
            "label": _Words(_LABELS),
            "defect_type": _Words((NO_VALUE,)),
            "split": _Words(_SPLITS),
            "verdict": _Words(_VERDICTS),
            "folder": _Words(),
        }
        self._numbers: dict[str, NDArray[np.int64]] = {
            name: np.empty(0, np.int64) for name in (*self._words, "id", "modified_ns", "file_bytes", "pixels")
        }
        self._states = np.empty((len(STATES), 0), np.bool_)
        self._scores = np.empty(0, np.float64)
        self._paths: list[str] = []
        self._names: list[str] = []
        """Without upper case, as they are searched and sorted."""
        self._comments: dict[int, str] = {}
        """Row → comment, where there is one."""
        self._name_order: NDArray[np.int64] | None = None
        self._names_version = 0
        self.update(images)

    def __len__(self) -> int:
        return len(self._names)

    @property
    def ids(self) -> NDArray[np.int64]:
        """(N,) int64, ascending."""
        return self._numbers["id"]

    def rows_of(self, ids: Iterable[int]) -> NDArray[np.int64]:
        """Rows of those *ids* that there are."""
        wanted = np.unique(np.fromiter(ids, np.int64))
        rows = np.searchsorted(self.ids, wanted)
        rows = np.minimum(rows, max(len(self) - 1, 0))
        return rows[self.ids[rows] == wanted] if len(self) else rows[:0]

    def update(self, images: Iterable[Image]) -> None:
        """Take in images that were added or changed."""
        records = sorted(images, key=attrgetter("id"))
        if not records:
            return
        known = self._rows_by_id([image.id for image in records]) if len(self) else {}
        added = [image for image in records if image.id not in known]
        if added:
            if len(self) and added[0].id < self.ids[-1]:
                raise ValueError("images are added in the order of their ids")
            self._append(len(added))
        first = len(self) - len(added)
        rows = np.array([known.get(image.id, -1) for image in records], np.int64)
        rows[rows < 0] = np.arange(first, first + len(added))
        self._write(rows, records)

    def set_scores(self, ids: NDArray[np.int64], scores: NDArray[np.float32] | NDArray[np.float64]) -> None:
        """The scores of the run that is looked at; images that are not of *ids* have none."""
        self._scores[:] = np.nan
        rows = np.searchsorted(self.ids, ids)
        there = (rows < len(self)) & (self.ids[np.minimum(rows, len(self) - 1)] == ids) if len(self) else rows < 0
        # A score that is not a number counts as the worst.
        self._scores[rows[there]] = np.where(np.isnan(scores[there]), np.inf, scores[there])

    def passing(self, wanted: ImageFilter, *, without: Facet | None = None) -> NDArray[np.bool_]:
        """(N,) bool: which rows pass; the conditions on one facet can be left *without*."""
        passes = np.ones(len(self), np.bool_)
        for facet, of_facet in self._facet_conditions(wanted).items():
            if facet != without:
                passes &= of_facet
        return passes & self._other_conditions(wanted)

    def counts(self, wanted: ImageFilter) -> dict[Facet, dict[str, int]]:
        """For every value of every facet how many images would pass if it alone were asked for of that facet."""
        conditions = self._facet_conditions(wanted)
        others = self._other_conditions(wanted)
        found: dict[Facet, dict[str, int]] = {}
        for facet in FACETS:
            passes = others.copy()
            for name, of_facet in conditions.items():
                if name != facet:
                    passes &= of_facet
            found[facet] = self._count(facet, passes)
        return found

    def sorted_ids(
        self, passes: NDArray[np.bool_], by: SortKey = "imported", *, descending: bool = False
    ) -> NDArray[np.int64]:
        """Ids of the rows that pass, sorted; equals in the order of import, what has no value last."""
        rows = np.flatnonzero(passes)
        if by == "imported":
            return self.ids[rows[::-1] if descending else rows]
        keys, missing = self._sort_keys(by)
        keys, missing = keys[rows], missing[rows]
        order = np.argsort(-keys if descending else keys, kind="stable")
        order = np.concatenate([order[~missing[order]], order[missing[order]]])
        return self.ids[rows[order]]

    def ordered_names(self) -> NDArray[np.int64]:
        """Rows in natural order of their names; worked out once (0.3 s for 100,000), as in a thread beforehand.

        Names that come or change while another thread works it out only make it worked out again.
        """
        known = self._name_order
        if known is not None:
            return known
        version = self._names_version
        keys = [sort_text(name) for name in list(self._names)]
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
        if version == self._names_version:
            self._name_order = order
        return order

    # Filling

    def _rows_by_id(self, ids: Iterable[int]) -> dict[int, int]:
        rows = self.rows_of(ids)
        return dict(zip(self.ids[rows].tolist(), rows.tolist(), strict=True))

    def _append(self, count: int) -> None:
        for name, column in self._numbers.items():
            self._numbers[name] = np.concatenate([column, np.zeros(count, np.int64)])
        self._states = np.concatenate([self._states, np.zeros((len(STATES), count), np.bool_)], axis=1)
        self._scores = np.concatenate([self._scores, np.full(count, np.nan)])
        self._paths += [""] * count
        self._names += [""] * count
        self._names_version += 1
        self._name_order = None

    def _write(self, rows: NDArray[np.int64], images: Sequence[Image]) -> None:
        texts: dict[str, list[str]] = {
            "label": [image.label.kind for image in images],
            "defect_type": [image.label.defect_type or NO_VALUE for image in images],
            "split": [image.split for image in images],
            "verdict": [image.verdict.kind if image.verdict else NO_VALUE for image in images],
        }
        for name, values in texts.items():
            self._number_words(name, rows, values)
        self._numbers["id"][rows] = [image.id for image in images]
        self._numbers["file_bytes"][rows] = [image.file_bytes for image in images]
        self._numbers["pixels"][rows] = [image.width * image.height for image in images]
        self._numbers["modified_ns"][rows] = [
            _UNKNOWN if image.modified_ns is None else image.modified_ns for image in images
        ]
        self._states[:, rows] = np.array(
            [(not i.excluded, i.excluded, i.locked, i.mask_path is not None, bool(i.comment)) for i in images],
            np.bool_,
        ).T
        moved: dict[int, str] = {}
        for row, image in zip(rows.tolist(), images, strict=True):
            if self._paths[row] != image.path:
                moved[row] = image.path
            self._paths[row] = image.path  # The record's own text, so that there is one.
            if image.comment:
                self._comments[row] = image.comment
            else:
                self._comments.pop(row, None)
        if moved:
            self._place(moved)

    def _number_words(self, column: str, rows: NDArray[np.int64] | list[int], values: Sequence[str]) -> None:
        numbers = {value: self._words[column].number(value) for value in dict.fromkeys(values)}
        self._numbers[column][rows] = [numbers[value] for value in values]

    def _place(self, paths: dict[int, str]) -> None:
        """Folders and names of rows that are new or moved; labels, which change more often, leave them alone."""
        places = [_split_path(path) for path in paths.values()]
        self._number_words("folder", list(paths), [folder for folder, _ in places])
        for row, (_, name) in zip(paths, places, strict=True):
            self._names[row] = (name if name.isascii() else printable(name)).casefold()
        self._names_version += 1
        self._name_order = None

    # Filtering

    def _facet_conditions(self, wanted: ImageFilter) -> dict[str, NDArray[np.bool_]]:
        """Facet → which rows pass it, for the facets that there are conditions on."""
        found: dict[str, NDArray[np.bool_]] = {}
        for name, words in self._words.items():
            values: frozenset[str] = getattr(wanted, name)
            if values:
                found[name] = words.among(values)[self._numbers[name]]
        if wanted.state:
            chosen = [number for number, state in enumerate(STATES) if state in wanted.state]
            found["state"] = np.logical_or.reduce(self._states[chosen], axis=0)
        return found

    def _other_conditions(self, wanted: ImageFilter) -> NDArray[np.bool_]:
        passes = np.ones(len(self), np.bool_)
        if wanted.score is not None:
            passes &= _within(self._scores, wanted.score)
        for name, limits in (
            ("file_bytes", wanted.file_bytes),
            ("pixels", wanted.pixels),
            ("modified_ns", wanted.modified_ns),
        ):
            if limits is not None:
                column = self._numbers[name]
                passes &= _within(column, limits) & (column != _UNKNOWN)
        if wanted.ids is not None:
            chosen = np.zeros(len(self), np.bool_)
            chosen[self.rows_of(wanted.ids)] = True
            passes &= chosen
        for word in wanted.text.casefold().split():
            passes &= self._holding(word)
        return passes

    def _holding(self, word: str) -> NDArray[np.bool_]:
        """Rows whose path, defect type or comment holds *word*."""
        holds = np.array([word in name for name in self._names], np.bool_)
        for column in ("folder", "defect_type"):
            words = [word in printable(each).casefold() for each in self._words[column].words]
            if any(words):
                holds |= np.array(words, np.bool_)[self._numbers[column]]
        for row, comment in self._comments.items():
            if word in comment.casefold():
                holds[row] = True
        return holds

    def _count(self, facet: Facet, passes: NDArray[np.bool_]) -> dict[str, int]:
        if facet == "state":
            return dict(zip(STATES, np.count_nonzero(self._states & passes, axis=1).tolist(), strict=True))
        words = self._words[facet].words
        counted = np.bincount(self._numbers[facet][passes], minlength=len(words))
        return dict(zip(words, counted.tolist(), strict=True))

    # Sorting

    def _sort_keys(self, by: SortKey) -> tuple[NDArray[np.float64] | NDArray[np.int64], NDArray[np.bool_]]:
        """(N,) numbers that sort as *by* says, and (N,) bool where there is no value."""
        nothing = np.zeros(len(self), np.bool_)
        if by == "score":
            return np.where(np.isnan(self._scores), 0, self._scores), np.isnan(self._scores)
        if by == "name":
            keys = np.empty(len(self), np.int64)
            keys[self.ordered_names()] = np.arange(len(self))
            return keys, nothing
        if by in ("label", "split", "verdict"):
            return self._numbers[by], self._numbers[by] == 0 if by == "verdict" else nothing
        if by in ("defect_type", "folder"):
            missing = self._numbers[by] == 0 if by == "defect_type" else nothing
            return self._words[by].ranks()[self._numbers[by]], missing
        column = self._numbers[by]
        return np.where(column == _UNKNOWN, 0, column), column == _UNKNOWN


def _split_path(path: str) -> tuple[str, str]:
    """As os.path.split, which takes half a second for a hundred thousand."""
    folder, separator, name = path.rpartition(os.sep)
    plain = folder and os.altsep is None and not folder.endswith(os.sep)
    return (folder, name) if separator and plain else os.path.split(path)


def _within(
    column: NDArray[np.float64] | NDArray[np.int64], limits: tuple[float | None, float | None]
) -> NDArray[np.bool_]:
    """(N,) bool; NaN is in no range."""
    low, high = limits
    within: NDArray[np.bool_] = ~np.isnan(column)
    if low is not None:
        within &= column >= low
    if high is not None:
        within &= column <= high
    return within


def sort_text(name: str) -> str:
    """Sorts as text as natural_key sorts: part_2 before part_10, upper and lower case together."""
    folded = name.casefold()
    # A run of digits sorts before any letter, then by its length, then by itself.
    return _DIGITS.sub(_as_number, folded) + "\0"


def _as_number(digits: re.Match[str]) -> str:
    stripped = digits[0].lstrip("0") or "0"
    return f"\0{chr(1 + len(stripped))}{stripped}"
