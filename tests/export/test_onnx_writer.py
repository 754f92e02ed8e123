from __future__ import annotations

import itertools

import numpy as np
import onnx
import onnxruntime
import pytest

from anomaly_gui.evaluation.confusion import DEFECTIVE, GOOD, RECHECK
from anomaly_gui.export.model_check import check_model
from anomaly_gui.export.onnx_writer import write_graph
from anomaly_gui.imaging.region import Region, Shape, fill_outside, region_mask
from anomaly_gui.imaging.resize import prepare
from anomaly_gui.scoring.normalise import Normaliser, apply
from anomaly_gui.scoring.reduce import reduce
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.scoring.smooth import smooth
from tests.export.toy_network import Breaking, Inverting

RNG = np.random.default_rng(0)
SIDE = 32
PLACE = Normaliser(
    RNG.normal(0.1, 0.05, (SIDE, SIDE)).astype(np.float32), RNG.uniform(0.1, 0.4, (SIDE, SIDE)).astype(np.float32)
)
EVERYWHERE = Normaliser(np.full((1, 1), 0.2, np.float32), np.full((1, 1), 0.3, np.float32))


def run(graph: bytes, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, int]:
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    image = (pixels.astype(np.float32) / 255)[None]
    picture, anomaly_map, score, decision = session.run(None, {"image": image})
    return picture[0], anomaly_map[0], float(score[0]), int(decision[0])


def app_map(pixels: np.ndarray, channels: int, scoring: ScoringSettings, normaliser: Normaliser) -> np.ndarray:
    prepared = prepare(pixels, 255, channels, SIDE)
    raw = ((prepared - (1 - prepared)) ** 2).mean(axis=0)
    return apply(normaliser, smooth(raw, scoring.smooth_sigma_px))


@pytest.mark.parametrize("reduction", ["max", "top", "area", "region", "mean"])
@pytest.mark.parametrize("normaliser", [PLACE, EVERYWHERE], ids=["place", "global"])
def test_that_the_graph_scores_as_the_app_does(reduction: str, normaliser: Normaliser) -> None:
    scoring = ScoringSettings(reduction=reduction, top_per_10000=100, area_level=0.5, region_side_px=5)  # type: ignore[arg-type]
    for channels, seen, (height, width) in itertools.product((1, 3), (1, 3), ((32, 32), (45, 100), (20, 31))):
        pixels = RNG.integers(0, 256, (height, width, channels), np.uint8)
        expected = app_map(pixels, seen, scoring, normaliser)
        graph = write_graph(Inverting(), SIDE, seen, scoring, normaliser, threshold=1.0)
        _, anomaly_map, score, _ = run(graph, pixels)
        assert anomaly_map == pytest.approx(expected, abs=2e-5)
        assert score == pytest.approx(reduce(expected, scoring), rel=1e-4, abs=1e-5)


def test_that_the_picture_is_the_detectors() -> None:
    pixels = RNG.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    picture, *_ = run(write_graph(Inverting(), SIDE, 3, ScoringSettings(), EVERYWHERE, 1.0), pixels)
    assert picture == pytest.approx(1 - prepare(pixels, 255, 3, SIDE), abs=1e-6)


def test_that_no_smoothing_is_possible() -> None:
    scoring = ScoringSettings(smooth_sigma_px=0)
    pixels = RNG.integers(0, 256, (SIDE, SIDE, 1), np.uint8)
    _, anomaly_map, *_ = run(write_graph(Inverting(), SIDE, 1, scoring, EVERYWHERE, 1.0), pixels)
    assert anomaly_map == pytest.approx(app_map(pixels, 1, scoring, EVERYWHERE), abs=1e-5)


def test_that_the_decision_has_three_answers_and_the_threshold_itself_is_defective() -> None:
    pixels = RNG.integers(0, 256, (SIDE, SIDE, 1), np.uint8)

    def decide(threshold: float, recheck: float | None = None) -> int:
        return run(write_graph(Inverting(), SIDE, 1, ScoringSettings(), EVERYWHERE, threshold, recheck), pixels)[3]

    *_, score, _ = run(write_graph(Inverting(), SIDE, 1, ScoringSettings(), EVERYWHERE, 1.0), pixels)
    assert decide(score) == DEFECTIVE
    assert decide(score + 1e-6) == GOOD
    assert decide(score + 1.0, score) == RECHECK
    assert decide(score + 1.0, score + 0.5) == GOOD


def test_that_a_map_that_is_not_finite_is_defective_whatever_the_threshold() -> None:
    black = np.zeros((SIDE, SIDE, 1), np.uint8)
    for reduction in ("max", "top", "area", "region", "mean"):
        scoring = ScoringSettings(reduction=reduction)  # type: ignore[arg-type]
        *_, score, decision = run(write_graph(Breaking(), SIDE, 1, scoring, EVERYWHERE, 1e30), black)
        assert not np.isfinite(score)
        assert decision == DEFECTIVE


def test_that_thresholds_are_initialisers_and_nothing_lies_outside_the_file() -> None:
    model = onnx.load_from_string(write_graph(Inverting(), SIDE, 1, ScoringSettings(), PLACE, 2.5, 1.5))
    constants = {one.name: one for one in model.graph.initializer}
    assert onnx.numpy_helper.to_array(constants["threshold"]) == 2.5
    assert onnx.numpy_helper.to_array(constants["recheck_threshold"]) == 1.5
    assert all(one.data_location != onnx.TensorProto.EXTERNAL for one in constants.values())
    assert [output.name for output in model.graph.output] == ["reconstruction", "anomaly_map", "score", "decision"]


@pytest.mark.parametrize("reduction", ["max", "top", "area", "region", "mean"])
@pytest.mark.parametrize("normaliser", [PLACE, EVERYWHERE], ids=["place", "global"])
def test_that_the_graph_counts_the_region_as_the_app_does(reduction: str, normaliser: Normaliser) -> None:
    scoring = ScoringSettings(reduction=reduction, top_per_10000=100, area_level=0.5, region_side_px=5)  # type: ignore[arg-type]
    inside = region_mask(Region(inside=(Shape("polygon", ((0.1, 0.2), (0.9, 0.1), (0.5, 0.8))),)), SIDE, SIDE)
    for channels, (height, width) in itertools.product((1, 3), ((32, 32), (45, 100), (20, 31))):
        pixels = RNG.integers(0, 256, (height, width, channels), np.uint8)
        prepared = fill_outside(prepare(pixels, 255, channels, SIDE), inside)
        raw = ((prepared - (1 - prepared)) ** 2).mean(axis=0)
        expected = apply(normaliser, smooth(raw, scoring.smooth_sigma_px), inside)
        graph = write_graph(Inverting(), SIDE, channels, scoring, normaliser, threshold=1.0, inside=inside)
        check_model(graph, "toy", inside=inside)
        picture, anomaly_map, score, _ = run(graph, pixels)
        assert picture == pytest.approx(1 - prepared, abs=1e-6)
        assert anomaly_map == pytest.approx(expected, abs=2e-5)
        assert score == pytest.approx(reduce(expected, scoring, inside), rel=1e-4, abs=1e-5)
