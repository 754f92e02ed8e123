"""Half-written files of a process that was killed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

SUFFIX = ".part"
"""Of every file that is not yet whole; see files.atomic_write() and backups."""


def remove_leftovers(folder: Path, names: Iterable[str]) -> int:
    """Remove what lies half-written in *folder* and below those of *names*; how many files. Follows no link.

    Only for who holds the project's lock: somebody else's would be what they write just now.
    """
    found = [path for path in folder.glob(f".*{SUFFIX}*") if path.is_file()]
    for name in names:
        if not (folder / name).is_symlink():
            for place, _, files in os.walk(folder / name):
                found += [Path(place, file) for file in files if file.endswith(SUFFIX)]
    removed = 0
    for path in found:
        with suppress(OSError):
            path.unlink()
            removed += 1
    return removed
