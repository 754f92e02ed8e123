from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_gui.detectors import nearest as module
from anomaly_gui.detectors.nearest import few_nearest, nearest


@settings(deadline=None)
@given(
    queries=st.integers(1, 20),
    entries=st.integers(1, 40),
    axes=st.integers(1, 6),
    block=st.integers(1, 50),
    seed=st.integers(0, 99),
)
def test_it_finds_what_the_full_distance_matrix_has(
    queries: int, entries: int, axes: int, block: int, seed: int
) -> None:
    random = torch.Generator().manual_seed(seed)
    asked = torch.randn(queries, axes, generator=random)
    known = torch.randn(entries, axes, generator=random)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        distances, index = nearest(asked, known)
    full = torch.cdist(asked, known, compute_mode="donot_use_mm_for_euclid_dist")
    torch.testing.assert_close(distances, full.min(1).values)
    torch.testing.assert_close(full.gather(1, index[:, None])[:, 0], full.min(1).values)


def test_a_close_one_far_from_the_origin_keeps_its_distance() -> None:
    """|q|² + |m|² − 2 q·m would give 0 or √8 here: its terms are of 10⁸."""
    known = torch.tensor([[1e4, 0.0], [0.0, 0.0]])
    distances, index = nearest(torch.tensor([[1e4, 0.25]]), known)
    assert (float(distances[0]), int(index[0])) == (0.25, 0)


def test_no_more_than_a_block_is_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", 8)
    seen: list[int] = []
    multiply = torch.addmm

    def watched(*parts: torch.Tensor, alpha: float) -> torch.Tensor:
        product = multiply(*parts, alpha=alpha)
        seen.append(product.shape[1])
        return product

    monkeypatch.setattr(torch, "addmm", watched)
    nearest(torch.rand(3, 2), torch.rand(30, 2))
    assert max(seen) == 8


def test_nothing_to_search_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no entries"):
        nearest(torch.rand(1, 2), torch.rand(0, 2))


@settings(deadline=None)
@given(queries=st.integers(1, 20), entries=st.integers(1, 40), count=st.integers(1, 5), seed=st.integers(0, 99))
def test_several_near_ones_are_the_best_of_the_nearest_of_each_part(
    queries: int, entries: int, count: int, seed: int
) -> None:
    random = torch.Generator().manual_seed(seed)
    asked = torch.randn(queries, 4, generator=random)
    known = torch.randn(entries, 4, generator=random)
    less = torch.rand(entries, generator=random)
    distances, index = few_nearest(asked, known, count, known.square().sum(1), less)
    full = torch.cdist(asked, known, compute_mode="donot_use_mm_for_euclid_dist").square() - less
    of_parts = torch.stack([part.min(1).values for part in full.split(max(1, -(-entries // 8)), 1)], 1)
    torch.testing.assert_close(distances, of_parts.sort(1).values[:, :count])
    torch.testing.assert_close(full.gather(1, index), distances)
    torch.testing.assert_close(distances[:, 0], full.min(1).values)


def test_of_many_in_an_order_of_chance_hardly_any_near_one_is_passed_over() -> None:
    random = torch.Generator().manual_seed(0)
    asked, known = torch.randn(500, 8, generator=random), torch.randn(20_000, 8, generator=random)
    squared, _ = few_nearest(asked, known, 3, known.square().sum(1), torch.zeros(20_000))
    distances, truly = squared.sqrt(), torch.cdist(asked, known).topk(3, 1, largest=False).values
    assert float((distances.mean(1) / truly.mean(1)).mean()) < 1.03
