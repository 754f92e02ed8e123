from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from anomaly_gui.detectors.base import Finished, FitContext, GradientDetector, LossFunction, Prediction
from anomaly_gui.detectors.denoising import Denoising
from anomaly_gui.detectors.settings import AugmentationSettings, OptimiserName
from anomaly_gui.errors import InputError
from anomaly_gui.progress import (
    Cancelled,
    CancelToken,
    EpochFinished,
    Event,
    Noted,
    Preview,
    Progress,
    ignore_events,
)
from anomaly_gui.training import checkpoint, loop
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import TrainingDiverged, gradient_loop, planned_epochs

PIXELS = np.random.default_rng(0).random((12, 1, 4, 4), dtype=np.float32)
VARIED = AugmentationSettings(
    rotate_degrees=20, flip_horizontally=True, shift_share=0.2, brightness_share=0.1, noise_deviation=0.05, blur_px=0.3
)


class Gain(GradientDetector):
    """Multiplies by one number, and draws noise while training: the smallest thing that can learn."""

    input_px, channels, loss = 4, 1, "mse"

    def __init__(
        self,
        epochs: int = 4,
        patience: int = 4,
        minimum_steps: int = 0,
        rate: float = 0.05,
        optimiser: OptimiserName = "adam",
    ) -> None:
        self.optimiser = optimiser
        self.epochs, self.patience = epochs, patience
        self.minimum_steps, self.learning_rate = minimum_steps, rate
        self.network: nn.Module = nn.Conv2d(1, 1, 1)
        with torch.no_grad():
            for parameter in self.network.parameters():
                parameter.fill_(0.5)
        self.losses: Iterator[float] | None = None
        """Forced values of the loss, in training and validation alike."""

    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        noisy = batch + 0.01 * torch.rand_like(batch) if self.network.training else batch
        value = reconstruction_loss(self.network(noisy), batch)
        return value if self.losses is None else value * 0 + next(self.losses)

    def predict(self, batch: Tensor) -> Prediction:
        with torch.no_grad():
            drawn = self.network(batch)
        return Prediction(drawn.clamp(0, 1), (drawn - batch).square().mean(dim=1))

    def graph(self) -> nn.Module:
        return self.network


def context(
    folder: Path,
    cancel: CancelToken | None = None,
    emit: Callable[[Event], None] = ignore_events,
    training: np.ndarray = PIXELS[:8],
) -> FitContext:
    return FitContext(
        training=CachedBatches(training, 4, seed=1),
        validation=CachedBatches(PIXELS[8:], 4, seed=1),
        preview=torch.from_numpy(PIXELS[:2]),
        preview_ids=(5, 6),
        seed=1,
        checkpoint=folder / "checkpoint",
        emit=emit,
        cancel=cancel or CancelToken(),
        gradient_loop=gradient_loop,
    )


def epoch_losses(*validation: float) -> Iterator[float]:
    """Two training batches, then one held-out batch, an epoch."""
    for value in validation:
        yield from (1.0, 1.0, value)


def test_it_learns_and_says_so_after_each_epoch(tmp_path: Path) -> None:
    events: list[Event] = []
    outcome = gradient_loop(Gain(epochs=30, patience=30), context(tmp_path, emit=events.append))
    epochs = [event for event in events if isinstance(event, EpochFinished)]
    assert isinstance(outcome, Finished)
    assert [event.epoch for event in epochs] == list(range(1, 31))
    assert {event.epochs for event in epochs} == {30}
    assert epochs[-1].validation_loss < 0.1 * epochs[0].validation_loss
    assert epochs[-1].training_loss < 0.1 * epochs[0].training_loss
    best = min(epochs, key=lambda event: event.validation_loss)
    assert (outcome.best_epoch, outcome.best_validation_loss) == (best.epoch, best.validation_loss)
    assert all(event.images_per_s > 0 for event in epochs)
    assert epochs[-1].seconds_left == 0


def test_the_training_loss_is_the_mean_over_images_not_batches(tmp_path: Path) -> None:
    detector, events = Gain(epochs=1), list[Event]()
    detector.losses = iter([4.0, 1.0, 0.5])
    gradient_loop(detector, context(tmp_path, emit=events.append, training=PIXELS[:7]))
    finished = next(event for event in events if isinstance(event, EpochFinished))
    assert finished.training_loss == pytest.approx((4 * 4.0 + 3 * 1.0) / 7)


