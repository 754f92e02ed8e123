"""Where a writer puts its files: a folder of ours, names that do not meet, copies of images."""

from __future__ import annotations

import posixpath
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from anomaly_gui.annotations.class_names import check_types, printable_text
from anomaly_gui.annotations.records import Annotated
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable

_NO_FILE_NAME = frozenset('<>:"|?*\\/')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)


class Target:
    """Writes below *folder*; *on_file* hears of every file, and may raise to stop."""

    def __init__(self, folder: Path, on_file: Callable[[str], None] = lambda _name: None) -> None:
        self.folder = folder
        self._on_file = on_file

    def write(self, name: str, data: bytes | str) -> None:
        """A new file; OSError as the system says it."""
        path = self._place(name)
        with open(path, "xb") as stream:
            stream.write(data.encode() if isinstance(data, str) else data)

    def write_json(self, name: str, value: Any) -> None:
        self.write(name, msgspec.json.format(msgspec.json.encode(value), indent=1))

    def write_xml(self, name: str, root: ElementTree.Element) -> None:
        ElementTree.indent(root)
        self.write(name, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))

    def copy_image(self, record: Annotated, name: str) -> None:
        """A copy of the record's image. Raises InputError if it is not there."""
        what = printable(record.path or record.image)
        if record.path is None:
            raise InputError(what, "the image is not there to be copied", "Put it back, or export without it")
        try:
            shutil.copyfile(record.path, self._place(name))
        except FileNotFoundError:
            raise InputError(what, "there is no such file", "Put it back, or remove it from the project") from None

    def _place(self, name: str) -> Path:
        self._on_file(name)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def check_records(records: Sequence[Annotated]) -> None:
    """Raises InputError for what no format can hold."""
    check_types(records)
    for record in records:
        if not printable_text(record.image):
            cause = "the file name holds characters that annotation files cannot hold"
            raise InputError(printable(record.image), cause, "Rename the file")


def check_folder_names(classes: Sequence[str]) -> None:
    """Raises InputError for defect types that cannot name a folder on every system."""
    seen: dict[str, str] = {}
    for name in classes:
        stem = name.partition(".")[0].casefold()
        if set(name) & _NO_FILE_NAME or name[0] in ". " or name[-1] in ". " or stem in _DEVICES or len(name) > 100:
            raise InputError(f"defect type {name!r}", "the name cannot name a folder", "Rename the type")
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            cause = f"on Windows its folder is the one of {other!r}"
            raise InputError(f"defect type {name!r}", cause, "Rename one of the two types")


def placed(records: Sequence[Annotated], folders: Sequence[str] | None = None) -> list[str]:
    """A name for each record's image that no other has, even without suffix or on Windows, in order.

    Names keep their folders, or lie directly in the one of *folders*. One that is taken gets a number.
    """
    taken: set[str] = set()
    names = []
    for place, record in enumerate(records):
        name = record.image if folders is None else posixpath.join(folders[place], posixpath.basename(record.image))
        stem, suffix = posixpath.splitext(name)
        number, free = 1, stem
        while free.casefold() in taken:
            number += 1
            free = f"{stem}_{number}"
        taken.add(free.casefold())
        names.append(free + suffix)
    return names
