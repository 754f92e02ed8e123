"""A picture of what each detector makes of a defect it found and of one it missed, one row a detector."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.errors import InputError
from anomaly_gui.imaging.load import load, to_channels, to_unit
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.imaging.resize import resize
from anomaly_gui.jobs.evaluate import scored_images
from anomaly_gui.jobs.run_facts import load_facts
from anomaly_gui.jobs.study.figures import FALSE_ALARMS
from anomaly_gui.project.records import Image
from anomaly_gui.project.store import Project

TILE_PX = 168
_LABEL_PX = 176
_GAP_PX = 6
_PAPER, _INK, _OUTLINE = 245, (30, 30, 30), (220, 40, 40)

Picture = NDArray[np.uint8]
"""(H, W, 3) RGB."""


def contact_sheet(project_folder: Path, runs: Sequence[tuple[str, str]]) -> bytes:
    """A PNG for detectors and the names of their scored runs: original with the mask's outline, reconstruction, map.

    Runs that the project does not have are left out. Shown are the defect that scores highest and the one that
    scores lowest, if they are found and missed where 5 % of the good images are false alarms: at the threshold with
    the best F1 a detector that sees nothing misses nothing. Raises InputError if the project or an image cannot be
    read.
    """
    with Project.open(project_folder, read_only=True) as project:
        known = {run.name: run.id for run in project.runs()}
        rows = [_row(project, detector, known[name]) for detector, name in runs if name in known]
    sheet = np.concatenate([part for row in (_heading(), *rows) for part in (row, _blank(_GAP_PX, row.shape[1]))])
    _, data = cv2.imencode(".png", np.ascontiguousarray(sheet[:, :, ::-1]))
    return data.tobytes()


def _row(project: Project, detector: str, run_id: int) -> Picture:
    scored = scored_images(project, run_id)
    defects = np.flatnonzero(scored.defective)
    rising = defects[np.argsort(scored.scores[defects], kind="stable")]
    good = np.sort(scored.scores[~scored.defective])[::-1]
    # Images above this score are called defective.
    limit = good[int(FALSE_ALARMS * len(good))] if len(good) else -np.inf
    lowest, highest = int(rising[0]), int(rising[-1])
    found = highest if not scored.scores[highest] <= limit else None
    missed = lowest if scored.scores[lowest] <= limit else None
    panes: list[Picture] = [_label(detector)]
    for chosen, nothing in ((found, "none found"), (missed, "none missed")):
        image = None if chosen is None else project.image(int(scored.ids[chosen]))
        panes += [_label(nothing, 3 * TILE_PX + 2 * _GAP_PX)] if image is None else _panes(project, run_id, image)
    spaced = [part for pane in panes for part in (pane, _blank(TILE_PX, _GAP_PX))]
    return np.concatenate(spaced, axis=1)


def _panes(project: Project, run_id: int, image: Image) -> list[Picture]:
    folder = project.run_folder(run_id)
    levels = (folder.read_map(image.id) >> 8).astype(np.uint8)
    coloured = cv2.applyColorMap(_fit(levels), cv2.COLORMAP_INFERNO)[:, :, ::-1]
    original = _original(image, load_facts(folder).white_level)
    return [original, _redrawn(project, run_id, image), np.asarray(coloured, np.uint8)]


def _original(image: Image, white_level: int) -> Picture:
    pixels = load(image.path, verify=False).pixels
    unit = to_channels(to_unit(pixels, white_level if image.bit_depth == 16 else 255), 3)
    shown = np.rint(resize(unit, TILE_PX, TILE_PX) * 255).astype(np.uint8)
    if image.mask_path is not None:
        mask = load_mask(image.mask_path, image.height, image.width).astype(np.uint8)
        small = cv2.resize(mask, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA)
        outlines, _ = cv2.findContours(small, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(shown, outlines, -1, _OUTLINE, 1)
    return shown


def _redrawn(project: Project, run_id: int, image: Image) -> Picture:
    try:
        picture = project.run_folder(run_id).read_reconstruction(image.id)
    except InputError:
        return _label("no picture", TILE_PX)
    return np.broadcast_to(_fit(picture).reshape(TILE_PX, TILE_PX, -1), (TILE_PX, TILE_PX, 3)).copy()


def _fit(pixels: Picture) -> Picture:
    return np.asarray(cv2.resize(pixels, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA), np.uint8)


def _heading() -> Picture:
    titles = (
        f"at {FALSE_ALARMS:.0%} false alarms",
        *(f"{what}: {pane}" for what in ("found", "missed") for pane in ("original", "redrawn", "error")),
    )
    widths = (_LABEL_PX, *[TILE_PX] * 6)
    cells = [_label(title, width, 24) for title, width in zip(titles, widths, strict=True)]
    return np.concatenate([part for cell in cells for part in (cell, _blank(24, _GAP_PX))], axis=1)


def _label(text: str, width: int = _LABEL_PX, height: int = TILE_PX) -> Picture:
    paper = _blank(height, width)
    cv2.putText(paper, text, (6, height // 2 + 5), cv2.FONT_HERSHEY_SIMPLEX, 0.48, _INK, 1, cv2.LINE_AA)
    return paper


def _blank(height: int, width: int) -> Picture:
    return np.full((height, width, 3), _PAPER, np.uint8)
