"""The defect types of an open project."""

from __future__ import annotations

from collections.abc import Sequence

from anomaly_gui.project import defect_types, tables
from anomaly_gui.project.records import Changed, DefectType
from anomaly_gui.project.writer import Writer


class TypeCatalogue:
    """Every change is one operation; labelling and importing make types that are new by themselves.

    All raise InputError for a type that is not there, and for a name, colour or key that cannot be.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def all(self) -> list[DefectType]:
        """In the user's order, types that no image has among them."""
        with self._writer.reading() as connection:
            return tables.defect_types(connection)

    def add(self, name: str, colour: str | None = None, key: int | None = None) -> Changed:
        """A type that no image has yet; colour and key are the next free ones unless given."""
        return self._writer.perform(lambda connection: defect_types.add(connection, name, colour, key))

    def set_colour(self, name: str, colour: str) -> Changed:
        """*colour* as #rrggbb."""
        return self._writer.perform(lambda connection: defect_types.set_colour(connection, name, colour))

    def set_key(self, name: str, key: int | None) -> Changed:
        """Number key 1 to 9; a type that has it already loses it."""
        return self._writer.perform(lambda connection: defect_types.set_key(connection, name, key))

    def set_order(self, names: Sequence[str]) -> Changed:
        """*names* are all types, each once."""
        return self._writer.perform(lambda connection: defect_types.set_order(connection, names))

    def rename(self, name: str, wanted: str) -> Changed:
        """The images follow, and so do thresholds whose rule is about this type."""
        return self._writer.perform(lambda connection: defect_types.rename(connection, name, wanted))

    def merge(self, names: Sequence[str], into: str) -> Changed:
        """Images and rules of *names* become those of *into*."""
        return self._writer.perform(lambda connection: defect_types.merge(connection, names, into))

    def delete(self, name: str) -> Changed:
        """Its images stay defective, without a type."""
        return self._writer.perform(lambda connection: defect_types.delete(connection, name))
