"""Which images are reviewed together, found among all of a run's images at once. No Qt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.imaging.scan import natural_key
from anomaly_gui.project.image_filter import ImageFilter
from anomaly_gui.project.image_table import ImageTable
from anomaly_gui.project.records import Image, LabelKind, Role, Threshold

Flags = NDArray[np.bool_]
Ids = NDArray[np.int64]

MISSED, ALARMS, CLOSEST, SUSPICIOUS = "missed", "alarms", "closest", "suspicious"
UNLABELLED, RECHECK, FILTER = "unlabelled", "recheck", "filter"
_TYPE, _SAVED = "type:", "saved:"
CLOSEST_COUNT = 100
"""Images that the threshold only just decides."""
SUSPICIOUS_COUNT = 50
"""Good images with the highest scores, to be looked at for a wrong label."""

ORDERS = {
    "worst": "Worst first",
    "closest": "Closest to the threshold first",
    "type": "By defect type",
    "name": "By name",
}
"""Name → title."""
_KINDS: dict[LabelKind, int] = {"unlabelled": 0, "unsure": 0, "good": 1, "defect": 2}
_GOOD, _DEFECT = 1, 2
_ROLES: dict[Role, int] = {"train": 1, "validation": 2, "test": 3}
_TRAINED, _HELD_OUT, _TEST = 1, 2, 3


@dataclass(frozen=True)
class QueueKind:
    """One way to choose images, and what is said of it."""

    name: str
    title: str
    sentence: str
    """What is in it, for a tooltip."""
    confirm: str
    """What the verdict that everything is as it seems is called here."""
    confirm_tip: str
    nothing: str
    """Title where it is empty."""
    order: str = "worst"
    """That it starts with."""


_RIGHT = "Label is right", "The label is what the image shows: go on"
KINDS = {
    kind.name: kind
    for kind in (
        QueueKind(
            MISSED,
            "Missed defects",
            "Labelled defective, and the score is below the threshold",
            "Confirm miss",
            "Really defective, and missed: go on",
            "No missed defects at this threshold",
        ),
        QueueKind(
            ALARMS,
            "False alarms",
            "Labelled good, and the score reaches the threshold",
            "Confirm false alarm",
            "Really good, and called defective: go on",
            "No false alarms at this threshold",
        ),
        QueueKind(
            CLOSEST,
            "Closest to the threshold",
            f"The {CLOSEST_COUNT} images that the threshold only just decides",
            *_RIGHT,
            "No image has a score near the threshold",
            "closest",
        ),
        QueueKind(
            SUSPICIOUS,
            "Suspicious labels",
            f"The {SUSPICIOUS_COUNT} good images with the highest scores that training never saw, as many that it "
            "learnt from once those are scored, and images whose most alike images carry the other label",
            *_RIGHT,
            "No label is suspicious",
        ),
        QueueKind(
            RECHECK,
            "Recheck band",
            "The score lies between the recheck line and the threshold",
            *_RIGHT,
            "No image in the recheck band",
        ),
        QueueKind(
            UNLABELLED,
            "Not labelled",
            "Nobody has said yet, or could say, what these images show",
            "Skip",
            "Leave it unlabelled: go on",
            "Every image is labelled",
            "name",
        ),
        QueueKind(
            FILTER,
            "Filter of the Data page",
            "The images that the filter on the Data page lets pass",
            *_RIGHT,
            "No image passes the filter of the Data page",
        ),
    )
}
"""In the order of the list; queues of one defect type follow them."""


def type_queue(defect_type: str) -> str:
    """Name of the queue of one defect type."""
    return _TYPE + defect_type


def type_of(name: str) -> str | None:
    """The defect type of a queue's name; None for one of KINDS."""
    return name.removeprefix(_TYPE) if name.startswith(_TYPE) else None


def filter_queue(saved: str) -> str:
    """Name of the queue of a filter that the project keeps under a name."""
    return _SAVED + saved


def filter_of(name: str) -> str | None:
    """The saved filter of a queue's name; None for another queue."""
    return name.removeprefix(_SAVED) if name.startswith(_SAVED) else None


def is_queue(name: str) -> bool:
    return name in KINDS or type_of(name) is not None or filter_of(name) is not None


def kind_of(name: str) -> QueueKind:
    """What is said of a queue; of one that is not known, what is said of missed defects."""
    defect_type, saved = type_of(name), filter_of(name)
    if saved is not None:
        return QueueKind(
            name,
            f"Filter {saved}",
            f"The images that the filter {saved}, saved on the Data page, lets pass",
            *_RIGHT,
            f"No image passes the filter {saved}, or it is there no more",
        )
    if defect_type is None:
        return KINDS.get(name, KINDS[MISSED])
    return QueueKind(
        name,
        f"Type {defect_type}",
        f"Labelled {defect_type}, found and missed",
        *_RIGHT,
        f"No image is labelled {defect_type}",
    )


