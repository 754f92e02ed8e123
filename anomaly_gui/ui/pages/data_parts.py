"""Which views the Data page has beside the gallery."""

from __future__ import annotations

from anomaly_gui.ui.pages.data_map import MapPart
from anomaly_gui.ui.pages.data_part import DataPart
from anomaly_gui.ui.pages.splits import SplitsPart
from anomaly_gui.ui.pages.trust import TrustPart

DATA_PARTS: tuple[type[DataPart], ...] = (TrustPart, SplitsPart, MapPart)
"""In the order of the buttons."""
