from __future__ import annotations

import msgspec
import pytest

from anomaly_gui.detectors.registry import DETECTORS, Entry

ENTRIES = pytest.mark.parametrize("entry", DETECTORS.values(), ids=list(DETECTORS))


@ENTRIES
def test_every_setting_has_a_title_a_description_and_a_default(entry: Entry) -> None:
    described = msgspec.json.schema(entry.settings)["$defs"][entry.settings.__name__]["properties"]
    assert set(described) == set(entry.settings.__struct_fields__)
    for name, field in described.items():
        assert field.get("title"), name
        assert len(field.get("description", "")) > 20, name
        assert "default" in field, name


@ENTRIES
def test_numbers_have_limits(entry: Entry) -> None:
    described = msgspec.json.schema(entry.settings)["$defs"][entry.settings.__name__]["properties"]
    for name, field in described.items():
        if field.get("type") in ("integer", "number"):
            assert {"minimum", "exclusiveMinimum"} & set(field), name
            assert {"maximum", "exclusiveMaximum"} & set(field), name


@ENTRIES
def test_unknown_settings_and_values_out_of_range_are_refused(entry: Entry) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"no_such_setting": 1}, entry.settings)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"input_px": 31}, entry.settings)
