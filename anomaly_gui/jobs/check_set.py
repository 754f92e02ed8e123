"""Can the set be trusted? Every image is read once and measured; what was measured is kept by content."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import msgspec
import numpy as np

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable
from anomaly_gui.imaging.likeness import SAME_FROM, candidate_pairs, details, likeness
from anomaly_gui.imaging.load import load
from anomaly_gui.imaging.masks import load_mask
from anomaly_gui.imaging.measures import MEASURES, measure
from anomaly_gui.jobs.check_files import FileCheck, check_files
from anomaly_gui.jobs.set_facts import SetFacts
from anomaly_gui.jobs.set_findings import findings
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, RateMeter
from anomaly_gui.project.content_cache import FOLDER, ContentCache
from anomaly_gui.project.findings import PLACE, Finding
from anomaly_gui.project.records import Image
from anomaly_gui.project.store import Project

_MEASURES = "measures-1"
_PAIRS = "alike-1.json"
_THREADS = 2
_AHEAD = 16
_SAVED_IMAGES = 5_000
MOST_PAIRS = 20_000
"""Pairs that are looked at closely, the most alike first: two files are read for each."""
_KEPT_DETAILS = 2_000
_USUAL_OF = 200
"""Images whose mean says what all parts have in common."""


class SetCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a check."""

    images: int
    """Those that are not excluded."""
    measured: int
    """Of them those that were read now; the others were known."""
    seconds: float
    findings: tuple[Finding, ...]
    facts: SetFacts


def check_set(project: Project, emit: EventSink, cancel: CancelToken) -> SetCheck | Cancelled:
    """Measure every image that is not excluded, compare them, and say what was found.

    Nothing of the project is changed. A check that is cancelled keeps what it has measured, so that the next one
    goes on from there. A file that cannot be decoded is among the findings.
    """
    started = time.monotonic()
    images = [image for image in project.images() if not image.excluded]
    files = check_files(project, emit, cancel)
    if isinstance(files, Cancelled):
        return Cancelled("Nothing was changed")
    gone = {*files.missing, *files.changed, *dict(files.unreadable)}
    there = [image for image in images if image.id not in gone]
    cache = ContentCache(project.folder, _MEASURES, MEASURES)
    refused, measured = _measure(there, cache, emit, cancel)
    if cancel.cancelled:
        return Cancelled("What was measured is kept: the next check goes on from there")
    known = [image for image in there if image.sha256 in cache]
    records = cache.records([image.sha256 for image in known])
    alike = _alike(project, known, records["thumbnail"], emit, cancel)
    masks = None if alike is None else _wrong_masks(there, emit, cancel)
    if alike is None or masks is None:
        return Cancelled("What was measured is kept: the next check goes on from there")
    facts = SetFacts(
        files=FileCheck(
            checked=files.checked,
            missing=files.missing,
            changed=files.changed,
            unreadable=(*files.unreadable, *refused),
        ),
        ids=tuple(image.id for image in known),
        brightness=records["brightness"],
        bright_share=records["bright_share"],
        sharpness=records["sharpness"],
        alike=alike[0],
        pairs_left_out=alike[1],
        masks=masks,
    )
    found = findings(project.images(), facts, frozenset(project.place(PLACE, [])))
    seconds = time.monotonic() - started
    return SetCheck(images=len(images), measured=measured, seconds=seconds, findings=tuple(found), facts=facts)


# Measuring


def _measure(
    images: Sequence[Image], cache: ContentCache, emit: EventSink, cancel: CancelToken
) -> tuple[list[tuple[int, str]], int]:
    """Fill the cache; images that cannot be read with their cause, and how many were read."""
    fresh = list({image.sha256: image for image in images if image.sha256 not in cache}.values())
    meter = RateMeter("Measuring images", len(fresh), emit)
    refused: list[tuple[int, str]] = []
    done = 0
    for done, (image, result) in enumerate(_read_ahead(fresh, cancel), start=1):
        if isinstance(result, InputError):
            refused.append((image.id, result.cause))
            emit(FileRefused(printable(image.path), result.cause))
        else:
            cache.put(image.sha256, result)
        if cache.unsaved >= _SAVED_IMAGES:
            cache.save()
        meter.update(done, printable(os.path.basename(image.path)))
    cache.save()
    return refused, done


def _read_ahead(images: Sequence[Image], cancel: CancelToken) -> Iterator[tuple[Image, Any]]:
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="measure") as pool:
        waiting: deque[tuple[Image, Future[Any]]] = deque()
        for image in images:
            if cancel.should_stop():
                break
            waiting.append((image, pool.submit(_measured, image)))
            if len(waiting) > _AHEAD:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting and not cancel.cancelled:
            first, future = waiting.popleft()
            yield first, future.result()


