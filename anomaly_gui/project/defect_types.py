"""Defect types as things of their own: named, coloured, numbered and ordered by the user.

Like operations.py, this works out which events an action writes; nothing is written here.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.project import tables
from anomaly_gui.project.journal import Change, Operation, plain_text
from anomaly_gui.project.records import DefectType

PALETTE = (
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#cc79a7",
    "#d55e00",
    "#0072b2",
    "#f0e442",
    "#332288",
    "#882255",
)
"""Nine colours that stay apart for colour-blind eyes: seven of Okabe and Ito (2008), two of Paul Tol's."""

KEYS = range(1, 10)

_COLOUR = re.compile(r"#[0-9a-f]{6}")


def new_types(connection: sqlite3.Connection, names: Iterable[str]) -> list[Change]:
    """A type for every one of *names* that has none: the next free colour and key, behind the others."""
    types = tables.defect_types(connection)
    changes = []
    for name in names:
        if all(each.name != name for each in types):
            made = DefectType(
                name=name,
                colour=_free_colour(types),
                key=_free_key(types),
                position=1 + max((each.position for each in types), default=-1),
            )
            types.append(made)
            changes.append(_change(None, made))
    return changes


def add(connection: sqlite3.Connection, name: str, colour: str | None, key: int | None) -> Operation:
    wanted = _checked_name(name)
    made = new_types(connection, [wanted])
    if not made:
        raise InputError(f"defect type {wanted}", "there is one of this name already", "Choose another name")
    drawn = msgspec.convert(made[0].new, DefectType)
    given = drawn if colour is None else msgspec.structs.replace(drawn, colour=_checked_colour(colour))
    if key is not None:
        return Operation(f"Added the defect type {wanted}", _with_key(connection, None, given, key))
    return Operation(f"Added the defect type {wanted}", [_change(None, given)])


def set_colour(connection: sqlite3.Connection, name: str, colour: str) -> Operation:
    old = type_of(connection, name)
    new = msgspec.structs.replace(old, colour=_checked_colour(colour))
    return Operation(f"Coloured the defect type {name}", [] if new == old else [_change(old, new)])


def set_key(connection: sqlite3.Connection, name: str, key: int | None) -> Operation:
    """A type that has *key* already loses it."""
    old = type_of(connection, name)
    sentence = f"Took the key of the defect type {name}" if key is None else f"Gave {name} the key {key}"
    return Operation(sentence, [] if key == old.key else _with_key(connection, old, old, key))


def set_order(connection: sqlite3.Connection, names: Sequence[str]) -> Operation:
    """All types in the order of *names*."""
    types = {each.name: each for each in tables.defect_types(connection)}
    if sorted(names) != sorted(types):
        raise InputError("defect types", "their order names others than there are", "Give every type once")
    changes = [
        _change(types[name], msgspec.structs.replace(types[name], position=position))
        for position, name in enumerate(names)
        if types[name].position != position
    ]
    return Operation("Ordered the defect types", changes)


def rename(connection: sqlite3.Connection, name: str, wanted: str) -> Operation:
    """The type, its images, and the thresholds whose rule is about it."""
    old, new_name = type_of(connection, name), _checked_name(wanted)
    if new_name == name:
        return Operation(f"Renamed {name}", [])
    if any(each.name == new_name for each in tables.defect_types(connection)):
        raise InputError(f"defect type {new_name}", "there is one of this name already", "Merge the two instead")
    renamed = _change(old, msgspec.structs.replace(old, name=new_name))
    moved = _moved(connection, [name], new_name)
    return Operation(f"Renamed the defect type {name} to {new_name}", [renamed, *moved])


def merge(connection: sqlite3.Connection, names: Sequence[str], into: str) -> Operation:
    """Images of *names* become images of *into*, and those types go."""
    type_of(connection, into)
    gone = [type_of(connection, name) for name in dict.fromkeys(names) if name != into]
    changes = [_change(each, None) for each in gone]
    changes += _moved(connection, [each.name for each in gone], into)
    listed = ", ".join(each.name for each in gone)
    return Operation(f"Merged the defect types {listed} into {into}", changes)


def delete(connection: sqlite3.Connection, name: str) -> Operation:
    """Its images stay defective, without a type."""
    old = type_of(connection, name)
    return Operation(f"Deleted the defect type {name}", [_change(old, None), *_relabelled(connection, [name], None)])


def type_of(connection: sqlite3.Connection, name: str) -> DefectType:
    """The type called *name*. Raises InputError if there is none."""
    for each in tables.defect_types(connection):
        if each.name == name:
            return each
    raise InputError(f"defect type {name}", "there is no such type in this project", "Choose one of the list")


