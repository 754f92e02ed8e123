"""The label beside a mask: its type's colour, and whether a mask makes an image defective."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QColor

from anomaly_gui.project.records import Image, Label
from anomaly_gui.ui.pages.mask_state import label_to_save, type_of_digit
from anomaly_gui.ui.pages.mask_view import MaskView
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.label_words import label_name

_NO_TYPE = QColor("#ff3b30")


class MaskLabel(QObject):
    """Of one image at a time."""

    coloured = Signal()
    """The mask has another colour."""

    def __init__(self, session: Session, view: MaskView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._view = session, view
        self._image: Image | None = None
        view.types.chosen.connect(self._choose)

    def open(self, image: Image) -> None:
        """Another image: what is typed of one is not said of the next."""
        self._image = image
        self._view.pane.setFocus()
        self._view.relabel.setChecked(True)
        self._view.set_types(self._session.project.defect_types(), image.label.defect_type or "")
        self.show(image, masked=False)

    def follow(self, image: Image) -> None:
        """The label of the image that is open was changed, here or elsewhere."""
        before, self._image = self._image, image
        if before is None or before.label != image.label:
            self._view.set_types(self._session.project.defect_types(), image.label.defect_type or "")
            self.coloured.emit()

    def show(self, image: Image, *, masked: bool) -> None:
        """*masked*: something was drawn, and there is a mask."""
        word = "defective" if image.label.kind == "defect" else label_name(image.label)
        self._view.show_label(word, offers_defective=masked and image.label.kind != "defect")

    def to_save(self, image: Image, *, masked: bool) -> Label | None:
        """The label that goes with the mask in one step; None leaves it as it is."""
        wanted, typed = self._view.relabel.isChecked(), self._view.types.currentText()
        return label_to_save(image.label, masked=masked, wanted=wanted, defect_type=typed)

    def colour(self) -> QColor:
        """Of the defect type."""
        name = self._view.types.currentText()
        colours = {each.name: each.colour for each in self._session.project.types.all()}
        return QColor(colours[name]) if name in colours else _NO_TYPE

    def choose_digit(self, digit: int) -> None:
        name = type_of_digit(self._view.types.names, digit)
        if name is None:
            self._session.said.emit(f"There is no defect type with key {digit}")
        else:
            self._choose(name)

    @Slot(str)
    def _choose(self, name: str) -> None:
        """A defective image is relabelled at once; any other when its mask is saved."""
        image = self._image
        if image is None:
            return
        self._view.pane.setFocus()
        if image.label.kind == "defect":
            self._session.apply(lambda project: project.set_label([image.id], Label("defect", name or None)))
        else:
            self._view.relabel.setChecked(True)
            self._view.types.setEditText(name)
            self.coloured.emit()
