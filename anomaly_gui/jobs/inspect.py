"""Score image files with a bundle. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.export.runtime import BundleRuntime, Inspection
from anomaly_gui.files import printable
from anomaly_gui.imaging.scan import scan_folder
from anomaly_gui.progress import CancelToken, EventSink, RateMeter


class InspectionError(msgspec.Struct, frozen=True):
    """A file that could not be inspected; the rest goes on."""

    path: str
    error: str


def inspect(
    bundle: Path, paths: Sequence[Path], emit: EventSink, cancel: CancelToken, *, require_key: Path | None = None
) -> Iterator[Inspection | InspectionError]:
    """Inspect files, and all images in folders and below, in natural order; stops when asked to.

    Raises InputError, before the first image, for a bundle or folder that cannot be used, or for a bundle that is not
    signed with the private key of the public one in the file *require_key*.
    """
    runtime = BundleRuntime.open(bundle, require_key=require_key)
    files = [file for path in paths for file in _images(path)]
    meter = RateMeter("Inspecting", len(files), emit)
    for number, file in enumerate(files, start=1):
        if cancel.should_stop():
            return
        try:
            yield runtime.inspect(file)
        except InputError as error:
            yield InspectionError(printable(file), f"{error.cause}. {error.next_step}.")
        meter.update(number)


def _images(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = [Path(file) for file in scan_folder(path)]
    if not found:
        raise InputError(printable(path), "the folder holds no images", "Choose a folder with images")
    return found
