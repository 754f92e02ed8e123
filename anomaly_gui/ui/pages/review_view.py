"""The Review page's widgets: the queue, the three panes, and what can be said of an image."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.evaluation.misses import REASONS
from anomaly_gui.project.records import Image
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.pages.review_state import ORDERS
from anomaly_gui.ui.widgets.key_bar import KeyBar
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.miss_list import MissList
from anomaly_gui.ui.widgets.rules_panel import section_title
from anomaly_gui.ui.widgets.score_place import ScorePlace
from anomaly_gui.ui.widgets.triptych import Triptych
from anomaly_gui.ui.widgets.verdict_panel import VerdictPanel
from anomaly_gui.ui.widgets.why_panel import WhyPanel

_LIST_PX = 236


class ReviewView(QWidget):
    """Lays the parts out; the page connects them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.triptych = Triptych(self)
        self.verdicts = VerdictPanel(self)
        self.score_place = ScorePlace(self)
        self.why = WhyPanel(REASONS, self)
        self.keys = KeyBar(self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.addWidget(self._queue())
        self.splitter.addWidget(self._viewer())
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([_LIST_PX, 1000])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.keys)

    def _queue(self) -> QWidget:
        panel = QWidget(self)
        self.position = LiveLabel(panel, bold=True)
        self.orders = QComboBox(panel)
        for name, (title, _) in ORDERS.items():
            self.orders.addItem(title, name)
        self.orders.setAccessibleName("Order of the queue")
        self.orders.setToolTip("The order in which missed defects are shown")
        self.orders.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.orders.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.list = MissList(panel)
        self.go_on = QCheckBox("&Go on after each verdict", panel)
        self.go_on.setChecked(True)
        self.go_on.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 0, 4, 0)
        layout.setSpacing(4)
        for widget in (self.position, self.orders):
            layout.addWidget(widget)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.go_on)
        layout.addWidget(self._blind_button(panel))
        panel.setMinimumWidth(190)
        return panel

    def _blind_button(self, parent: QWidget) -> QPushButton:
        self.judge_blind = QPushButton("Judge &blind …", parent)
        self.judge_blind.setToolTip(
            "Judge a sample again without seeing labels or scores: how far can labels and reviewers be trusted?"
        )
        self.judge_blind.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return self.judge_blind

    def _viewer(self) -> QWidget:
        panel = QWidget(self)
        self.name = LiveLabel(panel, enlarged=1.2, bold=True)
        self.badge = QLabel(panel)
        self.badge.setAutoFillBackground(True)
        self.badge.setMargin(4)
        self.badge.setVisible(False)
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.badge)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        panes = QHBoxLayout()
        # Across the panes and the panel beside them, as is the readout: both are wider than panes need to be.
        layout.addWidget(self.triptych.bar)
        panes.addWidget(self.triptych, 1)
        panes.addWidget(self.why)
        layout.addLayout(panes, 1)
        layout.addWidget(self.triptych.readout)
        layout.addWidget(self._strip(panel))
        return panel

    def _strip(self, parent: QWidget) -> QWidget:
        """Score and verdicts below the panes."""
        strip = QFrame(parent)
        strip.setFrameShape(QFrame.Shape.StyledPanel)
        self.score = LiveLabel(strip, bold=True)
        self.verdict = LiveLabel(strip)
        grid = QGridLayout(strip)
        grid.setContentsMargins(8, 6, 8, 6)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.addWidget(section_title("Score", strip), 0, 0)
        grid.addWidget(self.score, 0, 1)
        grid.addWidget(self.score_place, 1, 0, 1, 2)
        grid.addWidget(self.verdict, 2, 0, 1, 2)
        grid.addWidget(self.verdicts, 0, 2, 3, 1)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 3)
        grid.setRowStretch(1, 1)
        strip.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return strip

    def follow_keys(self, actions: Actions, bar: Sequence[tuple[tuple[str, ...], str]]) -> None:
        """Bar and buttons name the keys as they are now and whenever they change."""
        self.keys.follow(actions, bar)
        self.verdicts.follow_keys(actions)
        self.why.reasons.follow_keys(actions)

    def set_order(self, order: str) -> None:
        """Show which order the queue has; announces nothing."""
        self.orders.blockSignals(True)
        self.orders.setCurrentIndex(self.orders.findData(order))
        self.orders.blockSignals(False)

    def show_image(self, image: Image, score: str, verdict: str, badge: str) -> None:
        """Everything that is said in words of one image."""
        kind = image.label.defect_type or image.label.kind
        self.name.set_text(f"{PurePath(image.path).name}  ·  {kind}")
        self.name.setToolTip(image.path)
        self.score.set_text(score)
        self.verdict.set_text(f"Verdict: {verdict}")
        self.verdicts.set_judged(image.id, image.label.defect_type, image.comment)
        self.set_badge(badge)

    def set_badge(self, text: str) -> None:
        """Something out of the ordinary about the image; empty hides it."""
        palette = self.badge.palette()
        palette.setColor(palette.ColorRole.Window, self.palette().color(palette.ColorRole.ToolTipBase))
        palette.setColor(palette.ColorRole.WindowText, self.palette().color(palette.ColorRole.ToolTipText))
        self.badge.setPalette(palette)
        self.badge.setText(text)
        self.badge.setVisible(bool(text))
