"""Import annotations: what other programs said of images becomes labels, defect types and masks of a project."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from anomaly_gui.annotations import formats
from anomaly_gui.annotations.raster import mask_of, place_of
from anomaly_gui.annotations.records import Annotated
from anomaly_gui.annotations.rle import Rle
from anomaly_gui.annotations.sources import Options
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import image_size
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.jobs.annotation_matching import Matcher
from anomaly_gui.jobs.follow_rule import follow_pixel_rule, follow_rule
from anomaly_gui.jobs.import_candidates import Candidate
from anomaly_gui.jobs.import_images import Refused, import_candidates
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, Noted, RateMeter
from anomaly_gui.project.records import Image, Label
from anomaly_gui.project.splits import plain_splits
from anomaly_gui.project.store import Project


class AnnotationsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Where the annotations are, and how to understand them."""

    place: str
    format: str = formats.AUTO
    """A name from annotations.formats.FORMATS, or "auto"."""
    empty: Literal["good", "unlabelled"] = "unlabelled"
    """What an image is that the format lists without any region."""
    add_images: bool = False
    """Take in images that lie beside the annotations and are not in the project yet."""


class AnnotationsReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an import of annotations; names and sentences are printable."""

    format: str
    images: int
    """That the annotations speak of."""
    matched: int
    added: int
    """Images that were taken in."""
    unmatched: tuple[Refused, ...]
    labels_changed: int
    masks_changed: int
    unchanged: int
    """Matched images of which the annotations say what the project says."""
    silent: int
    """Matched images of which they say nothing; these keep their labels."""
    defect_types: dict[str, int]
    """Of the annotations, with how many images each."""
    new_types: tuple[str, ...]
    """Those that no image of the project had."""
    notes: tuple[str, ...]


@dataclass
class _Plan:
    """What is to be written, worked out and checked before anything is."""

    labels: dict[Label, list[int]] = field(default_factory=dict)
    masks: list[tuple[Annotated, Image]] = field(default_factory=list)
    unchanged: int = 0
    silent: int = 0

    @property
    def relabelled(self) -> int:
        return sum(len(ids) for ids in self.labels.values())


class _Stopped(Exception):
    """The user stopped the reading."""


class _Steps:
    """Tells of every file that is about to be read, and stops before it when asked to."""

    def __init__(self, emit: EventSink, cancel: CancelToken) -> None:
        self._emit = emit
        self._cancel = cancel
        self._meter: RateMeter | None = None

    def __call__(self, done: int, total: int) -> None:
        if self._cancel.should_stop():
            raise _Stopped
        if done == 0 or self._meter is None:  # some formats are read folder by folder
            self._meter = RateMeter("Reading annotations", total, self._emit)
        self._meter.update(done)


def import_annotations(
    project: Project, request: AnnotationsRequest, emit: EventSink, cancel: CancelToken
) -> AnnotationsReport | Cancelled:
    """Read all annotations, then apply them as one operation that one undo takes back.

    Raises InputError, with nothing changed, if any part of them is unsound: a file that cannot be understood,
    a mask or size that is not its image's, a region outside its image, two annotations of one image, or not
    a single image found. Images that are not found are reported and the rest is applied. Labels change only
    where annotations say something: an image without any keeps its own. A region that reaches over the edge is
    cut there. Added images stay after an undo, unlabelled ones as they are.
    """
    project.access.require("engineer", "import annotations")
    place = Path(os.path.abspath(request.place))
    root = place if place.is_dir() else place.parent
    before = project.images()
    matcher = Matcher(before, root)
    options = Options(request.empty, lambda name: _size_of(matcher.find(name)), _Steps(emit, cancel))
    try:
        name, reading = formats.read(place, request.format, options)
    except _Stopped:
        return Cancelled("Nothing was changed")
    notes = list(reading.notes)
    pairs, unmatched = _matched(reading.images, matcher.find)
    new = [record for record, _ in unmatched if request.add_images and record.path is not None]
    _check_all(pairs, new, notes)
    if not pairs and not new:
        first, reason = unmatched[0]
        more = f" (and {len(unmatched) - 1} more like it)" if len(unmatched) > 1 else ""
        next_step = "Import the images first, or have them added with --add-images"
        raise InputError(
            printable(place), f"none of its images is in the project: {first.image}: {reason}{more}", next_step
        )
    added = 0
    if new:
        taken_in = import_candidates(project, _candidates(new), emit, cancel)
        if isinstance(taken_in, Cancelled):
            return taken_in
        added = taken_in.added
        pairs, unmatched = _matched(reading.images, Matcher(project.images(), root).find)
    for sentence in notes:
        emit(Noted(sentence))
    plan = _planned(pairs, emit, cancel)
    if isinstance(plan, Cancelled):
        return Cancelled(f"{added} images were added and are kept" if added else plan.kept)
    _apply(project, plan, f"Imported annotations: {name}, {printable(place.name)}")
    types = Counter(record.defect_type for record, _ in pairs if record.defect_type is not None)
    known = {image.label.defect_type for image in before}
    return AnnotationsReport(
        format=name,
        images=len(reading.images),
        matched=len(pairs),
        added=added,
        unmatched=_told(unmatched, emit),
        labels_changed=plan.relabelled,
        masks_changed=len(plan.masks),
        unchanged=plan.unchanged,
        silent=plan.silent,
        defect_types=dict(sorted(types.items())),
        new_types=tuple(sorted(types.keys() - known)),
        notes=tuple(notes),
    )


# Which image each is about


def _size_of(found: Image | str) -> tuple[int, int] | None:
    return None if isinstance(found, str) else (found.width, found.height)


def _matched(
    records: Sequence[Annotated], find: Callable[[str, str | None], Image | str]
) -> tuple[list[tuple[Annotated, Image]], list[tuple[Annotated, str]]]:
    """Pairs, and records without an image with the reason. Raises InputError for two of one image."""
    pairs: dict[int, tuple[Annotated, Image]] = {}
    unmatched = []
    for record in records:
        found = find(record.image, record.path)
        if isinstance(found, str):
            unmatched.append((record, found))
            continue
        other = pairs.setdefault(found.id, (record, found))[0]
        if other is not record:
            cause = f"{record.image} and {other.image} both stand for {printable(found.path)}"
            raise InputError(record.where or record.image, cause, "Keep one of the two")
    return list(pairs.values()), unmatched


def _told(unmatched: Sequence[tuple[Annotated, str]], emit: EventSink) -> tuple[Refused, ...]:
    refused = tuple(Refused(record.image, f"{reason}.") for record, reason in unmatched)
    for each in refused:
        emit(FileRefused(each.path, each.reason))
    return refused


def _candidates(records: Sequence[Annotated]) -> list[Candidate]:
    """With the split that the annotations give; where they give none, as an import of plain folders."""
    candidates = []
    for record, split in zip(records, plain_splits(len(records)), strict=True):
        assert record.path is not None
        plain = "test" if record.label == "defect" else split
        given = record.split is not None
        candidates.append(Candidate(record.path, Label("unlabelled"), record.split or plain, split_given=given))
    return candidates


# Whether it fits


def _check_all(pairs: Sequence[tuple[Annotated, Image]], new: Sequence[Annotated], notes: list[str]) -> None:
    sized = [(record, (image.width, image.height)) for record, image in pairs]
    sized += [(record, image_size(record.path)) for record in new if record.path is not None]
    cut = [record for record, size in sized if _reaches_over_the_edge(record, size)]
    if cut:
        more = f" and {len(cut) - 1} more images" if len(cut) > 1 else ""
        notes.append(f"{cut[0].image}{more}: a region reaches over the edge of the image and is cut there")


def _reaches_over_the_edge(record: Annotated, size: tuple[int, int]) -> bool:
    """Raises InputError if the record is about an image of another size, or a region lies outside it."""
    width, height = size
    if (record.width or width, record.height or height) != size:
        cause = f"it was annotated at {record.width}×{record.height} pixels, and the image has {width}×{height}"
        raise InputError(
            f"{record.where}: {record.image}", cause, "Annotate the image as it is, or put back the old one"
        )
    odd = [r.shape for r in record.regions if isinstance(r.shape, Rle) and (r.shape.width, r.shape.height) != size]
    if odd:
        cause = f"the mask is {odd[0].width}×{odd[0].height} pixels, and the image has {width}×{height}"
        raise InputError(f"{record.where}: {record.image}", cause, "Draw the mask at the image's size")
    places = [place_of(region.shape, height, width) for region in record.regions]
    if "outside" in places:
        number = places.index("outside") + 1
        cause = f"region {number} of {len(places)} lies outside the image of {width}×{height} pixels"
        raise InputError(f"{record.where}: {record.image}", cause, "Correct or remove the region")
    return "over the edge" in places


# What changes


def _planned(pairs: Sequence[tuple[Annotated, Image]], emit: EventSink, cancel: CancelToken) -> _Plan | Cancelled:
    plan, meter = _Plan(), RateMeter("Comparing annotations", len(pairs), emit)
    for done, (record, image) in enumerate(pairs, start=1):
        if cancel.should_stop():
            return Cancelled("Nothing was changed")
        if record.label == "unlabelled":
            plan.silent += 1
        else:
            label = _label(record, image)
            redrawn = _differs(record, image)
            if label != image.label:
                plan.labels.setdefault(label, []).append(image.id)
            if redrawn:
                plan.masks.append((record, image))
            plan.unchanged += label == image.label and not redrawn
        meter.update(done, record.image)
    return plan


def _label(record: Annotated, image: Image) -> Label:
    """No more than "defective" takes away no type."""
    if record.label == "defect" and record.defect_type is None and image.label.kind == "defect":
        return image.label
    return Label("good" if record.label == "good" else "defect", record.defect_type)


def _differs(record: Annotated, image: Image) -> bool:
    """Whether there are regions, and they mark anything else than the mask that the image has."""
    mask = mask_of(record.regions, image.height, image.width)
    if not mask.any():
        return False
    if image.mask_path is None:
        return True
    try:
        return not np.array_equal(load_mask(image.mask_path, image.height, image.width), mask)
    except InputError:
        return True  # what cannot be read is replaced


def _apply(project: Project, plan: _Plan, reason: str) -> None:
    """One operation; a threshold that a rule set follows the labels within it."""
    with project.together():
        for label, ids in plan.labels.items():
            project.set_label(ids, label, reason)
        # Drawn anew one by one: all of them at once may not fit into memory.
        project.masks.draw_many(
            ((image.id, mask_of(record.regions, image.height, image.width)) for record, image in plan.masks), reason
        )
        for run_id in _ruled_runs(project) if plan.labels else ():
            follow_pixel_rule(project, run_id, {image.id: image for image in project.images()})
            follow_rule(project, run_id)


def _ruled_runs(project: Project) -> Iterator[int]:
    return (run.id for run in project.runs() if project.threshold(run.id) is not None)
