"""The views of the Data page beside the gallery, behind one switch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.segmented import SegmentedButtons

IMAGES = "images"
_PLACE = "data.part"


class DataPart(QWidget):
    """Made once, before a project is open; hears of changes from the session, and is refreshed when it is shown."""

    name: ClassVar[str]
    """For the place that is remembered: "trust"."""
    title: ClassVar[str]
    """On the button that shows it."""
    tip: ClassVar[str]

    images_wanted = Signal(object)
    """Image ids (tuple of int) that the gallery is to show."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._stale = True
        session.images_changed.connect(self._take_change)
        session.project_opened.connect(self._take_project)
        session.project_closing.connect(self.stop)

    def refresh(self) -> None:
        """Read what is shown anew; a project is open."""

    def forget(self) -> None:
        """Another project: drop what is known of the one before."""

    @Slot()
    def stop(self) -> None:
        """The project closes: let what runs in the background end."""

    def home(self) -> QWidget:
        """What has the focus when the part is shown."""
        return self

    def set_gallery_actions(self, actions: Actions) -> None:
        """The gallery's actions, of which a part may use the keys."""

    def refresh_if_stale(self) -> None:
        if self._stale and self.session.is_open:
            self._stale = False
            self.refresh()

    @Slot()
    def _take_project(self) -> None:
        self.forget()
        self._take_change()

    @Slot()
    def _take_change(self) -> None:
        self._stale = True
        if self.isVisible():
            self.refresh_if_stale()


class DataParts(QWidget):
    """The switch, the gallery and the parts; the page holds it and tells it of what it must know."""

    images_wanted = Signal(object)
    """Ids that the gallery is to show."""

    def __init__(
        self, session: Session, gallery: QWidget, kinds: Sequence[type[DataPart]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._gallery = gallery
        self._actions: Actions | None = None
        self.parts = {kind.name: kind(session, self) for kind in kinds}
        choices = [(IMAGES, "Images"), *((part.name, part.title) for part in self.parts.values())]
        self.choice = SegmentedButtons(choices, self, name="What to look at")
        self.choice.set_tip(IMAGES, "Look through the images and label them")
        self._shown = QStackedWidget(self)
        self._shown.addWidget(gallery)
        for name, part in self.parts.items():
            self.choice.set_tip(name, part.tip)
            self._shown.addWidget(part)
            part.images_wanted.connect(self._show_images)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.choice)
        layout.addWidget(self._shown, 1)
        self.choice.chosen.connect(self.show_part)

    def add_actions(self, actions: Actions) -> None:
        """Called by the page after it has added its own, which then rest while a part is shown."""
        self._actions = actions
        for part in self.parts.values():
            part.set_gallery_actions(actions)

    @property
    def part(self) -> DataPart | None:
        """The one that is shown; None for the gallery."""
        shown = self._shown.currentWidget()
        return shown if isinstance(shown, DataPart) else None

    @Slot(str)
    def show_part(self, name: str) -> None:
        """The gallery's view, or one of *parts*."""
        part = self.parts.get(name)
        self.choice.set_current(name if part is not None else IMAGES)
        self._shown.setCurrentWidget(part or self._gallery)
        if self._actions is not None:
            # A key must not label what is selected in a gallery that is not seen.
            for entry in self._actions.entries():
                if entry.page == "data":
                    entry.action.setEnabled(part is None)
        if part is not None:
            part.refresh_if_stale()
            part.home().setFocus()

    @Slot(object)
    def _show_images(self, ids: tuple[int, ...]) -> None:
        self.show_part(IMAGES)
        self.images_wanted.emit(ids)

    def save_place(self) -> None:
        self._session.project.remember(_PLACE, self.choice.current)

    def restore_place(self) -> None:
        self.show_part(str(self._session.project.place(_PLACE, IMAGES)))

    def activate(self) -> None:
        """The page is shown: what changed meanwhile is read."""
        if self.part is not None:
            self.part.refresh_if_stale()