def test_previews_show_the_fixed_images_first_and_last(tmp_path: Path) -> None:
    events: list[Event] = []
    gradient_loop(Gain(epochs=5), context(tmp_path, emit=events.append))
    previews = [event for event in events if isinstance(event, Preview)]
    assert [previews[0].epoch, previews[-1].epoch] == [1, 5]
    for preview in previews:
        assert preview.image_ids == (5, 6)
        assert np.array_equal(preview.originals, PIXELS[:2].transpose(0, 2, 3, 1))
        assert preview.reconstructions is not None
        assert preview.reconstructions.shape == (2, 4, 4, 1)
        assert preview.anomaly_maps.shape == (2, 4, 4)
    assert not np.array_equal(previews[0].anomaly_maps, previews[-1].anomaly_maps)


def test_events_within_an_epoch_are_few(tmp_path: Path) -> None:
    events: list[Event] = []
    started = time.monotonic()
    gradient_loop(Gain(epochs=60, patience=60), context(tmp_path, emit=events.append))
    seconds = time.monotonic() - started
    progress = [event for event in events if isinstance(event, Progress)]
    assert 1 <= len(progress) <= 10 * seconds + 1
    assert all(event.total == 60 * 8 and 0 < event.done <= event.total for event in progress)


def test_it_stops_when_the_held_out_loss_has_not_fallen_for_so_long(tmp_path: Path) -> None:
    detector = Gain(epochs=10, patience=3)
    detector.losses = epoch_losses(0.9, 0.5, 0.7, 0.6, 0.5, 0.1)
    outcome = gradient_loop(detector, context(tmp_path))
    assert outcome == Finished(epochs=5, best_epoch=2, best_validation_loss=0.5)


