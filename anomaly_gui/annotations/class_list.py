"""Lists of class names: one a line, or the part of a data.yaml that YOLO's programs write."""

from __future__ import annotations

import re
from pathlib import Path

from anomaly_gui.annotations.class_names import check_class
from anomaly_gui.annotations.sources import SMALL_BYTES, read_text
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable

BACKGROUND = "_background_"
_IGNORED = "__ignore__"
"""labelme's first line, of number −1."""
_ITEM = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,\[\]{}"'][^,\[\]{}]*)\s*(,|$)""")
_KEY = re.compile(r"""\s*(?:"(\d+)"|'(\d+)'|(\d+))\s*:\s*(.*)$""")
_YAML_NEXT = "Write names as a list: names: [scratch, dent]"


def read_classes(path: Path) -> list[str]:
    """One name a line, in order; empty lines at the end do not count. Raises InputError, naming the line."""
    lines = read_text(path, SMALL_BYTES).rstrip().splitlines()
    names = [line.strip() for line in lines]
    if names and names[0] == _IGNORED:
        names = names[1:]
    if not names:
        raise InputError(printable(path), "it names no classes", "Write one name a line")
    return _checked(names, path)


def read_data_yaml(path: Path) -> tuple[list[str], dict[str, str]]:
    """The names of a data.yaml in the order of their numbers, and its plain entries such as path and train.

    Understands what YOLO's programs write: names as a list or numbered, within brackets or a line each;
    nothing more of YAML. Raises InputError that names the line.
    """
    entries: dict[str, str] = {}
    block: list[tuple[int, str]] = []
    inline: tuple[int, str] | None = None
    key, named = "", False
    for line_number, line in enumerate(read_text(path, SMALL_BYTES).splitlines(), start=1):
        bare = _without_comment(line)
        if not bare.strip() or bare.startswith(("---", "%")):
            continue
        if not bare[0].isspace() and not bare.startswith("-"):
            key, colon, value = (part.strip() for part in bare.partition(":"))
            if not colon:
                raise _bad(path, line_number, f"{bare.strip()[:40]!r} is no entry of the form key: value")
            named |= key == "names"
            if key == "names" and value:
                inline = (line_number, value)
            elif value:
                entries[key] = _unquoted(value)
        elif key == "names":
            if inline is not None:
                inline = (inline[0], f"{inline[1]} {bare.strip()}")
            else:
                block.append((line_number, bare.strip()))
    if not named:
        raise InputError(printable(path), "there are no names of classes in it", _YAML_NEXT)
    names = _inline(path, *inline) if inline is not None else _numbered(path, block)
    return _checked(names, path), entries


def write_data_yaml(names: list[str], splits: dict[str, str]) -> str:
    """What read_data_yaml() reads."""
    listed = "".join(f"  {number}: {_quoted(name)}\n" for number, name in enumerate(names))
    places = "".join(f"{split}: {place}\n" for split, place in splits.items())
    return f"path: .\n{places}nc: {len(names)}\nnames:\n{listed}" if names else f"path: .\n{places}nc: 0\nnames: []\n"


def _inline(path: Path, line: int, text: str) -> list[str]:
    brackets = {"[": "]", "{": "}"}.get(text[:1])
    if brackets is None or not text.endswith(brackets):
        raise _bad(path, line, "names is not closed by a bracket")
    rest, items = text[1:-1].strip(), []
    while rest:
        found = _ITEM.match(rest)
        if found is None:
            raise _bad(path, line, f"the list of names cannot be read at {rest[:40]!r}")
        items.append((line, found[1].strip() if brackets == "}" else f"- {found[1].strip()}"))
        rest = rest[found.end() :].strip()
    return _numbered(path, items)


def _numbered(path: Path, lines: list[tuple[int, str]]) -> list[str]:
    names: list[str] = []
    for line, text in lines:
        item = re.match(r"-\s+(.*)$", text)
        keyed = _KEY.match(text)
        if item:
            names.append(_unquoted(item[1]))
        elif keyed:
            if int(keyed[1] or keyed[2] or keyed[3]) != len(names):
                raise _bad(path, line, f"the names are not numbered from 0 on: expected {len(names)}")
            names.append(_unquoted(keyed[4]))
        else:
            raise _bad(path, line, f"{text[:40]!r} is no name of the list")
    return names


def _checked(names: list[str], path: Path) -> list[str]:
    seen: set[str] = set()
    for line, name in enumerate(names, start=1):
        what = f"{printable(path)}, name {line}"
        check_class(name, what)
        if not name:
            raise InputError(what, "the name is empty", "Give every class a name")
        if name in seen:
            raise InputError(what, f"the class {name!r} is listed twice", "Keep one of the two")
        seen.add(name)
    return names


def _without_comment(line: str) -> str:
    """Without "# …", unless that stands within quotes."""
    quote = ""
    for place, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'" and (place == 0 or line[place - 1] in " [{,:"):
            quote = character
        elif character == "#" and (place == 0 or line[place - 1].isspace()):
            return line[:place].rstrip()
    return line.rstrip()


def _unquoted(text: str) -> str:
    plain = text.strip()
    if len(plain) > 1 and plain[0] == plain[-1] == "'":
        return plain[1:-1].replace("''", "'")
    if len(plain) > 1 and plain[0] == plain[-1] == '"':
        return re.sub(r"\\(.)", r"\1", plain[1:-1])
    return plain


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _bad(path: Path, line: int, cause: str) -> InputError:
    return InputError(f"{printable(path)}, line {line}", cause, _YAML_NEXT)
