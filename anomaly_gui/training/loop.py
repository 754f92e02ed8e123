"""The loop that fits every detector that learns by gradient."""

from __future__ import annotations

import hashlib
import itertools
import math
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

from anomaly_gui.detectors.base import Finished, FitContext, GradientDetector
from anomaly_gui.detectors.compute import choose_device
from anomaly_gui.detectors.settings import AUGMENTATIONS
from anomaly_gui.errors import InputError, lacks_memory
from anomaly_gui.progress import Cancelled, CancelToken, EpochFinished, Noted, Preview, Progress
from anomaly_gui.training import checkpoint
from anomaly_gui.training.augmentation import augment
from anomaly_gui.training.checkpoint import Checkpoint, Position
from anomaly_gui.training.losses import loss

CHECKPOINT_INTERVAL_S = 15.0
"""At the end of an epoch, if the last checkpoint is older than this."""
EVENT_INTERVAL_S = 0.1
PREVIEW_INTERVAL_S = 0.3
LAST_LEARNING_RATE_SHARE = 0.02
MOMENTUM = 0.9

T = TypeVar("T")


class TrainingDiverged(InputError):
    """The loss is not a number any more; the detector holds the best finite weights, if there are any."""

    def __init__(self, epoch: int, best_epoch: int) -> None:
        kept = f"the weights of epoch {best_epoch} are kept" if best_epoch else "no epoch was finished before"
        super().__init__(
            f"training, epoch {epoch}",
            f"the loss is not a finite number any more; {kept}",
            "Start a new run with a lower learning rate, a tenth of it for example",
        )
        self.best_epoch = best_epoch


def gradient_loop(detector: GradientDetector, context: FitContext) -> Finished | Cancelled:
    """Fit by Adam or SGD, the learning rate falling along half a cosine; early stopping on the validation loss.

    With context.half a step multiplies bfloat16, while weights, losses and the optimiser stay in float32; held-out
    images are judged in float32, in which images are scored later, so that the best epoch is the best there.

    The detector ends with the weights of its best epoch, if it finished any. The checkpoint stays
    where it is, so that a finished or cancelled fit can be asked for again. Raises TrainingDiverged.
    """
    return _Fit(detector, context).run()