def test_the_best_weights_are_kept_not_the_last(tmp_path: Path) -> None:
    detector = Gain(epochs=6, patience=6, rate=0.01)
    states: list[dict[str, Tensor]] = []

    def remember(event: Event) -> None:
        if isinstance(event, EpochFinished):
            states.append(detector.state())

    real = detector.training_loss

    def worse_after_the_third(batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        value = real(batch, reconstruction_loss)
        return value if detector.network.training or len(states) < 3 else value + 1

    detector.training_loss = worse_after_the_third  # type: ignore[method-assign]
    outcome = gradient_loop(detector, context(tmp_path, emit=remember))
    assert isinstance(outcome, Finished)
    assert outcome.best_epoch == 3
    assert torch.equal(detector.state()["weight"], states[2]["weight"])
    assert not torch.equal(detector.state()["weight"], states[-1]["weight"])


@pytest.mark.parametrize("when", ["training", "validation"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_it_with_a_sentence_and_the_best_weights(
    tmp_path: Path, when: str, value: float
) -> None:
    detector = Gain(epochs=10)
    kept: list[dict[str, Tensor]] = []
    broken = (1.0, value) if when == "training" else (1.0, 1.0, value)
    detector.losses = iter([1.0, 1.0, 0.5, *broken])

    def remember(event: Event) -> None:
        if isinstance(event, EpochFinished):
            kept.append(detector.state())

    with pytest.raises(TrainingDiverged, match=r"epoch 2.*epoch 1 are kept.*learning rate") as caught:
        gradient_loop(detector, context(tmp_path, emit=remember))
    assert isinstance(caught.value, InputError)
    assert caught.value.best_epoch == 1
    assert torch.equal(detector.state()["weight"], kept[0]["weight"])


def test_without_a_finished_epoch_it_says_that_nothing_is_kept(tmp_path: Path) -> None:
    detector = Gain()
    detector.losses = iter([math.nan])
    with pytest.raises(TrainingDiverged, match="no epoch was finished") as caught:
        gradient_loop(detector, context(tmp_path))
    assert caught.value.best_epoch == 0


class StopAt(CancelToken):
    def __init__(self, question: int) -> None:
        super().__init__()
        self.left = question

    def should_stop(self) -> bool:
        self.left -= 1
        if self.left <= 0:
            self.cancel()
        return super().should_stop()


@pytest.mark.parametrize("half", [False, True], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("augmentation", [AugmentationSettings(), VARIED], ids=["plain", "varied"])
@pytest.mark.parametrize("optimiser", get_args(OptimiserName))
def test_resumed_any_number_of_times_it_ends_bit_for_bit_as_uninterrupted(
    tmp_path: Path, optimiser: OptimiserName, augmentation: AugmentationSettings, half: bool
) -> None:
    """Compares the last weights, optimiser and losses too, not the best weights alone."""
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole_events: list[Event] = []
    whole = Gain(optimiser=optimiser)
    plan = context(tmp_path / "whole", emit=whole_events.append)
    expected = gradient_loop(whole, replace(plan, augmentation=augmentation, half=half))
    events: list[Event] = []
    outcome: Finished | Cancelled = Cancelled()
    calls = 0
    while isinstance(outcome, Cancelled):
        calls += 1
        part = Gain(optimiser=optimiser)
        plan = context(tmp_path / "parts", StopAt(2), events.append)
        outcome = gradient_loop(part, replace(plan, augmentation=augmentation, half=half))
    assert calls > 8
    assert outcome == expected
    last, wanted = (checkpoint.load(tmp_path / name / "checkpoint") for name in ("parts", "whole"))
    assert last.position == wanted.position
    assert wanted.optimiser
    for kind in ("network", "best", "optimiser"):
        assert getattr(last, kind).keys() == getattr(wanted, kind).keys()
        for name, tensor in getattr(wanted, kind).items():
            assert torch.equal(getattr(last, kind)[name], tensor), (kind, name)
    told, wanted_told = (
        [(e.epoch, e.training_loss, e.validation_loss) for e in seen if isinstance(e, EpochFinished)]
        for seen in (events, whole_events)
    )
    assert told == wanted_told


def test_in_half_precision_only_the_products_of_a_step_are(tmp_path: Path) -> None:
    seen: dict[str, set[torch.dtype]] = {"step": set(), "held out": set()}

    class Noting(Gain):
        def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
            seen["step" if self.network.training else "held out"].add(self.network(batch).dtype)
            value = super().training_loss(batch, reconstruction_loss)
            assert value.dtype == torch.float32
            return value

    made = Noting()
    gradient_loop(made, replace(context(tmp_path), half=True))
    assert seen == {"step": {torch.bfloat16}, "held out": {torch.float32}}
    assert {value.dtype for value in made.state().values()} == {torch.float32}


def test_a_fit_that_came_to_its_end_is_not_done_again(tmp_path: Path) -> None:
    first = Gain()
    expected = gradient_loop(first, context(tmp_path))
    events: list[Event] = []
    again = Gain()
    assert gradient_loop(again, context(tmp_path, emit=events.append)) == expected
    assert events == []
    assert torch.equal(again.state()["weight"], first.state()["weight"])


def test_a_checkpoint_of_other_images_or_settings_is_refused(tmp_path: Path) -> None:
    gradient_loop(Gain(), context(tmp_path, StopAt(3)))
    with pytest.raises(InputError, match="other images or settings"):
        gradient_loop(Gain(), context(tmp_path, training=PIXELS[:8] * np.float32(0.5)))
    with pytest.raises(InputError, match="other images or settings"):
        gradient_loop(Gain(rate=0.01), context(tmp_path))
    with pytest.raises(InputError, match="other images or settings"):
        gradient_loop(Gain(optimiser="sgd"), context(tmp_path))


def test_training_images_are_varied_and_held_out_ones_are_not(tmp_path: Path) -> None:
    detector = Gain(epochs=2)
    seen: dict[bool, list[Tensor]] = {True: [], False: []}

    def watched(batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        seen[detector.network.training].append(batch)
        return reconstruction_loss(detector.network(batch), batch)

    detector.training_loss = watched  # type: ignore[method-assign]
    gradient_loop(detector, replace(context(tmp_path), augmentation=VARIED))
    originals = torch.from_numpy(PIXELS[:8])
    first, second = torch.cat(seen[True][:2]), torch.cat(seen[True][2:])
    for drawn in (first, second):
        assert not any(torch.equal(one, original) for one in drawn for original in originals)
    assert not any(torch.equal(one, other) for one in first for other in second)
    assert torch.equal(seen[False][0], torch.from_numpy(PIXELS[8:]))


def test_without_augmentation_training_images_are_those_given(tmp_path: Path) -> None:
    detector = Gain(epochs=1)
    seen: list[Tensor] = []

    def watched(batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        seen.append(batch)
        return reconstruction_loss(detector.network(batch), batch)

    detector.training_loss = watched  # type: ignore[method-assign]
    gradient_loop(detector, context(tmp_path))
    given = list(CachedBatches(PIXELS[:8], 4, seed=1).shuffled(1))
    assert all(torch.equal(one, other) for one, other in zip(seen, given, strict=False))


def test_a_checkpoint_of_other_augmentation_or_noise_is_refused(tmp_path: Path) -> None:
    gradient_loop(Gain(), context(tmp_path, StopAt(3)))
    noisy = Gain()
    noisy.denoising = Denoising(share=0.5, deviation=0.1)
    with pytest.raises(InputError, match="other images or settings"):
        gradient_loop(noisy, context(tmp_path))
    with pytest.raises(InputError, match="other images or settings"):
        gradient_loop(Gain(), replace(context(tmp_path), augmentation=VARIED))


class Hungry(Gain):
    """Has memory for so many images at once, and draws nothing at random."""

    def __init__(self, most: int, most_held_out: int | None = None, **settings: Any) -> None:
        super().__init__(**settings)
        self.most = {True: most, False: most if most_held_out is None else most_held_out}
        self.error: Exception = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate")

    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        if len(batch) > self.most[self.network.training]:
            raise self.error
        return reconstruction_loss(self.network(batch), batch)


@pytest.mark.parametrize("optimiser", get_args(OptimiserName))
def test_with_too_little_memory_the_same_is_learnt_in_smaller_parts(tmp_path: Path, optimiser: OptimiserName) -> None:
    """Seven images make batches of four and three."""
    losses: list[list[tuple[float, float]]] = []
    states: list[Tensor] = []
    notes: list[str] = []
    for most in (4, 1):
        (tmp_path / f"{most}").mkdir()
        events: list[Event] = []
        detector = Hungry(most, optimiser=optimiser)
        outcome = gradient_loop(detector, context(tmp_path / f"{most}", emit=events.append, training=PIXELS[:7]))
        assert isinstance(outcome, Finished)
        losses.append([(e.training_loss, e.validation_loss) for e in events if isinstance(e, EpochFinished)])
        states.append(detector.state()["weight"])
        notes += [event.sentence for event in events if isinstance(event, Noted)]
    assert losses[1] == [pytest.approx(pair, rel=1e-5) for pair in losses[0]]
    torch.testing.assert_close(states[1], states[0], rtol=1e-4, atol=0)
    assert [[int(word) for word in note.split() if word.isdecimal()] for note in notes] == [[4, 2], [2, 1]]


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:81] DefaultCPUAllocator: not enough memory: you tried"),
    ],
)
def test_held_out_images_are_judged_in_parts_too(tmp_path: Path, error: Exception) -> None:
    events: list[Event] = []
    whole, parts = Hungry(4), Hungry(4, most_held_out=2)
    parts.error = error
    expected = gradient_loop(whole, context(tmp_path))
    (tmp_path / "parts").mkdir()
    outcome = gradient_loop(parts, context(tmp_path / "parts", emit=events.append))
    assert isinstance(expected, Finished)
    assert isinstance(outcome, Finished)
    assert outcome.best_validation_loss == pytest.approx(expected.best_validation_loss, rel=1e-5)
    assert "in parts of 2" in next(event.sentence for event in events if isinstance(event, Noted))


def test_progress_says_how_many_fit_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "EVENT_INTERVAL_S", 0.0)
    events: list[Event] = []
    gradient_loop(Hungry(2, epochs=2), context(tmp_path, emit=events.append))
    details = [event.detail for event in events if isinstance(event, Progress)]
    assert details[-1] == "epoch 2 of 2, 2 at once to save memory"


def test_resumed_with_too_little_memory_it_ends_bit_for_bit_as_uninterrupted(tmp_path: Path) -> None:
    whole = Hungry(1)
    (tmp_path / "whole").mkdir()
    gradient_loop(whole, context(tmp_path / "whole", training=PIXELS[:7]))
    events: list[Event] = []
    gradient_loop(Hungry(1), context(tmp_path, StopAt(4), events.append, PIXELS[:7]))
    # More memory by now: the parts stay, or sums would run in another order.
    resumed = Hungry(4)
    gradient_loop(resumed, context(tmp_path, emit=events.append, training=PIXELS[:7]))
    assert sum(isinstance(event, Noted) for event in events) == 2
    last, wanted = (checkpoint.load(folder / "checkpoint") for folder in (tmp_path, tmp_path / "whole"))
    assert last.position == wanted.position
    assert torch.equal(resumed.state()["weight"], whole.state()["weight"])


@pytest.mark.parametrize("when", ["training", "validation"])
def test_one_image_that_is_too_much_ends_it_with_a_sentence(tmp_path: Path, when: str) -> None:
    detector = Hungry(0) if when == "training" else Hungry(4, most_held_out=0)
    with pytest.raises(InputError, match=r"memory for a single image.*smaller input size or width"):
        gradient_loop(detector, context(tmp_path))


def test_other_faults_are_no_lack_of_memory(tmp_path: Path) -> None:
    detector = Hungry(0)
    detector.error = RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    with pytest.raises(RuntimeError, match="shapes"):
        gradient_loop(detector, context(tmp_path))


def test_sgd_steps_with_nesterovs_momentum(tmp_path: Path) -> None:
    """Against the formula: v = 0.9 v + g, w -= rate · (g + 0.9 v), in the first two steps."""
    detector, weights, gradients = Gain(epochs=2, rate=0.1, optimiser="sgd"), list[float](), list[float]()
    weight = next(detector.network.parameters())
    real = detector.training_loss

    def watched(batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        value = real(batch, reconstruction_loss)
        if detector.network.training:
            weights.append(float(weight.detach()))
            gradients.append(float(torch.autograd.grad(value, weight, retain_graph=True)[0]))
        return value

    detector.training_loss = watched  # type: ignore[method-assign]
    gradient_loop(detector, context(tmp_path))
    steps, momentum = np.arange(4), 0.0
    rates = 0.1 * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * steps / 4)))
    for number in range(3):
        momentum = 0.9 * momentum + gradients[number]
        expected = weights[number] - rates[number] * (gradients[number] + 0.9 * momentum)
        assert weights[number + 1] == pytest.approx(expected, rel=1e-4)


