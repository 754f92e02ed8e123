"""How images and annotations come in and go out: asked for, carried out as jobs, and told of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from anomaly_gui.annotations.formats import FORMATS
from anomaly_gui.jobs.export_annotations import AnnotationsExportReport, Prepared, export_annotations
from anomaly_gui.jobs.import_annotations import AnnotationsReport, AnnotationsRequest, import_annotations
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.import_images import ImportReport, import_images
from anomaly_gui.progress import Cancelled, CancelToken, Event, EventSink, FileRefused, Noted
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.data_filter import refusal, warning
from anomaly_gui.ui.session import JobEnd, Session
from anomaly_gui.ui.widgets.annotation_export_dialog import AnnotationExportDialog
from anomaly_gui.ui.widgets.import_dialog import ImportDialog
from anomaly_gui.ui.widgets.import_roles import Place, guess_places, is_empty, masks_beside
from anomaly_gui.ui.widgets.problem_list import Problem
from anomaly_gui.ui.wording import counted, listed

JOB = "import"
_EXPORT_JOB = "export annotations"
_ANNOTATION_FILES = "Annotations (*.json *.xml *.csv *.yaml *.yml *.txt);;All files (*)"


@dataclass(frozen=True)
class ImportOutcome:
    """What one import brought: images, then annotations, each where asked for."""

    images: ImportReport | None
    annotations: tuple[AnnotationsReport, ...]


class DataImport(QObject):
    """Made by the page."""

    ended = Signal(bool)
    """An import is over; whether files were refused."""

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session = session
        self._page = page
        self._folder = str(Path.home())
        self.left_out: list[Problem] = []
        """By the last import."""
        session.job_started.connect(self._take_job)
        session.job_progressed.connect(self._take_event)
        session.job_ended.connect(self._take_end)

    # Asking

    @Slot()
    def choose_good(self) -> None:
        self._choose_folder("Folder of good parts", self._offer_good)

    @Slot()
    def choose_defective(self) -> None:
        self._choose_folder("Folder of defective parts", self.offer_defective)

    @Slot()
    def choose_dataset(self) -> None:
        self._choose_folder("Folder of the data set (with train and test in it)", self._offer_dataset)

    @Slot()
    def choose_any(self) -> None:
        self._choose_folder("Folder of images", self._offer_folder)

    @Slot()
    def choose_annotations(self) -> None:
        self._choose_folder("Folder of annotations", self._offer_annotations)

    @Slot()
    def choose_annotation_file(self) -> None:
        dialog = QFileDialog(self._page, "File of annotations", self._folder, _ANNOTATION_FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open(dialog, self._offer_annotations)

    def _choose_folder(self, title: str, take: Callable[[str], None]) -> None:
        dialog = QFileDialog(self._page, title, self._folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._open(dialog, take)

    def _open(self, dialog: QFileDialog, take: Callable[[str], None]) -> None:
        dialog.fileSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _offer_good(self, folder: str) -> None:
        self._ask([Place((folder,), "good")])

    @Slot(str)
    def offer_defective(self, folder: str) -> None:
        """With the masks that lie beside: whether to take them is the engineer's decision."""
        masks = masks_beside(Path(folder))
        self._ask([Place((folder,), "defect"), *([Place((str(masks),), "masks")] if masks is not None else [])])

    @Slot(str)
    def _offer_dataset(self, folder: str) -> None:
        self._ask([Place((folder,), "dataset")])

    @Slot(str)
    def _offer_folder(self, folder: str) -> None:
        self.offer([folder])

    @Slot(str)
    def _offer_annotations(self, path: str) -> None:
        self._ask([Place((path,), "annotations", is_folder=Path(path).is_dir())])

    def offer(self, paths: Iterable[str]) -> None:
        """Ask what each of these folders and files holds, with a guess, then import."""
        places = guess_places(paths)
        if places:
            self._ask(places)

    def _ask(self, places: list[Place]) -> None:
        dialog = ImportDialog(places, self._page)
        dialog.import_chosen.connect(self.start)
        dialog.open()

    # Importing

    @Slot(object, object)
    def start(self, request: ImportRequest, annotations: Sequence[AnnotationsRequest] = ()) -> bool:
        """Import in the background; False if a job runs already, which is said."""
        chosen = [*request.good, *request.defect, *request.unlabelled, *filter(None, [request.dataset])]
        self._folder = str(Path(chosen[0]).parent) if chosen else self._folder

        def work(project: Project, emit: EventSink, cancel: CancelToken) -> ImportOutcome | Cancelled:
            return _carried_out(project, request, annotations, emit, cancel)

        return self._session.start_job(JOB, "Importing", work) is not None

    @Slot(object)
    def _take_job(self) -> None:
        job = self._session.job
        if job is not None and job.kind == JOB:
            self.left_out = []

    @Slot(object)
    def _take_event(self, event: Event) -> None:
        job = self._session.job
        if job is None or job.kind != JOB:
            return
        if isinstance(event, FileRefused):
            self.left_out.append(refusal(event.path, event.reason))
        elif isinstance(event, Noted):
            self.left_out.append(warning(event.sentence))

    @Slot(object)
    def _take_end(self, end: JobEnd) -> None:
        if end.job.kind == JOB:
            self.ended.emit(any(problem.kind != "warning" for problem in self.left_out))
            if isinstance(end.result, ImportOutcome):
                self._session.said.emit(outcome_sentence(end.result))
            elif isinstance(end.result, Cancelled):
                self._session.said.emit(f"{end.result.kept}.")
        elif end.job.kind == _EXPORT_JOB:
            if isinstance(end.result, AnnotationsExportReport):
                self._session.said.emit(export_sentence(end.result))
            elif isinstance(end.result, Cancelled):
                self._session.said.emit(f"{end.result.kept}.")

    # Exporting annotations

    @Slot()
    def export(self) -> None:
        """Ask for format and folder, say what is lost, then write in the background."""
        dialog = AnnotationExportDialog(self._session.project, self._page)
        dialog.export_chosen.connect(self._start_export)
        self._session.project_closing.connect(dialog.reject)
        dialog.open()

    @Slot(object, str)
    def _start_export(self, prepared: Prepared, folder: str) -> None:
        def work(_project: Project, emit: EventSink, cancel: CancelToken) -> AnnotationsExportReport | Cancelled:
            return export_annotations(prepared, Path(folder), emit, cancel)

        self._session.start_job(_EXPORT_JOB, "Exporting annotations", work)


