"""A run's own backbone: an ONNX file that the user picked, copied to the run so that nothing else is needed later."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from anomaly_gui.detectors import registry
from anomaly_gui.detectors.settings import DetectorSettings
from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable, sha256
from anomaly_gui.jobs.run_facts import RunFacts, input_channels, input_side
from anomaly_gui.project.records import Image
from anomaly_gui.project.runs import RunFolder

if TYPE_CHECKING:
    from anomaly_gui.detectors.base import Detector


def require_fitting(detector: str, settings: DetectorSettings, training: Sequence[Image]) -> DetectorSettings:
    """The settings with the whole path of the file they name, if they name one; it is checked first.

    Raises InputError for one that the detector cannot look through.
    """
    chosen: str = getattr(settings, "backbone", "")
    if not chosen:
        return settings
    whole = os.path.abspath(os.path.expanduser(chosen))
    if printable(whole) != whole:
        raise InputError(printable(whole), "its name is not UTF-8", "Rename the file")
    settings = _with_backbone(settings, Path(whole))
    side = settings.input_px or input_side(training)
    ready = msgspec.structs.replace(settings, input_px=side)
    registry.build(detector, ready, input_channels(settings.colour, training), seed=0)
    return settings


def keep_backbone(folder: RunFolder, settings: DetectorSettings) -> str:
    """Copy the file that *settings* name to the run; its SHA-256, or "" where they name none.

    Raises InputError if it cannot be read, OSError if it cannot be copied.
    """
    chosen: str = getattr(settings, "backbone", "")
    if not chosen:
        return ""
    from anomaly_gui.detectors.backbone.onnx_file import read_bytes

    data = read_bytes(Path(chosen))
    atomic_write(folder.backbone, data)
    return sha256(data)


def build_detector(folder: RunFolder, facts: RunFacts) -> Detector:
    """The run's detector, before it has its weights, looking through the run's own backbone.

    Raises InputError if that file is missing, or is not the one that the run started with.
    """
    settings = facts.settings()
    if facts.backbone_sha256:
        _require_same(folder.backbone, facts.backbone_sha256)
        settings = _with_backbone(settings, folder.backbone)
    detector = registry.build(facts.detector, settings, facts.channels, facts.seed)
    inside = facts.inside()
    if inside is not None:
        import torch

        detector.look_within(torch.from_numpy(inside))
    return detector


def _require_same(path: Path, expected: str) -> None:
    name = printable(path)
    try:
        found = sha256(path.read_bytes())
    except FileNotFoundError:
        raise InputError(name, "the run's backbone is missing", "Put it back or train again") from None
    except OSError as error:
        raise InputError(name, f"the run's backbone cannot be read ({error.strerror})", "Train again") from error
    if found != expected:
        raise InputError(name, "this is not the backbone that the run was trained with", "Put it back or train again")


def _with_backbone(settings: DetectorSettings, path: Path) -> DetectorSettings:
    return msgspec.structs.replace(settings, backbone=str(path))
