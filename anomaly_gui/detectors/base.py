"""The interface of every detection system."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from anomaly_gui.detectors.denoising import Denoising
from anomaly_gui.detectors.settings import AugmentationSettings, GradientSettings, OptimiserName
from anomaly_gui.errors import InputError
from anomaly_gui.progress import Cancelled, CancelToken, EventSink

_UNCHANGED = AugmentationSettings()


@dataclass(frozen=True)
class Prediction:
    """What a detector makes of a batch (N, C, H, W)."""

    reconstruction: Tensor | None
    """(N, C, H, W) float32 in [0, 1]; None where there is no picture."""
    anomaly_map: Tensor
    """(N, H, W) float32, higher = more anomalous, raw: neither smoothed nor normalised."""


class Batches(Protocol):
    """Good images for fitting, in batches (N, C, H, W) float32 in [0, 1]."""

    @property
    def image_count(self) -> int: ...

    @property
    def batch_count(self) -> int: ...

    def shuffled(self, epoch: int) -> Iterator[Tensor]:
        """Every image once, in an order that depends on the run's seed and *epoch* alone."""
        ...

    def ordered(self) -> Iterator[Tensor]:
        """Every image once, in a fixed order."""
        ...

    def content(self) -> bytes:
        """A digest that tells these images from any others."""
        ...


@dataclass(frozen=True)
class Finished:
    """Fitting came to its end; the detector holds the best weights."""

    epochs: int
    best_epoch: int
    best_validation_loss: float | None
    """None for a detector that has no loss."""


@dataclass(frozen=True)
class FitContext:
    """All that a detector needs to be fitted."""

    training: Batches
    validation: Batches
    """Held-out good images, never used for weights."""
    preview: Tensor | None
    """A few fixed images (N, C, H, W) to redraw after each epoch."""
    preview_ids: tuple[int, ...]
    seed: int
    checkpoint: Path
    """Where fitting keeps what it needs to be resumed; resumes from it if it exists."""
    emit: EventSink
    cancel: CancelToken
    gradient_loop: Callable[[GradientDetector, FitContext], Finished | Cancelled]
    """The loop of training/, handed down because detectors may not import it."""
    augmentation: AugmentationSettings = _UNCHANGED
    """What that loop changes in the training images."""
    half: bool = False
    """Whether that loop learns with products of bfloat16; held-out images are always judged in float32."""


class Detector(ABC):
    """Fitted on good images; maps images to anomaly maps.

    Built from a settings struct of detectors/settings/ and the number of channels.
    """

    input_px: int
    channels: int
    """1 or 3."""
    fewest_images: int = 2
    """Training images without which fitting makes no sense."""

    def require_images(self, count: int) -> None:
        """To be called before fit(). Raises InputError for fewer training images than it takes."""
        if count < self.fewest_images:
            raise InputError(
                "good training images",
                f"there are {count}, and this detector wants at least {self.fewest_images}",
                "Import more good images, or hold fewer of them out",
            )

    def look_within(self, inside: Tensor) -> None:  # noqa: B027
        """To be called before anything else: only what is *inside* (S, S) bool counts of the input and the map.

        Images come with everything else filled evenly, so that it tells nothing; this is for detectors that keep
        parts of images, or whose map at one place depends on what the map is elsewhere.
        """

    @abstractmethod
    def fit(self, context: FitContext) -> Finished | Cancelled:
        """Learn from good images. Checks the token at every batch; never raises for a cancel."""

    @abstractmethod
    def to(self, device: torch.device) -> None:
        """Compute on *device* from now on."""

    @abstractmethod
    def predict(self, batch: Tensor) -> Prediction:
        """Map a batch (N, C, H, W) float32 in [0, 1], on any device, to pictures and anomaly maps.

        Several threads may ask at once.
        """

    def anomaly_map(self, batch: Tensor) -> Tensor:
        """The map of predict() alone, (N, H, W), for a caller who wants no pictures: drawing them takes time."""
        return self.predict(batch).anomaly_map

    @abstractmethod
    def state(self) -> dict[str, Tensor]:
        """Everything fitting has learnt, for weights.safetensors."""

    @abstractmethod
    def load_state(self, state: dict[str, Tensor]) -> None:
        """Take back what state() gave. Raises ValueError on a wrong name or shape."""

    @abstractmethod
    def graph(self) -> nn.Module:
        """A module mapping (N, C, H, W) to (reconstruction, anomaly_map), for ONNX export."""


LossFunction = Callable[[Tensor, Tensor], Tensor]
"""(reconstruction, target) → scalar."""


class GradientDetector(Detector):
    """A detector whose network learns by gradient descent in the loop of training/."""

    network: nn.Module
    loss: str
    """A name that training/losses.py knows."""
    optimiser: OptimiserName
    learning_rate: float
    epochs: int
    patience: int
    """Epochs without a better validation loss before stopping early."""
    minimum_steps: int
    """Epochs and patience grow in proportion until there are this many optimiser steps."""
    warm_up_steps: int = 0
    """Optimiser steps, a tenth of all at most, in which the learning rate rises to what it is."""
    denoising: Denoising = Denoising()
    """Of detectors that redraw their input."""

    def __init__(self, settings: GradientSettings, channels: int) -> None:
        self.input_px = settings.input_px
        self.channels = channels
        self.loss = settings.loss
        self.optimiser = settings.optimiser
        self.learning_rate = settings.learning_rate
        self.epochs = settings.epochs
        self.patience = settings.patience
        self.minimum_steps = settings.minimum_steps

    def shown(self, batch: Tensor) -> Tensor:
        """What the network sees of a batch that it has to redraw: with noise only while it trains, if at all."""
        return self.denoising.spoil(batch) if self.network.training else batch

    @abstractmethod
    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        """The scalar to minimise for one batch."""

    def fit(self, context: FitContext) -> Finished | Cancelled:
        return context.gradient_loop(self, context)

    def to(self, device: torch.device) -> None:
        self.network.to(device)

    def state(self) -> dict[str, Tensor]:
        return {name: value.detach().clone() for name, value in self.network.state_dict().items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        try:
            self.network.load_state_dict(state, strict=True)
        except RuntimeError as error:
            raise ValueError(str(error)) from error
        if not all(torch.isfinite(v).all() for v in state.values() if v.is_floating_point()):
            raise ValueError("weights hold values that are not finite")
