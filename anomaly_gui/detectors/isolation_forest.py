"""Isolation forest on whole images: an odd image is soon alone when images are split at random.

Liu, Ting, Zhou 2008. scikit-learn grows the trees; they are kept and evaluated as tensors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from anomaly_gui.detectors.backbone.trunks import AnyTrunk
from anomaly_gui.detectors.image_level import ImageLevelDetector, ImageLevelModel, Scorer
from anomaly_gui.detectors.settings import IsolationForestSettings

LEVELS = 8
"""Splits from root to leaf, at most: log₂ of the images that a tree is grown on."""
SAMPLES = 2**LEVELS
SOFTNESS = 0.05
"""Half-width of a split, in standard deviations. A hard one would let the last bit of a sum flip scores,
and the bundle would not repeat the app's."""
_ALWAYS_LEFT = 1e30


class Forest(Scorer):
    """Trees filled up to complete ones of LEVELS levels, so that all are evaluated at once."""

    feature: Tensor
    """(trees, 2**LEVELS − 1) int64, level by level from the root."""
    threshold: Tensor
    """Same shape: values up to it go left."""
    path: Tensor
    """(trees, 2**LEVELS): length of the path to each leaf, plus what the images left in it would add."""
    usual: Tensor
    """(1,): mean length of the path to an image of those grown on."""

    def __init__(self, trees: int, softness: float = SOFTNESS) -> None:
        super().__init__()
        self.softness = softness
        self.register_buffer("feature", torch.zeros(trees, SAMPLES - 1, dtype=torch.int64))
        self.register_buffer("threshold", torch.full((trees, SAMPLES - 1), _ALWAYS_LEFT))
        self.register_buffer("path", torch.zeros(trees, SAMPLES))
        self.register_buffer("usual", torch.ones(1))

    def resize_like(self, state: dict[str, Tensor]) -> None:
        """Nothing: the settings decide the sizes."""

    def forward(self, images: Tensor) -> Tensor:
        """2 ** (−mean path / usual path), in (0, 1); above 0.5 means sooner alone than usual."""
        trees = len(self.path)
        share = images.new_ones(images.shape[0], trees, 1)
        for level in range(LEVELS):
            nodes = slice(2**level - 1, 2 ** (level + 1) - 1)
            values = images[:, self.feature[:, nodes].reshape(-1)].reshape(-1, trees, 2**level)
            left = ((self.threshold[:, nodes] - values) / (2 * self.softness) + 0.5).clamp(0, 1)
            share = torch.stack([share * left, share * (1 - left)], -1).flatten(2)
        scores: Tensor = 2.0 ** (-(share * self.path).sum(2).mean(1) / self.usual)
        return scores

    def take(self, number: int, tree: Any) -> None:
        """Copy a fitted scikit-learn tree (its tree_)."""
        left, right = tree.children_left, tree.children_right

        def place(node: int, level: int, at: int) -> None:
            """*at* counts the nodes of its level from the left."""
            if left[node] < 0:
                self.path[number, at << (LEVELS - level)] = level + usual_path(int(tree.n_node_samples[node]))
                return
            slot = 2**level - 1 + at
            self.feature[number, slot] = int(tree.feature[node])
            self.threshold[number, slot] = float(tree.threshold[node])
            place(left[node], level + 1, 2 * at)
            place(right[node], level + 1, 2 * at + 1)

        place(0, 0, 0)


def usual_path(count: int) -> float:
    """Mean length of an unsuccessful search in a binary tree of *count* entries (Liu et al., equation 1)."""
    if count <= 1:
        return 0.0
    if count == 2:
        return 1.0
    return 2 * (float(np.log(count - 1)) + float(np.euler_gamma)) - 2 * (count - 1) / count


class IsolationForest(ImageLevelDetector):
    """The score is how soon an image is alone; the map lays it over the patches that differ most."""

    def __init__(self, settings: IsolationForestSettings, channels: int, seed: int) -> None:
        self._forest = Forest(settings.trees)
        super().__init__(settings, channels, seed)

    def make_model(self, trunk: AnyTrunk) -> ImageLevelModel:
        return ImageLevelModel(trunk, self.input_px, self.channels, self._forest)

    def fit_scorer(self, images: Tensor, seed: int) -> Tensor:
        from sklearn.ensemble import IsolationForest as Grower

        samples = min(SAMPLES, len(images))
        trees = len(self._forest.path)
        grower = Grower(n_estimators=trees, max_samples=samples, random_state=seed).fit(images.numpy())
        fresh = Forest(trees)
        for number, tree in enumerate(grower.estimators_):
            fresh.take(number, tree.tree_)
        fresh.usual.fill_(usual_path(samples))
        self._forest.load_state_dict(fresh.state_dict())
        scores: Tensor = self._forest(images)
        return scores
