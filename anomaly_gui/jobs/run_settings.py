"""A detector's and the scoring's settings for one run: defaults, preset, then what the user says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from anomaly_gui.detectors import registry
from anomaly_gui.detectors.settings import DetectorSettings
from anomaly_gui.errors import InputError
from anomaly_gui.scoring.settings import ScoringSettings

_Settings = TypeVar("_Settings", DetectorSettings, ScoringSettings)


def resolve_settings(
    detector: str, preset: str, overrides: Mapping[str, Any]
) -> tuple[DetectorSettings, ScoringSettings]:
    """Defaults, then the preset, then *overrides*: names of either kind of setting, values perhaps text.

    Raises InputError for a detector, preset or setting that there is not, or a value that does not fit.
    """
    entry = registry.entry(detector)
    if preset not in entry.presets:
        known = ", ".join(entry.presets)
        raise InputError(f"preset {preset}", "there is none of this name", f"Choose one of: {known}")
    of_detector, of_scoring = entry.settings.__struct_fields__, ScoringSettings.__struct_fields__
    for name in overrides:
        if name not in of_detector and name not in of_scoring:
            known = ", ".join((*of_detector, *of_scoring))
            raise InputError(f"setting {name}", f"{detector} has none of this name", f"Choose one of: {known}")
    values = {**entry.presets[preset], **overrides}
    chosen = {name: value for name, value in values.items() if name in of_detector}
    scoring = {name: value for name, value in values.items() if name in of_scoring}
    return _converted(chosen, entry.settings), _converted(scoring, ScoringSettings)


def _converted(values: dict[str, Any], kind: type[_Settings]) -> _Settings:
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        # "Expected `int` >= 32 - at `$.input_px`": the place is the setting's name.
        name = str(error).rpartition("$.")[2].rstrip("`")
        if name not in values:
            raise
        raise InputError(
            f"setting {name}", f"{values[name]} does not fit", f"Give {allowed_values(kind, name)}"
        ) from error


def allowed_values(kind: type[DetectorSettings] | type[ScoringSettings], name: str) -> str:
    """What a setting takes, in words: "a whole number from 32 to 1024, a multiple of 16"."""
    schema = msgspec.json.schema(kind)["$defs"][kind.__name__]["properties"][name]
    if "enum" in schema:
        return "one of: " + ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "string":
        return "the path of a file"
    if schema.get("type") == "boolean":
        return "true or false"
    words = "a whole number" if schema.get("type") == "integer" else "a number"
    limits = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    words += "".join(f" {word} {schema[key]:g}" for key, word in limits.items() if key in schema)
    return words + (f", a multiple of {schema['multipleOf']}" if "multipleOf" in schema else "")
