"""Train a detector on a project's good images, then score what it has not seen."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly_gui.detectors import registry
from anomaly_gui.detectors.settings import GradientSettings
from anomaly_gui.errors import InputError, lacks_memory
from anomaly_gui.evaluation.thresholds import Rule
from anomaly_gui.files import atomic_write, printable, sha256
from anomaly_gui.imaging.patience import Patience
from anomaly_gui.imaging.region import region_share
from anomaly_gui.imaging.tile_proposal import propose_tiles
from anomaly_gui.jobs.evaluate import scored_images, set_threshold_by_rule
from anomaly_gui.jobs.run_backbone import build_detector, keep_backbone, require_fitting
from anomaly_gui.jobs.run_facts import (
    RunFacts,
    input_channels,
    input_side,
    input_white_level,
    load_facts,
    save_facts,
    tiling_of,
    typed_settings,
    versions,
)
from anomaly_gui.jobs.run_region import require_region
from anomaly_gui.jobs.run_registration import keep_reference, registration_of
from anomaly_gui.jobs.run_settings import resolve_settings as resolve_settings
from anomaly_gui.jobs.score import preview_images, score
from anomaly_gui.jobs.scored_run import preparation_of
from anomaly_gui.jobs.tile_advice import usual_size, with_tiles
from anomaly_gui.progress import Cancelled, CancelToken, EpochFinished, Event, EventSink, Noted
from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Image, Role, Run
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.splits import assign_roles
from anomaly_gui.project.store import Project

if TYPE_CHECKING:
    from anomaly_gui.detectors.base import Detector, Finished, FitContext
    from anomaly_gui.training.dataset import PreparedImages
    from anomaly_gui.training.tile_batches import TileImages

_TILES_BY_GRADIENT = 512
"""Seen in an epoch, of all images;"""
_TILES_IN_ONE_PASS = 4096
"""and by detectors that look at all once. Held-out images give a quarter of that."""


class TrainRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to train; *resume_run* goes on with a run that was stopped and ignores all but *minutes*."""

    detector: str = "conv-ae"
    preset: str = "fast"
    seed: int = 0
    settings: dict[str, Any] = {}
    """Names of detector or scoring settings → values, as text or typed."""
    smallest_defect_px: float | None = None
    """In pixels of the images: tiles are chosen by it, but for their settings that *settings* has."""
    resume_run: int | None = None
    minutes: float | None = None
    """After these, reading included, fitting is cancelled and the best so far is kept and scored."""


class TrainReport(msgspec.Struct, frozen=True, kw_only=True):
    """How a training ended."""

    run: int
    run_name: str
    status: Literal["finished", "cancelled"]
    epochs: int
    """Passed in all, those before a resume too."""
    best_epoch: int
    """0 if no epoch was finished: there are no weights then."""
    seconds: float
    """Of this call, scoring included."""
    images_per_s: float
    """Of training alone; 0 if none was done in this call."""
    scored: bool
    message: str = ""
    training_seconds: float = 0.0
    """Of reading and fitting in this call."""


def train(project: Project, request: TrainRequest, emit: EventSink, cancel: CancelToken) -> TrainReport:
    """Train, score the images held out, and set a first threshold.

    A cancel keeps the best weights so far and scores with them, unless asked to stop again; such a
    run, like one that a crash interrupted, can be resumed. Raises InputError, the run then being
    marked failed with its message.
    """
    project.access.require("engineer", "train")
    if request.smallest_defect_px is not None and request.resume_run is None:
        request = _with_tiles(project, request, request.smallest_defect_px, emit)
    run = _started(project, request) if request.resume_run is None else _restarted(project, request.resume_run)
    key = (project.folder, run.id)
    _under_way.add(key)
    try:
        with _named_faults():
            return _Training(project, run, emit, cancel).report(request.minutes)
    except InputError as error:
        _mark_failed(project, run, str(error))
        raise
    except Exception as error:
        _mark_failed(project, run, f"A fault in the program: {type(error).__name__}: {error}")
        raise
    finally:
        _under_way.discard(key)


_under_way: set[tuple[Path, int]] = set()
"""Runs that this process trains. A project has one writer: others that are said to be running ended on a disk
that was too full to say so."""


