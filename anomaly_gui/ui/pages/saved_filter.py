"""The filter of the Data page as the project remembers it, for whoever goes through the same images. No Qt."""

from __future__ import annotations

from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.data_filter import ALL, KINDS, USES, ImageFilter

_PLACE = "data.filter"
_KINDS = {name for name, _ in KINDS}
_USES = {name for name, _ in USES}


def save_filter(project: Project, chosen: ImageFilter) -> None:
    kept = {
        "kind": chosen.kind,
        "defect_type": chosen.defect_type,
        "use": chosen.use,
        "text": chosen.text,
        "only": sorted(chosen.only),
    }
    project.remember(_PLACE, kept)


def saved_filter(project: Project) -> ImageFilter:
    """What save_filter kept; one that lets everything pass where that is nothing, or something else."""
    kept = project.place(_PLACE)
    if not isinstance(kept, dict):
        return ImageFilter()
    kind, use, defect_type, only = (kept.get(name) for name in ("kind", "use", "defect_type", "only"))
    return ImageFilter(
        kind=kind if kind in _KINDS else ALL,
        defect_type=defect_type if isinstance(defect_type, str) else None,
        use=use if use in _USES else ALL,
        text=str(kept.get("text") or ""),
        only=frozenset(path for path in only if isinstance(path, str)) if isinstance(only, list) else frozenset(),
    )
