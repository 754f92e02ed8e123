"""A run's registration: the reference that its images are aligned to, and how each of them was moved."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from functools import partial

import msgspec
import numpy as np

from anomaly_gui.detectors.settings import DetectorSettings
from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable, sha256
from anomaly_gui.imaging.load import Pixels
from anomaly_gui.imaging.patience import Patience
from anomaly_gui.imaging.registration import Found, Move, Reference, Registration, make_reference
from anomaly_gui.jobs.run_facts import RunFacts
from anomaly_gui.project.records import Image
from anomaly_gui.project.runs import RunFolder

_IMAGES = 9
"""That the reference is the median of, evenly spread over the training images."""


def keep_reference(folder: RunFolder, settings: DetectorSettings, training: Sequence[Image], patience: Patience) -> str:
    """Make the reference of the images to learn from and keep it with the run; its SHA-256, or "" where *settings* ask
    for none.

    Raises InputError if no image can be read, OSError if the reference cannot be written.
    """
    if settings.registration == "none":
        return ""
    pictures = _some(training, patience)
    if not pictures:
        raise InputError(
            "good training images",
            "none of them can be read to make a reference for registration",
            "Put the files back or import them again",
        )
    data = make_reference(pictures).to_png()
    atomic_write(folder.reference, data)
    return sha256(data)


def _some(training: Sequence[Image], patience: Patience) -> list[Pixels]:
    from anomaly_gui.training.dataset import read_pixels

    places = np.unique(np.linspace(0, len(training) - 1, min(_IMAGES, len(training))).astype(int))
    found = []
    for image in (training[place] for place in places):
        with contextlib.suppress(InputError):  # It is announced when all are read to learn from.
            found.append(patience.read(image.path, partial(read_pixels, image)).pixels)
    return found


def registration_of(folder: RunFolder, facts: RunFacts) -> Registration | None:
    """How a run aligns its images; None where it takes them as they lie.

    Raises InputError if the reference is missing, or is not the one that the run started with.
    """
    chosen = facts.settings().registration
    if chosen == "none":
        return None
    reference = Reference.from_png(reference_data(folder, facts), printable(folder.reference))
    return Registration(reference, turns=chosen == "shift and rotation")


def reference_data(folder: RunFolder, facts: RunFacts) -> bytes:
    """The kept reference as a PNG file. Raises InputError as registration_of() does."""
    path, name = folder.reference, printable(folder.reference)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            name, "the run's reference for registration is missing", "Put it back or train again"
        ) from None
    except OSError as error:
        raise InputError(name, f"it cannot be read ({error.strerror})", "Check the disk, or train again") from error
    if sha256(data) != facts.reference_sha256:
        cause = "this is not the reference for registration that the run was trained with"
        raise InputError(name, cause, "Put it back or train again")
    return data


def keep_moves(folder: RunFolder, facts: RunFacts, found: Mapping[int, Found]) -> None:
    """Add how images (by id) were moved to what is kept of others; nothing for a run without registration."""
    if facts.settings().registration != "none":
        told = {str(key): msgspec.to_builtins(each.move) for key, each in found.items()}
        kept = {str(key): msgspec.to_builtins(move) for key, move in moves_of(folder).items()}
        folder.write_moves({**kept, **told})


def moves_of(folder: RunFolder) -> dict[int, Move]:
    """Image id → how it was moved when it was scored; those that were not are left out. Raises InputError."""
    if not folder.moves.exists():
        return {}
    try:
        kept = msgspec.convert(folder.read_moves(), dict[int, Move | None], strict=False)
    except msgspec.ValidationError as error:
        raise InputError(printable(folder.moves), f"the file is damaged ({error})", "Score the run again") from error
    return {key: move for key, move in kept.items() if move is not None}
