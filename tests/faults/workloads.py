"""What an engineer does all day, at random but by a seed; whatever is durable is acknowledged at once."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np

from anomaly_gui.export.bundle import read_bundle
from anomaly_gui.jobs.export import export
from anomaly_gui.jobs.train import train
from anomaly_gui.progress import CancelToken, EpochFinished, Event, ignore_events
from anomaly_gui.project.records import Changed, Label, Threshold, Verdict
from anomaly_gui.project.store import Project
from tests.jobs.tiny_project import quick
from tests.project.samples import new_image

Acknowledge = Callable[[str], None]

IMAGES = 12
BUNDLE = "line.anomaly"
LABELS = (Label("good"), Label("defect", "scratch"), Label("defect", "dent"), Label("unsure"), Label("unlabelled"))


def acknowledged(changed: Changed | None) -> str:
    """The operation that was kept."""
    return json.dumps([changed.operation, changed.sentence]) if changed and changed.operation else "null"


def make(folder: Path) -> None:
    """A project to label: images without files, and a run."""
    with Project.create(folder) as project:
        project.add_images([new_image(number) for number in range(1, IMAGES + 1)])
        project.add_run("conv-ae", "fast", 0, {}, dict.fromkeys(range(1, IMAGES + 1), "train"))
        project.set_threshold(1, Threshold(0.5))


def label(project: Project, chance: random.Random, tell: Acknowledge) -> None:
    """One action of labelling."""
    one = chance.randint(1, IMAGES)
    some = chance.sample(range(1, IMAGES + 1), chance.randint(1, IMAGES))
    actions: list[Callable[[], Changed | None]] = [
        lambda: project.set_label([one], chance.choice(LABELS)),
        lambda: project.set_label(some, chance.choice(LABELS), "a batch"),
        lambda: project.set_comment(one, f"note {chance.random()}"),
        lambda: project.set_excluded(some, chance.random() < 0.5),
        lambda: project.set_splits({image: chance.choice(("train", "test")) for image in some}),
        lambda: project.set_threshold(1, Threshold(chance.random())),
        project.undo,
        project.redo,
    ]
    tell(acknowledged(chance.choice(actions)()))


def mask(project: Project, chance: random.Random, tell: Acknowledge) -> None:
    """One mask drawn, or taken away."""
    drawn = np.zeros((48, 64), np.bool_)
    drawn[: chance.randint(0, 40), chance.randint(0, 60) :] = True
    tell(acknowledged(project.masks.draw(chance.randint(1, IMAGES), drawn)))


def review(project: Project, chance: random.Random, tell: Acknowledge) -> None:
    """One verdict, often with a label."""
    verdict = Verdict(chance.choice(("confirmed", "relabelled", "unsure")))
    said = chance.choice([*LABELS, None])
    with_both = project.review(chance.randint(1, IMAGES), 1, verdict, said)
    tell(acknowledged(with_both))


def checkpoint_every_epoch() -> None:
    """In this process: a run of a second would never come to its first checkpoint."""
    from anomaly_gui.training import loop

    loop.CHECKPOINT_INTERVAL_S = 0.0


def training(folder: Path, resume: bool, tell: Acknowledge) -> None:
    """One run, from its start or from where it was stopped."""
    checkpoint_every_epoch()
    with Project.open(folder) as project:
        request = quick(epochs=4)
        stopped = [run.id for run in project.runs() if run.status == "interrupted"]
        if resume and stopped:
            request = quick(epochs=4).__class__(resume_run=stopped[-1])

        def say(event: Event) -> None:
            if isinstance(event, EpochFinished):
                tell(f"epoch {event.epoch}")

        report = train(project, request, say, CancelToken())
        tell(json.dumps([report.run_name, report.status]))


def exporting(folder: Path, tell: Acknowledge) -> None:
    """The run's bundle, again and again in one place."""
    with Project.open(folder) as project:
        while True:
            project.set_threshold(1, Threshold(random.random()))
            report = export(project, 1, folder / "exports" / BUNDLE, ignore_events, CancelToken())
            read_bundle(folder / "exports" / BUNDLE)
            tell(json.dumps(["exported", report.sha256]))


STEPS = {"label": label, "mask": mask, "review": review}
