"""The rows above the gallery: what to add, in which order, and what to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QSlider, QToolButton, QWidget

from anomaly_gui.project.image_table import SortKey
from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.pages.data_filter import KINDS
from anomaly_gui.ui.pages.data_state import SORTS
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.elided_label import ElidedLabel
from anomaly_gui.ui.widgets.gallery import SIZES_PX, USUAL_SIDE_PX
from anomaly_gui.ui.widgets.icon_button import IconButton, IconToolButton
from anomaly_gui.ui.widgets.segmented import SegmentedButtons
from anomaly_gui.ui.wording import listed

_TYPING_MS = 200


class AddButtons(QWidget):
    """Anything, good, defective; *large* ones stand in the empty gallery."""

    any_wanted = Signal()
    good_wanted = Signal()
    defect_wanted = Signal()
    dataset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, large: bool = False) -> None:
        super().__init__(parent)
        self.good = IconButton("Add good images…", "mdi6.image-plus-outline", self, emphasis=large)
        self.defect = IconButton("Add defective images…", "mdi6.image-remove-outline", self)
        self.dataset = IconButton("Add data set…", "mdi6.folder-multiple-image", self)
        self.other = IconButton("Add a folder…", "mdi6.folder-search-outline", self)
        self.good.setToolTip("A folder of good parts, with all below it: training learns from these")
        self.defect.setToolTip(
            "A folder of defective parts, for testing. Sub-folders become defect types: scratch, dent …"
        )
        self.dataset.setToolTip("A folder with train/good, test/<defect type> and ground_truth (MVTec AD layout)")
        self.other.setToolTip(
            "Any folder: what it seems to hold is shown with counts and samples, to be corrected before it is imported"
        )
        self.good.clicked.connect(self.good_wanted)
        self.defect.clicked.connect(self.defect_wanted)
        self.dataset.clicked.connect(self.dataset_wanted)
        self.other.clicked.connect(self.any_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for button in (self.good, self.defect, self.dataset, self.other):
            if large:
                button.setMinimumHeight(38)
            layout.addWidget(button)


class ViewBar(QWidget):
    """How the images are laid out. Setters emit nothing."""

    sort_chosen = Signal(str)
    """Key of SORTS."""
    direction_turned = Signal()
    list_chosen = Signal(bool)
    side_chosen = Signal(int)
    """Of a thumbnail, in pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.menu_button = IconToolButton("mdi6.dots-horizontal", self)
        self.menu_button.setToolTip("Defect types, annotations, watched folders, files")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setAccessibleName("More about the data")
        self.sort = QComboBox(self)
        self.sort.setAccessibleName("Sort by")
        self.sort.setToolTip("Sort by")
        for key, title in SORTS.items():
            self.sort.addItem(title, key)
        self.direction = IconToolButton("mdi6.sort-ascending", self)
        self.direction.setToolTip("Turn the order round")
        self.mode = IconToolButton("mdi6.format-list-bulleted", self)
        does(self.mode, "data-list")
        self.mode.setCheckable(True)
        self.mode.setToolTip("A list with columns, or thumbnails")
        self.thumbnail_size = QSlider(Qt.Orientation.Horizontal, self)
        self.thumbnail_size.setRange(0, len(SIZES_PX) - 1)
        self.thumbnail_size.setPageStep(1)
        self.thumbnail_size.setFixedWidth(72)
        self.thumbnail_size.setToolTip("Size of the thumbnails")
        self.thumbnail_size.setAccessibleName("Size of the thumbnails")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self.sort, self.direction, self.mode, self.thumbnail_size, self.menu_button):
            layout.addWidget(widget)
        self.sort.currentIndexChanged.connect(self._announce_sort)
        self.direction.clicked.connect(self.direction_turned)
        self.mode.toggled.connect(self.list_chosen)
        self.thumbnail_size.valueChanged.connect(self._announce_size)

    def set_menu(self, menu: QMenu) -> None:
        self.menu_button.setMenu(menu)

    def show_sort(self, key: SortKey, *, descending: bool) -> None:
        with QSignalBlocker(self.sort):
            self.sort.setCurrentIndex(self.sort.findData(key))
        self.direction.set_icon_name("mdi6.sort-descending" if descending else "mdi6.sort-ascending")

    def set_list(self, is_list: bool) -> None:
        with QSignalBlocker(self.mode):
            self.mode.setChecked(is_list)
        self.thumbnail_size.setEnabled(not is_list)

    def set_side(self, side_px: int) -> None:
        side = side_px if side_px in SIZES_PX else USUAL_SIDE_PX
        with QSignalBlocker(self.thumbnail_size):
            self.thumbnail_size.setValue(SIZES_PX.index(side))

    @Slot(int)
    def _announce_sort(self, row: int) -> None:
        self.sort_chosen.emit(str(self.sort.itemData(row)))

    @Slot(int)
    def _announce_size(self, place: int) -> None:
        self.side_chosen.emit(SIZES_PX[place])


class FilterBar(QWidget):
    """Setters emit nothing."""

    kind_chosen = Signal(str)
    text_typed = Signal(str)
    panel_wanted = Signal(bool)
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kinds = SegmentedButtons(KINDS, self, name="Label")
        self.text = QLineEdit(self)
        self.text.setAccessibleName("Find images")
        does(self.text, "data-find")
        self.text.setToolTip("Only images whose name, folder, defect type or comment contains these words")
        self.text.setPlaceholderText("Find in names, types, comments")
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(110)
        self.text.setMaximumWidth(240)
        self.panel = IconToolButton("mdi6.filter-outline", self)
        does(self.panel, "data-filters")
        self.panel.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.panel.setText("Filters")
        self.panel.setCheckable(True)
        self.panel.setToolTip("Filter by type, split, score, verdict, folder, date and size, with counts")
        self.clear = IconToolButton("mdi6.filter-off-outline", self)
        self.clear.setToolTip("Show all images")
        self.words = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight)
        explain(self.words)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TYPING_MS)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.kinds)
        layout.addWidget(self.text, 1)
        for widget in (self.panel, self.clear):
            layout.addWidget(widget)
        layout.addWidget(self.words, 2)
        self.kinds.chosen.connect(self.kind_chosen)
        self.text.textEdited.connect(self._timer.start)
        self.text.textChanged.connect(self._take_cleared)
        self._timer.timeout.connect(self._announce_text)
        self.panel.toggled.connect(self.panel_wanted)
        self.clear.clicked.connect(self.cleared)

    def show_filter(self, kind: str, text: str, words: Sequence[str], *, is_filtered: bool) -> None:
        """*words* say what else is asked for."""
        self.kinds.set_current(kind)
        # What is being typed is on its way already.
        if not self._timer.isActive() and text != self.text.text():
            with QSignalBlocker(self.text):
                self.text.setText(text)
        self.words.set_text(listed(list(words)))
        self.clear.setEnabled(is_filtered)

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """How many there would be of each kind, by its name, and of all."""
        for name, title in KINDS:
            self.kinds.set_text(name, f"{title} {counts[name]:,}")

    def show_panel(self, shown: bool) -> None:
        with QSignalBlocker(self.panel):
            self.panel.setChecked(shown)

    @Slot(str)
    def _take_cleared(self, text: str) -> None:
        """The cross in the field empties it without an edit."""
        if not text:
            self._timer.start()

    @Slot()
    def _announce_text(self) -> None:
        self.text_typed.emit(self.text.text())
