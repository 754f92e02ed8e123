from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from anomaly_gui.detectors.tracing import traced


class _Doubled(nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return 2 * images


def _run(graph: bytes, images: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    (made,) = session.run(["doubled"], {"images": images})
    return np.asarray(made)


def test_the_graph_computes_what_the_network_does() -> None:
    graph = traced(_Doubled(), torch.zeros(1, 1, 2, 2), ["images"], ["doubled"], any_count=False)
    assert _run(graph, np.full((1, 1, 2, 2), 3, np.float32)).tolist() == [[[[6, 6], [6, 6]]]]


def test_any_count_takes_more_images_than_the_example_had() -> None:
    graph = traced(_Doubled(), torch.zeros(1, 1, 2, 2), ["images"], ["doubled"], any_count=True)
    assert _run(graph, np.ones((5, 1, 2, 2), np.float32)).shape == (5, 1, 2, 2)


def test_jobs_that_trace_at_the_same_time_do_not_take_the_muting_of_warnings_from_each_other() -> None:
    """Python's list of filters is the process's: who restores it early lets the exporter's deprecation be raised."""

    def trace(number: int) -> int:
        return len(traced(_Doubled(), torch.zeros(1, 1, number + 1, 2), ["images"], ["doubled"], any_count=False))

    before = warnings.filters[:]
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(trace, range(24)))
    assert warnings.filters == before


def test_a_network_that_cannot_be_traced_leaves_the_way_free_for_the_next() -> None:
    class Broken(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        traced(Broken(), torch.zeros(1, 1, 2, 2), ["images"], ["doubled"], any_count=False)
    assert traced(_Doubled(), torch.zeros(1, 1, 2, 2), ["images"], ["doubled"], any_count=False)
