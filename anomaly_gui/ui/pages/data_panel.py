"""Beside the gallery: the selected image, its facts, and what can be said of the selection."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from anomaly_gui.imaging.load import white_level
from anomaly_gui.project.records import Image
from anomaly_gui.ui.pages.data_facts import facts_html, selection_text
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.icon_button import IconButton
from anomaly_gui.ui.widgets.picture_set import PictureRequest
from anomaly_gui.ui.widgets.single_view import SingleView
from anomaly_gui.ui.widgets.type_box import TypeBox

_FACT_LINES = 7


class DataPanel(QWidget):
    """Setters emit nothing; the signals are about all that is selected."""

    good_wanted = Signal()
    defect_wanted = Signal()
    unlabelled_wanted = Signal()
    type_chosen = Signal(str)
    """A defect type; empty for none."""
    mask_wanted = Signal()
    """Of the image that is shown."""
    exclusion_wanted = Signal(bool)
    """True: leave out; False: put back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[Image] = []
        self.heading = ElidedLabel("", self, bold=True)
        self.view = SingleView(self)
        self.view.pane.doubled.disconnect(self.view.fit)
        self.view.pane.doubled.connect(self.mask_wanted)
        self.view.pane.setToolTip("Wheel: zoom. Drag: move. F: fit. Double-click: draw the mask")
        self.facts = QLabel(self)
        self.facts.setTextFormat(Qt.TextFormat.RichText)
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.facts.setWordWrap(True)
        self.facts.setMinimumHeight(_FACT_LINES * self.fontMetrics().lineSpacing())
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._make_buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.facts)
        layout.addLayout(self._labelling())
        self.setMinimumWidth(320)
        self.show_images([], 0)

    def _make_buttons(self) -> None:
        self.good = self._button("Good", "mdi6.check-circle-outline", "Label the selected images good (G)")
        self.defect = self._button("Defective", "mdi6.alert-circle-outline", "Label the selected images defective (X)")
        self.unlabel = self._button("Unlabel", "mdi6.help-circle-outline", "Take the label away (U)")
        self.leave_out = self._button(
            "Leave out", "mdi6.eye-off-outline", "No run uses the selected images; nothing is deleted (Del)"
        )
        self.draw = self._button("Mask…", "mdi6.brush", "Draw where the defect is on the image shown (M, double-click)")
        self.draw.clicked.connect(self.mask_wanted)
        self.good.clicked.connect(self.good_wanted)
        self.defect.clicked.connect(self.defect_wanted)
        self.unlabel.clicked.connect(self.unlabelled_wanted)
        self.leave_out.clicked.connect(self._exclude)
        self.types = TypeBox(self)
        self.types.setToolTip(
            "What kind of defect the selected images show: choose, or type a new name and press Enter. "
            "Recall is told for each type."
        )
        self.types.chosen.connect(self.type_chosen)

    def _button(self, text: str, icon_name: str, tip: str) -> IconButton:
        button = IconButton(text, icon_name, self)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _labelling(self) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        for column, button in enumerate((self.good, self.defect, self.unlabel)):
            grid.addWidget(button, 0, column)
            grid.setColumnStretch(column, 1)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.types, 1)
        below.addWidget(self.draw)
        below.addWidget(self.leave_out)
        layout = QVBoxLayout()
        layout.setSpacing(6)
        layout.addLayout(grid)
        layout.addLayout(below)
        return layout

    @property
    def images(self) -> list[Image]:
        return self._images

    def set_types(self, names: Sequence[str]) -> None:
        """The defect types there are."""
        self.types.set_names(names)

    def show_images(self, images: list[Image], peak: int) -> None:
        """The selection; the first image is shown. *peak*: the largest value of all 16-bit images."""
        self._images = images
        self.heading.set_text(selection_text(images))
        for widget in (self.good, self.defect, self.unlabel, self.draw, self.leave_out, self.types):
            widget.setEnabled(bool(images))
        out = bool(images) and all(image.excluded for image in images)
        self.leave_out.setText("Put back" if out else "Leave out")
        self.leave_out.set_icon_name("mdi6.eye-outline" if out else "mdi6.eye-off-outline")
        kinds = {image.label.defect_type or "" for image in images}
        if not self.types.hasFocus():
            self.types.setEditText(kinds.pop() if len(kinds) == 1 else "")
        if not images:
            self.facts.setText("")
            self.view.clear("Select an image to see it here")
            return
        self.facts.setText(facts_html(images))
        self.view.show_image(picture_request(images[0], peak))

    @Slot()
    def _exclude(self) -> None:
        self.exclusion_wanted.emit(not all(image.excluded for image in self._images))


def picture_request(image: Image, peak: int) -> PictureRequest:
    """Everything needed to show an image that no run is asked about; *peak* as in show_images()."""
    white = 255 if image.bit_depth == 8 else white_level(16, max(peak, image.peak))
    return PictureRequest(image.id, image.path, (image.width, image.height), white, image.mask_path)