def planned_epochs(detector: GradientDetector, batch_count: int) -> tuple[int, int]:
    """Epochs and patience, both raised in proportion where epochs · batches < minimum_steps."""
    epochs = max(detector.epochs, -(-detector.minimum_steps // batch_count))
    return epochs, -(-detector.patience * epochs // detector.epochs)


class _Fit:
    """One call of gradient_loop."""

    def __init__(self, detector: GradientDetector, context: FitContext) -> None:
        self.detector = detector
        self.context = context
        self.device = choose_device()
        detector.to(self.device)
        self.network: nn.Module = detector.network
        self.loss = loss(detector.loss)
        self.epochs, self.patience = planned_epochs(detector, context.training.batch_count)
        self.optimiser = _optimiser(detector)
        self.position = Position(identity=_identity(detector, context))
        self.best: dict[str, Tensor] = {}
        self.clock = _Clock(context.cancel)
        self.last_event = self.last_preview = -math.inf
        self.last_checkpoint = time.monotonic()

    def run(self) -> Finished | Cancelled:
        if self.context.checkpoint.exists():
            self._restore()
        while self._epochs_left():
            if not self._train_epoch():
                return self._stopped()
            validation_loss = self._validate()
            if validation_loss is None:
                return self._stopped()
            self._close_epoch(validation_loss)
        self._save()
        self.detector.load_state(self.best)
        return Finished(self.position.epoch - 1, self.position.best_epoch, self.position.best_loss)

    def _epochs_left(self) -> bool:
        done = self.position.epoch - 1
        return done < self.epochs and (done == 0 or done - self.position.best_epoch < self.patience)

    def _train_epoch(self) -> bool:
        """Go on with the epoch under way; False if asked to stop before its end."""
        at = self.position
        self.network.train()
        batches = self.context.training.shuffled(at.epoch)
        for batch in itertools.islice(batches, at.batches_done, None):
            if self.clock.should_stop():
                return False
            at.loss_sum += self._step(batch) * len(batch)
            at.batches_done += 1
            at.images_done += len(batch)
            self.clock.count(len(batch))
            self._say_progress()
        return True

    def _step(self, batch: Tensor) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = self._learning_rate()
        value = self._within_memory(lambda: self._learn(batch), len(batch))
        self.optimiser.step()
        return value

    def _learn(self, batch: Tensor) -> float:
        """Leave the gradients of the batch's mean loss in the network, and return that loss."""
        at = self.position
        # What a detector draws at random depends on this place alone, however it was reached.
        place = np.random.SeedSequence([self.context.seed, at.epoch, at.batches_done])
        torch.manual_seed(int(place.generate_state(1, np.uint64)[0]))
        self.optimiser.zero_grad(set_to_none=True)
        total = 0.0
        varied = augment(batch.to(self.device), self.context.augmentation)
        for part in self._parts(varied):
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.context.half):
                value = self.detector.training_loss(part, self.loss) * (len(part) / len(batch))
            number = float(value.detach())
            if not math.isfinite(number):
                self._diverged()
            value.backward()  # type: ignore[no-untyped-call]
            total += number
        return total

    def _parts(self, batch: Tensor) -> Sequence[Tensor]:
        """The batch, or parts of it that memory suffices for."""
        return batch.tensor_split(-(-len(batch) // (self.position.images_at_once or len(batch))))

    def _within_memory(self, work: Callable[[], T], images: int) -> T:
        """Do *work* on batches of so many *images*, in ever smaller parts while memory does not suffice.

        Gradients of the parts add up to those of the batch, so that batches, steps and learning rates stay
        what they were, and so does the place where a checkpoint goes on. Raises InputError at one image.
        """
        while True:
            try:
                return work()
            except Exception as error:
                if not lacks_memory(error):
                    raise
            # Out of the handler: there the traceback still holds what has to be freed.
            self._halve(images)

    def _halve(self, images: int) -> None:
        together = min(self.position.images_at_once or images, images)
        if together == 1:
            raise InputError(
                "training",
                "there is not enough memory for a single image",
                "Choose a smaller input size or width, or close other programs",
            )
        self.position.images_at_once = -(-together // 2)
        torch.cuda.empty_cache()
        self.context.emit(
            Noted(
                f"There is not enough memory for {together} images at once: batches now go through the network in "
                f"parts of {self.position.images_at_once} at most, and are still learnt from as a whole."
            )
        )

    def _learning_rate(self) -> float:
        steps = self.epochs * self.context.training.batch_count
        done = (self.position.epoch - 1) * self.context.training.batch_count + self.position.batches_done
        warm_up = min(self.detector.warm_up_steps, steps // 10)
        rise = min(1.0, (done + 1) / max(1, warm_up))
        fall = 0.5 * (1 + math.cos(math.pi * done / steps))
        return self.detector.learning_rate * rise * (LAST_LEARNING_RATE_SHARE + (1 - LAST_LEARNING_RATE_SHARE) * fall)

    def _validate(self) -> float | None:
        """Mean loss of the held-out images; None if asked to stop."""
        held_out = self.context.validation
        return self._within_memory(self._validation_loss, -(-held_out.image_count // held_out.batch_count))

    def _validation_loss(self) -> float | None:
        self.network.eval()
        total = 0.0
        torch.manual_seed(self.context.seed)
        with torch.no_grad():
            for batch in self.context.validation.ordered():
                if self.clock.should_stop():
                    return None
                for part in self._parts(batch):
                    value = self.detector.training_loss(part.to(self.device), self.loss)
                    total += float(value) * len(part)
        mean = total / self.context.validation.image_count
        if not math.isfinite(mean):
            self._diverged()
        return mean

    def _close_epoch(self, validation_loss: float) -> None:
        at = self.position
        is_best = validation_loss < at.best_loss
        if is_best:
            at.best_epoch, at.best_loss = at.epoch, validation_loss
            self.best = self.detector.state()
        training_loss = at.loss_sum / at.images_done
        finished = at.epoch
        at.epoch, at.batches_done, at.loss_sum, at.images_done = finished + 1, 0, 0.0, 0
        seconds = self.clock.epoch_seconds(self.context.training.image_count)
        self.context.emit(
            EpochFinished(
                epoch=finished,
                epochs=self.epochs,
                training_loss=training_loss,
                validation_loss=validation_loss,
                images_per_s=self.clock.rate,
                seconds_left=seconds * (self.epochs - finished) if self._epochs_left() else 0.0,
                is_best=is_best,
            )
        )
        self._show_preview(finished)
        if time.monotonic() - self.last_checkpoint >= CHECKPOINT_INTERVAL_S:
            self._save()

    def _say_progress(self) -> None:
        now = time.monotonic()
        if now - self.last_event < EVENT_INTERVAL_S:
            return
        self.last_event = now
        each = self.context.training.image_count
        done = (self.position.epoch - 1) * each + self.position.images_done
        left = self.clock.epoch_seconds(each) * (self.epochs * each - done) / each
        detail = f"epoch {self.position.epoch} of {self.epochs}"
        if together := self.position.images_at_once:
            detail += f", {together} at once to save memory"
        self.context.emit(Progress("Training", done, self.epochs * each, self.clock.rate, left, detail))

    def _show_preview(self, epoch: int) -> None:
        images = self.context.preview
        now = time.monotonic()
        if images is None or (now - self.last_preview < PREVIEW_INTERVAL_S and self._epochs_left()):
            return
        self.last_preview = now
        seen = self.detector.predict(images)
        drawn = None if seen.reconstruction is None else seen.reconstruction.cpu().permute(0, 2, 3, 1).numpy()
        self.context.emit(
            Preview(
                epoch=epoch,
                image_ids=self.context.preview_ids,
                originals=images.permute(0, 2, 3, 1).numpy(),
                reconstructions=drawn,
                anomaly_maps=seen.anomaly_map.cpu().numpy(),
            )
        )

    def _stopped(self) -> Cancelled:
        self._save()
        if not self.best:
            return Cancelled("No epoch was finished; the run can be resumed")
        self.detector.load_state(self.best)
        return Cancelled(f"The weights of epoch {self.position.best_epoch} are kept")

    def _diverged(self) -> None:
        if self.best:
            self.detector.load_state(self.best)
        raise TrainingDiverged(self.position.epoch, self.position.best_epoch)

    def _save(self) -> None:
        flat = {
            f"{number}/{name}": tensor
            for number, state in self.optimiser.state_dict()["state"].items()
            for name, tensor in state.items()
        }
        network = self.detector.state()
        kept = Checkpoint(position=self.position, network=network, best=self.best, optimiser=flat)
        checkpoint.save(self.context.checkpoint, kept)
        self.last_checkpoint = time.monotonic()

    def _restore(self) -> None:
        path = self.context.checkpoint
        kept = checkpoint.load(path)
        if kept.position.identity != self.position.identity:
            raise InputError(
                f"checkpoint {path.name}", "it belongs to other images or settings", "Start a new run instead"
            )
        self.position, self.best = kept.position, kept.best
        self.detector.load_state(kept.network)
        parameters = list(self.network.parameters())
        for name, value in kept.optimiser.items():
            number, _, key = name.partition("/")
            like = parameters[int(number)]
            # The same memory layout as before the interruption, so that sums run in the same order.
            tensor = torch.empty_like(like).copy_(value) if value.shape == like.shape else value
            self.optimiser.state[like][key] = tensor


def _optimiser(detector: GradientDetector) -> Optimizer:
    parameters = detector.network.parameters()
    if detector.optimiser == "sgd":
        return SGD(parameters, lr=detector.learning_rate, momentum=MOMENTUM, nesterov=True, fused=True)
    return Adam(parameters, lr=detector.learning_rate, fused=True)


class _Clock:
    """Time spent on training, pauses left out."""

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel
        self._started = time.monotonic()
        self._waited = 0.0
        self._images = 0

    def should_stop(self) -> bool:
        before = time.monotonic()
        stop = self._cancel.should_stop()
        self._waited += time.monotonic() - before
        return stop

    def count(self, images: int) -> None:
        self._images += images

    @property
    def rate(self) -> float:
        """Training images a second since this call of the loop began, validation included."""
        return self._images / max(time.monotonic() - self._started - self._waited, 1e-9)

    def epoch_seconds(self, images: int) -> float:
        return images / self.rate if self._images else 0.0


def _identity(detector: GradientDetector, context: FitContext) -> str:
    """Of the network's shapes, the schedule, the augmentation, the seed and the training and validation images."""
    digest = hashlib.sha256()
    shapes = [(name, tuple(value.shape)) for name, value in detector.state().items()]
    schedule = (
        detector.loss,
        detector.optimiser,
        detector.learning_rate,
        detector.epochs,
        detector.patience,
        detector.minimum_steps,
        detector.denoising,
    )
    augmentation = [getattr(context.augmentation, name) for name in AUGMENTATIONS]
    digest.update(repr((shapes, schedule, augmentation, context.seed)).encode())
    for batches in (context.training, context.validation):
        digest.update(repr((batches.image_count, batches.batch_count)).encode())
        digest.update(batches.content())
    return digest.hexdigest()
