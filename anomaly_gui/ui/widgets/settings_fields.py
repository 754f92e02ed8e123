"""Settings structs as fields of a form: titles, ranges and explanations come from their Meta. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True)
class SettingField:
    """One setting."""

    name: str
    title: str
    explanation: str
    kind: str
    """"integer", "number", "choice", "switch" or "file"."""
    default: Any
    low: float | None = None
    """Smallest value; with *open_low* itself not allowed."""
    high: float | None = None
    open_low: bool = False
    multiple_of: int = 1
    choices: tuple[Any, ...] = ()

    def fits(self, value: Any) -> bool:
        if self.kind == "switch":
            return isinstance(value, bool)
        if self.kind == "file":
            return isinstance(value, str)
        if self.kind == "choice":
            # True equals 1, yet is no choice of how many.
            return any(value == choice and type(value) is type(choice) for choice in self.choices)
        if not isinstance(value, int if self.kind == "integer" else int | float) or isinstance(value, bool):
            return False
        above = self.low is None or (value > self.low if self.open_low else value >= self.low)
        below = self.high is None or value <= self.high
        return above and below and (self.kind != "integer" or value % self.multiple_of == 0)


def fields_of(kind: type[msgspec.Struct]) -> list[SettingField]:
    """The fields of a struct, in the order they were declared, inherited ones first.

    Raises TypeError for a type that no form knows.
    """
    described = msgspec.inspect.type_info(kind)
    assert isinstance(described, msgspec.inspect.StructType)
    return [_field(field) for field in described.fields]


def _field(field: msgspec.inspect.Field) -> SettingField:
    kind, schema = field.type, {}
    if isinstance(kind, msgspec.inspect.Metadata):
        schema, kind = kind.extra_json_schema or {}, kind.type
    title = str(schema.get("title", field.name.replace("_", " ").capitalize()))
    explanation = str(schema.get("description", ""))
    common = {"name": field.name, "title": title, "explanation": explanation, "default": field.default}
    if isinstance(kind, msgspec.inspect.LiteralType):
        return SettingField(kind="choice", choices=tuple(kind.values), **common)
    if isinstance(kind, msgspec.inspect.BoolType):
        return SettingField(kind="switch", **common)
    if isinstance(kind, msgspec.inspect.StrType) and schema.get("format") == "onnx-file":
        return SettingField(kind="file", **common)
    if isinstance(kind, msgspec.inspect.IntType | msgspec.inspect.FloatType) and kind.lt is None:
        whole = isinstance(kind, msgspec.inspect.IntType)
        return SettingField(
            kind="integer" if whole else "number",
            low=kind.ge if kind.ge is not None else kind.gt,
            high=kind.le,
            open_low=kind.ge is None and kind.gt is not None,
            multiple_of=int(kind.multiple_of or 1) if whole else 1,
            **common,
        )
    raise TypeError(f"{field.name}: no form knows {kind}")
