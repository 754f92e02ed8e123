from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from anomaly_gui.detectors.compute import choose_device, default_threads, multiplies_halves, set_threads


def pretend_cores(monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)), raising=False)


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (3, 2), (4, 3), (16, 15)])
def test_one_core_is_left_to_the_window_when_there_are_more_than_two(
    monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    pretend_cores(monkeypatch, cores)
    assert default_threads() == threads


@pytest.mark.parametrize(
    ("able", "expected"),
    [({}, False), ({"avx512_f": True}, False), ({"amx_bf16": True}, True), ({"avx512_bf16": True}, True)],
)
def test_halves_are_for_cpus_that_multiply_them(
    monkeypatch: pytest.MonkeyPatch, able: dict[str, bool], expected: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able, raising=False)
    assert multiplies_halves(torch.device("cpu")) == expected
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert not multiplies_halves(torch.device("cpu"))


def test_omp_num_threads_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_cores(monkeypatch, 8)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert default_threads() == 2
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert default_threads() == 7


def test_set_threads_sets_torch_and_says_how_many() -> None:
    before = torch.get_num_threads()
    try:
        assert set_threads(2) == 2
        assert torch.get_num_threads() == 2
        assert set_threads() == default_threads() == torch.get_num_threads()
    finally:
        torch.set_num_threads(before)


def test_the_cpu_is_chosen_without_a_graphics_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device().type == "cpu"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device().type == "cuda"


@pytest.mark.parametrize("module", ["anomaly_gui.detectors.compute", "anomaly_gui.training.losses"])
def test_waiting_threads_and_kept_programs_are_bounded_before_numpy_and_torch_are_imported(module: str) -> None:
    program = f"""
import os, sys
class Watch:
    def find_spec(self, name, *rest):
        if name in ("numpy", "torch"):
            print(name, os.environ.get("OMP_WAIT_POLICY"), os.environ.get("OPENBLAS_NUM_THREADS"), end=" ")
            print(os.environ.get("ONEDNN_PRIMITIVE_CACHE_CAPACITY"), os.environ.get("LRU_CACHE_CAPACITY"), end=" ")
            print(os.environ.get("MKL_DISABLE_FAST_MM"), os.environ.get("GOMP_SPINCOUNT"))
sys.meta_path.insert(0, Watch())
import {module}
"""
    ours = ("OMP_", "OPENBLAS_", "ONEDNN_", "LRU_", "MKL_", "GOMP_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert sorted(set(run.stdout.splitlines())) == [f"{name} PASSIVE 1 128 128 1 10000" for name in ("numpy", "torch")]
