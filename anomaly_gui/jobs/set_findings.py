"""Findings about a set of images, worked out of records and measures: nothing is read here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.evaluation.outliers import robust_z
from anomaly_gui.files import printable
from anomaly_gui.jobs.set_facts import SetFacts
from anomaly_gui.project.findings import SEVERITIES, Case, Finding, Severity, without_accepted
from anomaly_gui.project.labels import conflicts
from anomaly_gui.project.records import Image
from anomaly_gui.project.splits import FEWEST_GOOD

OUTLIER_Z = 6.0
"""Robust standard deviations from which an image stands out: in none of three real sets any did."""
_LEAST_BRIGHTNESS_SPREAD = 0.01
_LEAST_SHARPNESS_SPREAD = 0.1
_BURNT_SHARE = 0.1
"""More of the picture than usual that is white, from which it is called over-exposed."""
_USUAL_SHARE = 0.8
"""Of the images that agree in a size, from which the others are exceptions."""
_WIDEST_INTERVAL = 0.2
_TYPES_WITH_MASKS = 0.5


def findings(images: Iterable[Image], facts: SetFacts | None, accepted: Collection[str] = ()) -> list[Finding]:
    """All findings about the images that are not excluded, the worst first; without *facts* those that need no file.

    A finding without cases is left out, unless cases of it were accepted.
    """
    used = {image.id: image for image in images if not image.excluded}
    found = [*_copies(used), *_shapes(used), *_few(used)]
    if facts is not None:
        found += [*_alike(used, facts), *_files(used, facts), *_stand_out(used, facts)]
    found += _masks(used, {} if facts is None else facts.masks)
    shown = (without_accepted(each, accepted, used) for each in found if each.cases)
    return sorted(shown, key=lambda each: (not each.cases, SEVERITIES.index(each.severity)))


def use_of(image: Image) -> str | None:
    """ "train", "test", or None for what no run uses."""
    if image.excluded or not image.label.is_decided:
        return None
    return "train" if image.label.kind == "good" and image.split == "train" and not image.locked else "test"


# The same picture, exactly or nearly


def _copies(used: Mapping[int, Image]) -> Iterator[Finding]:
    by_picture: dict[str, list[Image]] = {}
    for image in used.values():
        by_picture.setdefault(image.pixel_sha256, []).append(image)
    by_path = {image.path: image for image in used.values()}
    contradictions: dict[str, list[Case]] = {"good and defective": [], "train and test": []}
    told = set()
    for conflict in conflicts(used.values()):
        same = [by_path[path] for path in conflict.paths]
        told.add(same[0].pixel_sha256)
        contradictions[conflict.kind].append(Case(images=_ids(same), sentence=f"{_uses(same)}: {_names(same)}"))
    yield _finding(
        "copies-labels",
        "blocks",
        "One picture, two labels",
        "{n} in the set more than once, good and defective: one of the two is wrong, and training waits.",
        ("picture is", "pictures are"),
        "Look at them side by side, give them one label or leave one out.",
        contradictions["good and defective"],
    )
    yield _finding(
        "copies-splits",
        "blocks",
        "One picture in training and test",
        "{n} in training and in testing: figures would be of what training has seen, and training waits.",
        ("picture is", "pictures are"),
        "Move one to the other side, or leave one out.",
        contradictions["train and test"],
    )
    rest = [same for picture, same in by_picture.items() if len(same) > 1 and picture not in told]
    yield _finding(
        "copies",
        "warning",
        "The same picture more than once",
        "{n} in the set more than once: what happens in it counts several times.",
        ("picture is", "pictures are"),
        "Leave out all but one.",
        [Case(images=_ids(same), sentence=f"{_uses(same)}: {_names(same)}") for same in rest],
    )


def _alike(used: Mapping[int, Image], facts: SetFacts) -> Iterator[Finding]:
    by_picture: dict[str, list[Image]] = {}
    for image in used.values():
        by_picture.setdefault(image.pixel_sha256, []).append(image)
    pairs = [
        (by_picture[first], by_picture[second], value)
        for first, second, value in facts.alike
        if first in by_picture and second in by_picture
    ]
    labels, splits, rest = [], [], []
    for pair in pairs:
        both = (*pair[0], *pair[1])
        if {"good", "defect"} <= {image.label.kind for image in both}:
            labels.append(pair)
        elif {"train", "test"} <= {use_of(image) for image in both}:
            splits.append(pair)
        else:
            rest.append(pair)
    left = f" {facts.pairs_left_out:,} less alike pairs were not looked at." if facts.pairs_left_out else ""
    yield _finding(
        "alike-labels",
        "warning",
        "Almost the same, two labels",
        "{n} of pictures almost the same, labelled good and defective: a label may be wrong, or it is one part with "
        "a small defect that the good picture beside it makes easy." + left,
        ("group is", "groups are"),
        "Look at them side by side.",
        _groups(labels),
    )
    yield _finding(
        "alike-splits",
        "warning",
        "Almost the same in training and test",
        "{n} of pictures almost the same and on both sides: saved again, or shots of one part. Testing then asks for "
        "what training has seen." + left,
        ("group is", "groups are"),
        "Move one to the other side, or split by group so that shots of one part stay together.",
        _groups(splits),
    )
    yield _finding(
        "alike",
        "note",
        "Almost the same picture",
        "{n} of pictures almost the same, on one side: saved again, or shots of one part." + left,
        ("group is", "groups are"),
        "Fine if parts are photographed several times; else leave out all but one.",
        _groups(rest),
    )


def _groups(pairs: Sequence[tuple[list[Image], list[Image], float]]) -> list[Case]:
    """Pairs that share a picture together, the most alike first."""
    parent: dict[int, int] = {}

    def root(of: int) -> int:
        while parent.setdefault(of, of) != of:
            of = parent[of]
        return of

    best: dict[int, float] = {}
    images: dict[int, Image] = {}
    for first, second, value in pairs:
        anchor = root(first[0].id)
        for image in (*first, *second):
            images[image.id] = image
            parent[root(image.id)] = anchor
            best[image.id] = max(best.get(image.id, value), value)
    together: dict[int, list[Image]] = {}
    for key in sorted(images):
        together.setdefault(root(key), []).append(images[key])
    ranked = sorted(together.values(), key=lambda same: -max(best[image.id] for image in same))
    return [
        Case(images=_ids(same), sentence=f"{_uses(same)}, details agree to {max(best[i.id] for i in same):.2f}")
        for same in ranked
    ]


# What stands out


def _stand_out(used: Mapping[int, Image], facts: SetFacts) -> Iterator[Finding]:
    known = [place for place, key in enumerate(facts.ids) if key in used]
    images = [used[facts.ids[place]] for place in known]
    brightness, burnt, sharpness = (
        np.asarray(each, np.float64)[known] for each in (facts.brightness, facts.bright_share, facts.sharpness)
    )
    bright_z = _by_group(images, brightness, lambda values: robust_z(values, _LEAST_BRIGHTNESS_SPREAD))
    more_white = _by_group(images, burnt, lambda values: values - np.median(values))
    white_z = _by_group(images, burnt, lambda values: robust_z(values, _LEAST_BRIGHTNESS_SPREAD))
    sharp_z = _by_group(images, sharpness, lambda values: robust_z(values, _LEAST_SHARPNESS_SPREAD))
    over = (white_z > OUTLIER_Z) & (more_white >= _BURNT_SHARE)
    odd = np.flatnonzero((np.abs(bright_z) > OUTLIER_Z) | over)
    yield _finding(
        "exposure",
        "warning",
        "Exposure unlike the others",
        "{n} much brighter, darker or more burnt out than the others of the same label and split.",
        ("image is", "images are"),
        "Photograph again, or leave them out if the line never shows such light.",
        [
            Case(images=(images[i].id,), sentence=_exposure_words(bright_z[i], brightness[i], burnt[i], over[i]))
            for i in sorted(odd, key=lambda i: -abs(bright_z[i]))
        ],
    )
    blurred = np.flatnonzero(sharp_z < -OUTLIER_Z)
    yield _finding(
        "blur",
        "warning",
        "Blurred",
        "{n} much less sharp than the others of the same label and split: small defects would not show in them.",
        ("image is", "images are"),
        "Photograph again, or leave them out.",
        [
            Case(images=(images[i].id,), sentence=f"{-sharp_z[i]:.1f} spreads less sharp than the others")
            for i in sorted(blurred, key=lambda i: sharp_z[i])
        ],
    )


def _by_group(
    images: Sequence[Image],
    values: NDArray[np.float64],
    judge: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """*judge* for the images of each split and label by themselves."""
    found = np.zeros(len(images))
    groups: dict[tuple[str, str], list[int]] = {}
    for place, image in enumerate(images):
        groups.setdefault((image.split, image.label.kind), []).append(place)
    for places in groups.values():
        found[places] = judge(values[places])
    return found


def _exposure_words(z: float, brightness: float, burnt: float, over: bool) -> str:
    if over:
        return f"{100 * burnt:.0f} % of it is white, unlike the others (mean {100 * brightness:.0f} %)"
    side = "brighter" if z > 0 else "darker"
    return f"{abs(z):.1f} spreads {side} than the others (mean {100 * brightness:.0f} %)"


# Sizes, files, masks


def _shapes(used: Mapping[int, Image]) -> Iterator[Finding]:
    yield _odd_ones(
        used,
        "sizes",
        "Another size",
        lambda i: f"{i.width} × {i.height} px",
        "Images are squeezed to one size: parts look distorted in them.",
    )
    yield _odd_ones(
        used,
        "channels",
        "Grey and colour mixed",
        lambda i: "grey" if i.channels == 1 else "colour",
        "All are then looked at in one of the two.",
    )
    yield _odd_ones(used, "depth", "Another bit depth", lambda i: f"{i.bit_depth} bit", "White may differ among them.")


def _odd_ones(used: Mapping[int, Image], kind: str, title: str, value_of: Callable[[Image], str], why: str) -> Finding:
    """Exceptions from what most have; where nothing is usual, that is said of the set."""
    values = {image.id: value_of(image) for image in used.values()}
    counts = Counter(values.values())
    usual, count = counts.most_common(1)[0] if counts else ("", 0)
    if len(counts) > 1 and count < _USUAL_SHARE * len(values):
        more = f" and {len(counts) - 3:,} more" if len(counts) > 3 else ""
        listing = ", ".join(f"{value} ({n:,})" for value, n in counts.most_common(3)) + more
        case = Case(images=(), subject=f"{len(counts)}", sentence=f"{len(counts):,} different: {listing}")
        return Finding(
            kind=kind,
            severity="note",
            title=title,
            sentence=f"The {len(values):,} images differ from one another. {why}",
            advice="Fine if parts differ in this.",
            cases=(case,),
        )
    odd = [key for key, value in values.items() if value != usual]
    return _finding(
        kind,
        "warning",
        title,
        f"{{n}} unlike the others, which have {usual}. {why}",
        ("image is", "images are"),
        "Look whether they belong to this set.",
        [Case(images=(key,), sentence=values[key]) for key in odd],
    )


def _files(used: Mapping[int, Image], facts: SetFacts) -> Iterator[Finding]:
    causes = dict(facts.files.unreadable)
    for kind, title, keys, sentence, advice in (
        ("missing", "Missing files", facts.files.missing, "{n} no longer where it was.", "Put them back, or relink."),
        (
            "changed",
            "Changed files",
            facts.files.changed,
            "{n} changed since the import: label and mask may no longer fit.",
            "The menu … above the images accepts them, or looks for the former files.",
        ),
        ("unreadable", "Unreadable files", tuple(causes), "{n} not readable.", "Check disk and permissions."),
    ):
        cases = [
            Case(images=(key,), sentence=causes.get(key) or printable(used[key].path)) for key in keys if key in used
        ]
        yield _finding(kind, "warning", title, sentence, ("file is", "files are"), advice, cases)


def _masks(used: Mapping[int, Image], wrong: Mapping[int, str]) -> Iterator[Finding]:
    for kind, title, chosen in (
        ("mask-empty", "Empty masks", {k: v for k, v in wrong.items() if v == "empty"}),
        ("mask-unusable", "Masks that do not fit", {k: v for k, v in wrong.items() if v != "empty"}),
    ):
        yield _finding(
            kind,
            "warning",
            title,
            "{n} of no use: the figures of pixels leave these defects out.",
            ("mask is", "masks are"),
            "Draw them again.",
            [
                Case(images=(k,), sentence="marks nothing" if v == "empty" else v)
                for k, v in chosen.items()
                if k in used
            ],
        )
    defects = [image for image in used.values() if image.label.kind == "defect"]
    without = [image for image in defects if image.mask_path is None]
    usual = bool(defects) and len(without) <= _TYPES_WITH_MASKS * len(defects)
    yield _finding(
        "mask-none",
        "note",
        "Defects without a mask",
        "{n} without a mask while most defective ones have one: the figures of pixels leave them out.",
        ("defective image is", "defective images are"),
        "Draw where the defect is.",
        [Case(images=(image.id,), sentence=image.label.defect_type or "defective") for image in without]
        if usual
        else [],
    )


# Too few to say anything


def _few(used: Mapping[int, Image]) -> Iterator[Finding]:
    decided = [image for image in used.values() if image.label.is_decided]
    good_train = len({i.pixel_sha256 for i in decided if use_of(i) == "train"})
    good_test = sum(i.label.kind == "good" and use_of(i) == "test" for i in decided)
    types = Counter(i.label.defect_type or "defective" for i in decided if i.label.kind == "defect")
    cases = []
    if decided and good_train < FEWEST_GOOD:
        sentence = f"{good_train} different good images for training; {FEWEST_GOOD} are the fewest it takes"
        cases.append(Case(images=(), subject="good training images", sentence=sentence))
    for subject, count, what in (
        ("good test images", good_test, "false alarm rate of {0} could still be {1:.0f} %"),
        *((name, count, "recall of {0} could still be {1:.0f} %") for name, count in sorted(types.items())),
    ):
        bounds = _bounds(count, rate_of_alarms=subject == "good test images")
        if decided and (bounds is None or bounds[2] > _WIDEST_INTERVAL):
            said = "" if bounds is None else ": even if all are decided rightly, a " + what.format(*bounds[:2])
            cases.append(Case(images=(), subject=subject, sentence=f"{count:,} {_subject(subject, count)}{said}"))
    yield _finding(
        "few",
        "warning",
        "Too few to say anything",
        "{n} so small that its figure says little (95 % interval of Wilson wider than 20 points).",
        ("group is", "groups are"),
        "Add images, or read these figures as hints.",
        cases,
    )


def _bounds(count: int, *, rate_of_alarms: bool) -> tuple[str, float, float] | None:
    """What is counted, the other end of the interval in per cent, and the interval's width."""
    interval = wilson(0 if rate_of_alarms else count, count)
    if interval is None:
        return None
    low, high = interval
    return ("0 %", 100 * high, high - low) if rate_of_alarms else ("100 %", 100 * low, high - low)


