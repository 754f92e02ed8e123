"""A small bundle around the toy network."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from anomaly_gui.export.bundle import write_bundle
from anomaly_gui.export.manifest import Manifest
from anomaly_gui.export.onnx_writer import write_graph
from anomaly_gui.scoring.normalise import Normaliser
from anomaly_gui.scoring.settings import ScoringSettings
from tests.export.toy_network import Inverting

SIDE = 32
MANIFEST = Manifest(
    program="0",
    created_utc="2026-01-01T00:00:00+00:00",
    run="001-toy",
    detector="toy",
    detector_settings={},
    scoring=ScoringSettings(smooth_sigma_px=0),
    input_px=SIDE,
    channels=1,
    white_level=4095,
    threshold=0.5,
    rule="manual",
    rule_parameter=None,
    recheck_threshold=None,
    display_scale=(0.0, 1.0),
    figures={"recall": 1.0},
    images={"train": 3},
    versions={},
    contents={},
)


def make_bundle(path: Path) -> bytes:
    """The map of the toy is (2x − 1)², so mid grey is good and both black and white are defective."""
    as_it_is = Normaliser(np.zeros((1, 1), np.float32), np.ones((1, 1), np.float32))
    graph = write_graph(Inverting(), SIDE, 1, MANIFEST.scoring, as_it_is, MANIFEST.threshold)
    return write_bundle(path, MANIFEST, graph, b"weights")
