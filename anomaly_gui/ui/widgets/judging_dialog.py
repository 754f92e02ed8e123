"""One image and three answers, and nothing that could tell what others think of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.picture_set import PictureRequest
from anomaly_gui.ui.widgets.single_view import SingleView

Keys = Mapping[str, Sequence[QKeySequence]]
"""Name of what is done → its keys."""

ANSWERS = (("good", "Good"), ("defect", "Defective"), ("unsure", "Unsure"))
_PROBLEM = "This image cannot be read. Answer “unsure”, and tell who keeps the project."
_LOADING_AFTER_MS = 150
_BUTTON_PX = QSize(190, 44)
_END_WIDTH_PX = 560
_TITLE_SIZE = 1.6


class JudgingDialog(QDialog):
    """Fills the screen and is modal: the window behind it shows labels, and its keys must not work.

    Setters emit nothing. An answer counts only once the image it is about has been painted.
    """

    answered = Signal(int, str)
    """Image id and "good", "defect" or "unsure"."""
    undo_wanted = Signal()
    next_trial_wanted = Signal()
    report_wanted = Signal()

    def __init__(self, keys: Keys, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Judge blind")
        self._keys = keys
        self._wanted: int | None = None
        self.view = SingleView(self, problem=_PROBLEM)
        self.view.pane.setAccessibleName("The image to judge")
        self.view.shown.connect(self._take_shown)
        self._loading = QTimer(self, singleShot=True, interval=_LOADING_AFTER_MS)
        self._loading.timeout.connect(self._say_loading)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._judging())
        self._stack.addWidget(self._end())
        self._add_keys()
        self._enable(False)

    def _judging(self) -> QWidget:
        place = QWidget(self)
        self.progress_text = LiveLabel(place, bold=True)
        self.progress = QProgressBar(place)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName("Progress")
        self.undo = self._button("Undo", "undo", "Take back the last answer, and judge that image again")
        self.pause = self._button("Pause", "pause", "Stop here: everything is saved, and you go on where you were")
        self.answers = {
            name: self._button(title, name, f"Say that the part is {title.lower()}" if name != "unsure" else "")
            for name, title in ANSWERS
        }
        self.answers["unsure"].setToolTip("You cannot tell: counts as not correct, but as no miss and no false alarm")
        for name, button in self.answers.items():
            button.setMinimumSize(_BUTTON_PX)
            button.setProperty("answer", name)
            button.clicked.connect(self._answer_clicked)
        self.message = LiveLabel(place, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.undo.clicked.connect(self._undo)
        self.pause.clicked.connect(self.reject)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.progress_text, 1)
        top.addWidget(self.undo)
        top.addWidget(self.pause)
        bottom.addStretch(1)
        for button in self.answers.values():
            bottom.addWidget(button)
        bottom.addStretch(1)
        layout = QVBoxLayout(place)
        layout.setContentsMargins(20, 12, 20, 14)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.progress)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.message)
        layout.addLayout(bottom)
        return place

    def _end(self) -> QWidget:
        place = QWidget(self)
        self.end_title, self.end_text = QLabel(place), QLabel(place)
        font = self.end_title.font()
        font.setPointSizeF(font.pointSizeF() * _TITLE_SIZE)
        self.end_title.setFont(font)
        self.end_text.setWordWrap(True)
        self.end_text.setFixedWidth(_END_WIDTH_PX)
        self.next_trial, self.show_report = QPushButton(place), QPushButton("Show the &report", place)
        self.close_button, self.undo_at_end = QPushButton("&Close", place), QPushButton("&Undo the last answer", place)
        self.next_trial.clicked.connect(self.next_trial_wanted)
        self.show_report.clicked.connect(self.report_wanted)
        self.close_button.clicked.connect(self.accept)
        self.undo_at_end.clicked.connect(self._undo)
        buttons = QHBoxLayout()
        for button in (self.undo_at_end, self.show_report, self.next_trial, self.close_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        middle = QVBoxLayout()
        middle.setSpacing(16)
        middle.addStretch(2)
        middle.addWidget(self.end_title)
        middle.addWidget(self.end_text)
        middle.addLayout(buttons)
        middle.addStretch(3)
        layout = QHBoxLayout(place)
        layout.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(1)
        return place

    def _button(self, title: str, name: str, tip: str) -> QPushButton:
        keys = self._keys.get(name, ())
        shown = keys[0].toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
        made = QPushButton(f"{title}  ({shown})" if shown else title, self)
        made.setToolTip(tip)
        made.setAutoDefault(False)
        # Space and Enter on a button that was clicked last would answer once more.
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return made

    def _add_keys(self) -> None:
        doings: dict[str, Callable[[], None]] = {
            "good": self.answers["good"].click,
            "defect": self.answers["defect"].click,
            "unsure": self.answers["unsure"].click,
            "undo": self._undo,
            "fit": self.view.fit,
            "full-size": self.view.show_full_size,
            "zoom-in": self.view.zoom_in,
            "zoom-out": self.view.zoom_out,
        }
        for name, doing in doings.items():
            for key in self._keys.get(name, ()):
                shortcut = QShortcut(key, self)
                shortcut.setAutoRepeat(name.startswith("zoom"))
                shortcut.activated.connect(doing)

    # What is shown

    @property
    def is_at_end(self) -> bool:
        return self._stack.currentIndex() == 1

    def set_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress_text.set_text(f"Image {min(done + 1, total)} of {total}")
        self.undo.setEnabled(done > 0)
        self.undo_at_end.setEnabled(done > 0)

    def show_image(self, request: PictureRequest) -> None:
        """Another image is to be judged; the request must carry neither mask nor map."""
        self._stack.setCurrentIndex(0)
        self._wanted = request.image_id
        self.message.set_text("")
        self._enable(False)
        self._loading.start()
        self.view.show_image(request)

    def say(self, sentence: str) -> None:
        """Below the image, until the next one is shown."""
        self.message.set_text(sentence)

    def show_end(self, title: str, sentence: str, next_trial: str) -> None:
        """All images are judged; without *next_trial* there is none."""
        self._wanted = None
        self._loading.stop()
        self._enable(False)
        self.view.clear()
        self.end_title.setText(title)
        self.end_text.setText(sentence)
        self.next_trial.setText(next_trial)
        self.next_trial.setVisible(bool(next_trial))
        self.close_button.setDefault(True)
        self._stack.setCurrentIndex(1)
        self.close_button.setFocus()

    @Slot()
    def _say_loading(self) -> None:
        self.view.clear("Loading …")

    @Slot(int)
    def _take_shown(self, image_id: int) -> None:
        if image_id == self._wanted:
            self._loading.stop()
            self._enable(True)

    def _enable(self, enabled: bool) -> None:
        for button in self.answers.values():
            button.setEnabled(enabled)

    # What is done

    @Slot()
    def _answer_clicked(self) -> None:
        if self._wanted is not None and self._wanted == self.view.image_id:
            self.answered.emit(self._wanted, str(self.sender().property("answer")))

    @Slot()
    def _undo(self) -> None:
        if self.undo.isEnabled():
            self.undo_wanted.emit()
