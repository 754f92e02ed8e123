"""Filters that the project keeps under a name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QInputDialog, QWidget

from anomaly_gui.project.image_filter import ImageFilter
from anomaly_gui.ui.pages.data_facets import FacetPanel
from anomaly_gui.ui.session import Session


class SavedFilters(QObject):
    """Made by the page."""

    filter_wanted = Signal(object)
    """ImageFilter."""

    def __init__(self, session: Session, panel: FacetPanel, shown: Callable[[], ImageFilter], page: QWidget) -> None:
        """*shown* gives the filter that is in force."""
        super().__init__(page)
        self._shown = shown
        self._session = session
        self._panel = panel
        self._page = page
        panel.saved_chosen.connect(self._choose)
        panel.saving_wanted.connect(self._ask_for_name)
        panel.forgetting_wanted.connect(self._forget)

    def show(self, chosen: str = "") -> None:
        names = list(self._session.project.saved_filters()) if self._session.is_open else []
        self._panel.show_saved(names, chosen)

    @Slot(str)
    def _choose(self, name: str) -> None:
        wanted = self._session.project.saved_filters().get(name)
        if wanted is not None:
            self.filter_wanted.emit(wanted)

    @Slot()
    def _ask_for_name(self) -> None:
        dialog = QInputDialog(self._page)
        dialog.setWindowTitle("Save the filter")
        dialog.setLabelText("Name (one that there is already is replaced):")
        dialog.setTextValue(self._panel.saved.currentText())
        dialog.textValueSelected.connect(self.save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def save(self, name: str) -> None:
        """What is shown now."""
        if name.strip():
            self._session.project.save_filter(name.strip(), self._shown())
            self.show(name.strip())
            self._session.said.emit(f"Saved the filter {name.strip()}")

    @Slot(str)
    def _forget(self, name: str) -> None:
        self._session.project.save_filter(name, None)
        self.show()
