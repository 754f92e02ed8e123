"""Batches of good images become batches with artificial defects, and what is asked of a network that saw them."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from anomaly_gui.imaging.artificial_defects import spoil
from anomaly_gui.imaging.foreign_areas import plant_area

PLANTED_SHARE = 0.65
"""Of the images of a batch; the others stay good, so that the network also learns to say nothing."""
_FLICKER = 0.1
"""Standard deviation of the logarithm of each image's gain: lighting must not count as a defect."""
_FOCUS = 4.0
_OVERLAP_WEIGHT = 0.3


def plant_defects(batch: Tensor, area_share: float = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Good images (N, C, H, W) in [0, 1] → spoilt, clean (N, C, H, W) and mask (N, H, W) in {0, 1}, float32.

    *area_share* of the spoilt ones have an area that looks like another image, the others small defects.
    What is drawn at random follows from torch's generator alone. Half of the clean images are mirrored
    versions of those given: only the network sees them, and it learns places less than looks.
    """
    rng = np.random.default_rng(int(torch.randint(2**62, ())))
    pictures = [_varied(rng, one) for one in batch.cpu().permute(0, 2, 3, 1).numpy()]
    spoilt, masks = [], []
    for number, picture in enumerate(pictures):
        if rng.random() < PLANTED_SHARE:
            others = pictures[:number] + pictures[number + 1 :] or pictures
            change = plant_area if rng.random() < area_share else spoil
            changed, mask = change(rng, picture, others)
        else:
            changed, mask = picture, np.zeros(picture.shape[:2], np.bool_)
        spoilt.append(changed)
        masks.append(mask)
    clean = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    return (
        torch.from_numpy(np.stack(spoilt)).permute(0, 3, 1, 2).to(batch.device),
        clean.to(batch.device),
        torch.from_numpy(np.stack(masks)).float().to(batch.device),
    )


def segmentation_loss(logits: Tensor, mask: Tensor) -> Tensor:
    """How badly logits (N, h, w) tell planted pixels, mask (N, h, w) in {0, 1}, from good ones; a scalar.

    Cross entropy, a focal term (Lin 2017) that looks at the pixels which are still wrong, and
    1 − the Dice overlap of each image, for which a dot counts as much as a large stain.
    """
    plain = F.binary_cross_entropy_with_logits(logits, mask, reduction="none")
    share = torch.sigmoid(logits)
    right = torch.where(mask > 0, share, 1 - share)
    focal = ((1 - right).square() * plain).mean()
    common = (share * mask).sum((1, 2))
    overlap = (2 * common + 1) / (share.sum((1, 2)) + mask.sum((1, 2)) + 1)
    return plain.mean() + _FOCUS * focal + _OVERLAP_WEIGHT * (1 - overlap).mean()


def _varied(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Mirrored or not, a little brighter or darker; contiguous, as OpenCV wants it."""
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    gain = np.float32(np.exp(rng.normal(0, _FLICKER)))
    return np.ascontiguousarray(np.clip(picture * gain, 0, 1))
