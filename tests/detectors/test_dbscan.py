from __future__ import annotations

import msgspec
import pytest
import torch
from sklearn.cluster import DBSCAN

from anomaly_gui.detectors import dbscan as module
from anomaly_gui.detectors.dbscan import Dbscan, closest
from anomaly_gui.detectors.settings import DbscanSettings


def detector(**settings: object) -> Dbscan:
    return Dbscan(msgspec.convert(settings, DbscanSettings), 1, seed=0)


def two_kinds(each: int = 40) -> torch.Tensor:
    random = torch.Generator().manual_seed(0)
    return torch.cat(
        [place + 0.2 * torch.randn(each, 2, generator=random) for place in (torch.zeros(2), torch.ones(2) * 5)]
    )


@pytest.mark.parametrize("share", [0.0, 0.1, 0.4])
def test_about_the_chosen_share_of_images_lies_outside_the_core(share: float) -> None:
    made = detector(noise_share=share)
    made.fit_scorer(two_kinds(), seed=0)
    assert 80 - len(made._core.images) == pytest.approx(80 * share, abs=2)


def test_what_it_calls_noise_is_scikit_learn_s_noise() -> None:
    images = two_kinds()
    made = detector(noise_share=0.2)
    made.fit_scorer(images, seed=0)
    theirs = DBSCAN(eps=float(made._core.radius), min_samples=5).fit(images.numpy())
    assert torch.equal(made._core(images) > 1, torch.from_numpy(theirs.labels_ < 0))


def test_between_two_kinds_of_good_parts_is_odd() -> None:
    """A single cloud around the mean would call the middle the best of all."""
    made = detector()
    scores = made.fit_scorer(two_kinds(), seed=0)
    middle, inside = made._core(torch.tensor([[2.5, 2.5], [5.0, 5.0]])).tolist()
    assert middle > float(scores.max()) > inside


def test_an_image_of_the_core_is_measured_by_the_others() -> None:
    images = two_kinds()
    made = detector(noise_share=0.0)
    scores = made.fit_scorer(images, seed=0) * made._core.radius
    full = torch.cdist(images, images, compute_mode="donot_use_mm_for_euclid_dist").fill_diagonal_(torch.inf)
    torch.testing.assert_close(scores, full.min(1).values, rtol=1e-3, atol=1e-4)


def test_images_that_are_all_the_same_can_be_learnt() -> None:
    made = detector()
    assert torch.isfinite(made.fit_scorer(torch.zeros(12, 3), seed=0)).all()
    assert float(made._core(torch.ones(1, 3))) > 1


def test_the_closest_are_found_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 7)
    images, others = torch.rand(20, 3), torch.rand(15, 3)
    expected = torch.cdist(images, others).sort(1).values[:, :4]
    torch.testing.assert_close(closest(images, others, 4), expected)
    assert closest(images, others[:2], 4).shape == (20, 2)


def test_it_wants_more_images_than_neighbours() -> None:
    assert detector(neighbours=20).fewest_images == 21
    assert detector(neighbours=3).fewest_images == 8
