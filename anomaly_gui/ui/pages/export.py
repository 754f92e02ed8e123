"""The Export page: a tuned run becomes one file for the line."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.region import Region
from anomaly_gui.jobs.evaluate import evaluate_at
from anomaly_gui.jobs.export import ExportReport, export
from anomaly_gui.jobs.run_region import outdated_region, region_of
from anomaly_gui.progress import Cancelled, CancelToken, Event, EventSink, Progress
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.export_state import (
    SUFFIX,
    command,
    default_target,
    export_rows,
    report_sentence,
    run_facts,
    with_suffix,
)
from anomaly_gui.ui.pages.export_view import ExportView
from anomaly_gui.ui.pages.page import Page
from anomaly_gui.ui.pages.run_notice import advice_for
from anomaly_gui.ui.session import Job, JobEnd, Session

_STEPS = 1000


class ExportPage(Page):
    name = "export"
    title = "Export"
    menu_title = "&Export"
    icon = "mdi6.package-variant-closed"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._suggested = ""
        self.view = ExportView(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._connect()

    def _connect(self) -> None:
        view, session = self.view, self.session
        view.export.clicked.connect(self.start)
        view.cancel.clicked.connect(self.cancel)
        view.browse.clicked.connect(self._browse)
        view.copy.clicked.connect(self._copy)
        view.tune.clicked.connect(self._go_to_tune)
        view.open_folder.clicked.connect(self._open_folder)
        view.notice.page_chosen.connect(session.page_wanted)
        view.exports.itemSelectionChanged.connect(self._show_command)
        view.target.textChanged.connect(self._show_command)
        session.project_opened.connect(self._start_over)
        for signal in (session.images_changed, session.runs_changed, session.threshold_changed):
            signal.connect(self._refresh_if_shown)
        session.current_run_changed.connect(self._take_run)
        session.job_started.connect(self._take_start)
        session.job_progressed.connect(self._take_event)
        session.job_ended.connect(self._take_end)

    @Slot(object)
    def _start_over(self, _project: Project) -> None:
        self._suggested = ""
        self.view.target.clear()
        self.view.result.clear()

    def activate(self) -> None:
        self._refresh()

    def home(self) -> QWidget:
        if not self.view.is_ready:
            return self.view.notice.button
        return self.view.export if self.view.export.isEnabled() else self.view.target

    @Slot(object)
    def _take_run(self, _run_id: int | None) -> None:
        self.view.result.clear()
        self._refresh_if_shown()

    @Slot()
    def _refresh_if_shown(self, _changed: object = None) -> None:
        if self.isVisible() and self.session.is_open:
            self._refresh()

    def _refresh(self) -> None:
        session, view = self.session, self.view
        run = session.runs.get(session.current_run) if session.current_run is not None else None
        threshold = session.threshold(run.id) if run is not None else None
        advice = advice_for(run, threshold is not None)
        if advice is not None or run is None or threshold is None:
            if advice is not None:
                view.notice.say(advice.title, advice.sentence, advice.button, advice.page)
            view.set_ready(False)
            return
        try:
            region = region_of(session.project, run.id) or Region()
            facts = run_facts(run, threshold, evaluate_at(session.project, run, threshold), region)
            caution = outdated_region(session.project, run.id)
        except InputError as error:
            facts, caution = [("Run", run.name)], str(error)
        view.set_facts(facts, caution)
        if view.target.text() in ("", self._suggested):
            self._suggested = printable(default_target(session.project.folder, run))
            view.target.setText(self._suggested)
        names = {run_id: each.name for run_id, each in session.runs.items()}
        view.set_exports(export_rows(session.project.exports(), names))
        view.set_ready(True)
        self._show_command()
        self._show_buttons()

    def _show_buttons(self) -> None:
        job = self.session.job
        exporting = job is not None and job.kind == "export"
        self.view.export.setEnabled(job is None)
        busy = f"Wait: {job.title} is not done" if job is not None and not exporting else ""
        self.view.export.setToolTip(
            busy or "Write the bundle, run it on images of this project, and keep it only if it decides the same"
        )
        self.view.cancel.setEnabled(exporting)
        self.view.bar.setVisible(exporting)

    @Slot()
    def _show_command(self) -> None:
        bundle = self.view.chosen_export or self.view.target.text()
        self.view.command.setPlainText(command(bundle))

    # Exporting

    @Slot()
    def start(self) -> None:
        """Export the current run to the file that is named."""
        typed = self.view.target.text().strip()
        run_id = self.session.current_run
        if not typed:
            self.session.failed.emit(InputError("Bundle file", "no file is named", "Give the name of a file"))
            return
        target = with_suffix(typed)

        def work(project: Project, emit: EventSink, cancel: CancelToken) -> ExportReport | Cancelled:
            return export(project, run_id, target, emit, cancel)

        self.session.start_job("export", "Exporting", work)

    @Slot()
    def cancel(self) -> None:
        self.session.cancel_job()

    @Slot(object)
    def _take_start(self, job: Job) -> None:
        if job.kind == "export":
            self.view.result.setText("Writing the bundle …")
            self.view.bar.setRange(0, 0)
        self._show_buttons()

    @Slot(object)
    def _take_event(self, event: Event) -> None:
        job = self.session.job
        if job is not None and job.kind == "export" and isinstance(event, Progress):
            self.view.bar.setRange(0, _STEPS)
            self.view.bar.setValue(round(_STEPS * event.fraction))
            self.view.result.setText(f"{event.phase}: {event.done:,} of {event.total:,}")

    @Slot(object)
    def _take_end(self, end: JobEnd) -> None:
        self._show_buttons()
        if end.job.kind != "export":
            return
        report = end.result
        if isinstance(report, ExportReport):
            self.view.result.setText(report_sentence(report))
            self.session.said.emit(f"Exported {Path(report.path).name}")
        elif isinstance(report, Cancelled):
            self.view.result.setText("Export was cancelled; no file was written.")
        else:
            self.view.result.setText("Nothing was written.")
        self._refresh_if_shown()

    # Buttons

    @Slot()
    def _browse(self) -> None:
        dialog = QFileDialog(self, "Bundle file", self.view.target.text(), f"Bundle (*{SUFFIX})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.fileSelected.connect(self.view.target.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.view.command.toPlainText())
        self.session.said.emit("Copied the command")

    @Slot()
    def _go_to_tune(self) -> None:
        self.session.page_wanted.emit("tune")

    @Slot()
    def _open_folder(self) -> None:
        if self.view.chosen_export:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self.view.chosen_export).parent)))