def test_a_cancel_keeps_the_best_weights(tmp_path: Path) -> None:
    detector, kept = Gain(), list[dict[str, Tensor]]()

    def remember(event: Event) -> None:
        if isinstance(event, EpochFinished):
            kept.append(detector.state())

    outcome = gradient_loop(detector, context(tmp_path, StopAt(6), remember))
    assert isinstance(outcome, Cancelled)
    assert "epoch 1" in outcome.kept
    assert torch.equal(detector.state()["weight"], kept[0]["weight"])


def test_a_pause_waits_and_does_not_count_as_time(tmp_path: Path) -> None:
    token, events = CancelToken(), list[Event]()
    token.pause()
    thread = threading.Thread(target=gradient_loop, args=(Gain(epochs=1), context(tmp_path, token, events.append)))
    thread.start()
    time.sleep(0.3)
    assert events == []
    token.resume()
    thread.join(20)
    finished = next(event for event in events if isinstance(event, EpochFinished))
    assert 8 / finished.images_per_s < 0.25


def test_a_long_fit_leaves_checkpoints_behind_for_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_INTERVAL_S", 0.0)

    class Crash(Exception):
        pass

    def crash(event: Event) -> None:
        if isinstance(event, EpochFinished) and event.epoch == 3:
            raise Crash

    with pytest.raises(Crash):
        gradient_loop(Gain(), context(tmp_path, emit=crash))
    assert checkpoint.load(tmp_path / "checkpoint").position.epoch == 3
    resumed, whole = Gain(), Gain()
    gradient_loop(resumed, context(tmp_path))
    (tmp_path / "whole").mkdir()
    gradient_loop(whole, context(tmp_path / "whole"))
    assert torch.equal(resumed.state()["weight"], whole.state()["weight"])


