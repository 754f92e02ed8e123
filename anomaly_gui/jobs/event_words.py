"""What an event of the journal changed, as people say it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from anomaly_gui.evaluation.thresholds import RULES
from anomaly_gui.files import printable
from anomaly_gui.jobs.evaluate import BY_HAND
from anomaly_gui.project.journal import OPENING, Event

_LONGEST = 160
_NOTHING = "none"


def event_words(event: Event) -> str:
    """ "label: good → defective (scratch)"; a text that is long is cut."""
    try:
        return _short(_said(event, _FIELDS.get(event.field, _plain)))
    except (KeyError, TypeError, AttributeError, ValueError):  # As somebody else's project might hold it.
        return _short(_said(event, _plain))


def _said(event: Event, words: Callable[[Any], str]) -> str:
    if event.field == OPENING:
        return str(event.new["sentence"])
    title, new = event.field.replace("_", " "), event.new
    if event.old is None and event.field not in _SHOWN_FROM_NOTHING:
        return f"{title}: {words(new)}"
    return f"{title}: {words(event.old)} → {words(new)}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _label(value: Any) -> str:
    if not value:
        return _NOTHING
    kind = "defective" if value["kind"] == "defect" else value["kind"]
    return f"{kind} ({value['defect_type']})" if value.get("defect_type") else str(kind)


def _verdict(value: Any) -> str:
    if not value:
        return _NOTHING
    return str(value["kind"]) + (f" ({value['reason']})" if value.get("reason") else "")


def _threshold(value: Any) -> str:
    if not value:
        return _NOTHING
    rule = value.get("rule", BY_HAND)
    how = "by hand" if rule == BY_HAND else RULES[rule].title if rule in RULES else rule
    recheck = "" if value.get("recheck") is None else f", recheck from {value['recheck']:.6g}"
    return f"{value['value']:.6g} ({how}{recheck})"


def _path(value: Any) -> str:
    return _NOTHING if value is None else printable(os.path.basename(str(value)))


def _image(value: Any) -> str:
    return f"{_path(value['path'])}, {_label(value['label'])}"


def _run(value: Any) -> str:
    roles = ", ".join(f"{len(images):,} to {role}" for role, images in value.get("roles", {}).items())
    return f"{value['name']}, seed {value['seed']}, {roles}"


def _status(value: Any) -> str:
    return _NOTHING if not value else str(value["status"]) + (f": {value['message']}" if value.get("message") else "")


def _export(value: Any) -> str:
    return f"{_path(value['path'])}, SHA-256 {value['sha256'][:16]}…, threshold {value['threshold']['value']:.6g}"


def _reveal(value: Any) -> str:
    figures = value.get("figures", {})
    return f"{figures.get('found', 'n/a')} found, {figures.get('missed', 'n/a')} missed"


def _type(value: Any) -> str:
    return _NOTHING if not value else f"{value['name']}, {value['colour']}, key {value['key'] or _NOTHING}"


def _judgement(value: Any) -> str:
    return _NOTHING if not value else f"{value['reviewer']}: {value['answer']}"


def _plain(value: Any) -> str:
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(value) if isinstance(value, str) else json.dumps(value, sort_keys=True)


_FIELDS = {
    "label": _label,
    "verdict": _verdict,
    "threshold": _threshold,
    "pixel_threshold": _threshold,
    "mask": _path,
    "image": _image,
    "run": _run,
    "status": _status,
    "export": _export,
    "reveal": _reveal,
    "defect_type": _type,
    "judgement": _judgement,
}
_SHOWN_FROM_NOTHING = ("label", "verdict", "mask", "comment")
