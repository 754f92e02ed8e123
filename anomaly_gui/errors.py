"""The one exception for input that the user can put right, and how to tell that memory ran out."""

from __future__ import annotations


class InputError(Exception):
    """Something the user gave or chose cannot be used.

    The three parts make the sentence that the window shows and the command line
    prints before it exits with status 2: *what* (which file or setting), the
    *cause*, and the *next step*. Parts are given without a final full stop.
    """

    def __init__(self, what: str, cause: str, next_step: str) -> None:
        super().__init__(what, cause, next_step)
        self.what = what
        self.cause = cause
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what}: {self.cause}. {self.next_step}."


_NO_MEMORY = ("allocate memory", "out of memory", "not enough memory", "bad_alloc", "ALLOC_FAILED")
"""How torch on CPU and graphics card, its libraries and onnxruntime say it."""


def lacks_memory(error: BaseException) -> bool:
    """Whether *error* says that memory did not suffice; most libraries have no class for that."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in _NO_MEMORY)
