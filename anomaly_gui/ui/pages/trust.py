"""Trust: what one should know of the set before believing its figures, and how to settle it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from anomaly_gui.imaging.load import white_level
from anomaly_gui.jobs.check_set import SetCheck, check_set
from anomaly_gui.jobs.set_facts import SetFacts
from anomaly_gui.jobs.set_findings import findings
from anomaly_gui.progress import Cancelled, CancelToken, EventSink
from anomaly_gui.project.findings import PLACE, Case, Finding
from anomaly_gui.project.records import Changed, Image
from anomaly_gui.project.store import Project
from anomaly_gui.ui.background import Background
from anomaly_gui.ui.pages import trust_state as state
from anomaly_gui.ui.pages.data_part import DataPart
from anomaly_gui.ui.pages.trust_view import TrustView
from anomaly_gui.ui.session import JobEnd, Session
from anomaly_gui.ui.widgets.case_list import SIDE_PX
from anomaly_gui.ui.widgets.picture_set import PictureRequest
from anomaly_gui.ui.widgets.side_by_side import MOST, SidePicture
from anomaly_gui.ui.widgets.thumbnails import Thumbnails

_JOB = "check"
_THUMBNAIL_BYTES = 16 << 20


class TrustPart(DataPart):
    """Findings follow every change of labels and splits; pictures are looked at when asked for."""

    name = "trust"
    title = "Trust"
    tip = "Copies, leaks, odd exposures, blur, missing files: what speaks against this set"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._facts: SetFacts | None = None
        self._findings: dict[str, Finding] = {}
        self._shown: Case | None = None
        self._thumbnails = Thumbnails(2 * SIDE_PX, _THUMBNAIL_BYTES, parent=self)
        self._background = Background(self)
        self.view = TrustView(self._picture_of, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._connect()

    def _connect(self) -> None:
        view, session = self.view, self.session
        view.check.clicked.connect(self.start_check)
        view.finding_chosen.connect(self._show_finding)
        view.cases.case_shown.connect(self._show_case)
        view.fine.clicked.connect(self.accept_chosen)
        view.all_fine.clicked.connect(self._accept_all)
        view.again.clicked.connect(self._take_back)
        view.surplus.clicked.connect(self.leave_out_surplus)
        view.gallery.clicked.connect(self._show_in_gallery)
        view.side.left_out.connect(self._leave_out)
        view.side.moved.connect(self._move)
        view.side.relabelled.connect(self._relabel)
        self._thumbnails.ready.connect(view.cases.viewport().update)
        self._background.answered.connect(self._take_findings)
        self._background.failed.connect(session.failed)
        session.job_started.connect(self._take_job)
        session.job_ended.connect(self._take_end)

    def home(self) -> QWidget:
        return self.view.list if self._findings else self.view.check

    def forget(self) -> None:
        self._facts, self._findings, self._shown = None, {}, None
        self._thumbnails.forget()
        self.view.side.forget()
        self.view.set_findings([], "")
        self.view.show_finding(None)

    @Slot()
    def stop(self) -> None:
        self._background.stop()
        self._thumbnails.stop()

    # The check

    @Slot()
    def start_check(self) -> None:
        """Read and measure in the background."""

        def work(project: Project, emit: EventSink, cancel: CancelToken) -> SetCheck | Cancelled:
            return check_set(project, emit, cancel)

        self.session.start_job(_JOB, "Checking the set", work)

    @Slot()
    def _take_job(self) -> None:
        self.view.check.setEnabled(False)

    @Slot(object)
    def _take_end(self, end: JobEnd) -> None:
        self.view.check.setEnabled(True)
        if end.job.kind != _JOB:
            return
        if isinstance(end.result, SetCheck):
            self._facts = end.result.facts
            self.session.said.emit(f"Checked {end.result.images:,} images in {end.result.seconds:.1f} s")
            self.refresh()
        elif isinstance(end.result, Cancelled):
            self.session.said.emit(f"{end.result.kept}.")

    def refresh(self) -> None:
        project, images, facts = self.session.project, list(self.session.images.values()), self._facts

        def work(_cancel: CancelToken) -> list[Finding]:
            return findings(images, facts, frozenset(project.place(PLACE, [])))

        self._background.ask(work)

    @Slot(object)
    def _take_findings(self, found: list[Finding]) -> None:
        if not self.session.is_open:
            return
        kind = self.view.kind
        self._findings = {each.kind: each for each in found}
        used = sum(not image.excluded for image in self.session.images.values())
        self.view.headline.set_text(state.headline(found, used, looked=self._facts is not None))
        self.view.set_findings(found, kind)
        self._show_finding(self.view.kind)

    # Looking

    @property
    def finding(self) -> Finding | None:
        """The one that is looked at."""
        return self._findings.get(self.view.kind)

    @Slot(str)
    def _show_finding(self, kind: str) -> None:
        finding = self._findings.get(kind)
        self.view.show_finding(finding)
        if finding is None:
            text = "Nothing was found" if self._facts is not None else "Check the set to have its pictures looked at"
            self.view.side.set_pictures([], text)

    @Slot(object)
    def _show_case(self, case: Case | None) -> None:
        self._shown = case
        images = self.session.images
        there = [images[key] for key in (case.images if case else ()) if key in images]
        text = "" if case is None else "This is about the set as a whole, not about single images"
        self.view.side.set_pictures([self._side(image) for image in there[:MOST]], text)

    def _side(self, image: Image) -> SidePicture:
        request = PictureRequest(
            image_id=image.id,
            path=image.path,
            size=(image.width, image.height),
            white_level=white_level(image.bit_depth, image.peak),
            mask_path=image.mask_path,
        )
        return SidePicture(request, state.caption(image), image.label.kind == "good", image.split == "train")

    def _picture_of(self, image_id: int) -> QPixmap | None:
        image = self.session.images.get(image_id)
        return None if image is None else self._thumbnails.picture(image)

    @Slot()
    def _show_in_gallery(self) -> None:
        chosen = self.view.cases.chosen or ([self._shown] if self._shown else [])
        ids = tuple(dict.fromkeys(key for case in chosen for key in case.images))
        if ids:
            self.images_wanted.emit(ids)

    # Settling

    @Slot(int)
    def _leave_out(self, image_id: int) -> None:
        self._apply(lambda project: state.leave_out(project, [image_id]))

    @Slot(int)
    def _move(self, image_id: int) -> None:
        self._apply(lambda project: state.move(project, self.session.images[image_id]))

    @Slot(int)
    def _relabel(self, image_id: int) -> None:
        self._apply(lambda project: state.relabel(project, self.session.images[image_id]))

    @Slot()
    def leave_out_surplus(self) -> None:
        """All but the first image of every case of the finding."""
        finding = self.finding
        if finding is not None:
            self._apply(lambda project: state.leave_out(project, state.surplus(finding)))

    def _apply(self, operation: Callable[[Project], Changed]) -> None:
        self.session.apply(operation)

    @Slot()
    def accept_chosen(self) -> None:
        """The selected cases are fine."""
        self._accept(self.view.cases.chosen)

    @Slot()
    def _accept_all(self) -> None:
        self._accept(self.view.cases.cases)

    def _accept(self, cases: list[Case]) -> None:
        if self.finding is not None and cases:
            state.accept(self.session.project, self.finding, cases, self.session.images)
            self.session.said.emit(f"Accepted {len(cases):,} of “{self.finding.title}”")
            self.refresh()

    @Slot()
    def _take_back(self) -> None:
        if self.finding is not None:
            state.take_back(self.session.project, self.finding, self.session.images)
            self.refresh()
