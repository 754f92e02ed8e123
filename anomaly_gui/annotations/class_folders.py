"""A folder for each class, as FiftyOne's image classification directory tree and many others have it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from anomaly_gui.annotations.class_names import class_of, label_of
from anomaly_gui.annotations.losses import Capability
from anomaly_gui.annotations.records import Annotated, Reading
from anomaly_gui.annotations.sources import Options, collected, in_steps, require_below
from anomaly_gui.annotations.target import Target, check_folder_names, placed
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import image_size
from anomaly_gui.imaging.scan import scan_folder, sub_folders

HELD = Capability(folders=False)


def read(place: Path, options: Options) -> Reading:
    """Every image in a folder of *place* and below, labelled by that folder's name.

    good, ok, io and normal are good; defect, ng, nok, nio, bad and anomaly are defects without a type;
    unlabelled and FiftyOne's _unlabeled are what they say; any other name is a defect type.
    """
    records = []
    folders = [place / folder.name for folder in sub_folders(place)]
    for folder in folders:
        label, defect_type = label_of(printable(folder.name))
        for path in in_steps(scan_folder(folder), options):
            require_below(place, path)
            width, height = image_size(path)
            name = printable(path.relative_to(place).as_posix())
            records.append(
                Annotated(
                    image=name,
                    label=label,
                    defect_type=defect_type,
                    width=width,
                    height=height,
                    path=str(path),
                    where=printable(path),
                )
            )
    if not folders:
        raise InputError(printable(place), "there are no folders in it", "Choose the folder that holds one a class")
    return collected(records, (), place)


def write(records: Sequence[Annotated], target: Target) -> None:
    """Copies of the images in a folder for each class."""
    folders = [class_of(record.label, record.defect_type) for record in records]
    check_folder_names(sorted(set(folders) - {class_of("unlabelled", None)}))
    for record, name in zip(records, placed(records, folders), strict=True):
        target.copy_image(record, name)
