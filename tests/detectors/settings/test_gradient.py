from __future__ import annotations

import msgspec
import pytest

from anomaly_gui.detectors.registry import DETECTORS, PRESETS, Entry
from anomaly_gui.detectors.settings import GradientSettings

GRADIENT = [entry for entry in DETECTORS.values() if issubclass(entry.settings, GradientSettings)]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("entry", GRADIENT, ids=[entry.name for entry in GRADIENT])
def test_patience_does_not_outlast_the_epochs(entry: Entry, preset: str) -> None:
    """Stopping early could not happen otherwise."""
    own = {name: value for name, value in entry.presets[preset].items() if name in entry.settings.__struct_fields__}
    settings = msgspec.convert(own, entry.settings)
    assert isinstance(settings, GradientSettings)
    assert settings.patience <= max(settings.epochs, 10)
