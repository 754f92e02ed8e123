"""What every detector has to hold, whoever adds one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import onnxruntime
import pytest
import torch

from anomaly_gui.detectors.backbone import package, weights
from anomaly_gui.detectors.base import Detector, Finished, FitContext
from anomaly_gui.detectors.registry import AUTO, DETECTORS, PRESETS, build, entry, for_tiles, offered, resolve
from anomaly_gui.errors import InputError
from anomaly_gui.export.model_check import check_model
from anomaly_gui.export.onnx_writer import write_graph
from anomaly_gui.jobs.run_settings import resolve_settings
from anomaly_gui.progress import Cancelled, CancelToken, Event, ignore_events
from anomaly_gui.scoring.normalise import Normaliser
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop

SMALL = {
    "input_px": 32,
    "width": 8,
    "epochs": 3,
    "minimum_steps": 0,
    "batch_size": 4,
    "patience": 3,
    "layers": "4+10",
    "memory": 50,
    "words": 20,
    "components": 5,
    "trees": 10,
    "defect_steps": 3,
    "network_px": 28,
    "units": 40,
    "latent_size": 20,
}
"""Settings that make any detector quick; those it does not have are left out."""
SIDES = {"combined": 128, "conv-ae-500": 64}
"""Input sizes of those that do not take 32 px."""
EVERY_SO_MANY = {"combined": 7, "conv-ae-500": 3, "gan": 2}
"""Of the places to stop at, for those that take longer."""
EVERY = pytest.mark.parametrize("name", list(DETECTORS))
LONG_TO_STOP = {
    *("combined", "feature-ae", "artificial-defects", "restore", "vae"),
    *("linear-ae", "overcomplete-ae", "conv-ae-500"),
}
"""They are stopped at every batch by `pytest -m slow`: those that are left stand for the same loops."""


STOPPED = [pytest.param(name, marks=[pytest.mark.slow] if name in LONG_TO_STOP else []) for name in DETECTORS]


def grey_and_colour(*slow: tuple[str, int]) -> pytest.MarkDecorator:
    """Every detector with images of both kinds; the *slow* pairs by `pytest -m slow`."""
    pairs = [(name, channels) for name in DETECTORS for channels in (1, 3)]
    marked = [pytest.param(*pair, marks=[pytest.mark.slow] if pair in slow else []) for pair in pairs]
    return pytest.mark.parametrize(("name", "channels"), marked)


def assert_same(computed: torch.Tensor, expected: torch.Tensor) -> None:
    """Equal to 1e-4 of the largest value: CPUs add up in different orders, and a distance near zero is a
    difference of large numbers."""
    torch.testing.assert_close(computed, expected, rtol=0, atol=1e-4 * float(expected.abs().max()))


class StopAt(CancelToken):
    """Cancels itself at its *question*-th question, from 1."""

    def __init__(self, question: int) -> None:
        super().__init__()
        self.left = question

    def should_stop(self) -> bool:
        self.left -= 1
        if self.left <= 0:
            self.cancel()
        return super().should_stop()


def side(name: str) -> int:
    return SIDES.get(name, 32)


def small(name: str, seed: int = 7, channels: int = 1) -> Detector:
    kind = entry(name).settings
    values = {key: value for key, value in SMALL.items() if key in kind.__struct_fields__}
    values["input_px"] = side(name)
    return build(name, msgspec.convert(values, kind), channels, seed)


def context(
    name: str, checkpoint: Path, cancel: CancelToken, channels: int = 1, emit: Callable[[Event], None] = ignore_events
) -> FitContext:
    pixels = np.random.default_rng(3).random((14, channels, side(name), side(name)), dtype=np.float32)
    return FitContext(
        training=CachedBatches(pixels[:10], 4, seed=7),
        validation=CachedBatches(pixels[10:], 4, seed=7),
        preview=torch.from_numpy(pixels[:2]),
        preview_ids=(1, 2),
        seed=7,
        checkpoint=checkpoint,
        emit=emit,
        cancel=cancel,
        gradient_loop=gradient_loop,
    )


def images(name: str, channels: int = 1) -> torch.Tensor:
    shape = (3, channels, side(name), side(name))
    return torch.from_numpy(np.random.default_rng(9).random(shape, dtype=np.float32))


@EVERY
def test_every_detector_says_how_many_images_it_wants(name: str) -> None:
    made = small(name)
    made.require_images(made.fewest_images)
    assert made.fewest_images >= 2
    with pytest.raises(InputError, match=rf"there are {made.fewest_images - 1}, .* at least {made.fewest_images}"):
        made.require_images(made.fewest_images - 1)


def equal(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@EVERY
def test_it_is_described_and_has_every_preset(name: str) -> None:
    found = entry(name)
    assert found.name == name
    assert found.sentence.endswith(".")
    assert set(found.presets) == set(PRESETS)
    for preset in PRESETS:
        detector, scoring = resolve_settings(name, preset, {})
        assert isinstance(detector, found.settings)
        assert isinstance(scoring, ScoringSettings)


@grey_and_colour(("combined", 1), ("combined", 3))
def test_fitted_it_gives_finite_maps_of_the_input_s_size(name: str, channels: int, tmp_path: Path) -> None:
    detector = small(name, channels=channels)
    assert (detector.input_px, detector.channels) == (side(name), channels)
    outcome = detector.fit(context(name, tmp_path / "checkpoint", CancelToken(), channels))
    assert isinstance(outcome, Finished)
    assert 1 <= outcome.best_epoch <= outcome.epochs
    seen = detector.predict(images(name, channels))
    assert seen.anomaly_map.shape == (3, side(name), side(name))
    assert seen.anomaly_map.dtype == torch.float32
    assert torch.isfinite(seen.anomaly_map).all()
    if seen.reconstruction is not None:
        assert seen.reconstruction.shape == (3, channels, side(name), side(name))
        assert seen.reconstruction.dtype == torch.float32
        assert seen.reconstruction.is_contiguous()
        assert 0 <= float(seen.reconstruction.min()) <= float(seen.reconstruction.max()) <= 1


@EVERY
def test_the_same_seed_gives_the_same_weights_bit_for_bit(name: str, tmp_path: Path) -> None:
    first, second = small(name), small(name)
    first.fit(context(name, tmp_path / "first", CancelToken()))
    torch.rand(5)  # What others draw at random changes nothing.
    second.fit(context(name, tmp_path / "second", CancelToken()))
    assert equal(first.state(), second.state())


@pytest.mark.parametrize("name", STOPPED)
def test_a_cancel_at_any_batch_returns_cancelled_and_resumes_bit_for_bit(name: str, tmp_path: Path) -> None:
    whole = small(name)
    expected = whole.fit(context(name, tmp_path / "whole", CancelToken()))
    stopped = 0
    for question in range(1, 100, EVERY_SO_MANY.get(name, 1)):
        checkpoint = tmp_path / f"stopped at {question}"
        outcome = small(name).fit(context(name, checkpoint, StopAt(question)))
        if isinstance(outcome, Finished):
            break
        stopped += 1
        resumed = small(name)
        assert resumed.fit(context(name, checkpoint, CancelToken())) == expected
        assert equal(resumed.state(), whole.state())
    assert stopped >= 3


@EVERY
def test_a_cancel_before_it_starts_is_answered_without_learning(name: str, tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    detector = small(name)
    before = detector.state()
    assert isinstance(detector.fit(context(name, tmp_path / "checkpoint", token)), Cancelled)
    assert equal(detector.state(), before)


@EVERY
def test_its_state_carries_all_that_predicting_needs(name: str, tmp_path: Path) -> None:
    fitted, fresh = small(name), small(name, seed=8)
    fitted.fit(context(name, tmp_path / "checkpoint", CancelToken()))
    kept = fitted.state()
    fresh.load_state(kept)
    assert torch.equal(fresh.predict(images(name)).anomaly_map, fitted.predict(images(name)).anomaly_map)
    kept[next(iter(kept))].zero_()
    assert not equal(kept, fitted.state())  # A copy, not the weights themselves.


@EVERY
def test_a_state_that_does_not_fit_is_refused(name: str) -> None:
    detector = small(name)
    good = detector.state()
    largest = max(good, key=lambda key: good[key].numel())
    for wrong in (
        {},
        {**good, "one more": torch.zeros(1)},
        {**good, largest: good[largest][:1]},
        {**good, largest: torch.full_like(good[largest], torch.nan)},
    ):
        with pytest.raises(ValueError, match=r"."):
            detector.load_state(wrong)


@EVERY
def test_its_graph_says_what_predict_says(name: str, tmp_path: Path) -> None:
    detector = small(name)
    detector.fit(context(name, tmp_path / "checkpoint", CancelToken()))
    seen = detector.predict(images(name))
    with torch.no_grad():
        reconstruction, anomaly_map = detector.graph()(images(name))
    assert_same(anomaly_map, seen.anomaly_map)
    if seen.reconstruction is not None:
        assert_same(reconstruction, seen.reconstruction)


@EVERY
def test_a_batch_is_predicted_as_its_images_are(name: str, tmp_path: Path) -> None:
    detector = small(name)
    detector.fit(context(name, tmp_path / "checkpoint", CancelToken()))
    together = detector.predict(images(name)).anomaly_map
    alone = torch.cat([detector.predict(image[None]).anomaly_map for image in images(name)])
    assert_same(together, alone)


@grey_and_colour(("combined", 1))
def test_exported_it_says_what_predict_says(name: str, channels: int, tmp_path: Path) -> None:
    detector = small(name, channels=channels)
    detector.fit(context(name, tmp_path / "checkpoint", CancelToken(), channels))
    unit = Normaliser(np.zeros((1, 1), np.float32), np.ones((1, 1), np.float32))
    graph = write_graph(detector.graph(), side(name), channels, ScoringSettings(smooth_sigma_px=0), unit, threshold=1.0)
    check_model(graph, name)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    for image in images(name, channels):
        seen = detector.predict(image[None])
        reconstruction, anomaly_map, *_ = session.run(None, {"image": image.permute(1, 2, 0)[None].numpy()})
        assert_same(torch.from_numpy(anomaly_map), seen.anomaly_map)
        if seen.reconstruction is not None:
            assert_same(torch.from_numpy(reconstruction), seen.reconstruction)


@EVERY
def test_it_says_whether_it_needs_the_backbone(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise InputError("the backbone's weights", "they are not installed", "Install them")

    monkeypatch.setattr(weights, "weights", missing)
    made = small(name)
    given = context(name, tmp_path / "checkpoint", CancelToken())
    if entry(name).needs_backbone:
        with pytest.raises(InputError, match="not installed"):
            made.fit(given)
    else:
        made.fit(given)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="conv-ae"):
        entry("no-such-detector")


def test_auto_takes_the_best_that_can_run_here_and_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(package, "folder", lambda: tmp_path)
    assert resolve(AUTO) == "combined"
    assert resolve("conv-ae") == "conv-ae"
    first = next(iter(offered().values()))
    assert (first.name, first.settings) == (AUTO, entry("combined").settings)
    assert "Combined memories of good patches" in first.sentence
    monkeypatch.setattr(package, "folder", lambda: None)
    assert resolve(AUTO) == "restore"
    assert resolve(AUTO, backbone="net.onnx") == "combined"
    assert "pip install" in offered()[AUTO].sentence


def test_auto_takes_a_memory_of_small_patches_for_tiles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(package, "folder", lambda: tmp_path)
    detector, settings = for_tiles(AUTO)
    resolve_settings(detector, "fast", settings)
    assert (detector, settings["neighbourhood"]) == ("patch-memory", 1)
    assert for_tiles("combined") == ("combined", {})
    monkeypatch.setattr(package, "folder", lambda: None)
    assert for_tiles(AUTO) == ("restore", {})
    assert for_tiles(AUTO, "net.onnx")[0] == "patch-memory"


def test_listing_detectors_imports_none() -> None:
    program = "import sys, anomaly_gui.detectors.registry; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
