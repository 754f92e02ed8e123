"""Learns where areas do not belong, from planted samples that the backbone sees once and the head many times.

The backbone takes half of the time of a step, planting some more: samples kept as the backbone sees them make three
times the steps in the same time. On magnetic_tile the pixel AUROC of the network alone rose by that from 0.87 to 0.90.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from anomaly_gui.detectors.artificial_defects import ArtificialDefects
from anomaly_gui.detectors.backbone import trunks
from anomaly_gui.detectors.base import Batches, Finished, FitContext, LossFunction
from anomaly_gui.detectors.planted_samples import BATCH, Numbers, Samples
from anomaly_gui.progress import Cancelled

SAMPLES, HELD_OUT = 8000, 320
"""Of half as many the network learns areas worse: by 0.01 of the combined map's pixel AUROC on magnetic_tile."""
_PASS_STEPS = 50


class AreaFinder(ArtificialDefects):
    """Its loop gets numbers of samples instead of images; the images come without augmentation."""

    _learnt: Samples | None = None
    _held_out: Samples | None = None

    def fit(self, context: FitContext) -> Finished | Cancelled:
        trunks.take_weights(self.model.trunk)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(context.seed)
            # More than there are steps to look at would be of no use.
            wanted = min(SAMPLES, self.minimum_steps * BATCH)
            self._learnt = self._planted_in(context.training, wanted, context)
            self._held_out = self._planted_in(context.validation, min(HELD_OUT, wanted), context)
        if self._learnt is None or self._held_out is None:
            return Cancelled("Nothing of what was planted is kept; resuming plants it again")
        # It learns by the step, be the images few or many.
        steps = min(_PASS_STEPS, self.minimum_steps)
        done = super().fit(
            replace(
                context,
                training=Numbers(self._learnt, steps, context.seed),
                validation=Numbers(self._held_out, max(1, steps // 5), context.seed),
            )
        )
        self._learnt = self._held_out = None
        return done

    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        samples = self._learnt if self.network.training else self._held_out
        assert samples is not None
        return self.loss_of(samples.take(batch), reconstruction_loss)

    def _planted_in(self, batches: Batches, count: int, context: FitContext) -> Samples | None:
        """None if asked to stop."""
        device = next(self.network.parameters()).device
        return Samples.made(batches, count, lambda batch: self.planted(batch.to(device)), context.emit, context.cancel)
