"""Where a writer puts its files: a folder of ours, names that do not meet, copies of images."""

from __future__ import annotations

import posixpath
import shutil
import xml.etree.ElementTree as ElementTree
from collections import Counter
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

    Names keep their folders, or lie directly in the one of *folders*. Those that would meet there become
    joined_name(); where that does not tell them apart either, they get a number. No new name is one that
    another image has: it would be taken for that when it is read again.
    """
    wanted = [
        record.image if folders is None else posixpath.join(folder, posixpath.basename(record.image))
        for record, folder in zip(records, folders or [""] * len(records), strict=True)
    ]
    keys = [posixpath.splitext(name)[0].casefold() for name in wanted]
    shared = {key for key, number in Counter(keys).items() if number > 1}
    taken = set(keys) - shared
    names = []
    for record, name, key in zip(records, wanted, keys, strict=True):
        if key in shared:
            if folders is not None:
                name = posixpath.join(posixpath.dirname(name), joined_name(record.image))
            name = _free(name, taken)
            taken.add(posixpath.splitext(name)[0].casefold())
        names.append(name)
    return names


def joined_name(name: str) -> str:
    """A relative path as the name of one file: test/dent/000.png is test__dent__000.png."""
    return name.replace("/", "__")


def _free(name: str, taken: set[str]) -> str:
    stem, suffix = posixpath.splitext(name)
    number, free = 1, stem
    while free.casefold() in taken:
        number += 1
        free = f"{stem}__{number}"
    return free + suffix