@pytest.fixture
def rates(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The learning rate of each step that is done from now on."""
    seen: list[float] = []

    class Watched(torch.optim.Adam):
        def step(self, closure: None = None) -> None:  # type: ignore[override]
            seen.append(self.param_groups[0]["lr"])
            super().step(closure)

    monkeypatch.setattr(loop, "Adam", Watched)
    return seen


def test_the_learning_rate_rises_first_where_a_detector_asks_for_that(tmp_path: Path, rates: list[float]) -> None:
    made = Gain(epochs=50, patience=50, rate=0.1)
    made.warm_up_steps = 8
    gradient_loop(made, context(tmp_path))
    assert len(rates) == 100
    assert rates[0] == pytest.approx(0.1 / 8)
    assert rates[:8] == sorted(rates[:8])
    assert 0.095 < rates[7] < 0.1
    assert rates[7:] == sorted(rates[7:], reverse=True)
    made.warm_up_steps = 1000
    rates.clear()
    (tmp_path / "checkpoint").unlink()
    gradient_loop(made, context(tmp_path))
    assert rates.index(max(rates)) == 9, "at most a tenth of the steps"


def test_the_learning_rate_falls_to_almost_nothing(tmp_path: Path, rates: list[float]) -> None:
    gradient_loop(Gain(epochs=20, patience=20, rate=0.1), context(tmp_path))
    assert len(rates) == 40
    assert rates[0] == pytest.approx(0.1)
    assert rates == sorted(rates, reverse=True)
    assert 0 < rates[-1] < 0.004


@pytest.mark.parametrize(
    ("batches", "minimum_steps", "planned"), [(40, 500, (15, 5)), (4, 500, (125, 42)), (1, 0, (15, 5))]
)
def test_few_images_get_more_epochs_and_more_patience(
    batches: int, minimum_steps: int, planned: tuple[int, int]
) -> None:
    detector = Gain(epochs=15, patience=5, minimum_steps=minimum_steps)
    assert planned_epochs(detector, batches) == planned
