from __future__ import annotations

import pytest
import torch

from anomaly_gui.detectors.whitening import Whitening


def stretched(count: int = 500, channels: int = 6) -> torch.Tensor:
    """Vectors around (1, 2, …) that vary by 3, 2, 1, … in turned directions."""
    random = torch.Generator().manual_seed(0)
    turn, _ = torch.linalg.qr(torch.randn(channels, channels, generator=random))
    lengths = torch.linspace(3, 0.5, channels)
    return torch.randn(count, channels, generator=random) * lengths @ turn + torch.arange(1.0, channels + 1)


def fitted(vectors: torch.Tensor, components: int, floor: float | None) -> Whitening:
    made = Whitening(vectors.shape[1], components)
    made.fit(vectors, components, floor)
    return made


def test_whitened_vectors_have_mean_0_and_the_identity_as_covariance() -> None:
    vectors = stretched()
    seen = fitted(vectors, 6, 0.0)(vectors)
    torch.testing.assert_close(seen.mean(0), torch.zeros(6), atol=1e-5, rtol=0)
    torch.testing.assert_close(torch.cov(seen.T), torch.eye(6), atol=1e-4, rtol=0)


def test_fewer_components_are_those_of_most_variance() -> None:
    vectors = stretched()
    kept = fitted(vectors, 2, None)(vectors)
    variances = torch.linalg.eigvalsh(torch.cov(vectors.T)).flip(0)
    torch.testing.assert_close(kept.var(0), variances[:2], rtol=1e-4, atol=0)


def test_without_whitening_distances_stay_as_they_are() -> None:
    vectors = stretched()
    torch.testing.assert_close(
        torch.pdist(fitted(vectors, 6, None)(vectors)), torch.pdist(vectors), rtol=1e-4, atol=1e-4
    )


def test_a_floor_keeps_directions_small_in_which_nothing_varies() -> None:
    vectors = stretched()
    vectors[:, 0] = 1 + 1e-4 * torch.randn(500, generator=torch.Generator().manual_seed(1))
    odd = vectors.mean(0) + torch.tensor([0.01, 0, 0, 0, 0, 0])
    assert fitted(vectors, 6, 0.01)(odd).norm() < 1 < fitted(vectors, 6, 0.0)(odd).norm()


@pytest.mark.parametrize("floor", [0.0, 0.01, None])
def test_vectors_that_are_all_the_same_give_finite_ones(floor: float | None) -> None:
    same = torch.full((5, 4), 0.3)
    assert torch.isfinite(fitted(same, 4, floor)(same + 1)).all()
