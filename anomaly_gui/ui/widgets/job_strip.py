"""The window's last line: what was done last, with Undo, and the job that runs, with Cancel."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from anomaly_gui.progress import EpochFinished, Event, Progress
from anomaly_gui.ui.durations import rate_text, time_left_text
from anomaly_gui.ui.key_tips import does
from anomaly_gui.ui.theme import explain
from anomaly_gui.ui.widgets.elided_label import ElidedLabel

_HEIGHT_PX = 32
_STEPS = 1000


class JobStrip(QWidget):
    """Shows; the window connects undo_wanted and cancel_wanted."""

    undo_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self.sentence = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight)
        self.undo = QPushButton("Undo", self)
        self.undo.setToolTip("Take the last change back")
        does(self.undo, "undo")
        self.undo.clicked.connect(self.undo_wanted)
        self.job = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight)
        explain(self.job)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(180, 12)
        self.cancel = QPushButton("Cancel", self)
        self.cancel.setToolTip("Stop the job; what is done is kept")
        self.cancel.clicked.connect(self.cancel_wanted)
        for button in (self.undo, self.cancel):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAutoDefault(False)
            button.setFixedHeight(24)
        # A job that is over before one could read its name does not make the line flicker.
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(300)
        self._delay.timeout.connect(self._show_job)
        self._lay_out()
        self._set_job_visible(False)
        self.undo.setVisible(False)

    def _lay_out(self) -> None:
        self.setFixedHeight(_HEIGHT_PX)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.job.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 2, 10, 4)
        layout.setSpacing(8)
        layout.addWidget(self.sentence)
        layout.addWidget(self.undo)
        layout.addStretch(1)
        layout.addWidget(self.job)
        layout.addWidget(self.bar)
        layout.addWidget(self.cancel)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        shade = QColor(self.palette().windowText().color())
        shade.setAlpha(50)
        painter.fillRect(0, 0, self.width(), 1, shade)
        painter.end()

    # What was done

    def say(self, sentence: str, *, undo: bool) -> None:
        """Show a sentence; *undo* offers to take back what it tells of."""
        self.sentence.set_text(sentence)
        self.undo.setVisible(undo)

    # The job

    def start_job(self, title: str) -> None:
        self._title = title
        self.job.set_text(title)
        self.bar.setRange(0, 0)
        self.cancel.setEnabled(True)
        self._delay.start()

    def show_event(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(round(_STEPS * event.fraction))
            parts = [event.phase, event.detail, rate_text(event.rate), time_left_text(event.seconds_left)]
            self.job.set_text(" · ".join(part for part in parts if part))
        elif isinstance(event, EpochFinished):
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(round(_STEPS * event.epoch / event.epochs))

    def show_paused(self, paused: bool) -> None:
        """The job rests; its next event tells that it goes on."""
        if paused:
            self.job.set_text(f"{self._title} · paused")

    def show_stopping(self) -> None:
        """Cancel was pressed: it takes a moment."""
        self.job.set_text(f"{self._title} · stopping …")
        self.cancel.setEnabled(False)

    def end_job(self) -> None:
        self._delay.stop()
        self._set_job_visible(False)

    def _show_job(self) -> None:
        self._set_job_visible(True)

    def _set_job_visible(self, visible: bool) -> None:
        for widget in (self.job, self.bar, self.cancel):
            widget.setVisible(visible)
