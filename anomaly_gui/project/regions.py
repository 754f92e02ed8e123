"""The project's region of interest as an operation."""

from __future__ import annotations

import sqlite3

import msgspec

from anomaly_gui.imaging.region import Region, checked_region
from anomaly_gui.project import tables
from anomaly_gui.project.journal import Change, Operation

_REGION = "region"


def present(connection: sqlite3.Connection) -> Region:
    """Everything, if none was drawn."""
    return msgspec.convert(tables.setting(connection, _REGION) or {}, Region)


def set_region(connection: sqlite3.Connection, region: Region, reason: str) -> Operation:
    wanted = checked_region(region)
    old = tables.setting(connection, _REGION)
    new = None if wanted.is_everything else msgspec.json.decode(msgspec.json.encode(wanted))
    sentence = "Removed the region of interest" if new is None else "Drew the region of interest"
    return Operation(sentence, [] if new == old else [Change(_REGION, new, old)], reason=reason)
