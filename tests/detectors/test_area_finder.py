from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from anomaly_gui.detectors import area_finder
from anomaly_gui.detectors.area_finder import AreaFinder
from anomaly_gui.detectors.base import Finished, FitContext
from anomaly_gui.detectors.settings.defects import ArtificialDefectsSettings
from anomaly_gui.progress import Cancelled, CancelToken, Event, Progress, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop


@pytest.fixture(autouse=True)
def few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(area_finder, "SAMPLES", 96)
    monkeypatch.setattr(area_finder, "HELD_OUT", 16)


def finder(steps: int = 6) -> AreaFinder:
    settings = ArtificialDefectsSettings(input_px=64, width=8, epochs=1, minimum_steps=steps)
    return AreaFinder(settings, 1, seed=1)


def context(folder: Path) -> FitContext:
    pixels = np.random.default_rng(0).normal(0.5, 0.05, (12, 1, 64, 64)).astype(np.float32)
    return FitContext(
        training=CachedBatches(pixels[:8], 4, seed=1),
        validation=CachedBatches(pixels[8:], 4, seed=1),
        preview=None,
        preview_ids=(),
        seed=1,
        checkpoint=folder / "checkpoint",
        emit=ignore_events,
        cancel=CancelToken(),
        gradient_loop=gradient_loop,
    )


def test_it_learns_as_many_steps_as_asked_from_samples_seen_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, looked = finder(), list[int]()
    tapped = made.tapped
    monkeypatch.setattr(made, "tapped", lambda images: looked.append(len(images)) or tapped(images))
    before = made.model.head.mark.weight.clone()
    assert isinstance(made.fit(context(tmp_path)), Finished)
    assert sum(looked) == 96 + 16, "the backbone looks at each sample once"
    assert not torch.equal(before, made.model.head.mark.weight)
    assert made.predict(torch.rand(1, 1, 64, 64)).anomaly_map.shape == (1, 64, 64)


def test_what_it_learns_follows_from_the_seed(tmp_path: Path) -> None:
    states = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        made = finder()
        made.fit(replace(context(tmp_path / name), seed=seed))
        states.append(made.state()["head.mark.weight"])
    assert torch.equal(states[0], states[1])
    assert not torch.equal(states[0], states[2])


@pytest.mark.parametrize("phase", ["Planting artificial defects", "Training"])
def test_stopped_anywhere_and_resumed_it_ends_as_uninterrupted(tmp_path: Path, phase: str) -> None:
    (tmp_path / "whole").mkdir()
    whole, part = finder(200), finder(200)
    whole.fit(context(tmp_path / "whole"))
    cancel = CancelToken()

    def stop(event: Event) -> None:
        if isinstance(event, Progress) and event.phase == phase and event.done > 30:
            cancel.cancel()

    plan = context(tmp_path)
    assert isinstance(part.fit(replace(plan, cancel=cancel, emit=stop)), Cancelled)
    again = finder(200)
    assert isinstance(again.fit(plan), Finished)
    for name, value in whole.state().items():
        assert torch.equal(again.state()[name], value), name