def _measured(image: Image) -> Any:
    """A record of MEASURES, or the InputError that says why there is none."""
    try:
        return measure(load(image.path, limit_px=image.width * image.height, verify=False).pixels, image.peak)
    except InputError as error:
        return error


# Comparing


def _alike(
    project: Project, images: Sequence[Image], thumbnails: np.ndarray, emit: EventSink, cancel: CancelToken
) -> tuple[tuple[tuple[str, str, float], ...], int] | None:
    """Different pictures that are almost the same, and how many pairs were left out; None if cancelled.

    An answer is kept for as long as the pictures of the set are the same.
    """
    rows = {image.pixel_sha256: row for row, image in enumerate(images)}  # of copies one
    digest = hashlib.sha256("\n".join([str(SAME_FROM), str(MOST_PAIRS), *sorted(rows)]).encode()).hexdigest()
    kept = project.folder / FOLDER / _PAIRS
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(kept.read_bytes())
        if known["pictures"] == digest:
            return tuple((str(a), str(b), float(value)) for a, b, value in known["alike"]), int(known["left_out"])
    order = sorted(rows.values())
    meter = RateMeter("Looking for alike images", len(order), emit)

    def go_on(done: int) -> bool:
        meter.update(done)
        return not cancel.should_stop()

    pairs = candidate_pairs(thumbnails[order], go_on)
    if cancel.cancelled:
        return None
    closer = [(images[order[i]], images[order[j]]) for i, j in pairs[:MOST_PAIRS]]
    found = _confirmed(closer, [images[row] for row in order], emit, cancel)
    if found is None:
        return None
    left_out = max(0, len(pairs) - MOST_PAIRS)
    text = json.dumps({"pictures": digest, "alike": found, "left_out": left_out})
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        atomic_write(kept, text.encode())
    return tuple(found), left_out


def _confirmed(
    pairs: Sequence[tuple[Image, Image]], images: Sequence[Image], emit: EventSink, cancel: CancelToken
) -> list[tuple[str, str, float]] | None:
    meter = RateMeter("Comparing images", len(pairs), emit)
    kept: OrderedDict[int, np.ndarray | None] = OrderedDict()
    usual = _usual_details(images, cancel) if pairs else None
    found = []
    # Pairs of one image follow one another: it is then read once.
    for done, (first, second) in enumerate(sorted(pairs, key=lambda pair: (pair[0].id, pair[1].id)), start=1):
        if cancel.should_stop():
            return None
        seen = [_details(image, kept) for image in (first, second)]
        value = None if seen[0] is None or seen[1] is None else likeness(seen[0], seen[1], usual)
        if value is not None and value >= SAME_FROM:
            found.append((first.pixel_sha256, second.pixel_sha256, value))
        meter.update(done, printable(os.path.basename(first.path)))
    return found


def _usual_details(images: Sequence[Image], cancel: CancelToken) -> np.ndarray | None:
    """Mean of the details of some of the images, evenly taken from all."""
    kept: OrderedDict[int, np.ndarray | None] = OrderedDict()
    total, count = np.zeros(1), 0
    for image in images[:: max(1, len(images) // _USUAL_OF)]:
        if cancel.should_stop():
            break
        seen = _details(image, kept)
        if seen is not None:
            total, count = total + seen, count + 1
    return np.asarray(total / count, np.float32) if count else None


def _details(image: Image, kept: OrderedDict[int, np.ndarray | None]) -> np.ndarray | None:
    if image.id not in kept:
        try:
            pixels = load(image.path, limit_px=image.width * image.height, verify=False).pixels
            kept[image.id] = details(pixels, image.peak)
        except InputError:
            kept[image.id] = None
        while len(kept) > _KEPT_DETAILS:
            kept.popitem(last=False)
    return kept[image.id]


def _wrong_masks(images: Sequence[Image], emit: EventSink, cancel: CancelToken) -> dict[int, str] | None:
    masked = [image for image in images if image.mask_path is not None]
    meter = RateMeter("Checking masks", len(masked), emit)
    wrong: dict[int, str] = {}
    for done, image in enumerate(masked, start=1):
        if cancel.should_stop():
            return None
        assert image.mask_path is not None
        try:
            if not load_mask(image.mask_path, image.height, image.width).any():
                wrong[image.id] = "empty"
        except InputError as error:
            wrong[image.id] = error.cause
        meter.update(done, printable(os.path.basename(image.mask_path)))
    return wrong
