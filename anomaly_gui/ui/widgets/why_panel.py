"""Why was it missed: findings, good images to compare with, reasons, and what the causes ask for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.widgets.alike_strip import AlikeStrip
from anomaly_gui.ui.widgets.icon_button import IconToolButton
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.reason_buttons import ReasonButtons
from anomaly_gui.ui.widgets.rules_panel import section_title

_WIDTH_PX = 280
_LINES = 8
_CAUSE_LINES = 2
_STEP_LINES = 2


class WhyPanel(QWidget):
    """Folds to a narrow bar, so that the panes get its place. Announces only."""

    reason_chosen = Signal(str)
    step_chosen = Signal()
    opened = Signal(bool)
    """The reviewer opened or folded it."""

    def __init__(self, reasons: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fold = IconToolButton("mdi6.chevron-right", self)
        self.fold.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.fold.clicked.connect(self.toggle)
        self.title = section_title("Why was it missed?", self)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.fold)
        top.addWidget(self.title, 1)
        self.content = self._make_content(reasons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.content, 1)
        layout.addStretch(0)
        self._is_open = True
        self.set_open(True)

    def _make_content(self, reasons: dict[str, str]) -> QScrollArea:
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        inner = QWidget(area)
        self.findings = LiveLabel(inner, lines=_LINES)
        self.alike_title = LiveLabel(inner, bold=True)
        self.alike = AlikeStrip(inner)
        self.reasons = ReasonButtons(reasons, inner)
        self.reasons.reason_chosen.connect(self.reason_chosen)
        self.causes = LiveLabel(inner, lines=_CAUSE_LINES)
        self.step = LiveLabel(inner, lines=_STEP_LINES)
        self.step_button = QPushButton(inner)
        self.step_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.step_button.clicked.connect(self.step_chosen)
        self.causes_title = section_title("Causes so far", inner)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(4)
        column.addWidget(self.findings)
        self.reasons_title = section_title("Reason:  W, then a digit", inner)
        column.addWidget(self.reasons_title)
        column.addWidget(self.reasons)
        column.addSpacing(4)
        for widget in (self.causes_title, self.causes, self.step, self.step_button):
            column.addWidget(widget)
        column.addWidget(self.alike_title)
        column.addWidget(self.alike)
        column.addStretch(1)
        area.setWidget(inner)
        return area

    @property
    def is_open(self) -> bool:
        return self._is_open

    def toggle(self) -> None:
        """Open or fold, as the reviewer wants it."""
        self.set_open(not self._is_open)
        self.opened.emit(self._is_open)

    def set_open(self, is_open: bool) -> None:
        """Emits nothing."""
        self._is_open = is_open
        self.content.setVisible(is_open)
        self.title.setVisible(is_open)
        does(self.fold, "why-panel")
        self.fold.set_icon_name("mdi6.chevron-right" if is_open else "mdi6.help-circle-outline")
        self.fold.setToolTip(f"{'Fold away' if is_open else 'Show'} why the defect was missed")
        self.fold.setText("" if is_open else "Why?")
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if is_open else Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        self.fold.setToolButtonStyle(style)
        width = _WIDTH_PX if is_open else self.fold.sizeHint().width()
        self.setFixedWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def set_missed(self, missed: bool) -> None:
        """Whether the image is a defect, so that it can have been missed for a reason."""
        self.title.setText("Why was it missed?" if missed else "What stands out?")
        self.reasons_title.setVisible(missed)
        self.reasons.setVisible(missed)

    def set_findings(self, lines: list[str]) -> None:
        """What is known of the image, one sentence a line."""
        self.findings.set_text("\n".join(lines))
        self.findings.setToolTip("\n".join(lines))

    def set_causes(self, sentence: str, step: str, button: str) -> None:
        """Reasons counted over all misses and what to do about them; empty hides them."""
        self.causes.set_text(sentence)
        self.step.set_text(step)
        self.step_button.setText(button)
        for widget, shown in (
            (self.causes_title, sentence),
            (self.causes, sentence),
            (self.step, step),
            (self.step_button, button),
        ):
            widget.setVisible(bool(shown))