def _carried_out(
    project: Project,
    request: ImportRequest,
    annotations: Sequence[AnnotationsRequest],
    emit: EventSink,
    cancel: CancelToken,
) -> ImportOutcome | Cancelled:
    """Images first: the annotations are about them."""
    images = None
    if not is_empty(request):
        brought = import_images(project, request, emit, cancel)
        if isinstance(brought, Cancelled):
            return brought
        images = brought
    reports = []
    for each in annotations:
        report = import_annotations(project, each, emit, cancel)
        if isinstance(report, Cancelled):
            return report
        reports.append(report)
    return ImportOutcome(images, tuple(reports))


def outcome_sentence(outcome: ImportOutcome) -> str:
    """What an import did, for the status bar."""
    parts = [report_sentence(outcome.images)] if outcome.images is not None else []
    return " ".join([*parts, *(annotations_sentence(each) for each in outcome.annotations)])


def report_sentence(report: ImportReport) -> str:
    kinds = ((report.good, "good"), (report.defect, "defective"), (report.unlabelled, "not labelled"))
    parts = listed([f"{count:,} {word}" for count, word in kinds if count])
    text = f"Imported {counted(report.added, 'image')}" + (f" ({parts})" if parts else "")
    if report.already:
        text += f"; {report.already:,} were there already"
    if report.refused:
        text += f"; {counted(len(report.refused), 'file')} refused"
    return text + "."


def annotations_sentence(report: AnnotationsReport) -> str:
    changes = [counted(report.labels_changed, "label"), counted(report.masks_changed, "mask")]
    if report.added:
        changes.insert(0, counted(report.added, "image"))
    text = f"Took {listed(changes)} from {FORMATS[report.format].title}"
    if report.unmatched:
        text += f"; {counted(len(report.unmatched), 'image')} of them not found"
    return text + "."


def export_sentence(report: AnnotationsExportReport) -> str:
    text = f"Wrote {counted(report.images, 'image')} as {FORMATS[report.format].title} to {report.path}"
    return text + (f"; {counted(len(report.refused), 'file')} left out." if report.refused else ".")