def unnamed_types(connection: sqlite3.Connection) -> Operation:
    """Types for names that images have and that older formats knew no more of."""
    rows = connection.execute("SELECT DISTINCT defect_type FROM image WHERE defect_type IS NOT NULL ORDER BY 1")
    return Operation("Took over the defect types", new_types(connection, [name for (name,) in rows]), "fact")


def settled(connection: sqlite3.Connection, changes: Sequence[Change]) -> list[Change]:
    """*changes* of an undo or redo, fitted to types that an import has made since: facts are never taken back.

    A type is made anew over one that is there again, keeps off a key that is taken, and stays while images
    have it that the operation knows nothing of.
    """
    if all(change.field != "defect_type" for change in changes):
        return list(changes)
    types = {each.name: each for each in tables.defect_types(connection)}
    known = {change.image for change in changes if change.field == "label"}
    fitted: list[Change] = []
    for change in changes:
        if change.field == "defect_type":
            fitted += _settled(connection, types, change, known)
        else:
            fitted.append(change)
    return fitted


def _settled(
    connection: sqlite3.Connection, types: dict[str, DefectType], change: Change, known: set[int | None]
) -> list[Change]:
    """One change in the light of *types*, which follow it."""
    fitted = []
    old = None if change.old is None else types.get(change.old["name"])
    new = None if change.new is None else msgspec.convert(change.new, DefectType)
    if old is not None and (new is None or new.name != old.name) and _is_used(connection, old.name, known):
        old = None
    if new is not None and (there := types.get(new.name)) is not None and there is not old:
        fitted.append(_change(there, None))
        del types[new.name]
    if old is not None:
        del types[old.name]
    if new is not None:
        if new.key is not None and any(each.key == new.key for each in types.values()):
            new = msgspec.structs.replace(new, key=None)
        types[new.name] = new
    return fitted if old == new else [*fitted, _change(old, new)]


def _is_used(connection: sqlite3.Connection, name: str, known: set[int | None]) -> bool:
    rows = connection.execute("SELECT id FROM image WHERE defect_type = ?", (name,))
    return any(image not in known for (image,) in rows)


def _moved(connection: sqlite3.Connection, names: Sequence[str], into: str) -> list[Change]:
    """Images of *names* and thresholds whose rule is about one of them, all of *into* from now on."""
    changes = _relabelled(connection, names, into)
    for run in tables.runs(connection):
        limit = tables.threshold(connection, run.id)
        if limit is not None and limit.defect_type in names:
            moved = msgspec.structs.replace(limit, defect_type=into)
            changes.append(Change("threshold", msgspec.to_builtins(moved), msgspec.to_builtins(limit), run=run.id))
    return changes


def _relabelled(connection: sqlite3.Connection, names: Sequence[str], into: str | None) -> list[Change]:
    changes = []
    new = {"kind": "defect", "defect_type": into}
    for name in names:
        old = {"kind": "defect", "defect_type": name}
        rows = connection.execute("SELECT id, sha256 FROM image WHERE defect_type = ? ORDER BY id", (name,))
        changes += [Change("label", new, old, image, None, sha256) for image, sha256 in rows]
    return changes


def _with_key(connection: sqlite3.Connection, old: DefectType | None, new: DefectType, key: int | None) -> list[Change]:
    if key is not None and key not in KEYS:
        raise InputError(f"key {key}", "defect types have the keys 1 to 9", "Choose one of them")
    others = [each for each in tables.defect_types(connection) if each.name != new.name]
    freed = [
        _change(each, msgspec.structs.replace(each, key=None)) for each in others if key is not None and each.key == key
    ]
    return [*freed, _change(old, msgspec.structs.replace(new, key=key))]


def _change(old: DefectType | None, new: DefectType | None) -> Change:
    return Change("defect_type", msgspec.to_builtins(new), msgspec.to_builtins(old))


def _free_colour(types: Sequence[DefectType]) -> str:
    """The first of the palette that the fewest types have."""
    used = [each.colour for each in types]
    return min(PALETTE, key=used.count)


def _free_key(types: Sequence[DefectType]) -> int | None:
    return next((key for key in KEYS if all(each.key != key for each in types)), None)


def _checked_name(name: str) -> str:
    wanted = plain_text(name).strip()
    if not wanted:
        raise InputError("defect type", "it has no name", "Give it one, such as scratch")
    return wanted


def _checked_colour(colour: str) -> str:
    wanted = colour.strip().lower()
    if not _COLOUR.fullmatch(wanted):
        raise InputError(f"colour {colour}", "it is not of the form #rrggbb", "Give it as #e69f00, for instance")
    return wanted
