"""What a project knows, as frozen records."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

LabelKind = Literal["good", "defect", "unlabelled", "unsure"]
Split = Literal["train", "test"]
Role = Literal["train", "validation", "test"]
RunStatus = Literal["running", "paused", "finished", "cancelled", "failed", "interrupted"]
VerdictKind = Literal["confirmed", "relabelled", "unsure"]
Answer = Literal["good", "defect", "unsure"]


class Label(msgspec.Struct, frozen=True, gc=False):
    """What an image is said to show; *defect_type* only with kind "defect"."""

    kind: LabelKind
    defect_type: str | None = None

    @property
    def is_decided(self) -> bool:
        """Whether it says good or defective: no other image trains anything or counts in a figure."""
        return self.kind in ("good", "defect")


class DefectType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of defect that images can have, as the user named and coloured it."""

    name: str
    colour: str
    """#rrggbb, lower case."""
    key: int | None
    """Number key, 1 to 9, that labels with it; no two types have the same."""
    position: int
    """The user's order, from 0."""


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What a reviewer said of one image's decision."""

    kind: VerdictKind
    reason: str | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the loader found in an image's file."""

    sha256: str
    """Of the file's bytes."""
    pixel_sha256: str
    """Of the decoded pixels: equal for the same picture in another container."""
    file_bytes: int
    format: str
    width: int
    height: int
    channels: int
    bit_depth: int
    """8 or 16."""
    peak: int
    """Largest pixel value: tells 12-bit data in 16-bit files."""


class NewImage(Content, frozen=True, kw_only=True, gc=False):
    """An image that passed the loader and is about to enter the project."""

    path: str
    """Absolute; bytes that are not UTF-8 are surrogate-escaped (os.fsdecode)."""
    label: Label
    split: Split
    mask_path: str | None = None
    modified_ns: int | None = None
    """The file's date when its content was last seen, in ns since 1970, UTC; None: not known."""


class Image(NewImage, frozen=True, kw_only=True, gc=False):
    """An image of the project with its present state."""

    id: int
    verdict: Verdict | None = None
    comment: str = ""
    excluded: bool = False
    locked: bool = False
    """Kept from choosing thresholds, for figures that nothing was chosen on."""


class Threshold(msgspec.Struct, frozen=True):
    """An image is called defective when its score >= value, and to be rechecked when only >= recheck."""

    value: float
    rule: str = "manual"
    """A name from evaluation.thresholds.RULES, or "manual"."""
    parameter: float | None = None
    recheck: float | None = None
    """Below value; None: there is no such band."""
    defect_type: str | None = None
    """Of a rule for one type of defects."""
    miss_price: float | None = None
    """Of a rule that counts costs, as are the next two."""
    alarm_price: float | None = None
    defect_rate: float | None = None
    """Share of the parts on the line that are defective."""


class PixelThreshold(msgspec.Struct, frozen=True):
    """A pixel is part of a found region when its normalised map >= value."""

    value: float
    rule: str = "manual"
    parameter: float | None = None


class Reveal(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the figures of the locked test images."""

    run: int
    time_utc: str
    figures: dict[str, Any]
    """Plain JSON values: what was shown, and what it rested on."""


class BlindStudy(msgspec.Struct, frozen=True, kw_only=True):
    """A sample of images that reviewers judge without seeing labels or scores."""

    id: int
    run: int
    """Its decisions are judged beside those of people."""
    seed: int
    """Of the sample, and of the order in which each reviewer sees it."""
    trials: int
    """How often each reviewer judges the sample."""
    images: tuple[int, ...]
    started_utc: str
    finished_utc: str | None = None
    """From then on nothing is judged any more."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer said of an image without seeing its label or score."""

    study: int
    image: int
    reviewer: str
    answer: Answer
    time_utc: str
    trial: int = 1
    """Which time that the reviewer judges the sample."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One training of one detector with its settings."""

    id: int
    name: str
    """Also its folder's name under runs/."""
    detector: str
    preset: str
    seed: int
    settings: dict[str, Any]
    """{"detector": …, "scoring": …}, plain JSON values."""
    status: RunStatus
    created_utc: str
    finished_utc: str | None = None
    message: str = ""
    """Why it failed or stopped, for the window."""


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One bundle that was written."""

    run: int
    path: str
    sha256: str
    time_utc: str
    threshold: Threshold


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What one operation changed, for the views to refresh."""

    operation: int
    sentence: str
    """Past tense, for the status bar and the undo menu: "Labelled 3 images good"."""
    images: frozenset[int] = frozenset()
    runs: frozenset[int] = frozenset()
