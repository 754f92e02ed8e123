"""What a run's settings.json says: all that scoring and export need besides the weights."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import Any, Literal

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

import anomaly_gui
from anomaly_gui.detectors.registry import entry
from anomaly_gui.detectors.settings import DetectorSettings
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import white_level
from anomaly_gui.imaging.region import Region, inside_of
from anomaly_gui.imaging.tiles import Tiling, factors_of
from anomaly_gui.project.records import Image, Run
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.scoring.tiled import TiledView

_BATCH_PIXELS = 1 << 20
"""Of all images in a batch: 16 at 256 px, one at 1024 px."""
_TILE_PIXELS = 1 << 18
"""Of tiles in a batch: several threads look at one each, and the smaller it is the better it fits their caches."""


class RunFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run: what was asked for, and what was found out when it started."""

    run: str
    detector: str
    preset: str
    seed: int
    detector_settings: dict[str, Any]
    scoring_settings: dict[str, Any]
    input_px: int
    channels: int
    """1 or 3."""
    white_level: int
    """For 16-bit images; 8-bit ones have 255."""
    threads: int
    """torch's; together with the seed they decide every bit of the weights."""
    device: str
    """"cpu" or "cuda"."""
    versions: dict[str, str]
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of the products while it learnt: it decides every bit of the weights too. Scores are always float32."""
    backbone_sha256: str = ""
    """Of the ONNX file that the user picked; empty for the packaged backbone."""
    reference_sha256: str = ""
    """Of the picture that images are aligned to; empty without registration."""
    tiling: Tiling | None = None
    """None: the whole image is resized to the input."""
    region: Region = Region()
    """What counts of an image, as it was drawn when the run started; runs of older versions have none unless they look
    by tiles."""
    weights_sha256: str = ""
    """Of weights.safetensors; empty until there are any."""

    def settings(self) -> DetectorSettings:
        """The detector's settings as its own type."""
        return msgspec.convert(self.detector_settings, entry(self.detector).settings)

    def tiled_view(self) -> TiledView:
        """How images are looked at. Raises ValueError for a run without tiles."""
        if self.tiling is None:
            raise ValueError(f"run {self.run} has no tiles")
        return TiledView(self.tiling, self.channels, max(1, _TILE_PIXELS // self.input_px**2), self.region)

    def inside(self) -> NDArray[np.bool_] | None:
        """(S, S) of the detector's input and its map: what counts of a whole image; None if that is everything, or
        if the run looks by tiles, which each have a part of the region."""
        return None if self.tiling is not None else inside_of(self.region, self.input_px, self.input_px)

    def scoring(self) -> ScoringSettings:
        return msgspec.convert(self.scoring_settings, ScoringSettings)


def save_facts(folder: RunFolder, facts: RunFacts) -> None:
    folder.write_settings(msgspec.to_builtins(facts))


def load_facts(folder: RunFolder) -> RunFacts:
    """Raises InputError if the file is missing or damaged."""
    try:
        return msgspec.convert(folder.read_settings(), RunFacts)
    except msgspec.ValidationError as error:
        raise InputError(printable(folder.settings), f"the file is damaged ({error})", "Train again") from error


def typed_settings(run: Run) -> tuple[DetectorSettings, ScoringSettings]:
    """A run's settings as the types they were made from. Raises InputError for those of another version."""
    try:
        detector = msgspec.convert(run.settings["detector"], entry(run.detector).settings)
        return detector, msgspec.convert(run.settings["scoring"], ScoringSettings)
    except (KeyError, msgspec.ValidationError) as error:
        raise InputError(f"run {run.name}", f"its settings do not fit this version ({error})", "Train again") from error


def scoring_in_force(project: Project, run: Run) -> ScoringSettings:
    """How the run's maps become scores now: as it was trained, or as that was changed since. Raises InputError."""
    _, trained = typed_settings(run)
    changed = project.scoring(run.id)
    if changed is None:
        return trained
    try:
        return msgspec.convert(changed, ScoringSettings)
    except msgspec.ValidationError as error:
        raise InputError(
            f"run {run.name}", f"its scoring does not fit this version ({error})", "Train again"
        ) from error


def versions(torch_version: str) -> dict[str, str]:
    """Of what decides the weights and the scores."""
    return {
        "anomaly_gui": anomaly_gui.__version__,
        "python": platform.python_version(),
        "torch": torch_version,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
    }


def batch_size(input_px: int) -> int:
    """Images that a detector with this input size is given at once."""
    return max(1, _BATCH_PIXELS // input_px**2)


def tiling_of(settings: DetectorSettings) -> Tiling | None:
    """None where the whole image is resized."""
    if not settings.tile_px:
        return None
    return Tiling(settings.tile_px, settings.tile_overlap, factors_of(settings.scales))


def input_channels(colour: str, training: Sequence[Image]) -> int:
    if colour == "auto":
        return 1 if all(image.channels == 1 for image in training) else 3
    return 1 if colour == "grey" else 3


def input_side(training: Sequence[Image]) -> int:
    """512 or 768, for a detector that leaves it open: the nearer to 1.5 times the usual longer side.

    Features have cells of 16 px: magnified a little, an image shows them defects of a few pixels; more
    only blurs it.
    """
    usual = float(np.median([max(image.width, image.height) for image in training]))
    return 512 if 1.5 * usual < (512 + 768) / 2 else 768


def input_white_level(images: Sequence[Image]) -> int:
    """For the 16-bit images of a run, one for all of them: each with its own would look alike."""
    peaks = [image.peak for image in images if image.bit_depth == 16]
    return white_level(16, max(peaks)) if peaks else 255
