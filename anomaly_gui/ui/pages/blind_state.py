"""Where a reviewer stands in a blind review, and what can be chosen before it. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anomaly_gui.jobs.blind_report import STUDY_PARTS, STUDY_TRIALS
from anomaly_gui.project.blind_sample import HARD_SHARE, order_for
from anomaly_gui.project.records import BlindStudy, Judgement
from anomaly_gui.ui.wording import counted, listed

MOST_REMEMBERED = 12
HARD_SHARES = (
    ("Half of them near the threshold, where answers differ", HARD_SHARE),
    ("A quarter near the threshold", 0.25),
    ("At random, as they come on the line", 0.0),
    ("All as near to the threshold as can be: the hardest", 1.0),
)
"""Title and share of each class that lies nearest to the threshold."""


@dataclass(frozen=True)
class BlindStart:
    """What was chosen before judging."""

    reviewer: str
    study: int | None
    """One to go on with; None: a new one, of the following."""
    size: int = STUDY_PARTS
    hard_share: float = HARD_SHARE
    trials: int = STUDY_TRIALS


class JudgingState:
    """One reviewer in one trial: the images in an order of their own, those that are judged first of all left out."""

    def __init__(self, study: BlindStudy, reviewer: str, trial: int, said: Iterable[Judgement]) -> None:
        self.study, self.reviewer, self.trial = study, reviewer, trial
        self._judged = judged_images(said, reviewer, trial)
        self._order = order_for(study, reviewer, trial)

    @property
    def total(self) -> int:
        return len(self._order)

    @property
    def done(self) -> int:
        return len(self._judged)

    @property
    def left(self) -> list[int]:
        """Image ids that are still to be judged, in order."""
        return [image for image in self._order if image not in self._judged]

    @property
    def current(self) -> int | None:
        """The image to judge now; None when all are judged."""
        return next(iter(self.left), None)

    def note_answer(self, image: int) -> None:
        self._judged.add(image)

    def note_taken_back(self, image: int) -> None:
        """It comes again at once: it was judged in this order, just before the current one."""
        self._judged.discard(image)


def judged_images(said: Iterable[Judgement], reviewer: str, trial: int) -> set[int]:
    return {one.image for one in said if (one.reviewer, one.trial) == (reviewer, trial)}


def next_trial(study: BlindStudy, said: Sequence[Judgement], reviewer: str) -> int | None:
    """The first trial that *reviewer* has not finished; None when all are."""
    for trial in range(1, study.trials + 1):
        if len(judged_images(said, reviewer, trial)) < len(study.images):
            return trial
    return None


def study_title(study: BlindStudy, said: Sequence[Judgement]) -> str:
    """For the list of reviews that there are."""
    names = list(dict.fromkeys(one.reviewer for one in said))
    who = listed(names) if names else "nobody yet"
    state = "finished" if study.finished_utc else f"begun {study.started_utc[:10]}"
    return f"Review {study.id} · {counted(len(study.images), 'image')} · {state} · {who}"


def standing(study: BlindStudy, said: Sequence[Judgement], reviewer: str) -> str:
    """Where a reviewer stands in a review."""
    if study.finished_utc is not None:
        return "This review is finished: nobody can judge in it any more."
    if not reviewer:
        return "Give the name of who judges."
    trial = next_trial(study, said, reviewer)
    if trial is None:
        return f"{reviewer} has judged everything: {counted(study.trials, 'trial')} of {len(study.images)} images."
    done = len(judged_images(said, reviewer, trial))
    where = f"trial {trial} of {study.trials}, {done} of {len(study.images)} images judged"
    return f"{reviewer} goes on: {where}." if done or trial > 1 else f"{reviewer} begins: {where}."


def end_sentences(study: BlindStudy, said: Sequence[Judgement], reviewer: str, trial: int) -> str:
    """What is said when a trial is done."""
    to_come = next_trial(study, said, reviewer)
    everyone = Counter(one.reviewer for one in said)
    open_names = [name for name in everyone if next_trial(study, said, name) is not None]
    sentence = f"{reviewer}, trial {trial} of {study.trials}. Every answer is saved. "
    if to_come is not None:
        sentence += (
            f"Trial {to_come} shows the same images in another order. The longer the break, the less is remembered: "
            "a day is better than an hour. "
        )
    if open_names:
        return sentence + f"The report shows labels: {listed(open_names)} should not see it before the last trial."
    return sentence + "The report tells how well the answers fit the labels."


def remembered(kept: Iterable[str], newest: str = "") -> list[str]:
    """Reviewers' names, the newest first, each once."""
    names = [name.strip() for name in (newest, *kept)]
    return list(dict.fromkeys(name for name in names if name))[:MOST_REMEMBERED]