def _subject(subject: str, count: int) -> str:
    if subject == "good test images":
        return "good test image" if count == 1 else "good test images"
    return f"{'image' if count == 1 else 'images'} of {subject}" if subject != "defective" else "defective, no type"


def _finding(
    kind: str,
    severity: Severity,
    title: str,
    sentence: str,
    counted: tuple[str, str],
    advice: str,
    cases: Sequence[Case],
) -> Finding:
    count = f"{len(cases):,} {counted[len(cases) != 1]}"
    text = sentence.replace("{n}", count)
    return Finding(kind=kind, severity=severity, title=title, sentence=text, advice=advice, cases=tuple(cases))


def _ids(images: Iterable[Image]) -> tuple[int, ...]:
    return tuple(image.id for image in images)


def _names(images: Sequence[Image]) -> str:
    names = [printable(image.path).replace("\\", "/").rpartition("/")[2] for image in images[:3]]
    return ", ".join(names) + (f" and {len(images) - 3} more" if len(images) > 3 else "")


def _uses(images: Sequence[Image]) -> str:
    """ "2 good in training, 1 defective in test"."""
    words = Counter(
        f"{ {'defect': 'defective'}.get(i.label.kind, i.label.kind) } in {'training' if i.split == 'train' else 'test'}"
        for i in images
    )
    return ", ".join(f"{count} {word}" for word, count in words.items())
