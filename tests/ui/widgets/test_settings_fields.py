"""What a settings struct says of itself is what its form will accept."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from anomaly_gui.detectors.registry import DETECTORS
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.ui.widgets.settings_fields import SettingField, fields_of


class Base(msgspec.Struct, frozen=True):
    side: Annotated[int, Meta(ge=32, le=1024, multiple_of=16, title="Side", description="In pixels.")] = 256


class Sample(Base, frozen=True):
    rate: Annotated[float, Meta(gt=0, le=1, title="Rate")] = 1e-3
    kind: Annotated[Literal["mse", "ssim"], Meta(title="Kind")] = "mse"
    keep_all: bool = True


def test_fields_carry_ranges_and_words() -> None:
    side, rate, kind, keep_all = fields_of(Sample)
    assert side == SettingField("side", "Side", "In pixels.", "integer", 256, 32, 1024, False, 16)
    assert (rate.kind, rate.low, rate.open_low, rate.high) == ("number", 0, True, 1)
    assert (kind.kind, kind.choices) == ("choice", ("mse", "ssim"))
    assert (keep_all.kind, keep_all.title, keep_all.default) == ("switch", "Keep all", True)


KINDS = [ScoringSettings, *{entry.settings: None for entry in DETECTORS.values()}]
ALL = [pytest.param(kind, field, id=f"{kind.__name__}.{field.name}") for kind in KINDS for field in fields_of(kind)]


@pytest.mark.parametrize(("kind", "field"), ALL)
def test_a_form_takes_what_training_takes_and_nothing_else(kind: type[msgspec.Struct], field: SettingField) -> None:
    assert field.fits(field.default)
    for value in _doubtful(field):
        assert field.fits(value) == _accepted(kind, field.name, value), value


def _doubtful(field: SettingField) -> list[Any]:
    """Values at, just inside and just outside every limit, and values of other types."""
    found: list[Any] = [True, None, "1", "", math.nan, -1, 0.5, *field.choices]
    for limit in (field.low, field.high):
        if limit is not None:
            step = field.multiple_of
            found += [limit, float(limit), limit - step, limit + step, limit + 0.5, limit - 1e-6, limit + 1]
    return found


def _accepted(kind: type[msgspec.Struct], name: str, value: Any) -> bool:
    try:
        msgspec.convert({name: value}, kind)
    except msgspec.ValidationError:
        return False
    return True


@given(st.integers(-10, 2000) | st.floats() | st.booleans() | st.text(max_size=3))
def test_numbers_fit_as_the_struct_checks_them(value: Any) -> None:
    for field in fields_of(Sample):
        assert field.fits(value) == _accepted(Sample, field.name, value)


@pytest.mark.parametrize(
    "unknown", [Annotated[float, Meta(lt=1)], list[int], str | None], ids=["open upper limit", "list", "optional"]
)
def test_a_setting_that_no_form_could_show_is_found_at_once(unknown: Any) -> None:
    made = msgspec.defstruct("Made", [("odd_one", unknown)])
    with pytest.raises(TypeError, match="odd_one"):
        fields_of(made)
