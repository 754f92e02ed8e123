"""Export annotations: a project's labels, defect types and masks in a format of other programs, in a new folder."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from anomaly_gui.annotations import formats
from anomaly_gui.annotations.records import Annotated, Kind, Region
from anomaly_gui.annotations.rle import encode
from anomaly_gui.annotations.target import Target, check_records
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable, sync_folder
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.jobs.annotation_matching import relative_names
from anomaly_gui.jobs.import_images import Refused
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, Noted, RateMeter
from anomaly_gui.project.records import Image
from anomaly_gui.project.store import Project

_KINDS: dict[str, Kind] = {"good": "good", "defect": "defect"}
"""What is neither is unlabelled for other programs."""


@dataclass(frozen=True)
class Prepared:
    """What an export would write."""

    format: str
    records: tuple[Annotated, ...]
    losses: tuple[str, ...]
    """What the format cannot hold, and what is left out on purpose: sentences without a final full stop."""
    refused: tuple[Refused, ...]
    """Images and masks that cannot be read; they are left out."""


class AnnotationsExportReport(msgspec.Struct, frozen=True, kw_only=True):
    """A set of annotations that was written."""

    path: str
    format: str
    images: int
    marked: int
    """Images among them with their defects marked, as the format can."""
    files: int
    losses: tuple[str, ...]
    refused: tuple[Refused, ...]


class _Stopped(Exception):
    """The user stopped the writing."""


def prepare_export(project: Project, name: str, emit: EventSink, cancel: CancelToken) -> Prepared | Cancelled:
    """Read the masks and say what format *name* cannot hold; nothing is written.

    Excluded images are left out. Raises InputError for a format that is none, if there is nothing to write,
    or for names that no format can hold.
    """
    kind = formats.format_of(name)
    every = project.images()
    images = [image for image in every if not image.excluded]
    records, refused, notes = [], [], []
    bare = 0
    meter = RateMeter("Reading masks", len(images), emit)
    for done, (image, shown) in enumerate(zip(images, relative_names([i.path for i in images]), strict=True), start=1):
        if cancel.should_stop():
            return Cancelled("Nothing was written")
        bare += image.mask_path is not None and image.label.kind != "defect"
        if kind.copies_images and not os.path.isfile(image.path):
            refused.append(Refused(printable(image.path), "there is no such file."))
        else:
            records.append(_record(image, shown, refused))
        meter.update(done, shown)
    if len(every) > len(images):
        notes.append(f"{_count(len(every) - len(images), 'excluded image')} left out")
    if bare:
        notes.append(f"The masks of {_count(bare, 'image')} that are not labelled defective are left out")
    written = [record for record in records if record.label not in kind.held.left_out]
    if not written:
        raise InputError(
            printable(project.folder), f"it has no image that {kind.title} could hold", "Label images first"
        )
    check_records(records)
    return Prepared(name, tuple(records), (*notes, *formats.losses(records, name)), tuple(refused))


def _record(image: Image, name: str, refused: list[Refused]) -> Annotated:
    label = _KINDS.get(image.label.kind, "unlabelled")
    regions: tuple[Region, ...] = ()
    if image.mask_path is not None and label == "defect":
        try:
            mask = load_mask(image.mask_path, image.height, image.width)
            regions = (Region(encode(mask), image.label.defect_type),) if mask.any() else ()
        except InputError as problem:
            refused.append(Refused(problem.what, f"{problem.cause}. {problem.next_step}."))
    return Annotated(
        image=name,
        label=label,
        defect_type=image.label.defect_type,
        width=image.width,
        height=image.height,
        split=image.split,
        regions=regions,
        path=image.path,
    )


def export_annotations(
    prepared: Prepared, to: Path, emit: EventSink, cancel: CancelToken
) -> AnnotationsExportReport | Cancelled:
    """Write what was prepared to the folder *to*, which must be new or empty: all of it or nothing.

    What is lost is said first. Raises InputError if the folder holds anything, a name cannot be written in the
    format, an image is gone, or the disk is full.
    """
    place = Path(os.path.abspath(to))
    _require_empty(place)
    for refusal in prepared.refused:
        emit(FileRefused(refusal.path, refusal.reason))
    for sentence in prepared.losses:
        emit(Noted(f"{sentence}."))
    kind = formats.format_of(prepared.format)
    total = len(prepared.records) * (1 + kind.copies_images)  # about: some formats have a file more, or fewer
    meter = RateMeter("Writing annotations", total, emit)
    files = 0

    def on_file(name: str) -> None:
        nonlocal files
        if cancel.should_stop():
            raise _Stopped
        files += 1
        meter.update(min(files, total), name)

    try:
        with _new_folder(place) as folder:
            formats.write(prepared.records, prepared.format, Target(folder, on_file))
    except _Stopped:
        return Cancelled("Nothing was written")
    except OSError as error:
        cause = f"it cannot be written ({error.strerror})"
        raise InputError(printable(place), cause, "Free some disk space, or choose another folder") from error
    written = [record for record in prepared.records if record.label not in kind.held.left_out]
    return AnnotationsExportReport(
        path=printable(place),
        format=prepared.format,
        images=len(written),
        marked=sum(bool(record.regions) for record in written) if kind.held.holds_regions else 0,
        files=files,
        losses=prepared.losses,
        refused=prepared.refused,
    )


def _require_empty(place: Path) -> None:
    """Refuse a folder with anything in it: files of the user are never written over."""
    try:
        if not place.exists():
            return
        if not place.is_dir():
            raise InputError(printable(place), "there is a file of this name", "Choose a new folder")
        if any(place.iterdir()):
            raise InputError(printable(place), "the folder is not empty", "Choose a new or an empty folder")
    except OSError as error:
        cause = f"it cannot be read ({error.strerror})"
        raise InputError(printable(place), cause, "Choose another folder") from error


@contextmanager
def _new_folder(place: Path) -> Iterator[Path]:
    """A folder beside *place* that takes its name when all went well, and is gone otherwise."""
    place.parent.mkdir(parents=True, exist_ok=True)
    folder = place.parent / f".{place.name}.{secrets.token_hex(4)}.part"
    folder.mkdir()
    try:
        yield folder
        if place.exists():
            place.rmdir()  # it fails if something came into it meanwhile
        os.rename(folder, place)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    sync_folder(place.parent)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
