from __future__ import annotations

import torch

from anomaly_gui.detectors.coreset import PROJECTED, k_centre, spread


def always(_done: int) -> bool:
    return True


def points(count: int, axes: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, axes, generator=torch.Generator().manual_seed(seed))


def farthest(vectors: torch.Tensor, chosen: torch.Tensor) -> float:
    return float(torch.cdist(vectors, vectors[chosen]).min(1).values.max())


def test_rare_looks_are_kept() -> None:
    """Three among a thousand lie apart, each its own way: a random choice of ten would miss them."""
    vectors = 0.1 * points(1000, 3)
    rare = [17, 400, 981]
    vectors[rare] = torch.eye(3) * 10
    kept = k_centre(vectors, 10, 0, always)
    assert kept is not None
    assert set(rare) <= set(kept.tolist())


def test_each_is_chosen_once_and_in_order() -> None:
    vectors = points(50, 3)
    vectors[10:] = vectors[0]
    kept = k_centre(vectors, 40, 0, always)
    assert kept is not None
    assert kept.tolist() == sorted(set(kept.tolist()))
    assert len(kept) == 40


def test_it_covers_better_than_chance_in_many_dimensions() -> None:
    vectors = points(600, PROJECTED + 30) * torch.linspace(2, 0.1, PROJECTED + 30)
    vectors[::100] *= 3
    kept = k_centre(vectors, 60, 0, always)
    assert kept is not None
    random = torch.arange(5, 605, 10)[:60] % 600
    assert farthest(vectors, kept) < farthest(vectors, random)


def test_where_all_fit_all_are_kept() -> None:
    kept = k_centre(points(7, 2), 9, 0, always)
    assert kept is not None
    assert kept.tolist() == list(range(7))


def test_a_seed_decides_the_choice() -> None:
    vectors = points(200, 2)
    first, same, other = (k_centre(vectors, 20, seed, always) for seed in (1, 1, 2))
    assert first is not None
    assert same is not None
    assert other is not None
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_it_stops_when_told() -> None:
    asked: list[int] = []

    def twice(done: int) -> bool:
        asked.append(done)
        return len(asked) < 3

    assert k_centre(points(900, 2), 800, 0, twice) is None
    assert asked == sorted(asked)
    assert len(asked) == 3


def test_spreading_keeps_rare_looks_more_often_than_chance() -> None:
    vectors = 0.1 * points(5000, 3)
    vectors[:20] = torch.eye(3)[torch.arange(20) % 3] * 10 + points(20, 3, seed=1)
    kept = spread(vectors, 100, 0, always)
    assert kept is not None
    assert len(set(kept.tolist())) == 100
    assert (kept < 20).sum() >= 10, "chance would keep 0.4 of the 20"


def test_spreading_copies_keeps_each_number_once() -> None:
    kept = spread(torch.ones(50, 2), 40, 0, always)
    assert kept is not None
    assert len(set(kept.tolist())) == 40
    everything = spread(points(7, 2), 9, 0, always)
    assert everything is not None
    assert everything.tolist() == list(range(7))


def test_spreading_follows_its_seed_and_stops_when_told() -> None:
    vectors = points(300, 2)
    first, same, other = (spread(vectors, 30, seed, always) for seed in (1, 1, 2))
    assert first is not None
    assert same is not None
    assert other is not None
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
    assert spread(vectors, 30, 0, lambda done: done < 20) is None
