"""Which processor computes, and with how many threads: the one place that decides."""

from __future__ import annotations

import os

import torch


def choose_device() -> torch.device:
    """The graphics card if torch can use one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def multiplies_halves(device: torch.device) -> bool:
    """Whether *device* multiplies bfloat16 in hardware: elsewhere it would be slower than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    able = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(able.get("amx_bf16") or able.get("avx512_bf16"))


def default_threads() -> int:
    """Threads for torch: every core but one, which the window keeps; both of two.

    OMP_NUM_THREADS wins, as everywhere.
    """
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores - 1 if cores > 2 else cores


def set_threads(threads: int | None = None) -> int:
    """Give torch *threads* (None: the default) on this thread and say how many it has.

    Sums are split by threads, so weights are the same bit for bit only for the same number:
    a run records what this returns, and is resumed with it.
    """
    wanted = threads or default_threads()
    torch.set_num_threads(wanted)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    return wanted
