from __future__ import annotations

import pytest

from anomaly_gui.errors import InputError, lacks_memory


def test_the_three_parts_make_two_sentences() -> None:
    error = InputError("a.png", "it is empty", "Export it again")
    assert str(error) == "a.png: it is empty. Export it again."
    assert (error.what, error.cause, error.next_step) == ("a.png", "it is empty", "Export it again")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:81] DefaultCPUAllocator: not enough memory: you tried"),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("std::bad_alloc"),
        Exception("Failed to allocate memory for requested buffer of size 4096"),
    ],
)
def test_a_lack_of_memory_is_told_by_its_class_or_its_words(error: Exception) -> None:
    assert lacks_memory(error)


@pytest.mark.parametrize("error", [RuntimeError("shapes cannot be multiplied"), ValueError(), OSError(28, "No space")])
def test_other_faults_are_no_lack_of_memory(error: Exception) -> None:
    assert not lacks_memory(error)
