"""Where each image of a set lies on a map on which pictures that look alike are neighbours."""

from __future__ import annotations

import importlib.util
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.detectors.backbone import package
from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.projection import principal_plane
from anomaly_gui.files import printable
from anomaly_gui.imaging.load import load, white_level
from anomaly_gui.imaging.measures import MEASURES, measure
from anomaly_gui.imaging.resize import prepare
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, FileRefused, RateMeter
from anomaly_gui.project.content_cache import ContentCache
from anomaly_gui.project.records import Image
from anomaly_gui.project.store import Project

Method = Literal["pca", "umap"]

_TAPS = (4, 10)
_INPUT_PX = 192
_FEATURES = 152
"""Channels of the two taps."""
_BACKBONE_RECORD = np.dtype([("features", np.float16, (_FEATURES,))])
_BATCH = 16
_THREADS = 2
_SAVED_IMAGES = 5_000


class SetMap(msgspec.Struct, frozen=True, kw_only=True):
    """One point an image."""

    ids: NDArray[np.int64]
    points: NDArray[np.float32]
    """(N, 2), in the order of *ids*."""
    source: Literal["backbone", "pictures"]
    method: Method
    shares: tuple[float, float] | None
    """Of the variance that the two axes show; None for what is not linear."""
    left_out: int
    """Files that could not be read."""


def umap_is_installed() -> bool:
    return importlib.util.find_spec("umap") is not None


def map_set(
    project: Project, emit: EventSink, cancel: CancelToken, *, method: Method = "pca", backbone: bool = True
) -> SetMap | Cancelled:
    """Describe every image that is not excluded, by the backbone's features where its weights are installed and
    wanted, or else by a small grey picture, and lay them out.

    What describes an image is kept by its content: a second map takes seconds. Nothing of the project is changed.
    Raises InputError where UMAP is asked for and not installed.
    """
    if method == "umap" and not umap_is_installed():
        raise InputError("map by UMAP", "the package umap-learn is not installed", "Install it, or use PCA")
    images = [image for image in project.images() if not image.excluded]
    by_backbone = backbone and package.folder() is not None
    if by_backbone:
        cache = ContentCache(project.folder, "backbone-lite0-1", _BACKBONE_RECORD)
        describe = _backbone_describer(max((i.peak for i in images if i.bit_depth == 16), default=0))
    else:
        cache = ContentCache(project.folder, "measures-1", MEASURES)
        describe = _measured
    refused = _describe(images, cache, describe, emit, cancel)
    if cancel.cancelled:
        return Cancelled("What was looked at is kept: the next map goes on from there")
    known = [image for image in images if image.sha256 in cache]
    records = cache.records([image.sha256 for image in known])
    features = records["features"].astype(np.float32) if by_backbone else _of_measures(records)
    RateMeter("Laying out the map", 1, emit).update(0)
    shares: tuple[float, float] | None
    if method == "umap":
        points, shares = _umap(features), None
    else:
        points, shares = principal_plane(features)
    return SetMap(
        ids=np.array([image.id for image in known], np.int64),
        points=points,
        source="backbone" if by_backbone else "pictures",
        method=method,
        shares=shares,
        left_out=refused,
    )


Describer = Callable[[Sequence[tuple[Image, Any]]], list[Any]]


def _describe(
    images: Sequence[Image], cache: ContentCache, describe: Describer, emit: EventSink, cancel: CancelToken
) -> int:
    """Fill the cache; returns how many files could not be read."""
    fresh = list({image.sha256: image for image in images if image.sha256 not in cache}.values())
    meter = RateMeter("Looking at images", len(fresh), emit)
    batch: list[tuple[Image, Any]] = []
    refused = 0
    for done, (image, pixels) in enumerate(_read_ahead(fresh, cancel), start=1):
        if isinstance(pixels, InputError):
            refused += 1
            emit(FileRefused(printable(image.path), pixels.cause))
        else:
            batch.append((image, pixels))
        if batch and (len(batch) == _BATCH or done == len(fresh)):
            for (one, _), record in zip(batch, describe(batch), strict=True):
                cache.put(one.sha256, record)
            batch = []
        if cache.unsaved >= _SAVED_IMAGES:
            cache.save()
        meter.update(done, printable(os.path.basename(image.path)))
    cache.save()
    return refused


def _read_ahead(images: Sequence[Image], cancel: CancelToken) -> Iterator[tuple[Image, Any]]:
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="map") as pool:
        waiting: deque[tuple[Image, Future[Any]]] = deque()
        for image in images:
            if cancel.should_stop():
                break
            waiting.append((image, pool.submit(_read, image)))
            if len(waiting) > _BATCH:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting and not cancel.cancelled:
            first, future = waiting.popleft()
            yield first, future.result()


def _read(image: Image) -> Any:
    """Pixels, or the InputError that says why there are none."""
    try:
        return load(image.path, limit_px=image.width * image.height, verify=False).pixels
    except InputError as error:
        return error


def _measured(batch: Sequence[tuple[Image, Any]]) -> list[Any]:
    return [measure(pixels, image.peak) for image, pixels in batch]


def _of_measures(records: NDArray[np.void]) -> NDArray[np.float32]:
    """(N, 258) float32: an 16 × 16 picture, brightness and sharpness."""
    thumbnails = records["thumbnail"].astype(np.float32)
    side = thumbnails.shape[1] // 2
    small = thumbnails.reshape(len(records), side, 2, side, 2).mean(axis=(2, 4)).reshape(len(records), -1)
    return np.concatenate([small, records["brightness"][:, None], records["sharpness"][:, None]], axis=1)


def _backbone_describer(peak: int) -> Describer:
    import torch

    from anomaly_gui.detectors.backbone import session, weights
    from anomaly_gui.detectors.backbone.network import Trunk

    trunk = Trunk(_TAPS)
    known = weights.weights()
    trunk.load_state_dict({name: known[name] for name in trunk.state_dict()})

    def describe(batch: Sequence[tuple[Image, Any]]) -> list[Any]:
        pictures = [
            prepare(pixels, white_level(image.bit_depth, max(peak, image.peak)), 3, _INPUT_PX)
            for image, pixels in batch
        ]
        tapped = session.run(trunk, torch.from_numpy(np.stack(pictures)))
        pooled = torch.cat([tap.mean(dim=(2, 3)) for tap in tapped], dim=1).numpy()
        made = np.zeros(len(batch), _BACKBONE_RECORD)
        made["features"] = pooled
        return list(made)

    return describe


def _umap(features: NDArray[np.float32]) -> NDArray[np.float32]:
    import umap  # type: ignore[import-not-found]

    spread = features.std(axis=0)
    scaled = (features - features.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
    return np.asarray(umap.UMAP(n_components=2, random_state=0).fit_transform(scaled), np.float32)