@dataclass(frozen=True)
class Basis:
    """What queues are chosen by, besides labels and scores."""

    threshold: Threshold
    doubts: Collection[int] = frozenset()
    """Ids of images whose most alike images carry another label."""
    filter: ImageFilter = field(default_factory=ImageFilter)
    saved: Mapping[str, ImageFilter] = field(default_factory=dict)
    """Filters that the project keeps, by name."""


class RunColumns:
    """A run's scores and what it used images for, as sorted columns: the same whatever is relabelled."""

    def __init__(self, scores: Mapping[int, float], roles: Mapping[int, Role]) -> None:
        self._scores = _sorted_columns(scores)
        self._roles = _sorted_columns({key: _ROLES[role] for key, role in roles.items()})

    def scores_of(self, ids: Ids) -> NDArray[np.float64]:
        """(N,): NaN for an image without a score, too."""
        return _looked_up(ids, *self._scores, np.nan)

    def has_score(self, ids: Ids) -> Flags:
        return np.asarray(_looked_up(ids, self._scores[0], np.ones(len(self._scores[0])), 0.0) > 0)

    def roles_of(self, ids: Ids) -> NDArray[np.float64]:
        """(N,): 0 for an image that the run did not use."""
        return _looked_up(ids, *self._roles, 0.0)


