"""What the Tune page asks of every view that it has beside that of the threshold."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from anomaly_gui.ui.session import Session


class TunePart(QWidget):
    """Made when it is first looked at, and kept; the page tells it which run to show."""

    name: ClassVar[str]
    """For the place that is remembered: "pixels"."""
    title: ClassVar[str]
    """On the button that shows it."""
    tip: ClassVar[str]

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session

    def refresh(self, run_id: int) -> None:
        """Read scores, labels and thresholds of a scored run anew; called when the part is shown and they changed."""

    def step(self, direction: int) -> bool:
        """Move a line of the part's own to where something changes, down (-1) or up (1); False if it has none."""
        return False

    def step_by_percent(self, direction: int) -> bool:
        """The same by 1 % of its range."""
        return False

    def save_place(self) -> None:
        """Keep with project.remember() where the engineer is; called before the project closes."""

    def restore_place(self) -> None:
        """Go back there; called when it was made, and when a project was opened."""
