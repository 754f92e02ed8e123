"""The MVTec AD layout: train/good, test/<type>, ground_truth/<type>/<stem>_mask.png."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from anomaly_gui.annotations.class_names import GOOD, class_of, label_of
from anomaly_gui.annotations.losses import Capability
from anomaly_gui.annotations.mask_images import png, read_levels
from anomaly_gui.annotations.raster import mask_of
from anomaly_gui.annotations.records import Annotated, Reading, Region
from anomaly_gui.annotations.rle import Rle, encode
from anomaly_gui.annotations.sources import Options, collected, in_steps, require_below
from anomaly_gui.annotations.target import Target, check_folder_names, placed
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import image_size
from anomaly_gui.imaging.scan import DatasetImage, scan_dataset

HELD = Capability(
    shapes=frozenset({Rle}),
    others_become="masks",
    joined="all",
    region_types=False,
    left_out=frozenset({"unlabelled"}),
    split="of good images",
    folders=False,
)


def read(place: Path, options: Options) -> Reading:
    """Images by the folders that they lie in, defects with their masks."""
    layout = scan_dataset(place)
    records = [_record(place, image) for image in in_steps(layout.images, options)]
    notes = []
    if layout.unused_masks:
        more = f" and {len(layout.unused_masks) - 1} more" if len(layout.unused_masks) > 1 else ""
        notes.append(f"{printable(layout.unused_masks[0])}{more}: a mask of no defective image here")
    return collected(records, notes, place)


def _record(place: Path, image: DatasetImage) -> Annotated:
    where = printable(image.path)
    require_below(place, image.path)
    width, height = image_size(image.path)
    label, defect_type = ("good", None) if image.defect_type is None else label_of(printable(image.defect_type))
    if image.defect_type is not None and label != "defect":
        label, defect_type = "good" if label == "good" else "unlabelled", None
    return Annotated(
        image=printable(image.path.relative_to(place).as_posix()),
        label=label,
        defect_type=defect_type,
        width=width,
        height=height,
        split=image.split,
        regions=_regions(place, image, height, width) if label == "defect" else (),
        path=str(image.path),
        where=where,
    )


def _regions(place: Path, image: DatasetImage, height: int, width: int) -> tuple[Region, ...]:
    if image.mask_path is None:
        return ()
    require_below(place, image.mask_path)
    mask = read_levels(image.mask_path) > 0
    if mask.shape != (height, width):
        raise InputError(
            printable(image.mask_path),
            f"the mask is {mask.shape[1]}×{mask.shape[0]} pixels, its image {width}×{height}",
            "Draw the mask at the image's size",
        )
    name = label_of(printable(image.defect_type or ""))[1]
    return (Region(encode(mask), name),) if mask.any() else ()


def write(records: Sequence[Annotated], target: Target) -> None:
    """Copies of the images in their folders, and a mask for each defective one that has regions."""
    kept = [record for record in records if record.label not in HELD.left_out]
    classes = [class_of(record.label, record.defect_type) for record in kept]
    check_folder_names(sorted(set(classes)))
    splits = ["train" if r.label == "good" and r.split != "test" else "test" for r in kept]
    folders = [f"{split}/{name}" for split, name in zip(splits, classes, strict=True)]
    for record, name, folder in zip(kept, placed(kept, folders), classes, strict=True):
        target.copy_image(record, name)
        if record.regions:
            assert record.label == "defect", GOOD
            stem = posixpath.splitext(posixpath.basename(name))[0]
            target.write(f"ground_truth/{folder}/{stem}_mask.png", _mask_png(record))


def _mask_png(record: Annotated) -> bytes:
    if record.height is None or record.width is None:
        raise InputError(record.image, "the image's size is not known", "Put the image back")
    return png(mask_of(record.regions, record.height, record.width).astype(np.uint8) * np.uint8(255))
