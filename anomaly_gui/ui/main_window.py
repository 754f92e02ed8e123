"""The window: pages on the left, what is done and running below, and one session behind them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
import platformdirs
from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from anomaly_gui import __version__
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging.synthetic import SyntheticSettings
from anomaly_gui.jobs.demo import DemoReport, DemoRequest, demo
from anomaly_gui.progress import Cancelled, CancelToken, Event, EventSink, FileRefused, Noted
from anomaly_gui.project.database import DamagedProject
from anomaly_gui.project.records import Run
from anomaly_gui.project.store import Project
from anomaly_gui.ui import role_guard
from anomaly_gui.ui.actions import Actions
from anomaly_gui.ui.audit import Audit
from anomaly_gui.ui.crash_offer import CrashOffer
from anomaly_gui.ui.crash_report import Crash
from anomaly_gui.ui.daily_backup import DailyBackup
from anomaly_gui.ui.focus_frame import FocusFrame
from anomaly_gui.ui.history import History
from anomaly_gui.ui.keyboard import Keyboard
from anomaly_gui.ui.pages.data import DataPage
from anomaly_gui.ui.pages.export import ExportPage
from anomaly_gui.ui.pages.mask import MaskPage
from anomaly_gui.ui.pages.page import Page
from anomaly_gui.ui.pages.region import RegionPage
from anomaly_gui.ui.pages.review import ReviewPage
from anomaly_gui.ui.pages.start import StartPage
from anomaly_gui.ui.pages.train import TrainPage
from anomaly_gui.ui.pages.tune import TunePage
from anomaly_gui.ui.project_repair import ProjectRepair
from anomaly_gui.ui.recent import add_recent
from anomaly_gui.ui.roles import Roles
from anomaly_gui.ui.session import Job, JobEnd, Session
from anomaly_gui.ui.theme import settings
from anomaly_gui.ui.widgets.banner import Banner
from anomaly_gui.ui.widgets.job_strip import JobStrip
from anomaly_gui.ui.widgets.message import About, Question, message_for
from anomaly_gui.ui.widgets.nav_rail import NavRail
from anomaly_gui.ui.widgets.new_project_dialog import NewProjectDialog
from anomaly_gui.ui.widgets.project_header import ProjectHeader
from anomaly_gui.ui.window_menus import WindowMenus
from anomaly_gui.ui.wording import status_text

_PAGE = "page"
_GEOMETRY = "window_geometry"
_LAST_PLACE = "last_project_place"
_SIZE_PX = (1366, 740)
_SMALLEST_PX = (1180, 640)
_PAGE_TIPS = {
    "data": "Images come in and are labelled",
    "train": "A detector learns what good parts look like",
    "tune": "Where to put the threshold, and what it costs",
    "review": "The defects that would be missed, one by one",
    "export": "One file for the line",
}

_log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """Show it, then open a project; close() asks once if a job runs."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Anomaly GUI")
        self.setMinimumSize(*_SMALLEST_PX)
        self.setAcceptDrops(True)
        self.session = Session(self)
        self._daily_backup = DailyBackup(self.session, self)
        self.repair = ProjectRepair(self.session, self)
        self.actions_registry = Actions(self)
        self.demo_request = DemoRequest(folder="", drawing=SyntheticSettings())
        self._closing = False
        self._question: Question | None = None
        self._fault_shown = False
        self._dropped: list[str] = []
        self._make_pages()
        self._lay_out()
        self.keyboard = Keyboard(self)
        self.focus_frame = FocusFrame(self)
        self.history = History(self.session, self)
        self.audit = Audit(self.session, self)
        self.roles = Roles(self.session, self.actions_registry, partial(role_guard.places, self), self)
        self.menus = WindowMenus(self)
        for page in self.all_pages:
            page.add_actions(self.actions_registry)
        self.menus.edit.addAction(self.actions_registry.action("judge-blind"))  # Also where no defect is missed.
        self.keyboard.restore()
        self.actions_registry.set_page(None)
        self._connect()
        self._restore_window()

    # Making it

    def _make_pages(self) -> None:
        self.start_page = StartPage(self)
        self.data_page = DataPage(self.session)
        self.train_page = TrainPage(self.session)
        self.tune_page = TunePage(self.session)
        self.review_page = ReviewPage(self.session)
        self.export_page = ExportPage(self.session)
        self.pages: tuple[Page, ...] = (
            self.data_page,
            self.train_page,
            self.tune_page,
            self.review_page,
            self.export_page,
        )
        self.mask_page = MaskPage(self.session)
        self.region_page = RegionPage(self.session)
        self.all_pages: tuple[Page, ...] = (*self.pages, self.mask_page, self.region_page)
        """Also those that another page opens and that have no place on the rail."""
        self._current: Page | None = None

    def _lay_out(self) -> None:
        self.rail = NavRail(self)
        self.stack = QStackedWidget(self)
        self.stack.setContentsMargins(12, 10, 12, 6)
        for page in self.pages:
            self.stack.addWidget(page)
            self.rail.add_page(page.name, page.title, page.icon, _PAGE_TIPS[page.name])
        self.stack.addWidget(self.mask_page)
        self.stack.addWidget(self.region_page)
        self.header = ProjectHeader(self)
        self.strip = JobStrip(self)
        workspace = QWidget(self)
        right = QVBoxLayout()
        right.setSpacing(0)
        self.read_only = Banner(self)
        self.read_only.close_button.setVisible(False)
        right.addWidget(self.header)
        right.addWidget(self.read_only)
        right.addWidget(self.stack, 1)
        columns = QHBoxLayout(workspace)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self.rail)
        columns.addLayout(right, 1)
        self.outer = QStackedWidget(self)
        self.outer.addWidget(self.start_page)
        self.outer.addWidget(workspace)
        central = QWidget(self)
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.outer, 1)
        layout.addWidget(self.strip)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        session = self.session
        self.start_page.new_wanted.connect(self.ask_for_new)
        self.start_page.open_wanted.connect(self.ask_for_project)
        self.start_page.demo_wanted.connect(self.ask_for_demo)
        self.start_page.project_wanted.connect(self.open_project)
        self.rail.page_chosen.connect(self.show_page)
        self.header.runs.run_chosen.connect(session.choose_run)
        self.read_only.accepted.connect(self._open_again)
        self.strip.undo_wanted.connect(self._undo_operation)
        self.strip.cancel_wanted.connect(self._cancel_job)
        session.page_wanted.connect(self.show_page)
        session.mask_wanted.connect(self._edit_mask)
        self.mask_page.left.connect(self.data_page.select_image)
        session.region_wanted.connect(self._edit_region)
        self.history.image_wanted.connect(self._show_image)
        self.history.run_wanted.connect(self._show_run)
        self.history.export_wanted.connect(self.audit.ask_where)
        self.roles.changed.connect(self.header.set_role)
        self.tune_page.part_made.connect(self.roles.follow)
        self.header.role.clicked.connect(self.roles.ask)
        session.project_opened.connect(self._show_project)
        session.project_closing.connect(self._save_places)
        session.project_closed.connect(self._show_start)
        session.said.connect(self._say)
        session.failed.connect(self.show_error)
        session.runs_changed.connect(self._show_runs)
        session.threshold_changed.connect(self._show_runs)
        session.current_run_changed.connect(self._show_runs)
        session.job_started.connect(self._start_job)
        session.job_progressed.connect(self._show_event)
        session.job_paused.connect(self.strip.show_paused)
        session.job_ended.connect(self._end_job)

    def _restore_window(self) -> None:
        kept = settings().value(_GEOMETRY)
        if kept is None or not self.restoreGeometry(kept):
            self.resize(*_SIZE_PX)
        for name, splitter in self._splitters().items():
            state = settings().value(f"splitter/{name}")
            if state is not None:
                splitter.restoreState(state)

    def _splitters(self) -> dict[str, QSplitter]:
        """Those that are remembered, by what holds them: another version may have more, or other parts in one."""
        return {
            f"{page.name}-{type(splitter.parent()).__name__}-{splitter.count()}": splitter
            for page in self.pages
            for splitter in page.findChildren(QSplitter)
        }

    # Projects

    def open_project(self, folder: Path) -> None:
        """Open the project in *folder*, or say why not."""
        self.session.open_project(folder)

    @Slot()
    def ask_for_new(self) -> None:
        self._ask_for_new("New project", "New project", self._create)

    @Slot()
    def ask_for_demo(self) -> None:
        self._ask_for_new("Demo project", "anomaly-demo", self._make_demo)

    def _ask_for_new(self, title: str, name: str, wanted: object) -> None:
        place = Path(str(settings().value(_LAST_PLACE, platformdirs.user_documents_path())))
        dialog = NewProjectDialog(title, name, place if place.is_dir() else Path.home(), self)
        dialog.wanted.connect(wanted)
        dialog.open()

    @Slot(object)
    def _create(self, folder: Path) -> None:
        settings().setValue(_LAST_PLACE, str(folder.parent))
        if self.session.create_project(folder):
            self.show_page("data")
            dropped, self._dropped = self._dropped, []
            if dropped:
                self.data_page.offer_import(dropped)

    @Slot(object)
    def _make_demo(self, folder: Path) -> None:
        settings().setValue(_LAST_PLACE, str(folder.parent))
        request = msgspec.structs.replace(self.demo_request, folder=str(folder))

        def work(emit: EventSink, cancel: CancelToken) -> DemoReport | Cancelled:
            return demo(request, emit, cancel)

        self.session.start_job_without_project("demo", "Making the demo project", work)

    @Slot()
    def ask_for_project(self) -> None:
        place = str(settings().value(_LAST_PLACE, platformdirs.user_documents_path()))
        dialog = QFileDialog(self, "Open a project: choose its folder", place)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._open_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _open_chosen(self, folder: str) -> None:
        settings().setValue(_LAST_PLACE, str(Path(folder).parent))
        self.open_project(Path(folder))

    @Slot()
    def close_project(self) -> None:
        if self.session.job is None:
            self.session.close_project()

    @Slot(object)
    def _show_project(self, project: Project) -> None:
        add_recent(project.folder)
        self.header.set_project(printable(project.folder.name), printable(project.folder))
        self.setWindowTitle(f"{printable(project.folder.name)} – Anomaly GUI")
        self._show_runs()
        self._show_read_only(project)
        for page in self.pages:
            page.restore_place()
        self.outer.setCurrentIndex(1)
        self.menus.show_open(True)
        kept = str(project.place(_PAGE, "data"))
        self.show_page(kept if kept in _PAGE_TIPS else "data")
        was_left = f". It was not closed last time ({project.left_by}): what was saved is there"
        self.strip.say(f"Opened {printable(project.folder.name)}{was_left if project.left_by else ''}", undo=False)

    def _show_read_only(self, project: Project) -> None:
        if not project.read_only:
            self.read_only.clear()
            return
        who = f" ({self.session.held_by})" if self.session.held_by else ""
        text = f"For reading only: the project is open in another window{who}. Nothing can be changed here."
        self.read_only.say("read-only", text, "Open for writing")

    @Slot()
    def _open_again(self) -> None:
        self.session.open_again()

    @Slot()
    def _save_places(self) -> None:
        if self._current is not None:
            self.session.project.remember(_PAGE, self._current.name)
            self._current.deactivate()
            self._current = None
        for page in self.pages:
            page.save_place()

    @Slot()
    def _show_start(self) -> None:
        self.setWindowTitle("Anomaly GUI")
        self.actions_registry.set_page(None)
        self.menus.show_open(False)
        self.start_page.show_recent()
        self.outer.setCurrentIndex(0)
        self.strip.say("", undo=False)

    # Pages and runs

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Show a page by name; a project is open."""
        page = next(page for page in self.all_pages if page.name == name)
        if page is self._current or not self.session.is_open:
            return
        if self._current is not None:
            self._current.deactivate()
        self._current = page
        if page in self.pages:
            self.rail.set_current(name)
        self.stack.setCurrentWidget(page)
        self.actions_registry.set_page(name)
        page.activate()
        page.take_focus()

    @Slot(object, int)
    def _edit_mask(self, ids: Sequence[int], image_id: int) -> None:
        assert self._current is not None
        self.mask_page.edit(ids, image_id, self._current.name)
        self.show_page(self.mask_page.name)

    @Slot(object, int)
    def _edit_region(self, ids: Sequence[int], image_id: int) -> None:
        self.region_page.edit(ids, image_id)
        self.show_page(self.region_page.name)

    @Slot(int)
    def _show_image(self, image_id: int) -> None:
        self.show_page("data")
        self.data_page.show_images(frozenset({image_id}))
        self.data_page.select_image(image_id)

    @Slot(int)
    def _show_run(self, run_id: int) -> None:
        self.session.choose_run(run_id)
        self.show_page("tune" if self.session.is_scored(run_id) else "train")

    @property
    def current_page(self) -> Page | None:
        return self._current

    @Slot()
    def _show_runs(self, _changed: object = None) -> None:
        newest_first = sorted(self.session.runs.values(), key=lambda run: -run.id)
        self.header.runs.set_runs([(run.id, self._run_text(run)) for run in newest_first], self.session.current_run)

    def _run_text(self, run: Run) -> str:
        scored = "" if self.session.is_scored(run.id) or run.status == "running" else ", no scores"
        return f"{run.name} · {run.preset} · {status_text(run.status)}{scored}"

    # What was done

    @Slot(str)
    def _say(self, sentence: str) -> None:
        last = self.session.undo_sentence
        self.strip.say(sentence, undo=last is not None and sentence in (last, f"Redid: {last}"))

    @Slot()
    def undo(self) -> None:
        """The page's last stroke where it has strokes, else the project's last step."""
        if self._current is None or not self._current.take_back():
            self._undo_operation()

    @Slot()
    def _undo_operation(self) -> None:
        if self.session.is_open and self.session.undo() is None:
            self.strip.say("Nothing to undo", undo=False)

    @Slot()
    def redo(self) -> None:
        if self._current is not None and self._current.make_again():
            return
        if self.session.is_open and self.session.redo() is None:
            self.strip.say("Nothing to redo", undo=False)

    @Slot(object)
    def show_error(self, error: BaseException) -> None:
        """Say what cannot be done, or that something is broken; a flood of faults shows one dialog."""
        if isinstance(error, DamagedProject):
            self.repair.offer(error)
            return
        if not isinstance(error, InputError):
            self.session.settling.emit()  # What is only shown so far is saved before anything else goes wrong.
            if self._fault_shown:
                return
            self._fault_shown = True
        dialog = message_for(error, self)
        if not isinstance(error, InputError):
            dialog.finished.connect(self._allow_faults)
        dialog.open()

    @Slot()
    def _allow_faults(self) -> None:
        self._fault_shown = False

    # Jobs

    @Slot(object)
    def _start_job(self, job: Job) -> None:
        self.strip.start_job(job.title)
        self.menus.show_busy(True)
        self.start_page.show_busy(True)

    @Slot(object)
    def _show_event(self, event: Event) -> None:
        job = self.session.job
        if isinstance(event, FileRefused):
            _log.info("left out: %s: %s", event.path, event.reason)
        elif isinstance(event, Noted):
            _log.info("note: %s", event.sentence)
        elif job is not None and not job.token.cancelled and not job.token.paused:
            self.strip.show_event(event)
            if not self.session.is_open:
                self.start_page.show_event(event)

    @Slot()
    def _cancel_job(self) -> None:
        self.session.cancel_job()
        self.strip.show_stopping()

    @Slot(object)
    def _end_job(self, end: JobEnd) -> None:
        self.strip.end_job()
        self.menus.show_busy(False)
        self.start_page.show_busy(False)
        if self._closing:
            self.close()
        elif end.job.kind == "demo":
            self._take_demo(end)

    def _take_demo(self, end: JobEnd) -> None:
        if isinstance(end.result, DemoReport):
            self.open_project(Path(end.result.project))
            self.show_page("tune")
        elif isinstance(end.result, Cancelled):
            self._say(f"The demo was stopped. {end.result.kept}")

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.session.job is None and _local_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _local_paths(event)
        event.acceptProposedAction()
        self.take_dropped(paths)

    def take_dropped(self, paths: Sequence[str]) -> None:
        """A project is opened; images are imported, into a new project if none is open."""
        project = next((path for path in paths if (Path(path) / "project.db").is_file()), None)
        if project is not None:
            self.open_project(Path(project))
        elif self.session.is_open:
            self.show_page("data")
            self.data_page.offer_import(paths)
        elif paths:
            self._dropped = list(paths)
            self._ask_for_new("New project for these images", Path(paths[0]).name, self._create)

    # Help

    def offer_report(self, crashed: Sequence[Crash]) -> None:
        """Offer a report of what *crashed* before this start."""
        offer = CrashOffer(crashed, self)
        offer.said.connect(self._say)
        offer.failed.connect(self.show_error)
        offer.show()

    @Slot()
    def open_log_folder(self) -> None:
        folder = platformdirs.user_log_path("anomaly-gui", appauthor=False)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    @Slot()
    def show_about(self) -> None:
        text = (
            f"Version {__version__}. Finds the defects that a visual inspection would miss, shows why, and sets the "
            "threshold. Apache License 2.0. Everything stays on this PC."
        )
        About(text, self).open()

    @Slot()
    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # Closing

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.session.job is not None:
            event.ignore()
            if not self._closing:
                self._ask_to_stop(self.session.job)
            return
        settings().setValue(_GEOMETRY, self.saveGeometry())
        for name, splitter in self._splitters().items():
            settings().setValue(f"splitter/{name}", splitter.saveState())
        self.session.shut_down()
        self.actions_registry.release()
        self.focus_frame.release()
        self.start_page.shut_down()
        for page in self.all_pages:
            page.shut_down()
        event.accept()

    def _ask_to_stop(self, job: Job) -> None:
        if self._question is not None:
            self._question.raise_()
            return
        text = "Stop it and close the window? What is done so far is kept, and it can be gone on with later."
        box = Question(f"{job.title} is not done", text, "Stop and close", "Go on", self)
        box.accepted.connect(self._stop_and_close)
        box.finished.connect(self._forget_question)
        self._question = box
        box.open()

    @Slot()
    def _forget_question(self) -> None:
        self._question = None

    @Slot()
    def _stop_and_close(self) -> None:
        self._closing = True
        if self.session.job is None:
            self.close()
            return
        # Twice: what a job would still do after a cancel is left out, too.
        self.session.cancel_job()
        self.session.cancel_job()
        self.strip.show_stopping()
        self.outer.setEnabled(False)


def _local_paths(event: QDropEvent) -> list[str]:
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
