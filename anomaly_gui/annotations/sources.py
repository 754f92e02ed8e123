"""Reading files that others wrote: bounded, never outside the folder, every refusal with its place."""

from __future__ import annotations

import io
import math
import os
import posixpath
import re
import stat
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from anomaly_gui.annotations.class_names import printable_text
from anomaly_gui.annotations.records import Annotated, Kind, Reading
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import image_size
from anomaly_gui.imaging.scan import SUFFIXES, natural_key

LIMIT_BYTES = 512 << 20
SMALL_BYTES = 16 << 20
"""For what is a few lines by its nature: lists of classes, one image's boxes."""
_DEPTH = 32
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?")
_BYTE = re.compile(r"\(byte (\d+)\)")
_AGAIN = "Write it again with the program it came from"

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """How a reader is to understand what the format leaves open."""

    empty: Kind = "unlabelled"
    """Label of an image that is listed without any region: many programs write that for one not looked at yet."""
    size_of: Callable[[str], tuple[int, int] | None] = lambda _name: None
    """Width and height of an image that is not beside the annotations, by its name."""
    on_step: Callable[[int, int], None] = lambda _done, _total: None
    """Hears before each file or entry how many there were and will be; may raise to stop the reading."""


def read_bytes(path: Path, limit: int = LIMIT_BYTES) -> bytes:
    """A whole file. Raises InputError if it cannot be read or is larger than *limit* bytes."""
    name = printable(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # to open a pipe would wait for ever
            raise InputError(name, "this is not a file", "Choose a file of annotations")
        with open(path, "rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError:
        raise InputError(name, "there is no such file", "Put it back, or check its name") from None
    except PermissionError:
        raise InputError(name, "you have no permission to read it", "Change its permissions") from None
    except (OSError, ValueError) as error:
        cause = f"it cannot be read ({getattr(error, 'strerror', None) or error})"
        raise InputError(name, cause, "Check the disk or network drive") from error
    if len(data) > limit:
        raise InputError(name, f"it is larger than {limit >> 20} MB", "Divide it into smaller files")
    return data


def read_text(path: Path, limit: int = LIMIT_BYTES) -> str:
    """A text file in UTF-8, or in UTF-16 with its mark, without that mark. Raises InputError."""
    data = read_bytes(path, limit)
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{printable(path)}, line {line}", "the text is not UTF-8", "Save it as UTF-8") from None
    if "\0" in text:
        raise InputError(printable(path), "this is not a text file", _AGAIN)
    return text


def read_json(path: Path, kind: type[T]) -> T:
    """A JSON file of the form *kind*. Raises InputError that names the line, or the key."""
    text = read_text(path)
    name = printable(path)
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        cause, _, key = str(error).partition(" - at `$")
        what = f"{name}, {key.rstrip('`').lstrip('.')}" if key else name
        raise InputError(what, _uncapped(cause).replace("`", ""), _AGAIN) from None
    except msgspec.DecodeError as error:
        found = _BYTE.search(str(error))
        cause = _BYTE.sub("", str(error)).removeprefix("JSON is malformed: ").strip()
        before = text.encode()[: int(found[1])] if found else text.encode()
        line = before.count(b"\n") + 1
        raise InputError(f"{name}, line {line}", f"the JSON is damaged: {_uncapped(cause)}", _AGAIN) from None
    except RecursionError:
        raise InputError(name, "the JSON is nested too deeply", _AGAIN) from None


def read_xml(path: Path) -> ElementTree.Element:
    """The root of an XML file. Raises InputError; anything with a DOCTYPE is refused before it is parsed.

    Without one there are no entities but XML's own five: nothing expands, and nothing is fetched.
    """
    text, name = read_text(path, SMALL_BYTES), printable(path)
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise InputError(name, "the XML defines entities (DOCTYPE), which could do harm", "Remove the DOCTYPE")
    depth = 0
    root: ElementTree.Element | None = None
    try:
        for event, element in ElementTree.iterparse(io.StringIO(text), ("start", "end")):
            depth += 1 if event == "start" else -1
            if depth > _DEPTH:
                raise InputError(name, "the XML is nested too deeply", _AGAIN)
            root = element
    except ElementTree.ParseError as error:
        line = error.position[0]
        cause = str(error).partition(":")[0]
        raise InputError(f"{name}, line {line}", f"the XML is damaged: {cause}", _AGAIN) from None
    assert root is not None  # an empty document does not parse
    return root


def number(text: str, what: str) -> float:
    """A finite number as files hold it. Raises InputError about *what*."""
    plain = text.strip()
    if plain.isascii() and _NUMBER.fullmatch(plain) and math.isfinite(value := float(plain)):
        return value
    raise InputError(what, f"{plain[:40]!r} is not a number", _AGAIN)


def whole(text: str, what: str) -> int:
    """A whole number. Raises InputError about *what*."""
    value = number(text, what)
    if value != int(value):
        raise InputError(what, f"{text.strip()[:40]} is not a whole number", _AGAIN)
    return int(value)


def files_below(folder: Path, suffixes: Iterable[str]) -> list[Path]:
    """Files of these suffixes in *folder* and below, in natural order; links to folders are not followed.

    Raises InputError if the folder or one in it cannot be read.
    """
    wanted = frozenset(suffixes)
    found: list[Path] = []

    def refuse(error: OSError) -> None:
        cause = f"the folder cannot be read ({error.strerror})"
        raise InputError(printable(error.filename or folder), cause, "Check that it is there, and its permissions")

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            Path(place, name)
            for name in names
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in wanted
        ]
    return sorted(found, key=natural_key)


def relative_name(name: str, what: str, folder: str = "") -> str:
    """A path as a file gives it → relative to the root, with "/"; *folder* is where the file itself lies below it.

    Raises InputError about *what* if it is empty, absolute, or leaves the root.
    """
    plain = name.strip().replace("\\", "/")
    if not plain or not printable_text(plain):
        raise InputError(what, f"{name[:80]!r} is no path of an image", "Correct the path")
    if plain.startswith("/") or re.match(r"[A-Za-z]:", plain):
        cause = f"{plain[:200]} is an absolute path"
        raise InputError(what, cause, "Write paths relative to the folder of the annotations")
    found = posixpath.normpath(posixpath.join(folder, plain))
    if found in (".", "..") or found.startswith("../"):
        cause = f"{plain[:200]} leaves the folder of the annotations"
        raise InputError(what, cause, "Choose the folder that holds both images and annotations, or correct the path")
    return found


def found_below(root: Path, name: str, what: str) -> Path | None:
    """The file *name* (from relative_name()) below *root*; None if there is none.

    Raises InputError if a link leads out of *root*.
    """
    path = root / name
    if not os.path.isfile(path):
        return None
    require_below(root, path, what)
    return path


def require_below(root: Path, path: Path, what: str = "") -> None:
    """Raises InputError if a link leads from *path* out of *root*."""
    if not os.path.realpath(path).startswith(os.path.join(os.path.realpath(root), "")):
        cause = f"{printable(path)} is a link that leads out of the folder of the annotations"
        raise InputError(what or printable(root), cause, "Put the file itself there")


def image_beside(root: Path, places: Sequence[str], stem: str, what: str) -> tuple[str, Path] | None:
    """The image with this stem in one of *places* below *root*: its name relative to the root, and its path.

    Raises InputError if there are several.
    """
    found: list[tuple[str, Path]] = []
    for place in places:
        for suffix in sorted(SUFFIXES):
            for ending in (suffix, suffix.upper()):
                name = posixpath.normpath(posixpath.join(place, stem + ending))
                path = found_below(root, name, what)
                if path is not None and not any(path.samefile(other) for _, other in found):
                    found.append((name, path))
    if len(found) > 1:
        both = f"{found[0][0]} and {found[1][0]}"
        raise InputError(what, f"{both} have the same name but for the suffix", "Rename one of them")
    return found[0] if found else None


def size_of_image(name: str, path: Path | None, options: Options, what: str) -> tuple[int, int]:
    """Width and height, from the image itself or as the options know it. Raises InputError about *what*."""
    size = image_size(path) if path is not None else options.size_of(name)
    if size is None:
        cause = f"the size of {name} is needed, and there is no such image"
        raise InputError(what, cause, "Put the images beside the annotations, or import them first")
    return size


def in_steps(items: Sequence[T], options: Options) -> Iterator[T]:
    """The *items*, with on_step() called before each."""
    for done, item in enumerate(items):
        options.on_step(done, len(items))
        yield item


def collected(records: Sequence[Annotated], notes: Iterable[str], place: Path) -> Reading:
    """The whole reading. Raises InputError if an image is said twice, or there is none at all."""
    seen: dict[str, str] = {}
    for record in records:
        if record.image in seen:
            first = f" (first in {seen[record.image]})" if seen[record.image] != record.where else ""
            raise InputError(record.where, f"{record.image} is listed twice{first}", "Keep one of the two")
        seen[record.image] = record.where
    if not records:
        raise InputError(printable(place), "there are no annotations in it", "Choose another folder or format")
    return Reading(tuple(records), tuple(notes))


def _uncapped(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
