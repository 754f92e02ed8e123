"""Which images are asked for: all conditions at once, as plain values that a project can keep under a name."""

from __future__ import annotations

from typing import Literal

import msgspec

Facet = Literal["label", "defect_type", "split", "verdict", "folder", "state"]
FACETS: tuple[Facet, ...] = ("label", "defect_type", "split", "verdict", "folder", "state")
NO_VALUE = ""
"""Of a facet: no defect type, no verdict."""


class ImageFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of each facet the values that pass; an empty set lets all pass.

    A range includes its ends; None leaves an end open.
    """

    label: frozenset[str] = frozenset()
    defect_type: frozenset[str] = frozenset()
    """ "" are images without one."""
    split: frozenset[str] = frozenset()
    verdict: frozenset[str] = frozenset()
    """ "" are images that nobody reviewed."""
    folder: frozenset[str] = frozenset()
    """Absolute paths; images of folders below are not meant."""
    state: frozenset[str] = frozenset()
    """Any of "in use", "excluded", "locked", "masked", "commented"."""
    score: tuple[float | None, float | None] | None = None
    """Images without a score do not pass."""
    file_bytes: tuple[int | None, int | None] | None = None
    pixels: tuple[int | None, int | None] | None = None
    """Width times height."""
    modified_ns: tuple[int | None, int | None] | None = None
    """Images whose file's date is not known do not pass."""
    text: str = ""
    """Words that the path, the defect type or the comment holds, upper and lower case alike."""
    ids: frozenset[int] | None = None
    """These images alone, such as those of a problem or of a lasso."""
