"""What products of bfloat16 bring while training, and what scoring costs beside onnxruntime on the same graph."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import msgspec
import numpy as np
import onnxruntime
import pytest
import torch

from anomaly_gui.detectors.base import GradientDetector
from anomaly_gui.detectors.compute import multiplies_halves, set_threads
from anomaly_gui.detectors.registry import build, entry
from anomaly_gui.export.onnx_writer import write_graph
from anomaly_gui.scoring.normalise import Normaliser
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.training.losses import loss

pytestmark = pytest.mark.benchmark
BATCH, ROUNDS, LARGEST_RATIO = 16, 7, 1.2
LEARNING = [name for name in ("conv-ae", "conv-ae-500", "restore") if entry(name).learns_in_half]


def made(name: str) -> GradientDetector:
    set_threads()
    detector = build(name, msgspec.convert({}, entry(name).settings), channels=1, seed=0)
    assert isinstance(detector, GradientDetector)
    return detector


def take_turns(*works: Callable[[], object]) -> list[float]:
    """Median seconds of each, so that a busy machine slows all alike."""
    spent: list[list[float]] = [[] for _ in works]
    for turn in range(ROUNDS + 1):
        for work, seconds in zip(works, spent, strict=True):
            started = time.perf_counter()
            work()
            if turn:
                seconds.append(time.perf_counter() - started)
    return [statistics.median(seconds) for seconds in spent]


@pytest.mark.timeout(600)
@pytest.mark.skipif(not multiplies_halves(torch.device("cpu")), reason="this CPU has no products of bfloat16")
@pytest.mark.parametrize("name", LEARNING)
def test_a_step_with_products_of_bfloat16_is_quicker(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    detector = made(name)
    batch = 0.4 + 0.2 * torch.rand(BATCH, 1, detector.input_px, detector.input_px)
    compare = loss(detector.loss)
    optimiser = torch.optim.Adam(detector.network.parameters(), fused=True)

    def step(half: bool) -> None:
        detector.network.train()
        optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            value = detector.training_loss(batch, compare)
        value.backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    whole, half = take_turns(lambda: step(False), lambda: step(True))
    with torch.no_grad():
        expected = detector.predict(batch).anomaly_map.amax((1, 2))
        with torch.autocast("cpu", torch.bfloat16):
            found = detector.predict(batch).anomaly_map.float().amax((1, 2))
    apart = float(((found - expected).abs() / expected.abs()).max())
    with capsys.disabled():
        print(
            f"\n{name:<12} {detector.input_px} px: {BATCH / whole:6.1f} images/s in float32, {BATCH / half:6.1f} in "
            f"bfloat16, {whole / half:.2f} times; scores in bfloat16 would be {apart:.0e} apart, a bundle's 1e-04"
        )
    assert half < whole


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", LEARNING)
def test_scoring_keeps_up_with_onnxruntime_on_the_same_graph(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    detector = made(name)
    side = detector.input_px
    images = np.random.default_rng(0).random((BATCH, 1, side, side), dtype=np.float32)
    scoring = ScoringSettings(smooth_sigma_px=0, normalise="global")
    flat = Normaliser(np.zeros((1, 1), np.float32), np.ones((1, 1), np.float32))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    graph = write_graph(detector.graph(), side, 1, scoring, flat, threshold=1.0)
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    pixels = [image.transpose(1, 2, 0)[None] for image in images]

    def runtime() -> None:
        for one in pixels:
            session.run(None, {"image": one})

    ours, theirs = take_turns(lambda: detector.predict(torch.from_numpy(images)), runtime)
    with capsys.disabled():
        print(
            f"\n{name:<12} {side} px: {ours / BATCH * 1e3:6.2f} ms an image, onnxruntime {theirs / BATCH * 1e3:6.2f}, "
            f"ratio {ours / theirs:.2f}   (limit: {LARGEST_RATIO})"
        )
    assert ours / theirs <= LARGEST_RATIO
