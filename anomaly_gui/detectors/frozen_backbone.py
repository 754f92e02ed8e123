"""What the detectors have in common that train a small network on features of a fixed backbone."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn

from anomaly_gui.detectors.backbone import trunks
from anomaly_gui.detectors.backbone.trunks import AnyTrunk
from anomaly_gui.detectors.base import Finished, FitContext, GradientDetector, Prediction
from anomaly_gui.detectors.patch_model import as_rgb
from anomaly_gui.detectors.settings import GradientSettings
from anomaly_gui.progress import Cancelled


class TrunkAndHead(nn.Module):
    """(N, C, S, S) in [0, 1] → reconstruction (N, C, S, S) and anomaly map (N, S, S)."""

    trunk: AnyTrunk
    head: nn.Module

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        return self.judge(self.trunk(as_rgb(images)))

    @abstractmethod
    def judge(self, tapped: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """What forward gives, from the trunk's outputs."""


class FrozenBackboneDetector(GradientDetector):
    """Trains model.head alone; its state holds the trunk too."""

    model: TrunkAndHead

    def __init__(self, settings: GradientSettings, channels: int, seed: int) -> None:
        super().__init__(settings, channels)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = self.make_model(settings)
        self.model.trunk.requires_grad_(False)
        self.network = self.model.head

    @abstractmethod
    def make_model(self, settings: GradientSettings) -> TrunkAndHead:
        """Called once, by the constructor, with input_px and channels known."""

    def fit(self, context: FitContext) -> Finished | Cancelled:
        if context.cancel.should_stop():
            return Cancelled("No epoch was finished; the run can be resumed")
        trunks.take_weights(self.model.trunk)
        return super().fit(context)

    def to(self, device: torch.device) -> None:
        self.model.to(device)

    @torch.no_grad()
    def predict(self, batch: Tensor) -> Prediction:
        batch = batch.to(next(self.network.parameters()).device)
        reconstruction, anomaly_map = self.model.eval().judge(self.tapped(batch))
        return Prediction(reconstruction.contiguous(), anomaly_map.contiguous())

    def state(self) -> dict[str, Tensor]:
        return {name: value.detach().clone() for name, value in self.model.state_dict().items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        try:
            self.model.load_state_dict(state, strict=True)
        except RuntimeError as error:
            raise ValueError(str(error)) from error
        if not all(torch.isfinite(value).all() for value in state.values() if value.is_floating_point()):
            raise ValueError("weights hold values that are not finite")

    def graph(self) -> nn.Module:
        return self.model.eval()

    def tapped(self, images: Tensor) -> tuple[Tensor, ...]:
        """The trunk's outputs for images (N, 1 or 3, S, S) on the model's device."""
        # The backbone is made ready when it is first asked, and what it computes in is its own affair.
        with torch.autocast(images.device.type, enabled=False):
            return trunks.tapped(self.model.trunk, as_rgb(images))
