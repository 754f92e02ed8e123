"""The Train page's widgets: what to train, how it goes, and the runs so far."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QScrollArea,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from superqt import QCollapsible

from anomaly_gui.detectors.registry import PRESETS, offered, resolve
from anomaly_gui.detectors.settings import DetectorSettings
from anomaly_gui.jobs.run_settings import resolve_settings
from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.models.run_table import COLUMNS, RunTable
from anomaly_gui.ui.pages.train_settings import TrainSettings
from anomaly_gui.ui.pages.train_state import Summary
from anomaly_gui.ui.pages.train_tiles import TrainTiles
from anomaly_gui.ui.pages.train_tiles_state import Choice
from anomaly_gui.ui.theme import explain, failure_colour, icon, warning_colour
from anomaly_gui.ui.widgets.augmentation_preview import AugmentationPreview
from anomaly_gui.ui.widgets.banner import Banner
from anomaly_gui.ui.widgets.detector_list import DetectorList
from anomaly_gui.ui.widgets.icon_button import IconButton
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.loss_plot import LossPlot
from anomaly_gui.ui.widgets.plot_colours import legend_html, plot_colours
from anomaly_gui.ui.widgets.preview_grid import PreviewGrid
from anomaly_gui.ui.widgets.rules_panel import section_title
from anomaly_gui.ui.widgets.segmented import SegmentedButtons
from anomaly_gui.ui.widgets.settings_form import SettingsForm

_LEFT_PX = 330
_RUNS_PX = 170
_FOLDING_MS = 120
_WIDTHS = (130, 90, 140, 70, 100, 110, 60, 130)

PRESET_TIPS = {
    "fast": "Minutes: to see whether it works at all",
    "balanced": "Somewhat longer, at a finer resolution: a good start for real use",
    "thorough": "As long as it takes: over lunch or over night",
}


class TrainView(QWidget):
    """Lays the parts out; the page connects them."""

    settings_changed = Signal()
    """Detector, preset, seed or a setting was changed by the user."""
    run_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary = Summary("")
        self._make_choices()
        self._make_live_parts()
        self._make_runs()
        self.banner = Banner(self)
        columns = QHBoxLayout()
        columns.setSpacing(14)
        columns.addWidget(self._left_column())
        columns.addWidget(self._right_column(), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.banner)
        layout.addLayout(columns, 1)
        self._connect()
        self._recolour()

    # What to train

    def _make_choices(self) -> None:
        self.entries = offered()
        self.detectors = DetectorList(list(self.entries.values()), self)
        presets = [(name, name.capitalize()) for name in PRESETS]
        self.presets = SegmentedButtons(presets, self, name="Preset", stretched=True)
        for name in PRESETS:
            self.presets.set_tip(name, PRESET_TIPS.get(name, ""))
        self.preset_sentence = QLabel(self)
        self.data_sentence = QLabel(self)
        for label in (self.preset_sentence, self.data_sentence):
            label.setWordWrap(True)
            explain(label)
        self.tiles = TrainTiles(self)
        self.tiles_part = QCollapsible("Tiles for small defects", self)
        self.tiles_part.setDuration(_FOLDING_MS)
        self.tiles_part.setContent(self.tiles)
        self.tiles.setVisible(False)
        self.tiles_part.toggled.connect(self.tiles.setVisible)
        self._unfolded = QTimer(self, singleShot=True, interval=2 * _FOLDING_MS)
        self._unfolded.timeout.connect(self._bring_tiles_into_view)
        self.tiles_part.toggleButton().clicked.connect(self._unfolded.start)
        self.settings = QCollapsible("Settings", self)
        self.settings.setDuration(_FOLDING_MS)
        self.form_place = TrainSettings(self.entries, self.detectors.current, self)
        self.settings.setContent(self.form_place)
        # Folded away it is only of no height: Tab must not lead into what cannot be seen.
        self.form_place.setVisible(self.settings.isExpanded())
        self.settings.toggled.connect(self.form_place.setVisible)
        self.augmentation = AugmentationPreview(self)
        self.start = IconButton("Start training", "mdi6.play", self, emphasis=True)
        self.start.setMinimumHeight(36)
        does(self.start, "train-start")
        self.start.setToolTip("Train with these settings; you can go on working meanwhile")
        self.pause = IconButton("Pause", "mdi6.pause", self)
        self.cancel = IconButton("Cancel", "mdi6.stop", self)
        self.cancel.setToolTip("Stop and keep the best epoch so far; the run can be resumed later")

    def _left_column(self) -> QWidget:
        scrolled = QWidget(self)
        inner = QVBoxLayout(scrolled)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(6)
        inner.addWidget(section_title("Detector", self))
        inner.addWidget(self.detectors)
        inner.addSpacing(6)
        inner.addWidget(section_title("Preset", self))
        inner.addWidget(self.presets)
        inner.addWidget(self.preset_sentence)
        inner.addSpacing(4)
        inner.addWidget(self.tiles_part)
        inner.addWidget(self.settings)
        inner.addStretch(1)
        self._area = area = QScrollArea(self)
        # What is in it has the focus, and is scrolled to.
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(scrolled)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left = QWidget(self)
        left.setFixedWidth(_LEFT_PX)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(area, 1)
        column.addWidget(self.augmentation)
        column.addWidget(self.data_sentence)
        column.addWidget(self.start)
        row = QHBoxLayout()
        row.addWidget(self.pause, 1)
        row.addWidget(self.cancel, 1)
        column.addLayout(row)
        return left

    # How it goes

    def _make_live_parts(self) -> None:
        self.headline = LiveLabel(self, enlarged=1.25, bold=True)
        self.figures = LiveLabel(self)
        self.figures.set_muted(True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        self.bar.setRange(0, 1000)
        self.loss = LossPlot(self)
        self.loss.setToolTip(
            "Loss on the training images and on held-out good images. When the second stops falling, training "
            "longer does not help; the ring marks the epoch whose weights are kept"
        )
        self.loss_legend = QLabel(self)
        self.preview = PreviewGrid(self)
        self.preview_title = section_title("How the detector sees a few fixed images", self)
        self.preview_title.setToolTip(
            "Good images that training never uses, and defective ones. While it learns, the error maps share one "
            "logarithmic scale, set at the first epoch: good parts should grow dark and defects stay bright"
        )

    def _right_column(self) -> QWidget:
        live = QWidget(self)
        top = QVBoxLayout(live)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(4)
        top.addWidget(self.headline)
        top.addWidget(self.figures)
        top.addWidget(self.bar)
        top.addSpacing(4)
        pictures = QHBoxLayout()
        pictures.setSpacing(12)
        pictures.addLayout(self._loss_column(), 4)
        pictures.addLayout(self._preview_column(), 7)
        top.addLayout(pictures, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.addWidget(live)
        self.splitter.addWidget(self._runs_panel())
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([1000, _RUNS_PX])
        return self.splitter

    def _loss_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(section_title("Loss", self))
        head.addSpacing(12)
        head.addWidget(self.loss_legend)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.loss, 1)
        return column

    def _preview_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.preview_title)
        column.addWidget(self.preview, 1)
        return column

    # The runs

    def _make_runs(self) -> None:
        self.runs = RunTable(self)
        self.table = QTableView(self)
        self.table.setTabKeyNavigation(False)
        self.table.setModel(self.runs)
        self.table.setAccessibleName("Runs")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column in range(len(COLUMNS)):
            self.table.setColumnWidth(column, _WIDTHS[column])
        self.no_runs = QLabel("No run yet: press Start training.", self.table)
        explain(self.no_runs)
        self.no_runs.move(12, self.fontMetrics().height() + 18)
        self.resume = IconButton("Resume", "mdi6.play-circle-outline", self)
        self.tune = IconButton("Tune its threshold", "mdi6.tune-variant", self)
        self.tune.setToolTip("Look at this run's scores on the Tune page")

    def _runs_panel(self) -> QWidget:
        panel = QWidget(self)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(section_title("Runs", panel))
        head.addStretch(1)
        head.addWidget(self.resume)
        head.addWidget(self.tune)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        panel.setMinimumHeight(120)
        return panel

    # Behind them

    def _connect(self) -> None:
        self.detectors.chosen.connect(self._take_choice)
        self.presets.chosen.connect(self._take_choice)
        self.form_place.changed.connect(self._announce)
        self.tiles.wanted.connect(self.take_tiles)
        self.table.selectionModel().selectionChanged.connect(self._announce_run)
        self._silent = False

    @property
    def form(self) -> SettingsForm:
        """Of the detector that is chosen."""
        return self.form_place.forms[self.detectors.current]

    @property
    def choice(self) -> Choice:
        """What tiles are proposed for."""
        return Choice(self.detectors.current, self.form.values, self.form.overrides)

    @property
    def detector_settings(self) -> DetectorSettings:
        """As they are chosen."""
        detector = resolve(self.detectors.current)
        return resolve_settings(detector, self.presets.current, self.form.overrides)[0]

    def _take_choice(self) -> None:
        self._show_form()
        self._announce()

    def _show_form(self) -> SettingsForm:
        form = self.form_place.show_form(self.detectors.current)
        form.set_base(dict(self.entries[self.detectors.current].presets.get(self.presets.current, {})))
        return form

    def _announce(self) -> None:
        self.settings_changed.emit()

    def set_choices(self, detector: str, preset: str, seed: int, overrides: dict[str, object]) -> None:
        """Emits nothing."""
        self.detectors.set_current(detector)
        self.presets.set_current(preset)
        self.form_place.set_seed(seed)
        self._show_form().set_values(overrides)

    def take_suggestion(self, detector: str, preset: str, settings: Mapping[str, object]) -> None:
        """Choose what another page would have trained next, and show which settings that changes."""
        self.set_choices(detector, preset, self.form_place.seed.value(), dict(settings))
        if settings:
            self.settings.expand(animate=False)
        self._announce()

    def take_tiles(self, detector: str, settings: Mapping[str, object]) -> None:
        """Choose what suits tiles; where one looks stays where it is."""
        self.set_choices(detector, self.presets.current, self.form_place.seed.value(), dict(settings))
        self._announce()

    def _bring_tiles_into_view(self) -> None:
        """Below the detectors they are out of sight on a small screen."""
        if self.tiles_part.isExpanded():
            self._area.ensureWidgetVisible(self.tiles, 0, 0)

    def select_run(self, run_id: int | None) -> None:
        """Emits nothing."""
        row = self.runs.row_of(run_id)
        self._silent = True
        if row is None:
            self.table.clearSelection()
        else:
            self.table.selectRow(row)
        self._silent = False

    def _announce_run(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows and not self._silent:
            self.run_chosen.emit(self.runs.run_id(rows[0].row()))

    def show_summary(self, summary: Summary) -> None:
        """What there is to train on, or why that is not enough."""
        self._summary = summary
        lines = [escape(line) for line in (summary.sentence, summary.region) if line]
        for text, colour in (
            (summary.problem, failure_colour(self.palette())),
            (summary.warning, warning_colour(self.palette())),
        ):
            if text:
                lines.append(f'<span style="color:{colour.name()}">{escape(text)}</span>')
        self.data_sentence.setText("<br>".join(lines))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "banner"):
            self._recolour()

    def _recolour(self) -> None:
        """Legend, sentences and the folding button take the palette's colours."""
        colours = plot_colours(self.palette())
        self.show_summary(self._summary)
        for part in (self.settings, self.tiles_part):
            # superqt fixes its button's palette when it is made, and draws its arrows as text of that time.
            part.toggleButton().setPalette(self.palette())
            part.setExpandedIcon(icon("mdi6.chevron-down", self.palette()))
            part.setCollapsedIcon(icon("mdi6.chevron-right", self.palette()))
        self.loss_legend.setText(legend_html([("training", colours.good), ("held-out good", colours.defective)]))
