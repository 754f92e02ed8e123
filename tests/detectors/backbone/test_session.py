from __future__ import annotations

import gc
import weakref

import pytest
import torch

from anomaly_gui.detectors.backbone import session, weights
from anomaly_gui.detectors.backbone.network import Trunk


def trunk(*taps: int) -> Trunk:
    made = Trunk(taps)
    known = weights.weights()
    made.load_state_dict({name: known[name] for name in made.state_dict()})
    return made.requires_grad_(False).eval()


def test_it_computes_what_torch_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_PIXELS_AT_ONCE", 2 * 48 * 48)
    made, images = trunk(10, 4), torch.rand(5, 3, 48, 48)
    for seen, expected in zip(session.run(made, images), made(images), strict=True):
        torch.testing.assert_close(seen, expected, rtol=1e-4, atol=1e-4)


def test_a_trunk_is_converted_once_and_again_when_its_weights_change(monkeypatch: pytest.MonkeyPatch) -> None:
    converted: list[int] = []
    convert = session._converted
    monkeypatch.setattr(session, "_converted", lambda made, side: (converted.append(side), convert(made, side))[1])
    session._models.clear()
    made, images = trunk(0), torch.rand(1, 3, 32, 32)
    before = session.run(made, images)[0]
    session.run(trunk(0), images)
    assert converted == [32]
    made.stem.weight.mul_(2)
    assert not torch.allclose(session.run(made, images)[0], before)
    session.run(made, torch.rand(1, 3, 48, 48))
    assert converted == [32, 32, 48]


def test_a_session_goes_with_its_trunk_and_its_memory_with_it() -> None:
    made = trunk(0)
    session.run(made, torch.rand(1, 3, 32, 32))
    (held,) = session._sessions[made].values()
    gone = weakref.ref(held)
    del held, made
    gc.collect()
    assert gone() is None


def test_only_a_few_converted_trunks_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "KEPT_MODELS", 2)
    for side in (32, 48, 64):
        session.run(trunk(0), torch.rand(1, 3, side, side))
    assert [key[1] for key in session._models] == [48, 64]