class QueueTable:
    """Labels and scores of all images as columns, so that a hundred thousand are searched at once.

    Images that are left out or locked are in no queue.
    """

    def __init__(self, images: Mapping[int, Image], run: RunColumns) -> None:
        self._images = images
        every = images.values()
        labels = [image.label for image in every]
        types = [label.defect_type for label in labels]
        self.ids: Ids = np.array(list(images), np.int64)
        self._kinds = np.array([_KINDS[label.kind] for label in labels], np.int8)
        self.types = sorted({name for name in {*types} if name is not None}, key=natural_key)
        codes: dict[str | None, int] = {name: number for number, name in enumerate(self.types)}
        self._types = np.array([codes.get(name, -1) for name in types], np.int64)
        self._usable = np.array([not (image.excluded or image.locked) for image in every], np.bool_)
        self._scores, self._has_score = run.scores_of(self.ids), run.has_score(self.ids)
        used = run.roles_of(self.ids)
        self._tested = self._usable & (used == _TEST) & self._has_score
        self._unseen = self._usable & (used >= _HELD_OUT) & self._has_score
        self._learnt = self._usable & (used == _TRAINED) & self._has_score

    def counts(self, basis: Basis, chosen: str = "") -> dict[str, int | None]:
        """How many images each queue would have; without queues that make no sense just now.

        None for a saved filter that is not *chosen*: each takes a pass over names and dates.
        """
        uncounted = {filter_queue(name) for name in basis.saved} - {chosen}
        return {
            name: None if name in uncounted else int(np.count_nonzero(self._flags(name, basis)))
            for name in self.names(basis)
        }

    def names(self, basis: Basis) -> list[str]:
        """The queues there are; a recheck band and a filter only where there is one."""
        left_out = {RECHECK} if basis.threshold.recheck is None else set()
        left_out |= {FILTER} if basis.filter == ImageFilter() else set()
        own = [*map(filter_queue, basis.saved), *map(type_queue, self.types)]
        return [name for name in KINDS if name not in left_out] + own

    def build(self, name: str, basis: Basis, order: str) -> list[int]:
        """Ids of the images of a queue, in an order of ORDERS."""
        places = np.flatnonzero(self._flags(name, basis))
        return [int(image_id) for image_id in self.ids[self._sorted(places, basis.threshold.value, order)].tolist()]

    def arrange(self, ids: Collection[int], threshold: float, order: str) -> list[int]:
        """The same images in another order; those that are there no more are dropped."""
        wanted = np.fromiter(ids, np.int64, len(ids))
        places = np.flatnonzero(np.isin(self.ids, wanted))
        return [int(image_id) for image_id in self.ids[self._sorted(places, threshold, order)].tolist()]

    # Which

    def _flags(self, name: str, basis: Basis) -> Flags:
        """(N,): which images are in a queue."""
        defect_type, saved = type_of(name), filter_of(name)
        if saved is not None:
            wanted = basis.saved.get(saved)
            return np.zeros(len(self.ids), np.bool_) if wanted is None else self._passing(wanted)
        if defect_type is not None:
            code = self.types.index(defect_type) if defect_type in self.types else -2
            return np.asarray(self._usable & (self._types == code))
        return {
            MISSED: self._missed,
            ALARMS: self._alarms,
            CLOSEST: self._closest,
            SUSPICIOUS: self._suspicious,
            RECHECK: self._rechecked,
            UNLABELLED: self._unlabelled,
            FILTER: self._filtered,
        }[name](basis)

    def _below(self, limit: float) -> Flags:
        """A score that is not finite counts as defective."""
        return np.asarray(np.isfinite(self._scores) & (self._scores < limit))

    def _missed(self, basis: Basis) -> Flags:
        return np.asarray(self._tested & (self._kinds == _DEFECT) & self._below(basis.threshold.value))

    def _alarms(self, basis: Basis) -> Flags:
        return np.asarray(self._tested & (self._kinds == _GOOD) & ~self._below(basis.threshold.value))

    def _closest(self, basis: Basis) -> Flags:
        judged = self._tested & (self._kinds != 0) & np.isfinite(self._scores)
        return self._first(judged, -np.abs(self._scores - basis.threshold.value), CLOSEST_COUNT)

    def _suspicious(self, basis: Basis) -> Flags:
        scores, good = np.where(np.isfinite(self._scores), self._scores, np.inf), self._kinds == _GOOD
        # What was learnt scores low: among the others none of it would be seen.
        highest = np.zeros(len(self.ids), np.bool_)
        for seen in (self._unseen, self._learnt):
            highest |= self._first(seen & good, scores, SUSPICIOUS_COUNT)
        doubted = np.isin(self.ids, np.fromiter(basis.doubts, np.int64, len(basis.doubts)))
        return np.asarray(highest | (doubted & self._usable & (self._kinds != 0)))

    def _rechecked(self, basis: Basis) -> Flags:
        line = basis.threshold.recheck
        if line is None:
            return np.zeros(len(self.ids), np.bool_)
        in_band = ~self._below(line) & self._below(basis.threshold.value)
        return np.asarray(self._tested & (self._kinds != 0) & in_band)

    def _unlabelled(self, _basis: Basis) -> Flags:
        return np.asarray(self._usable & (self._kinds == 0))

    def _filtered(self, basis: Basis) -> Flags:
        return self._passing(basis.filter)

    def _passing(self, wanted: ImageFilter) -> Flags:
        table = self._filterable
        return np.asarray(self._usable & np.isin(self.ids, table.ids[table.passing(wanted)]))

    @cached_property
    def _filterable(self) -> ImageTable:
        table = ImageTable(self._images.values())
        scored = np.flatnonzero(self._has_score)
        rising = scored[np.argsort(self.ids[scored])]
        table.set_scores(self.ids[rising], self._scores[rising])
        return table

    def _first(self, among: Flags, value: NDArray[np.float64], count: int) -> Flags:
        """The *count* with the highest *value*."""
        places = np.flatnonzero(among)
        chosen = np.zeros(len(self.ids), np.bool_)
        if len(places) > count:
            places = places[np.argpartition(-value[places], count)[:count]]
        chosen[places] = True
        return chosen

    # In which order

    def _sorted(self, places: NDArray[np.int64], threshold: float, order: str) -> NDArray[np.int64]:
        if order == "name":
            names = [natural_key(PurePath(self._images[key].path).name) for key in self.ids[places].tolist()]
            return places[np.array(sorted(range(len(places)), key=names.__getitem__), np.int64)]
        wrong = -self._wrongness(places, threshold)
        if order == "closest":
            return np.asarray(places[np.argsort(np.abs(wrong), kind="stable")])
        if order == "type":
            return np.asarray(places[np.lexsort((wrong, self._types[places]))])
        return np.asarray(places[np.argsort(wrong, kind="stable")])

    def _wrongness(self, places: NDArray[np.int64], threshold: float) -> NDArray[np.float64]:
        """(n,): how far scores lie on the wrong side of the threshold, by label; -inf without a score."""
        above = np.where(np.isfinite(self._scores[places]), self._scores[places], np.inf) - threshold
        wrong = np.where(self._kinds[places] == _DEFECT, -above, above)
        return np.asarray(np.where(self._has_score[places], wrong, -np.inf))


def _sorted_columns(values: Mapping[int, float]) -> tuple[Ids, NDArray[np.float64]]:
    keys = np.fromiter(values.keys(), np.int64, len(values))
    found = np.fromiter(values.values(), np.float64, len(values))
    order = np.argsort(keys, kind="stable")
    return keys[order], found[order]


def _looked_up(ids: Ids, keys: Ids, values: NDArray[np.float64], missing: float) -> NDArray[np.float64]:
    """(N,) the values by id, *missing* where there is none; *keys* (K,) rise."""
    if not len(keys):
        return np.full(len(ids), missing)
    places = np.minimum(np.searchsorted(keys, ids), len(keys) - 1)
    return np.asarray(np.where(keys[places] == ids, values[places], missing))
