"""What a blind review found, and the images that people see otherwise than their labels say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui.jobs.blind_report import NO_FIGURE, Report, Table
from anomaly_gui.project.records import Image
from anomaly_gui.ui.theme import explain, failure_colour, success_colour, warning_colour
from anomaly_gui.ui.widgets.gallery import Gallery
from anomaly_gui.ui.widgets.live_label import LiveLabel
from anomaly_gui.ui.widgets.thumbnails import Thumbnails
from anomaly_gui.ui.wording import counted

_SHARE_OF_WINDOW = 0.94
_SIDE_PX = 132
_KEPT_BYTES = 64 << 20
_SAID_LINES = 4
_EMPTY = "Everyone said of every image what its label says."


class BlindReportDialog(QDialog):
    """Shown with open(); deletes itself when closed. Setters emit nothing."""

    label_wanted = Signal(object, str)
    """Image ids, and "good" or "defect"."""
    image_wanted = Signal(int)
    """To be opened in Review."""
    undo_wanted = Signal()
    export_wanted = Signal()
    finish_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(parent.window().size() * _SHARE_OF_WINDOW)
        self._said: Mapping[int, str] = {}
        self._report: Report | None = None
        self.text = QTextBrowser(self)
        self.text.setAccessibleName("Report")
        self.thumbnails = Thumbnails(_SIDE_PX, _KEPT_BYTES, parent=self)
        self.finished.connect(self.thumbnails.stop)
        self.gallery = Gallery(self.thumbnails, self)
        self.gallery.setAccessibleName("Images seen otherwise")
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.addWidget(self.text)
        self.splitter.addWidget(self._images())
        self.splitter.setSizes([640, 520])
        self.splitter.setChildrenCollapsible(False)
        self.message = LiveLabel(self)
        layout = QVBoxLayout(self)
        layout.addWidget(self.splitter, 1)
        layout.addLayout(self._bottom())
        self._connect()
        self._show_selection()

    def _images(self) -> QWidget:
        panel = QWidget(self)
        self.count = LiveLabel(panel, bold=True)
        self.said = QLabel(panel)
        self.said.setWordWrap(True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.said.setFixedHeight(_SAID_LINES * self.fontMetrics().lineSpacing())
        explain(self.said)
        self.good = QPushButton("Label &good", panel)
        self.defective = QPushButton("Label &defective", panel)
        self.open_button = QPushButton("&Open in Review", panel)
        self.undo = QPushButton("&Undo", panel)
        self.undo.setToolTip("Take back the last change of a label that was made here (Ctrl+Z)")
        self.undo.setEnabled(False)
        row = QHBoxLayout()
        for button in (self.good, self.defective, self.open_button, self.undo):
            button.setAutoDefault(False)
            row.addWidget(button)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.addWidget(self.count)
        layout.addWidget(self.gallery, 1)
        layout.addWidget(self.said)
        layout.addLayout(row)
        return panel

    def _bottom(self) -> QHBoxLayout:
        self.finish = QPushButton("&Finish the review", self)
        self.finish.setToolTip("From then on nobody can judge in it any more; the figures still follow the labels")
        self.export = QPushButton("&Export …", self)
        self.export.setToolTip("The report as HTML, with figures and answers as CSV beside it")
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        box.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.message, 1)
        for button in (self.finish, self.export):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addWidget(box)
        return row

    def _connect(self) -> None:
        self.gallery.selection_changed.connect(self._show_selection)
        self.gallery.activated_image.connect(self.image_wanted)
        self.good.clicked.connect(self._label_good)
        self.defective.clicked.connect(self._label_defective)
        self.open_button.clicked.connect(self._open)
        self.undo.clicked.connect(self._undo)
        self.export.clicked.connect(self.export_wanted)
        self.finish.clicked.connect(self.finish_wanted)
        QShortcut(QKeySequence("Ctrl+Z"), self).activated.connect(self._undo)

    # What is shown

    def show_report(self, report: Report, *, can_finish: bool) -> None:
        """Figures in words and tables; the place that was scrolled to stays."""
        self._report = report
        self.setWindowTitle(report.title)
        bar = self.text.verticalScrollBar()
        place = bar.value()
        self.text.setHtml(self._html(report))
        bar.setValue(place)
        self.finish.setEnabled(can_finish)

    def show_images(self, images: Sequence[Image], said: Mapping[int, str], peak: int) -> None:
        """Those that people see otherwise; *said* tells who said what, by image id."""
        self._said = said
        self.thumbnails.set_peak(peak)
        self.gallery.set_images([image.id for image in images], {image.id: image for image in images})
        self.count.set_text(f"{counted(len(images), 'image')} seen otherwise" if images else _EMPTY)
        self._show_selection()

    def set_can_undo(self, can_undo: bool) -> None:
        self.undo.setEnabled(can_undo)

    def say(self, sentence: str) -> None:
        self.message.set_text(sentence)

    def _html(self, report: Report) -> str:
        """What Qt's rich text knows of HTML: tables need their own borders, and colours are those of the window."""
        palette = self.palette()
        colours = {
            "acceptable": success_colour(palette),
            "marginal": warning_colour(palette),
            "unacceptable": failure_colour(palette),
        }
        parts = [f"<h2>{escape(report.title)}</h2>"]
        for verdict in report.verdicts:
            colour = colours[verdict.grade].name() if verdict.grade in colours else palette.text().color().name()
            grade = verdict.grade or NO_FIGURE
            parts.append(f'<h3>{escape(verdict.title)}: <span style="color:{colour}">{grade}</span></h3><ul>')
            parts += [f"<li>{escape(sentence)}</li>" for sentence in verdict.sentences]
            parts.append("</ul>")
        parts += [_table(each) for each in report.tables]
        parts.append(_table(Table("What it rests on", ("", ""), report.facts)))
        parts += [f"<p>{escape(note)}</p>" for note in report.notes]
        return "".join(parts)

    # What is done

    @Slot()
    def _show_selection(self) -> None:
        chosen = self.gallery.selected_ids()
        for button in (self.good, self.defective):
            button.setEnabled(bool(chosen))
        self.open_button.setEnabled(len(chosen) == 1)
        if len(chosen) == 1:
            self.said.setText(self._said.get(chosen[0], ""))
        elif chosen:
            self.said.setText(f"{counted(len(chosen), 'image')} selected: a new label is one step for all of them.")
        else:
            hint = "Select an image to read who said what; a double click opens it in Review."
            self.said.setText(hint if self._said else "")

    @Slot()
    def _label_good(self) -> None:
        self.label_wanted.emit(self.gallery.selected_ids(), "good")

    @Slot()
    def _label_defective(self) -> None:
        self.label_wanted.emit(self.gallery.selected_ids(), "defect")

    @Slot()
    def _undo(self) -> None:
        if self.undo.isEnabled():
            self.undo_wanted.emit()

    @Slot()
    def _open(self) -> None:
        self.image_wanted.emit(self.gallery.selected_ids()[0])


def _table(table: Table) -> str:
    head = "".join(f'<th align="left">{escape(cell)}</th>' for cell in table.header)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return (
        f'<h3>{escape(table.caption)}</h3><table cellpadding="4" cellspacing="0" border="0">'
        f"<tr>{head}</tr>{rows}</table>"
    )
