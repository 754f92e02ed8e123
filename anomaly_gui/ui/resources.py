"""Files that ship with the program: icons, help, the desktop entry.

They lie in resources/ at the top of the source tree and in anomaly_gui/resources/ of an
installed wheel; which of the two it is, is found out here and nowhere else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import anomaly_gui

APP_ICON = "icons/anomaly-gui.svg"


def resource(name: str) -> Path:
    """The file *name*, its folders divided by /. Raises FileNotFoundError if it does not ship."""
    path = _root() / name
    if not path.is_file():
        raise FileNotFoundError(f"no resource {name} in {_root()}")
    return path


@cache
def _root() -> Path:
    """A default editable install maps no files of resources/, so the source tree is asked as well."""
    package = Path(anomaly_gui.__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"
