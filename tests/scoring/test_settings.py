from __future__ import annotations

import msgspec
import pytest

from anomaly_gui.scoring.settings import TOP_SHARES, ScoringSettings


def test_that_the_default_score_is_never_the_mean() -> None:
    assert ScoringSettings().reduction == "max"


def test_that_every_choice_of_top_pixels_is_stored() -> None:
    for share in TOP_SHARES:
        assert msgspec.convert({"top_per_10000": share}, ScoringSettings).top_per_10000 == share
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"top_per_10000": 7}, ScoringSettings)


def test_that_an_unknown_setting_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="sigma"):
        msgspec.convert({"sigma": 1}, ScoringSettings)
