"""The rows above the gallery: what to add, and what to show."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSlider, QWidget

from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.pages.data_filter import ALL, KINDS, USES, ImageFilter
from anomaly_gui.ui.widgets.gallery import SIZES_PX
from anomaly_gui.ui.widgets.icon_button import IconButton, IconToolButton
from anomaly_gui.ui.widgets.segmented import SegmentedButtons

_TYPING_MS = 200
_EVERY_TYPE = "Every type"


class AddButtons(QWidget):
    """Good, defective, data set; *large* ones stand in the empty gallery."""

    good_wanted = Signal()
    defect_wanted = Signal()
    dataset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, large: bool = False) -> None:
        super().__init__(parent)
        self.good = IconButton("Add good images…", "mdi6.image-plus-outline", self, emphasis=large)
        self.defect = IconButton("Add defective images…", "mdi6.image-remove-outline", self)
        self.dataset = IconButton("Add data set…", "mdi6.folder-multiple-image", self)
        self.good.setToolTip("A folder of good parts, with all below it: training learns from these")
        self.defect.setToolTip(
            "A folder of defective parts, for testing. Sub-folders become defect types: scratch, dent …"
        )
        self.dataset.setToolTip("A folder with train/good, test/<defect type> and ground_truth (MVTec AD layout)")
        self.good.clicked.connect(self.good_wanted)
        self.defect.clicked.connect(self.defect_wanted)
        self.dataset.clicked.connect(self.dataset_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for button in (self.good, self.defect, self.dataset):
            if large:
                button.setMinimumHeight(38)
            layout.addWidget(button)


class FilterBar(QWidget):
    """Setters emit nothing."""

    filter_changed = Signal()
    side_chosen = Signal(int)
    """Of a thumbnail, in pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._only: frozenset[str] = frozenset()
        self.kinds = SegmentedButtons(KINDS, self, name="Label")
        self.types = self._box("Defect type")
        self.types.addItem(_EVERY_TYPE, None)
        self.uses = self._box("Use")
        for name, title in USES:
            self.uses.addItem(title, name)
        self.text = QLineEdit(self)
        self.text.setAccessibleName("Find in names and folders")
        does(self.text, "data-find")
        self.text.setToolTip("Only images whose name or folder contains this")
        self.text.setPlaceholderText("Find in names and folders")
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(110)
        self.text.setMaximumWidth(240)
        self.clear = IconToolButton("mdi6.filter-off-outline", self)
        self.clear.setToolTip("Show all images")
        self.clear.clicked.connect(self._clear)
        self.thumbnail_size = QSlider(Qt.Orientation.Horizontal, self)
        self.thumbnail_size.setRange(0, len(SIZES_PX) - 1)
        self.thumbnail_size.setPageStep(1)
        self.thumbnail_size.setFixedWidth(72)
        self.thumbnail_size.setToolTip("Size of the thumbnails")
        self.thumbnail_size.setAccessibleName("Size of the thumbnails")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TYPING_MS)
        self._timer.timeout.connect(self.filter_changed)
        self._lay_out()
        self._connect()
        self._show_whether_filtered()

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaximumWidth(170)
        return box

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self.kinds, self.types, self.uses):
            layout.addWidget(widget)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.clear)
        layout.addStretch(0)
        layout.addWidget(self.thumbnail_size)

    def _connect(self) -> None:
        self.kinds.chosen.connect(self._announce)
        self.types.currentIndexChanged.connect(self._announce)
        self.uses.currentIndexChanged.connect(self._announce)
        self.text.textEdited.connect(self._timer.start)
        self.text.textChanged.connect(self._take_cleared)
        self.thumbnail_size.valueChanged.connect(self._announce_size)

    @property
    def filter(self) -> ImageFilter:
        return ImageFilter(
            self.kinds.current, self.types.currentData(), str(self.uses.currentData()), self.text.text(), self._only
        )

    def set_filter(self, chosen: ImageFilter) -> None:
        blockers = [QSignalBlocker(widget) for widget in (self.types, self.uses, self.text)]
        self.kinds.set_current(chosen.kind)
        self.types.setCurrentIndex(max(0, self.types.findData(chosen.defect_type)))
        self.uses.setCurrentIndex(max(0, self.uses.findData(chosen.use)))
        self.text.setText(chosen.text)
        self._only = chosen.only
        for blocker in blockers:
            blocker.unblock()
        self._show_whether_filtered()

    def set_counts(self, kinds: Mapping[str, int], types: Mapping[str, int]) -> None:
        """How many of each there are."""
        for name, title in KINDS:
            self.kinds.set_text(name, f"{title} {kinds[name]:,}")
        before = self.types.currentData()
        blocker = QSignalBlocker(self.types)
        self.types.clear()
        self.types.addItem(_EVERY_TYPE, None)
        for name, count in types.items():
            self.types.addItem(f"{name} {count:,}", name)
        self.types.setCurrentIndex(max(0, self.types.findData(before)))
        blocker.unblock()
        self.types.setVisible(bool(types))
        self._show_whether_filtered()

    def set_side(self, side_px: int) -> None:
        blocker = QSignalBlocker(self.thumbnail_size)
        self.thumbnail_size.setValue(SIZES_PX.index(side_px) if side_px in SIZES_PX else 1)
        blocker.unblock()

    @Slot()
    def _announce(self) -> None:
        self._show_whether_filtered()
        self.filter_changed.emit()

    @Slot(str)
    def _take_cleared(self, text: str) -> None:
        """The cross in the field empties it without an edit."""
        if not text:
            self._timer.start()
        self._show_whether_filtered()

    def _show_whether_filtered(self) -> None:
        self.clear.setEnabled(self.filter != ImageFilter())

    @Slot()
    def _clear(self) -> None:
        self.set_filter(ImageFilter(ALL))
        self.filter_changed.emit()

    @Slot(int)
    def _announce_size(self, place: int) -> None:
        self.side_chosen.emit(SIZES_PX[place])
