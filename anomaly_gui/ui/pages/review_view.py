"""The Review page's widgets: the queue, the three panes, and what can be said of an image."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.evaluation.misses import REASONS
from anomaly_gui.project.records import Image
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.pages.review_queues import ORDERS
from anomaly_gui.ui.widgets.catch_panel import CatchPanel
from anomaly_gui.ui.widgets.key_bar import KeyBar
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.notice import Notice
from anomaly_gui.ui.widgets.queue_chooser import QueueChooser
from anomaly_gui.ui.widgets.queue_list import QueueList
from anomaly_gui.ui.widgets.rules_panel import section_title
from anomaly_gui.ui.widgets.score_place import ScorePlace
from anomaly_gui.ui.widgets.triptych import Triptych
from anomaly_gui.ui.widgets.verdict_panel import VerdictPanel
from anomaly_gui.ui.widgets.why_panel import WhyPanel

_LIST_PX = 262
_CATCH = "Catch this one"


class ReviewView(QWidget):
    """Lays the parts out; the page connects them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions: Actions | None = None
        self._catch_text = _CATCH
        self.triptych = Triptych(self)
        self.verdicts = VerdictPanel(self)
        self.score_place = ScorePlace(self)
        self.why = WhyPanel(REASONS, self)
        self.keys = KeyBar(self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.addWidget(self._queue())
        self.stage = QStackedWidget(self)
        self.viewer = self._viewer()
        self.empty = Notice(self)
        self.stage.addWidget(self.viewer)
        self.stage.addWidget(self.empty)
        self.splitter.addWidget(self.stage)
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
        self.chooser = QueueChooser(list(ORDERS.items()), panel)
        self.list = QueueList(panel)
        self.go_on = QCheckBox("&Go on after each verdict", panel)
        self.go_on.setChecked(True)
        self.go_on.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.retrain = QPushButton(panel)
        self.retrain.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        does(self.retrain, "train-again")
        self.retrain.setVisible(False)
        self.score_training = QPushButton(panel)
        self.score_training.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.score_training.setToolTip(
            "A wrong label among the images that the detector learnt from is seen by its score, too. These scores are "
            "for looking: no figure, threshold or rule counts them."
        )
        self.score_training.setVisible(False)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 0, 4, 0)
        layout.setSpacing(4)
        layout.addWidget(self.chooser)
        layout.addWidget(self.position)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.score_training)
        layout.addWidget(self.go_on)
        layout.addWidget(self.retrain)
        layout.addWidget(self._blind_button(panel))
        panel.setMinimumWidth(190)
        return panel

    def _blind_button(self, parent: QWidget) -> QPushButton:
        self.judge_blind = QPushButton("Judge &blind …", parent)
        self.judge_blind.setToolTip(
            "Judge a sample again without seeing labels or scores: how far can labels and reviewers be trusted?"
        )
        self.judge_blind.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        does(self.judge_blind, "judge-blind")
        return self.judge_blind

    def _viewer(self) -> QWidget:
        panel = QWidget(self)
        self.name = LiveLabel(panel, enlarged=1.2, bold=True)
        self.origin = LiveLabel(panel, alignment=Qt.AlignmentFlag.AlignRight)
        self.origin.set_muted(True)
        self.origin.setToolTip("Where the error map is highest, and in runs with tiles at which size of the image")
        self.badge = QLabel(panel)
        self.badge.setAutoFillBackground(True)
        self.badge.setMargin(4)
        policy = self.badge.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # The panes below stay where they are.
        self.badge.setSizePolicy(policy)
        self.badge.setVisible(False)
        top = QHBoxLayout()
        top.addWidget(self.name, 2)
        top.addWidget(self.origin, 3)
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
        """Below the panes: score and verdicts, or in their place the price of another threshold."""
        frame = QFrame(parent)
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        self.strip = QStackedWidget(frame)
        self.words = self._words(frame)
        self.catch = CatchPanel(frame)
        self.strip.addWidget(self.words)
        self.strip.addWidget(self.catch)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.strip)
        frame.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return frame

    def _words(self, parent: QWidget) -> QWidget:
        """Score and verdicts."""
        words = QWidget(parent)
        self.score = LiveLabel(words, bold=True)
        self.verdict = LiveLabel(words)
        grid = QGridLayout(words)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.addWidget(section_title("Score", words), 0, 0)
        grid.addWidget(self.score, 0, 1)
        grid.addWidget(self.score_place, 1, 0, 1, 2)
        grid.addLayout(self._threshold_buttons(words), 2, 0, 1, 2)
        grid.addWidget(self.verdict, 3, 0, 1, 2)
        grid.addWidget(self.verdicts, 0, 2, 4, 1)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 3)
        grid.setRowStretch(1, 1)
        return words

    def follow_keys(self, actions: Actions, bar: Sequence[tuple[tuple[str, ...], str]]) -> None:
        """Bar and buttons name the keys as they are now and whenever they change."""
        self._actions = actions
        self.keys.follow(actions, bar)
        actions.keys_changed.connect(self._show_keys)
        self._show_keys()
        self.verdicts.follow_keys(actions)
        self.catch.follow_keys(actions)
        self.why.reasons.follow_keys(actions)

    def _threshold_buttons(self, parent: QWidget) -> QHBoxLayout:
        lower = "Threshold to the next lower score at which a decision changes"
        higher = "Threshold to the next higher score at which a decision changes"
        self.lower_threshold = self._button("◂  [", lower, "review-threshold-lower", parent)
        self.higher_threshold = self._button("▸  ]", higher, "review-threshold-higher", parent)
        self.catch_this = self._button(_CATCH, "", "catch", parent)
        self.threshold_back = self._button("Back", "", "threshold-back", parent)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in (self.lower_threshold, self.higher_threshold, self.catch_this, self.threshold_back):
            row.addWidget(button, int(button is self.catch_this))
        return row

    def _button(self, text: str, tip: str, action: str, parent: QWidget) -> QPushButton:
        button = QPushButton(text, parent)
        does(button, action)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        _fit(button)
        return button

    def set_catch(self, text: str, tip: str) -> None:
        """What the present image's decision can be turned into; an empty text: nothing."""
        self.catch_this.setEnabled(bool(text))
        if tip != self.catch_this.toolTip():
            self.catch_this.setToolTip(tip)
        if (text or _CATCH) != self._catch_text:
            self._catch_text = text or _CATCH
            self._show_keys()

    @Slot()
    def _show_keys(self) -> None:
        """The buttons of the threshold with their keys, as they are now."""
        if self._actions is None:
            return
        for button, text, action in (
            (self.lower_threshold, "◂", "review-threshold-lower"),
            (self.higher_threshold, "▸", "review-threshold-higher"),
            (self.catch_this, self._catch_text, "catch"),
        ):
            button.setText(f"{text}  {self._actions.key_text(action)}".rstrip())
            _fit(button)

    @property
    def shows_price(self) -> bool:
        return self.strip.currentWidget() is self.catch

    def show_price(self, shown: bool) -> None:
        """The price of another threshold in the place of the verdicts."""
        self.strip.setCurrentWidget(self.catch if shown else self.words)

    def show_image(self, image: Image, score: str, verdict: str, badge: str, origin: str) -> None:
        """Everything that is said in words of one image."""
        self.origin.set_text(origin)
        kind = image.label.defect_type or image.label.kind
        self.name.set_text(f"{PurePath(image.path).name}  ·  {kind}")
        self.name.setToolTip(image.path)
        self.score.set_text(score)
        self.verdict.set_text(f"Verdict: {verdict}")
        self.verdicts.set_judged(image.id, image.label.defect_type, image.comment, excluded=image.excluded)
        self.set_badge(badge)

    def set_badge(self, text: str) -> None:
        """Something out of the ordinary about the image; empty hides it."""
        self.badge.setVisible(bool(text))
        if not text:
            return
        palette = self.badge.palette()
        palette.setColor(palette.ColorRole.Window, self.palette().color(palette.ColorRole.Highlight))
        palette.setColor(palette.ColorRole.WindowText, self.palette().color(palette.ColorRole.HighlightedText))
        self.badge.setPalette(palette)
        self.badge.setText(text)


def _fit(button: QPushButton) -> None:
    """No wider than its text needs: the style would ask for more."""
    button.setMinimumWidth(button.fontMetrics().horizontalAdvance(button.text()) + 16)
