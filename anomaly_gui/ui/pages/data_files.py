"""What becomes of files outside the project: missing, changed, moved, and new ones in watched folders."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from anomaly_gui.files import printable
from anomaly_gui.jobs.check_files import FileCheck, check_files
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.read_content import NewContents, accept_contents, read_contents
from anomaly_gui.jobs.relink import MovedFiles, apply_moves, find_moved
from anomaly_gui.progress import Cancelled, CancelToken, EventSink, ignore_events
from anomaly_gui.project.records import Image
from anomaly_gui.project.store import Project
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.folder_watch import FolderWatch
from anomaly_gui.ui.pages.data_import import DataImport
from anomaly_gui.ui.pages.data_view import DataView
from anomaly_gui.ui.session import JobEnd, Session
from anomaly_gui.ui.wording import counted, listed

_JOB = "relink"
_CHECK_AFTER_MS = 1500
"""After the project was opened: its first pictures come first."""
_READING_JOB = "accept"
MISSING, CHANGED, ARRIVED, WAITING, GONE = "missing", "changed", "arrived", "waiting", "gone"
ACCEPT, ELSEWHERE = "accept", "elsewhere"
"""What else can be done about files that changed."""


class DataFiles(QObject):
    """Made by the page."""

    images_wanted = Signal(object)
    """Ids to be shown alone."""
    files_found = Signal()
    """Images whose pictures could not be read may be there again."""

    def __init__(self, session: Session, view: DataView, imports: DataImport, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self._imports = imports
        self._check: FileCheck | None = None
        self._arrived: frozenset[int] = frozenset()
        self._waiting: list[str] = []
        """New files that wait for a job to end."""
        self._importing: frozenset[str] = frozenset()
        self._background = Background(self)
        self._background.answered.connect(self._take_check)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CHECK_AFTER_MS)
        self._timer.timeout.connect(self.check)
        self.watch = FolderWatch(self._known_paths, self)
        self.watch.arrived.connect(self._take_arrived)
        self.watch.gone.connect(self._take_gone)
        view.missing.accepted.connect(self._take_accepted)
        view.arrivals.accepted.connect(self._take_accepted)
        view.arrivals.dismissed.connect(self._forget_arrived)
        session.project_opened.connect(self._take_project)
        session.project_closing.connect(self.stop)
        session.said.connect(self._follow_watched)
        session.job_ended.connect(self._take_end)

    # Whether the files are there

    @Slot()
    def _take_project(self) -> None:
        self._check = None
        self._arrived = frozenset()
        self._importing = frozenset()
        self._waiting = []
        self._view.missing.clear()
        self._view.arrivals.clear()
        self._timer.start()
        self._follow_watched()

    @Slot()
    def check(self) -> None:
        """In the background, looked at first and read only in doubt."""
        if self._session.is_open and self._session.images:
            self._background.ask(_Checking(self._session.project, self._session.images))

    @Slot(object)
    def _take_check(self, check: FileCheck | Cancelled) -> None:
        if isinstance(check, FileCheck):
            self._check = check
            self._say_check(check)

    def _say_check(self, check: FileCheck) -> None:
        banner = self._view.missing
        if check.missing:
            verb = "is" if len(check.missing) == 1 else "are"
            cause = "Was the folder moved, or is a drive not connected?"
            text = f"{counted(len(check.missing), 'file')} {verb} missing. {cause}"
            banner.say(MISSING, text, "Find the moved folder …")
        elif check.changed or check.unreadable:
            parts = []
            if check.changed:
                verb = "holds" if len(check.changed) == 1 else "hold"
                parts.append(f"{counted(len(check.changed), 'file')} {verb} something else than when imported")
            if check.unreadable:
                parts.append(f"{counted(len(check.unreadable), 'file')} cannot be read")
            others = {ACCEPT: "Accept them", ELSEWHERE: "Look for the old ones …"} if check.changed else {}
            text = f"{listed(parts)}: labels and scores may be of other pictures."
            banner.say(CHANGED, text, "Show these images", others)
        else:
            banner.clear()

    @Slot(str)
    def _take_accepted(self, name: str) -> None:
        check = self._check
        if name == MISSING and check is not None:
            self._ask_for_folder()
        elif name == CHANGED and check is not None:
            self.images_wanted.emit(frozenset([*check.changed, *(image_id for image_id, _ in check.unreadable)]))
        elif name == ACCEPT:
            self.accept_changed()
        elif name == ELSEWHERE:
            self._ask_for_folder()
        elif name == ARRIVED:
            self.images_wanted.emit(self._arrived)
            self._arrived = frozenset()
        elif name == GONE:
            self.watch.look()

    # Moved

    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self._view, "Folder that the images were moved to, or one above it")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.find_in)
        dialog.rejected.connect(self._say_again)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _say_again(self) -> None:
        if self._check is not None:
            self._say_check(self._check)

    @Slot(str)
    def find_in(self, folder: str) -> None:
        """Look in *folder* for the missing files, or else for what the changed ones held, by their content."""
        if self._check is None:
            return
        ids = list(self._check.missing or self._check.changed)

        def work(project: Project, emit: EventSink, cancel: CancelToken) -> MovedFiles | Cancelled:
            return find_moved(project, ids, folder, emit, cancel)

        if self._session.start_job(_JOB, "Looking for moved files", work) is None:
            self._say_again()

    @Slot(object)
    def _take_end(self, end: JobEnd) -> None:
        if end.job.kind == _JOB:
            self._take_moved(end.result)
        elif end.job.kind == _READING_JOB:
            self._take_contents(end.result)
        elif self._importing:
            self._take_imported()
        if self._waiting and self._session.is_open:
            self._import_waiting()

    def _take_moved(self, result: object) -> None:
        if isinstance(result, MovedFiles) and result.paths:
            self._session.apply(lambda project: apply_moves(project, result))
            self.files_found.emit()
            self.check()
            return
        if isinstance(result, MovedFiles):
            self._session.said.emit("None of the files is in that folder")
        self._say_again()

    # Changed

    @Slot()
    def look_elsewhere(self) -> None:
        """Ask for the folder that files which are missing or changed may be in."""
        if self._check is None or not (self._check.missing or self._check.changed):
            self._session.said.emit("No file is missing or changed, as far as they were checked")
        else:
            self._ask_for_folder()

    @Slot()
    def accept_changed(self) -> None:
        """Take what changed files hold now for what they are to hold."""
        ids = list(self._check.changed) if self._check is not None else []
        if not ids:
            self._session.said.emit("No file has changed, as far as they were checked")
            return

        def work(project: Project, emit: EventSink, cancel: CancelToken) -> NewContents | Cancelled:
            return read_contents(project, ids, emit, cancel)

        if self._session.start_job(_READING_JOB, "Reading changed files", work) is None:
            self._say_again()

    def _take_contents(self, result: object) -> None:
        if isinstance(result, NewContents) and result.found:
            self._session.apply(lambda project: accept_contents(project, result))
            self.files_found.emit()
            self.check()
        else:
            self._say_again()

    # Watched folders

    @Slot()
    def ask_to_watch(self) -> None:
        dialog = QFileDialog(self._view, "Folder to watch: new images in it come in as not labelled")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.start_watching)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def start_watching(self, folder: str) -> None:
        self._session.apply(lambda project: project.sources.watch(folder))

    @Slot(str)
    def stop_watching(self, folder: str) -> None:
        self._session.apply(lambda project: project.sources.stop_watching(folder))

    @Slot()
    def _follow_watched(self) -> None:
        """After anything that was done: undo changes these, too."""
        if self._session.is_open:
            project = self._session.project
            self.watch.watch(project.sources.watched() if project.access.may("engineer") else ())

    def _known_paths(self) -> set[str]:
        """Masks are no new images, wherever they lie."""
        images = self._session.images.values()
        return {path for image in images for path in (image.path, image.mask_path) if path is not None}

    @Slot(object)
    def _take_arrived(self, paths: Sequence[str]) -> None:
        self._waiting += [path for path in paths if path not in self._waiting]
        self._import_waiting()

    def _import_waiting(self) -> None:
        if self._session.job is not None:
            text = f"{counted(len(self._waiting), 'new image')} will come in when {self._session.job.title} is done"
            self._view.arrivals.say(WAITING, text, "")
            return
        paths, self._waiting = tuple(self._waiting), []
        if self._imports.start(ImportRequest(unlabelled=paths)):
            self._importing = frozenset(paths)

    def _take_imported(self) -> None:
        paths, self._importing = self._importing, frozenset()
        come = frozenset(image.id for image in self._session.images.values() if image.path in paths)
        self._arrived |= come
        if self._arrived:
            folders = {os.path.dirname(self._session.images[each].path) for each in self._arrived}
            where = printable(next(iter(folders))) if len(folders) == 1 else f"{len(folders)} watched folders"
            text = f"{counted(len(self._arrived), 'new image')} came in from {where}, not labelled yet."
            self._view.arrivals.say(ARRIVED, text, "Show them")

    @Slot(object)
    def _take_gone(self, folders: Sequence[str]) -> None:
        banner = self._view.arrivals
        if folders and banner.name in ("", GONE):
            text = f"The watched folder {printable(folders[0])} cannot be read just now. It is looked for again."
            banner.say(GONE, text, "Look now")
        elif not folders and banner.name == GONE:
            banner.clear()

    @Slot()
    def _forget_arrived(self) -> None:
        self._arrived = frozenset()

    @Slot()
    def stop(self) -> None:
        """Before the project closes."""
        self._timer.stop()
        self._background.stop()
        self.watch.stop()


class _Checking:
    """In a thread: no widget is touched."""

    def __init__(self, project: Project, images: Mapping[int, Image]) -> None:
        self._project = project
        self._images = images
        """Never changed: another mapping takes its place. Reading them from the project would keep it from writing."""

    def __call__(self, cancel: CancelToken) -> FileCheck | Cancelled:
        return check_files(self._project, ignore_events, cancel, images=self._images.values())
