"""Recall of each defect type at a threshold that moves. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anomaly_gui.evaluation.curves import Curve, ranks_last
from anomaly_gui.evaluation.intervals import wilson
from anomaly_gui.jobs.evaluate import UNTYPED, ScoredImages
from anomaly_gui.ui.widgets.shown_figures import TypeBar


class TypeTable:
    """Defects by type, sorted once, so that their recall at a threshold takes no pass over the images."""

    def __init__(self, scored: ScoredImages) -> None:
        ranked = ranks_last(scored.scores)
        # Left out, no defect has a type.
        kinds = scored.defect_types or ("",) * len(ranked)
        names = np.array([name or UNTYPED for name in kinds], object)
        self._places: dict[str, NDArray[np.int64]] = {}
        self._scores: dict[str, Curve] = {}
        for name in sorted(set(names[scored.defective].tolist())):
            places = np.flatnonzero(scored.defective & (names == name))
            self._places[name] = places[np.argsort(ranked[places], kind="stable")]
            self._scores[name] = ranked[self._places[name]]

    @property
    def names(self) -> list[str]:
        return list(self._places)

    def bars(self, threshold: float) -> list[TypeBar]:
        """One for each type, by name."""
        return [self._bar(name, threshold) for name in self._places]

    def missed(self, name: str, threshold: float) -> int:
        """How many defects of a type lie below *threshold*."""
        return int(np.searchsorted(self._scores[name], threshold, side="left"))

    def images(self, name: str) -> NDArray[np.int64]:
        """Places (n,) of a type's images among the scored ones, lowest score first: those missed come first."""
        return self._places[name]

    def _bar(self, name: str, threshold: float) -> TypeBar:
        count = len(self._places[name])
        found = count - self.missed(name, threshold)
        interval = wilson(found, count)
        assert interval is not None
        return TypeBar(name, found, count, interval)