class _Training:
    """One call of train()."""

    def __init__(self, project: Project, run: Run, emit: EventSink, cancel: CancelToken) -> None:
        self.project = project
        self.run = run
        self.cancel = cancel
        self.folder = RunFolder(project.folder, run.name)
        self.history = _History(self.folder, emit)
        self.emit: EventSink = self.history.take
        by_id = {image.id: image for image in project.images()}
        self.roles = [(by_id[key], role) for key, role in project.roles(run.id).items() if key in by_id]

    def report(self, minutes: float | None) -> TrainReport:
        started = time.monotonic()
        self.folder.make()
        with _time_limit(minutes, self.cancel):
            fitted = self._fit()
        trained = time.monotonic()
        scored = fitted.best_epoch > 0 and self._score()
        message = fitted.kept
        if fitted.best_epoch and not scored:
            message = f"{message} Scoring was stopped; resume the run to have its figures".strip()
        status: Literal["finished", "cancelled"] = "finished" if scored and fitted.whole else "cancelled"
        self.project.update_run(self.run.id, status, message)
        if status == "finished":
            self.folder.remove_checkpoints()
        return TrainReport(
            run=self.run.id,
            run_name=self.run.name,
            status=status,
            epochs=fitted.epochs,
            best_epoch=fitted.best_epoch,
            seconds=time.monotonic() - started,
            images_per_s=self.history.images_per_s,
            scored=scored,
            message=message,
            training_seconds=trained - started,
        )

    def _fit(self) -> _Fitted:
        from anomaly_gui.training.loop import TrainingDiverged

        facts = self._facts()
        read = self._read(facts)
        if isinstance(read, Cancelled):
            return _Fitted("Stopped before the first epoch.", self.history.epochs, 0, whole=False)
        with read:
            detector = build_detector(self.folder, facts)
            context = self._context(read, facts)
            detector.require_images(context.training.image_count)
            try:
                outcome = detector.fit(context)
            except TrainingDiverged as error:
                if error.best_epoch:
                    self._keep_weights(detector, facts)
                raise
        fitted = self._fitted(outcome)
        if fitted.best_epoch:
            self._keep_weights(detector, facts)
        return fitted

    def _read(self, facts: RunFacts) -> PreparedImages | TileImages | Cancelled:
        from anomaly_gui.training.dataset import read_all
        from anomaly_gui.training.tile_batches import read_tiles

        wanted = [*self._of_role("train"), *self._of_role("validation")]
        if facts.tiling is not None:
            registration = registration_of(self.folder, facts)
            return read_tiles(wanted, facts.tiled_view(), facts.white_level, self.emit, self.cancel, registration)
        cache = self.folder.folder / "prepared.part"
        return read_all(wanted, preparation_of(self.folder, facts), cache, self.emit, self.cancel)

    def _fitted(self, outcome: Finished | Cancelled) -> _Fitted:
        from anomaly_gui.training import checkpoint

        if not isinstance(outcome, Cancelled):
            return _Fitted("", outcome.epochs, outcome.best_epoch, whole=True)
        path = self.folder.checkpoint
        best_epoch = checkpoint.load(path).position.best_epoch if path.exists() else 0
        return _Fitted(f"{outcome.kept}.", self.history.epochs, best_epoch, whole=False)

    def _facts(self) -> RunFacts:
        """Those of the run's first start, if there was one: a resumed run computes as it did then."""
        import torch

        from anomaly_gui.detectors.compute import choose_device, multiplies_halves, set_threads

        if self.folder.settings.exists():
            facts = load_facts(self.folder)
            set_threads(facts.threads)
            return facts
        settings, _ = typed_settings(self.run)
        side = settings.tile_px or settings.input_px or input_side(self._of_role("train"))
        in_half = registry.entry(self.run.detector).learns_in_half and multiplies_halves(choose_device())
        facts = RunFacts(
            run=self.run.name,
            detector=self.run.detector,
            preset=self.run.preset,
            seed=self.run.seed,
            detector_settings={**self.run.settings["detector"], "input_px": side},
            scoring_settings=self.run.settings["scoring"],
            input_px=side,
            channels=input_channels(settings.colour, self._of_role("train")),
            white_level=input_white_level([image for image, _ in self.roles]),
            threads=set_threads(),
            device=choose_device().type,
            precision="bfloat16" if in_half else "float32",
            tiling=tiling_of(settings),
            region=self.project.region(),
            versions=versions(str(torch.__version__)),
            backbone_sha256=keep_backbone(self.folder, settings),
            reference_sha256=keep_reference(
                self.folder, settings, self._of_role("train"), Patience(self.emit, self.cancel)
            ),
        )
        save_facts(self.folder, facts)
        if not facts.region.is_everything:
            share = 100 * region_share(facts.region)
            self.emit(Noted(f"Only the region of interest counts: {share:.3g} % of each image."))
        return facts

    def _of_role(self, role: Role) -> list[Image]:
        return [image for image, has in self.roles if has == role]

    def _context(self, read: PreparedImages | TileImages, facts: RunFacts) -> FitContext:
        import torch

        from anomaly_gui.detectors.base import FitContext
        from anomaly_gui.training.loop import gradient_loop

        training = {image.id for image in self._of_role("train")}
        first_held_out = sum(image.id in training for image in read.images)
        if not 0 < first_held_out < len(read.images):
            raise InputError(
                "good training images",
                f"only {len(read.images)} can be read; the list of refused files says why",
                "Put the files back or import them again",
            )
        shown = self._preview(facts)
        settings = facts.settings()
        most = _TILES_BY_GRADIENT if isinstance(settings, GradientSettings) else _TILES_IN_ONE_PASS
        # Those that learn in one pass take the batches of the default size as they are.
        learning = settings if isinstance(settings, GradientSettings) else GradientSettings()
        return FitContext(
            training=read.batches(slice(first_held_out), learning.batch_size, facts.seed, most),
            validation=read.batches(slice(first_held_out, None), learning.batch_size, facts.seed, most // 4),
            preview=torch.from_numpy(np.stack([pixels for _, pixels in shown])) if shown else None,
            preview_ids=tuple(image.id for image, _ in shown),
            seed=facts.seed,
            checkpoint=self.folder.checkpoint,
            emit=self.emit,
            cancel=self.cancel,
            gradient_loop=gradient_loop,
            augmentation=learning,
            half=facts.precision == "bfloat16",
        )

    def _preview(self, facts: RunFacts) -> list[tuple[Image, NDArray[np.float32]]]:
        """The images, or their middles, to redraw while training; one that cannot be read is announced when scored."""
        from anomaly_gui.training.tile_batches import middle_tile

        shown = []
        for image in preview_images(self.project, self.run.id):
            with contextlib.suppress(InputError):
                if facts.tiling is None:
                    shown.append((image, preparation_of(self.folder, facts).read(image).pixels))
                else:
                    registration = registration_of(self.folder, facts)
                    shown.append((image, middle_tile(image, facts.tiled_view(), facts.white_level, registration)))
        return shown

    def _keep_weights(self, detector: Detector, facts: RunFacts) -> None:
        import safetensors.torch

        state = {name: value.cpu().contiguous() for name, value in detector.state().items()}
        data = safetensors.torch.save(state)
        atomic_write(self.folder.weights, data)
        save_facts(self.folder, msgspec.structs.replace(facts, weights_sha256=sha256(data)))

    def _score(self) -> bool:
        """Score with the weights kept and set a first threshold; False if asked to stop."""
        cancel = self.cancel.finishing() if self.cancel.cancelled else self.cancel
        if isinstance(score(self.project, self.run.id, self.emit, cancel), Cancelled):
            return False
        self._set_first_threshold()
        return True

    def _set_first_threshold(self) -> None:
        defective = scored_images(self.project, self.run.id).defective
        rule = "best-f1" if 0 < defective.sum() < len(defective) else "good-max-plus"
        set_threshold_by_rule(self.project, self.run.id, Rule(rule))


@dataclass(frozen=True)
class _Fitted:
    """What fitting left behind."""

    kept: str
    epochs: int
    best_epoch: int
    whole: bool
    """Not cut short by a cancel."""


class _History:
    """Passes events on and keeps the epochs among them for the Train page of tomorrow."""

    def __init__(self, folder: RunFolder, emit: EventSink) -> None:
        self._folder = folder
        self._emit = emit
        self._epochs = folder.read_history()
        self.images_per_s = 0.0

    @property
    def epochs(self) -> int:
        return len(self._epochs)

    def take(self, event: Event) -> None:
        if isinstance(event, EpochFinished):
            self.images_per_s = event.images_per_s
            # A resumed run may do again what came after its last checkpoint.
            self._epochs = [*self._epochs[: event.epoch - 1], dataclasses.asdict(event)]
            self._folder.write_history(self._epochs)
        self._emit(event)


def _with_tiles(project: Project, request: TrainRequest, smallest_px: float, emit: EventSink) -> TrainRequest:
    """The request with the tiles that its images ask for, which is announced. Raises InputError for no size."""
    size = usual_size(project.images())
    if size is None:
        return request
    try:
        proposal = propose_tiles(*size, smallest_px)
    except ValueError as error:
        raise InputError("smallest defect", str(error), "Give its width in pixels, above 0") from error
    emit(Noted(proposal.sentence))
    detector, settings = with_tiles(request.detector, request.settings, proposal)
    return msgspec.structs.replace(request, detector=detector, settings=settings)


def _started(project: Project, request: TrainRequest) -> Run:
    """A new run with its images' roles. Raises InputError before anything is written."""
    detector = registry.resolve(request.detector, str(request.settings.get("backbone", "")))
    settings, scoring = resolve_settings(detector, request.preset, request.settings)
    images = project.images()
    found = conflicts(images)
    if found:
        more = f" (and {len(found) - 1} more like it)" if len(found) > 1 else ""
        raise InputError("training images", found[0].sentence + more, "Settle this on the Data page first")
    try:
        roles = assign_roles(images, settings.validation_share, request.seed)
    except InputError as error:
        place = f"{printable(project.folder)}, {error.what}"
        raise InputError(place, error.cause, error.next_step) from error
    training = [image for image in images if roles.get(image.id) == "train"]
    settings = require_fitting(detector, settings, training)
    held_out = [image for image in images if roles.get(image.id) == "validation"]
    require_region(project.region(), settings, [*training, *held_out])
    kept = {"detector": msgspec.to_builtins(settings), "scoring": msgspec.to_builtins(scoring)}
    return project.add_run(detector, request.preset, request.seed, kept, roles)


def _restarted(project: Project, run_id: int) -> Run:
    """A run that was stopped, under way again. Raises InputError if it cannot go on as it was."""
    run = project.run(run_id)
    if run.status == "finished" or (project.folder, run.id) in _under_way:
        raise InputError(f"run {run.name}", f"it is {run.status}, not stopped", "Start a new run")
    roles = project.roles(run_id)
    changed = [
        image
        for image in project.images()
        if roles.get(image.id) in ("train", "validation") and (image.label.kind != "good" or image.excluded)
    ]
    if changed:
        raise InputError(
            f"run {run.name}",
            f"{printable(changed[0].path)} is not a good training image any more",
            "Start a new run, which leaves it out",
        )
    project.update_run(run_id, "running")
    return run


def _mark_failed(project: Project, run: Run, message: str) -> None:
    """Say so in the project, if that can still be written: the first fault matters more."""
    with contextlib.suppress(InputError):
        project.update_run(run.id, "failed", message)


@contextmanager
def _time_limit(minutes: float | None, cancel: CancelToken) -> Iterator[None]:
    """Cancel what runs inside after *minutes*, and nothing that comes behind it."""
    if minutes is None:
        yield
        return
    timer = threading.Timer(minutes * 60, cancel.cancel)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


@contextmanager
def _named_faults() -> Iterator[None]:
    """What the PC lacks, said in words."""
    lighter = "Choose a smaller input size, batch size or width"
    try:
        yield
    except OSError as error:
        name = printable(error.filename) if error.filename else "the run's folder"
        raise InputError(name, f"writing failed ({error.strerror})", "Free some disk space, then resume") from error
    except Exception as error:
        if isinstance(error, InputError) or not lacks_memory(error):
            raise
        raise InputError("training", "there is not enough memory", lighter) from error
