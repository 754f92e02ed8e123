"""What a run has not been trained on yet: labels, masks and exclusions that were changed since it started."""

from __future__ import annotations

import json
import os
import sqlite3
from typing import Any

import msgspec

_PRESENT = "SELECT id, label, defect_type, mask_path, excluded FROM image WHERE id IN (SELECT value FROM json_each(?))"


class Corrections(msgspec.Struct, frozen=True):
    """Ids of images that are now other than they were when a run started."""

    labels: frozenset[int]
    masks: frozenset[int]
    exclusions: frozenset[int]

    @property
    def images(self) -> frozenset[int]:
        return self.labels | self.masks | self.exclusions


def corrections(connection: sqlite3.Connection, run_id: int) -> Corrections:
    """What was changed and not changed back since *run_id* started; imported images are no corrections."""
    rows = connection.execute(
        "SELECT field, image, old FROM event WHERE field IN ('label', 'mask', 'excluded') AND seq > "
        "(SELECT min(seq) FROM event WHERE field = 'run' AND run = ?) ORDER BY seq",
        (run_id,),
    )
    before: dict[tuple[str, int], Any] = {}
    for field, image, old in rows:
        before.setdefault((field, image), json.loads(old))
    ids = json.dumps(sorted({image for _, image in before}))
    now: dict[tuple[str, int], Any] = {}
    for image, kind, defect_type, mask_path, excluded in connection.execute(_PRESENT, (ids,)):
        now["label", image] = {"kind": kind, "defect_type": defect_type}
        now["mask", image] = None if mask_path is None else os.fsdecode(mask_path)
        now["excluded", image] = bool(excluded)
    changed = {field: frozenset(key[1] for key in before if key[0] == field and now.get(key) != before[key])
               for field in ("label", "mask", "excluded")}  # fmt: skip
    return Corrections(changed["label"], changed["mask"], changed["excluded"])
