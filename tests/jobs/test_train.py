from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from anomaly_gui.detectors import compute, registry
from anomaly_gui.detectors.conv_autoencoder import ConvAutoencoder
from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.thresholds import Evidence, Rule, apply_rule
from anomaly_gui.jobs import train as train_module
from anomaly_gui.jobs.import_images import ImportRequest, import_images
from anomaly_gui.jobs.run_facts import load_facts, save_facts
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.jobs.train import TrainReport, TrainRequest, train
from anomaly_gui.progress import (
    CancelToken,
    EpochFinished,
    Event,
    FileRefused,
    Noted,
    Preview,
    Progress,
    ignore_events,
)
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import make_project, quick, write


class StopAt(CancelToken):
    """Cancels itself at its *question*-th question, from 1."""

    def __init__(self, question: int) -> None:
        super().__init__()
        self.left = question

    def should_stop(self) -> bool:
        self.left -= 1
        if self.left == 0:
            self.cancel()
        return super().should_stop()


class Crash(BaseException):
    """The program ends without a word."""


def on_epoch(epoch: int, action: Callable[[], None]) -> Callable[[Event], None]:
    def react(event: Event) -> None:
        if isinstance(event, EpochFinished) and event.epoch == epoch:
            action()

    return react


def test_a_run_is_trained_scored_and_has_a_threshold(tmp_path: Path) -> None:
    events: list[Event] = []
    with make_project(tmp_path) as project:
        report = train(project, quick(), events.append, CancelToken())
        assert (report.status, report.epochs, report.scored) == ("finished", 3, True)
        assert report.best_epoch > 0
        assert report.images_per_s > 0
        run = project.run(report.run)
        assert (run.status, run.name, run.detector, run.preset, run.seed) == (
            "finished", report.run_name, "conv-ae", "fast", 3,
        )  # fmt: skip
        folder = project.run_folder(run.id)
        assert folder.weights.exists()
        assert not folder.checkpoint.exists()
        assert [epoch["epoch"] for epoch in folder.read_history()] == [1, 2, 3]
        assert len(load_statistics(project, run.id).image_ids) == 11
        assert project.verify() == []
    assert {event.phase for event in events if isinstance(event, Progress)} >= {"Reading images", "Training", "Scoring"}
    previews = [event for event in events if isinstance(event, Preview)]
    assert previews[0].originals.shape == (4, 32, 32, 1)


def test_facts_of_the_run_are_recorded(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        report = train(project, quick(smooth_sigma_px=1), ignore_events, CancelToken())
        facts = load_facts(project.run_folder(report.run))
    assert (facts.input_px, facts.channels, facts.white_level, facts.seed) == (32, 1, 255, 3)
    assert facts.threads == 1
    assert facts.detector_settings["width"] == 4
    assert facts.scoring_settings["smooth_sigma_px"] == 1.0
    assert facts.versions["torch"]


@pytest.mark.parametrize(
    ("detector", "able", "expected"),
    [
        ("conv-ae", True, "bfloat16"),
        ("restore", True, "bfloat16"),
        ("conv-ae", False, "float32"),
        ("vae", True, "float32"),
    ],
)
def test_the_precision_of_learning_is_recorded_and_kept_when_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, detector: str, able: bool, expected: str
) -> None:
    monkeypatch.setattr(compute, "multiplies_halves", lambda _device: able)
    request = msgspec.structs.replace(quick(), detector=detector)
    with make_project(tmp_path) as project:
        train(project, request, ignore_events, CancelToken())
        cancel = CancelToken()
        train(project, request, on_epoch(1, cancel.cancel), cancel)
        # Resumed on a PC that can what the first could not, or the other way round.
        monkeypatch.setattr(compute, "multiplies_halves", lambda _device: not able)
        train(project, TrainRequest(resume_run=2), ignore_events, CancelToken())
        whole, resumed = (load_facts(project.run_folder(number)) for number in (1, 2))
    assert whole.precision == resumed.precision == expected
    assert whole.weights_sha256 == resumed.weights_sha256


@pytest.mark.parametrize(
    ("channels", "colour", "expected"), [(1, "auto", 1), (3, "auto", 3), (3, "grey", 1), (1, "rgb", 3)]
)
def test_colour_is_that_of_the_images_unless_chosen(tmp_path: Path, channels: int, colour: str, expected: int) -> None:
    with make_project(tmp_path, channels=channels) as project:
        report = train(project, quick(colour=colour, epochs=1), ignore_events, CancelToken())
        folder = project.run_folder(report.run)
        assert load_facts(folder).channels == expected
        assert folder.read_reconstruction(int(load_statistics(project, report.run).image_ids[0])).shape[2] == expected


