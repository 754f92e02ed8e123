"""DBSCAN on whole images: what lies outside the dense core of good images is odd.

Ester, Kriegel, Sander, Xu 1996. scikit-learn finds the core; new images are measured by their
distance to it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from anomaly_gui.detectors.backbone.trunks import AnyTrunk
from anomaly_gui.detectors.image_level import ImageLevelDetector, ImageLevelModel, Scorer
from anomaly_gui.detectors.nearest import nearest
from anomaly_gui.detectors.settings import DbscanSettings

_ROWS_AT_ONCE = 512


class Core(Scorer):
    """Distance to the nearest core image, in units of the radius: above 1 is noise to DBSCAN."""

    images: Tensor
    """(K, D)."""
    radius: Tensor
    """(1,)"""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("radius", torch.ones(1))
        self.resize(1, 1)

    def resize(self, count: int, components: int) -> None:
        self.register_buffer("images", self.radius.new_zeros(count, components))

    def resize_like(self, state: dict[str, Tensor]) -> None:
        count, components = state["images"].shape
        self.resize(count, components)

    def forward(self, images: Tensor) -> Tensor:
        return nearest(images, self.images)[0] / self.radius


def closest(images: Tensor, others: Tensor, count: int) -> Tensor:
    """(N, D) and (M, D) → (N, min(count, M)): distances to the nearest ones, ascending."""
    count = min(count, len(others))
    parts = [
        # Not by products, which would leave an image a little away from itself.
        torch.cdist(images[start : start + _ROWS_AT_ONCE], others, compute_mode="donot_use_mm_for_euclid_dist")
        .topk(count, largest=False)
        .values
        for start in range(0, len(images), _ROWS_AT_ONCE)
    ]
    return torch.cat(parts)


class Dbscan(ImageLevelDetector):
    """The score is the distance to the core; the map lays it over the patches that differ most."""

    def __init__(self, settings: DbscanSettings, channels: int, seed: int) -> None:
        self._core = Core()
        super().__init__(settings, channels, seed)
        self.neighbours = settings.neighbours
        self.noise_share = settings.noise_share
        self.fewest_images = max(self.fewest_images, settings.neighbours + 1)

    def make_model(self, trunk: AnyTrunk) -> ImageLevelModel:
        return ImageLevelModel(trunk, self.input_px, self.channels, self._core)

    def fit_scorer(self, images: Tensor, seed: int) -> Tensor:
        from sklearn.cluster import DBSCAN

        reach = closest(images, images, self.neighbours)[:, -1]
        # The distance within which all but noise_share of the images have their neighbours, rounded up.
        radius = max(float(reach.double().quantile(1 - self.noise_share)) * (1 + 1e-4), 1e-6)
        found = DBSCAN(eps=radius, min_samples=self.neighbours).fit(images.numpy())
        core = torch.from_numpy(found.core_sample_indices_)
        self._core.resize(len(core), images.shape[1])
        self._core.images.copy_(images[core])
        self._core.radius.fill_(radius)
        # What unseen ones would have: those of the core are nearest to themselves.
        distances = closest(images, self._core.images, 2)
        nearest_other = distances[:, 0].index_copy(0, core, distances[core, -1])
        return nearest_other / radius