def test_16_bit_images_have_one_white_level_for_the_run(tmp_path: Path) -> None:
    with make_project(tmp_path, bits=16) as project:
        report = train(project, quick(epochs=1), ignore_events, CancelToken())
        assert load_facts(project.run_folder(report.run)).white_level == 4095


def test_the_first_threshold_is_the_best_f1_where_there_are_defects(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        run = train(project, quick(), ignore_events, CancelToken()).run
        statistics = load_statistics(project, run)
        test = [image for image in project.images() if project.roles(run)[image.id] == "test"]
        scores = {int(i): s for i, s in zip(statistics.image_ids, statistics.maximum, strict=True)}
        expected = apply_rule(
            Rule("best-f1"),
            Evidence(
                np.array([scores[image.id] for image in test], np.float32),
                np.array([image.label.kind == "defect" for image in test]),
                np.empty(0, np.float32),
            ),
        )
        threshold = project.threshold(run)
    assert threshold is not None
    assert (threshold.rule, threshold.value) == ("best-f1", pytest.approx(expected))


@pytest.mark.parametrize(("good", "defects"), [(4, 0), (0, 0), (0, 4)])
def test_the_first_threshold_needs_held_out_good_images_alone(tmp_path: Path, good: int, defects: int) -> None:
    with make_project(tmp_path, good=good, defects=defects) as project:
        report = train(project, quick(), ignore_events, CancelToken())
        threshold = project.threshold(report.run)
    assert report.status == "finished"
    assert threshold is not None
    assert threshold.rule == "good-max-plus"


def test_the_same_seed_gives_the_same_weights_and_scores(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        runs = [train(project, quick(), ignore_events, CancelToken()).run for _ in range(2)]
        first, second = (project.run_folder(run) for run in runs)
        assert first.weights.read_bytes() == second.weights.read_bytes()
        scores, others = (load_statistics(project, run) for run in runs)
        assert np.array_equal(scores.maximum, others.maximum)


# What blocks training


def test_the_same_picture_in_good_and_defective_blocks_training(tmp_path: Path) -> None:
    with make_project(tmp_path, train=8) as project:
        images = project.images()
        copy = next(image for image in images if image.label.kind == "good")
        data = Path(copy.path).read_bytes()
        other = tmp_path / "more" / "copy.png"
        other.parent.mkdir()
        other.write_bytes(data)
        import_images(project, ImportRequest(defect=(str(other),)), ignore_events, CancelToken())
        with pytest.raises(InputError, match=r"copy\.png"):
            train(project, quick(), ignore_events, CancelToken())
        assert project.runs() == []


@pytest.mark.parametrize("train_images", [0, 3])
def test_too_few_good_images_are_refused_before_a_run_is_made(tmp_path: Path, train_images: int) -> None:
    with make_project(tmp_path, train=max(train_images, 1)) as project:
        if not train_images:
            project.set_excluded([image.id for image in project.images() if image.split == "train"], True)
        with pytest.raises(InputError, match="at least 4 are needed"):
            train(project, quick(), ignore_events, CancelToken())
        assert project.runs() == []


def test_a_detector_that_wants_more_images_says_how_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConvAutoencoder, "fewest_images", 10)
    with make_project(tmp_path) as project:
        with pytest.raises(InputError, match=r"good training images: there are 9, .* at least 10"):
            train(project, quick(), ignore_events, CancelToken())
        monkeypatch.setattr(ConvAutoencoder, "fewest_images", 9)
        assert train(project, quick(), ignore_events, CancelToken()).scored


def test_augmentation_and_optimiser_reach_the_training(tmp_path: Path) -> None:
    losses = []
    with make_project(tmp_path) as project:
        for more in ({}, {"shift_share": 0.2}, {"optimiser": "sgd"}):
            report = train(project, quick(epochs=1, **more), ignore_events, CancelToken())
            losses.append(project.run_folder(report.run).read_history()[0]["training_loss"])
    assert len(set(losses)) == 3


def test_a_wrong_setting_is_refused_before_a_run_is_made(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        with pytest.raises(InputError, match="setting magic"):
            train(project, quick(magic=1), ignore_events, CancelToken())
        assert project.runs() == []


def test_files_that_are_gone_are_announced_and_the_rest_is_trained_on(tmp_path: Path) -> None:
    events: list[Event] = []
    with make_project(tmp_path) as project:
        gone = [image for image in project.images() if image.split == "train"][:2]
        for image in gone:
            Path(image.path).unlink()
        report = train(project, quick(), events.append, CancelToken())
    assert report.status == "finished"
    assert {event.path for event in events if isinstance(event, FileRefused)} >= {image.path for image in gone}


def test_when_all_files_are_gone_the_run_fails_with_a_sentence(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        for image in project.images():
            Path(image.path).unlink()
        with pytest.raises(InputError, match="good training images: only 0 can be read"):
            train(project, quick(), ignore_events, CancelToken())
        run = project.runs()[-1]
    assert run.status == "failed"
    assert "only 0 can be read" in run.message


# Faults


def test_a_loss_that_is_no_number_fails_the_run_and_keeps_the_last_finite_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anomaly_gui.detectors.conv_autoencoder import ConvAutoencoder

    real, calls = ConvAutoencoder.training_loss, 0

    def break_later(self: ConvAutoencoder, *given: object) -> object:
        nonlocal calls
        calls += 1
        return real(self, *given) * (float("nan") if calls > 8 else 1)  # type: ignore[arg-type]

    monkeypatch.setattr(ConvAutoencoder, "training_loss", break_later)
    with make_project(tmp_path) as project:
        with pytest.raises(InputError, match="lower learning rate"):
            train(project, quick(), ignore_events, CancelToken())
        run = project.runs()[-1]
        assert run.status == "failed"
        assert "learning rate" in run.message
        assert project.run_folder(run.id).weights.exists()


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (MemoryError(), "not enough memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "not enough memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate"), "not enough memory"),
        (OSError(28, "No space left on device", "runs/x"), "No space left"),
    ],
)  # fmt: skip
def test_what_the_pc_lacks_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, cause: str
) -> None:
    def build(*_: object) -> None:
        raise fault

    with make_project(tmp_path) as project:
        monkeypatch.setattr(registry, "build", build)
        with pytest.raises(InputError, match=cause):
            train(project, quick(), ignore_events, CancelToken())
        assert project.runs()[-1].status == "failed"
        assert cause in project.runs()[-1].message


def test_a_bug_fails_the_run_and_is_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(*_: object) -> None:
        raise KeyError("bug")

    with make_project(tmp_path) as project:
        monkeypatch.setattr(registry, "build", build)
        with pytest.raises(KeyError):
            train(project, quick(), ignore_events, CancelToken())
        assert project.runs()[-1].status == "failed"
        assert "KeyError" in project.runs()[-1].message


# Stopping and going on


def finished_weights(tmp_path: Path) -> bytes:
    with make_project(tmp_path / "whole") as project:
        run = train(project, quick(), ignore_events, CancelToken()).run
        return project.run_folder(run).weights.read_bytes()


def test_a_cancel_keeps_the_best_weights_and_scores_with_them(tmp_path: Path) -> None:
    token = CancelToken()
    with make_project(tmp_path) as project:
        report = train(project, quick(epochs=200, patience=200), on_epoch(2, token.cancel), token)
        assert (report.status, report.scored, report.epochs) == ("cancelled", True, 2)
        assert 1 <= report.best_epoch <= 2
        assert f"epoch {report.best_epoch}" in report.message
        run = project.run()
        assert (run.id, run.status) == (report.run, "cancelled")
        assert project.threshold(run.id) is not None
        assert len(load_statistics(project, run.id).image_ids) == 11


def test_a_second_cancel_stops_scoring_too(tmp_path: Path) -> None:
    token = CancelToken()

    def cancel_twice() -> None:
        token.cancel()
        token.cancel()

    with make_project(tmp_path) as project:
        report = train(project, quick(epochs=200, patience=200), on_epoch(2, cancel_twice), token)
        assert (report.status, report.scored) == ("cancelled", False)
        folder = project.run_folder(report.run)
        assert folder.weights.exists()
        assert not folder.statistics.exists()
        assert project.threshold(report.run) is None


def test_a_second_cancel_stops_scoring_that_is_under_way(tmp_path: Path) -> None:
    token = CancelToken()

    def react(event: Event) -> None:
        if isinstance(event, EpochFinished) and event.epoch == 2:
            token.cancel()
        if isinstance(event, Progress) and event.phase == "Scoring":
            token.cancel()

    with make_project(tmp_path, good=40) as project:
        report = train(project, quick(epochs=200, patience=200), react, token)
        assert (report.status, report.scored) == ("cancelled", False)


@pytest.mark.parametrize("question", [1, 15])
def test_a_cancel_before_the_first_epoch_keeps_a_run_to_resume(tmp_path: Path, question: int) -> None:
    """While images are read, and while the first epoch is under way."""
    with make_project(tmp_path) as project:
        report = train(project, quick(), ignore_events, StopAt(question))
        assert (report.status, report.best_epoch, report.scored) == ("cancelled", 0, False)
        assert not project.run_folder(report.run).weights.exists()
        again = train(project, TrainRequest(resume_run=report.run), ignore_events, CancelToken())
        assert (again.run, again.status) == (report.run, "finished")
        assert project.run_folder(report.run).weights.read_bytes() == finished_weights(tmp_path)


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_cancelled_run_resumes_to_the_weights_of_an_uninterrupted_one(tmp_path: Path, epoch: int) -> None:
    token = CancelToken()
    with make_project(tmp_path) as project:
        report = train(project, quick(), on_epoch(epoch, token.cancel), token)
        again = train(project, TrainRequest(resume_run=report.run), ignore_events, CancelToken())
        assert (again.status, again.epochs) == ("finished", 3)
        folder = project.run_folder(report.run)
        assert folder.weights.read_bytes() == finished_weights(tmp_path)
        assert [entry["epoch"] for entry in folder.read_history()] == [1, 2, 3]
        assert project.run(report.run).status == "finished"


def test_a_run_that_a_crash_cut_off_is_found_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from anomaly_gui.training import loop

    def crash() -> None:
        raise Crash

    monkeypatch.setattr(loop, "CHECKPOINT_INTERVAL_S", 0.0)
    with make_project(tmp_path) as project:
        with pytest.raises(Crash):
            train(project, quick(), on_epoch(3, crash), CancelToken())
        folder = project.folder
    with Project.open(folder) as project:
        run = project.runs()[-1]
        assert run.status == "interrupted"
        report = train(project, TrainRequest(resume_run=run.id), ignore_events, CancelToken())
        assert report.status == "finished"
        assert project.run_folder(run.id).weights.read_bytes() == finished_weights(tmp_path)


def test_epochs_done_again_after_a_crash_are_told_once(tmp_path: Path) -> None:
    def crash() -> None:
        raise Crash

    with make_project(tmp_path) as project:
        with pytest.raises(Crash):
            train(project, quick(), on_epoch(2, crash), CancelToken())
        project.update_run(1, "interrupted")
        assert [epoch["epoch"] for epoch in project.run_folder(1).read_history()] == [1, 2]
        report = train(project, TrainRequest(resume_run=1), ignore_events, CancelToken())
        assert report.epochs == 3
        assert [epoch["epoch"] for epoch in project.run_folder(1).read_history()] == [1, 2, 3]


def test_a_resumed_run_computes_with_the_threads_it_started_with(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    with make_project(tmp_path) as project:
        run = train(project, quick(), ignore_events, StopAt(15)).run
        folder = project.run_folder(run)
        save_facts(folder, msgspec.structs.replace(load_facts(folder), threads=2))
        used: list[int] = []
        try:
            note = on_epoch(3, lambda: used.append(torch.get_num_threads()))
            train(project, TrainRequest(resume_run=run), note, CancelToken())
        finally:
            torch.set_num_threads(before)
        assert used == [2]
        assert load_facts(folder).threads == 2


def test_a_cancel_while_scoring_is_resumed_without_training_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = CancelToken()
    real = train_module.score

    def cancel_first(project: Project, run: int, emit: object, cancel: CancelToken) -> object:
        token.cancel()
        return real(project, run, emit, cancel)  # type: ignore[arg-type]

    with make_project(tmp_path) as project:
        monkeypatch.setattr(train_module, "score", cancel_first)
        report = train(project, quick(), ignore_events, token)
        assert (report.status, report.scored) == ("cancelled", False)
        assert "resume" in project.run(report.run).message
        monkeypatch.setattr(train_module, "score", real)
        events: list[Event] = []
        again = train(project, TrainRequest(resume_run=report.run), events.append, CancelToken())
        assert (again.status, again.scored) == ("finished", True)
        assert not any(isinstance(event, EpochFinished) for event in events)


def test_a_pause_waits_for_as_long_as_it_takes(tmp_path: Path) -> None:
    token, reports = CancelToken(), list[TrainReport]()
    with make_project(tmp_path) as project:
        run = lambda: reports.append(train(project, quick(), on_epoch(1, token.pause), token))  # noqa: E731
        thread = threading.Thread(target=run)
        thread.start()
        deadline = time.monotonic() + 20
        while not token.paused and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.3)
        assert thread.is_alive()
        assert len(project.run_folder(1).read_history()) == 1
        token.resume()
        thread.join(20)
    assert [report.status for report in reports] == ["finished"]


def test_a_finished_run_is_not_resumed(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        run = train(project, quick(), ignore_events, CancelToken()).run
        with pytest.raises(InputError, match="it is finished, not stopped"):
            train(project, TrainRequest(resume_run=run), ignore_events, CancelToken())
        assert project.run(run).status == "finished"


def test_a_run_whose_training_images_were_relabelled_is_not_resumed(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        run = train(project, quick(), ignore_events, StopAt(15)).run
        changed = next(image for image in project.images() if project.roles(run)[image.id] == "train")
        project.set_label([changed.id], Label("defect", "stain"))
        with pytest.raises(InputError, match="not a good training image any more"):
            train(project, TrainRequest(resume_run=run), ignore_events, CancelToken())
        assert project.run(run).status == "cancelled"


def test_a_changed_image_stops_a_resume_with_a_sentence(tmp_path: Path) -> None:
    with make_project(tmp_path) as project:
        run = train(project, quick(), ignore_events, StopAt(20)).run
        changed = next(image for image in project.images() if project.roles(run)[image.id] == "train")
        write(Path(changed.path), np.zeros((40, 40, 1), np.uint8))
        with pytest.raises(InputError, match="other images or settings"):
            train(project, TrainRequest(resume_run=run), ignore_events, CancelToken())


def test_a_training_that_is_out_of_time_keeps_and_scores_its_best(tmp_path: Path) -> None:
    class OutOfTime(CancelToken):
        """The time is over behind the first epoch, however slow the machine."""

        def should_stop(self) -> bool:
            return bool(epochs) and self._cancelled.wait(5)

    epochs: list[Event] = []
    with make_project(tmp_path) as project:
        request = msgspec.structs.replace(quick(epochs=50), minutes=0.002)
        report = train(
            project, request, lambda e: epochs.append(e) if isinstance(e, EpochFinished) else None, OutOfTime()
        )
        assert (report.status, report.scored, report.epochs) == ("cancelled", True, len(epochs))
        assert report.epochs == 1
        assert 0.12 <= report.training_seconds < report.seconds
        assert load_statistics(project, report.run).image_ids.size == 11


def test_time_that_is_left_over_stops_nothing(tmp_path: Path) -> None:
    token = CancelToken()
    with make_project(tmp_path) as project:
        report = train(project, msgspec.structs.replace(quick(), minutes=0.5), ignore_events, token)
    assert report.status == "finished"
    assert not any(isinstance(thread, threading.Timer) for thread in threading.enumerate())
    assert not token.cancelled


def test_history_is_readable_while_training(tmp_path: Path) -> None:
    lengths: list[int] = []
    with make_project(tmp_path) as project:

        def read(event: Event) -> None:
            if isinstance(event, EpochFinished):
                lengths.append(len(json.loads(project.run_folder(1).history.read_text())))

        train(project, quick(), read, CancelToken())
    assert lengths == [1, 2, 3]


@pytest.mark.parametrize("module", ["train", "score", "run_settings", "run_facts"])
def test_importing_the_job_leaves_torch_alone(module: str) -> None:
    program = f"import sys, anomaly_gui.jobs.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_tiles_are_chosen_by_the_smallest_defect_that_matters_and_what_was_chosen_is_said(tmp_path: Path) -> None:
    events: list[Event] = []
    request = msgspec.structs.replace(quick(), smallest_defect_px=5)
    with make_project(tmp_path) as project:
        train(project, request, events.append, CancelToken())
        with pytest.raises(InputError, match="Give its width in pixels"):
            train(project, msgspec.structs.replace(request, smallest_defect_px=-1), ignore_events, CancelToken())

        assert len(project.runs()) == 1
        assert load_facts(project.run_folder(1)).tiling is None
    assert "need no tiles" in next(event.sentence for event in events if isinstance(event, Noted))
