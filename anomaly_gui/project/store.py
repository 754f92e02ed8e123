"""The project: one folder, one writer, and every user action as one transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.files import make_folder, printable
from anomaly_gui.imaging.region import Region
from anomaly_gui.progress import CancelToken, EventSink, ignore_events
from anomaly_gui.project import audit, drawn_masks, journal, logbook, operations, regions, schema, tables
from anomaly_gui.project.access import Access
from anomaly_gui.project.corrections import Corrections, corrections
from anomaly_gui.project.database import DATABASE, check_file, connect, damaged
from anomaly_gui.project.defect_types import unnamed_types
from anomaly_gui.project.drawn_masks import DrawnMasks
from anomaly_gui.project.image_filter import ImageFilter
from anomaly_gui.project.journal import Event, Operation
from anomaly_gui.project.leftovers import remove_leftovers
from anomaly_gui.project.lock import ProjectLock
from anomaly_gui.project.logbook import LogEntry
from anomaly_gui.project.records import (
    Answer,
    BlindStudy,
    Changed,
    Export,
    Image,
    Judgement,
    Label,
    NewImage,
    PixelThreshold,
    Reveal,
    Role,
    Run,
    RunStatus,
    Split,
    Threshold,
    Verdict,
)
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.sources import Sources
from anomaly_gui.project.type_catalogue import TypeCatalogue
from anomaly_gui.project.writer import Plan, Writer

_FILTERS = "filters"
"""Key under which saved filters are remembered."""

PROJECT_FOLDERS = ("runs", "exports", "backups", "logs", drawn_masks.FOLDER)


class Project:
    """An open project; made by create() and open(), usable from any thread.

    Every operation is committed, durable and in the journal when it returns, and raises InputError
    for something that is not there, a project that is open for reading only, or a full disk.
    """

    def __init__(
        self, folder: Path, connection: sqlite3.Connection, lock: ProjectLock | None, *, read_only: bool
    ) -> None:
        self.folder = folder
        self.read_only = read_only
        self._writer = Writer(connection, folder, read_only=read_only)
        self._lock = lock
        self.types = TypeCatalogue(self._writer)
        self.masks = DrawnMasks(self._writer, folder)
        self.sources = Sources(self._writer)
        self.access = Access(self._writer)

    # Opening and closing

    @classmethod
    def create(cls, folder: str | Path) -> Project:
        """Make a project in *folder*, which is made too. Raises InputError if it holds one already."""
        place = Path(os.path.abspath(folder))
        database = place / DATABASE
        try:
            for name in PROJECT_FOLDERS:
                make_folder(place / name)
            taken = database.exists() and database.stat().st_size > 0
        except OSError as error:
            raise InputError(
                printable(place),
                f"the project cannot be made here ({error.strerror})",
                "Choose another folder",
            ) from error
        if taken:
            raise InputError(printable(place), "there is a project in this folder already", "Open it instead")
        lock = ProjectLock(place)
        return cls._start(place, lock, read_only=False, prepare=schema.create)

    @classmethod
    def open(cls, folder: str | Path, *, read_only: bool = False, check: bool = True) -> Project:
        """Open the project in *folder* (its project.db is taken too), migrating it if it is older.

        Runs that a crash left running become interrupted, and its half-written files are removed. Raises InputError if
        there is no project or it is of a newer version, DamagedProject, or ProjectInUse; *read_only* opens it beside a
        writer. Without *check* damage that does not keep it from being read is left for verify() to tell.
        """
        place = Path(os.path.abspath(folder))
        if place.name == DATABASE and place.is_file():
            place = place.parent
        check_file(place)
        lock = None if read_only else ProjectLock(place)

        def prepare(connection: sqlite3.Connection) -> None:
            version = schema.check_version(connection, place)
            problem = next(audit.quick_problems(connection, place / DATABASE), None) if check else None
            if problem is not None:
                raise sqlite3.DatabaseError(problem)
            if not read_only:
                schema.migrate(connection, place)
            elif version < schema.newest_version():
                raise InputError(printable(place), "the project is of an older format", "Open it for writing once")

        project = cls._start(place, lock, read_only=read_only, prepare=prepare)
        if not read_only:
            try:
                if project.left_by:
                    remove_leftovers(place, PROJECT_FOLDERS)
                project._perform(unnamed_types)
                project._interrupt_lost_runs()
            except BaseException:
                project.close()
                raise
        project._begin_in_role()
        return project

    def _begin_in_role(self) -> None:
        with suppress(InputError):  # Damage is verify()'s to tell.
            self.access.begin()

    @classmethod
    def _start(
        cls,
        place: Path,
        lock: ProjectLock | None,
        *,
        read_only: bool,
        prepare: Callable[[sqlite3.Connection], None],
    ) -> Project:
        connection: sqlite3.Connection | None = None
        try:
            connection = connect(place / DATABASE, read_only=read_only)
            prepare(connection)
        except BaseException as error:
            if connection is not None:
                connection.close()
            if lock is not None:
                lock.release()
            if isinstance(error, (sqlite3.DatabaseError, UnicodeDecodeError)):
                raise damaged(place, error) from error
            raise
        return cls(place, connection, lock, read_only=read_only)

    def _interrupt_lost_runs(self) -> None:
        for run in self.runs():
            if run.status in ("running", "paused"):
                self.update_run(run.id, "interrupted", "The program ended before the run did.")

    @property
    def left_by(self) -> str:
        """Who wrote in it before and ended without closing it, as in a crash; empty if nobody did."""
        return self._lock.left_by if self._lock is not None else ""

    def close(self) -> None:
        """Let go of the folder. Everything is on disk already."""
        if self._writer.close() and self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Reading

    def images(self, ids: Collection[int] | None = None) -> list[Image]:
        """All images by id, that is in the order of import; or those of *ids* that there are."""
        with self._writer.reading() as connection:
            return tables.images(connection, ids, os.fspath(self.folder))

    def image(self, image_id: int) -> Image:
        """One image. Raises InputError if it is not there."""
        for image in self.images([image_id]):
            return image
        raise operations.not_there(image_id)

    def defect_types(self) -> list[str]:
        """The name of every defect type, in the user's order."""
        return [each.name for each in self.types.all()]

    def region(self) -> Region:
        """The part of every image that counts."""
        with self._writer.reading() as connection:
            return regions.present(connection)

    def runs(self) -> list[Run]:
        """All runs, oldest first."""
        with self._writer.reading() as connection:
            return tables.runs(connection)

    def run(self, run_id: int | None = None) -> Run:
        """One run; None is the latest that finished, or was cancelled late enough to have a threshold.

        Raises InputError if there is none.
        """
        with self._writer.reading() as connection:
            if run_id is not None:
                return operations.run_of(connection, run_id)
            for run in reversed(tables.runs(connection)):
                scored = run.status == "cancelled" and tables.threshold(connection, run.id) is not None
                if run.status == "finished" or scored:
                    return run
        raise InputError(printable(self.folder), "the project has no finished run", "Train a detector first")

    def run_folder(self, run_id: int | None = None) -> RunFolder:
        """Where run(run_id) keeps its files."""
        return RunFolder(self.folder, self.run(run_id).name)

    def roles(self, run_id: int) -> dict[int, Role]:
        """Image id → role, as they were when the run started."""
        with self._writer.reading() as connection:
            operations.run_of(connection, run_id)
            return tables.roles(connection, run_id)

    def threshold(self, run_id: int) -> Threshold | None:
        """The run's present threshold, None before the first is set."""
        with self._writer.reading() as connection:
            operations.run_of(connection, run_id)
            return tables.threshold(connection, run_id)

    def pixel_threshold(self, run_id: int) -> PixelThreshold | None:
        """The run's present threshold of pixels, None if none is set."""
        with self._writer.reading() as connection:
            operations.run_of(connection, run_id)
            return tables.pixel_threshold(connection, run_id)

    def scoring(self, run_id: int) -> dict[str, Any] | None:
        """Scoring settings as plain JSON values, None where they are those that the run was trained with."""
        with self._writer.reading() as connection:
            operations.run_of(connection, run_id)
            return tables.scoring(connection, run_id)

    def corrections(self, run_id: int) -> Corrections:
        """Labels, masks and exclusions that are other than they were when the run started."""
        with self._writer.reading() as connection:
            operations.run_of(connection, run_id)
            return corrections(connection, run_id)

    def reveals(self) -> list[Reveal]:
        """Every look at the locked test images' figures, oldest first."""
        with self._writer.reading() as connection:
            return tables.reveals(connection)

    def judgements(self, study: int | None = None) -> list[Judgement]:
        """Everything said in blind re-reviews, or in one of them, oldest first."""
        with self._writer.reading() as connection:
            return tables.judgements(connection, study)

    def blind_studies(self) -> list[BlindStudy]:
        """All blind re-reviews, oldest first."""
        with self._writer.reading() as connection:
            return tables.blind_studies(connection)

    def exports(self) -> list[Export]:
        """Every bundle that was written, oldest first."""
        with self._writer.reading() as connection:
            return tables.exports(connection)

    def events(self, image_id: int | None = None, run_id: int | None = None) -> list[Event]:
        """The journal, or the part of it that is about one image, or about one run itself."""
        with self._writer.reading() as connection:
            return list(journal.events(connection, image=image_id, run=run_id))

    def log_entries(self, after: int = 0, count: int = -1) -> list[LogEntry]:
        """The journal as user actions: up to *count* (-1: all) that follow operation *after*, oldest first."""
        with self._writer.reading() as connection:
            return logbook.entries(connection, after=after, count=count)

    def events_of(self, operation: int, count: int = -1) -> list[Event]:
        """The first *count* (-1: all) events of one user action, the opening one first."""
        with self._writer.reading() as connection:
            return list(journal.events(connection, operation=operation, count=count))

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event, which all before it lead to."""
        with self._writer.reading() as connection:
            return journal.head(connection)

    def changed_since(self, event: int) -> Changed:
        """What operations changed after *event*, a number that this gave as *operation* before; 0: ever."""
        with self._writer.reading() as connection:
            return journal.changed_since(connection, event)

    def place(self, key: str, default: Any = None) -> Any:
        """A JSON value that remember() kept."""
        with self._writer.reading() as connection:
            row = connection.execute("SELECT value FROM place WHERE key = ?", (key,)).fetchone()
        return default if row is None else journal.from_json(row[0])

    def verify(self, *, read_images: bool = True) -> list[str]:
        """Problems in words, none if all is sound: journal, tables, files of runs, images.

        Without *read_images* images are checked for presence and size alone.
        """
        return list(self.problems(ignore_events, CancelToken(), read_images=read_images))

    def problems(self, emit: EventSink, cancel: CancelToken, *, read_images: bool = True) -> Iterator[str]:
        """What verify() gives, one by one; ends early if asked to stop."""
        with self._writer.reading() as connection:
            yield from audit.problems(connection, self.folder, emit, cancel, read_images=read_images)

    def snapshot(self) -> Project:
        """A copy to read from for long, while this one can be written to; to be closed. Raises InputError if the
        database cannot be read."""
        # In a temporary file of SQLite's own, which memory need not hold.
        copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        try:
            with self._writer.reading() as connection:
                connection.backup(copy)
        except BaseException:
            copy.close()
            raise
        return Project(self.folder, copy, None, read_only=True)

    # Operations

    def add_images(self, images: Sequence[NewImage]) -> Changed:
        """Take images in; those whose path the project has already are passed over."""
        return self._perform(lambda connection: operations.add_images(connection, images))

    def set_label(self, ids: Sequence[int], label: Label, reason: str = "") -> Changed:
        return self._perform(lambda connection: operations.set_label(connection, ids, label, reason))

    def set_verdict(self, image_id: int, run_id: int, verdict: Verdict | None, reason: str = "") -> Changed:
        """What a reviewer said of the decision that *run_id* made; None takes it back."""
        return self._perform(lambda connection: operations.set_verdict(connection, image_id, run_id, verdict, reason))

    def review(self, image_id: int, run_id: int, verdict: Verdict | None, label: Label | None) -> Changed:
        """Verdict and label in one step that one undo takes back; None leaves that one as it is."""
        return self._perform(lambda connection: operations.review(connection, image_id, run_id, verdict, label))

    def set_comment(self, image_id: int, text: str) -> Changed:
        return self._perform(lambda connection: operations.set_comment(connection, image_id, text))

    def set_excluded(self, ids: Sequence[int], excluded: bool, reason: str = "") -> Changed:
        return self._perform(lambda connection: operations.set_excluded(connection, ids, excluded, reason))

    def set_mask_path(self, image_id: int, path: str | Path | None) -> Changed:
        """Use a mask file outside the project; masks.draw() keeps one that was drawn."""
        return self.masks.refer_to(image_id, path)

    def set_splits(self, splits: Mapping[int, Split], reason: str = "") -> Changed:
        """What each image is for from the next run on; runs keep the roles they started with."""
        return self._perform(lambda connection: operations.set_splits(connection, splits, reason))

    def set_region(self, region: Region, reason: str = "") -> Changed:
        """The part of every image that counts. Raises InputError for a shape that encloses nothing."""
        return self._perform(lambda connection: regions.set_region(connection, region, reason))

    def set_threshold(self, run_id: int, threshold: Threshold, reason: str = "") -> Changed:
        """Undoable but for a run's first, before which there is nothing to go back to."""
        weights = self._weights_digest(run_id)
        return self._perform(
            lambda connection: operations.set_threshold(connection, run_id, threshold, reason, weights)
        )

    def _weights_digest(self, run_id: int) -> str:
        """What the run's settings say of its weights; empty if they cannot be read."""
        with suppress(InputError):
            return str(self.run_folder(run_id).read_settings().get("weights_sha256", ""))
        return ""

    def set_pixel_threshold(self, run_id: int, threshold: PixelThreshold | None, reason: str = "") -> Changed:
        return self._perform(lambda connection: operations.set_pixel_threshold(connection, run_id, threshold, reason))

    def set_scoring(
        self, run_id: int, settings: dict[str, Any] | None, threshold: Threshold, reason: str = ""
    ) -> Changed:
        """How maps become scores, and the threshold for these scores, in one step that one undo takes back."""
        weights = self._weights_digest(run_id)
        return self._perform(
            lambda connection: operations.set_scoring(connection, run_id, settings, threshold, reason, weights)
        )

    def set_locked(self, ids: Sequence[int], locked: bool, reason: str = "") -> Changed:
        return self._perform(lambda connection: operations.set_locked(connection, ids, locked, reason))

    def record_reveal(self, run_id: int, figures: dict[str, Any]) -> Changed:
        """Keep that the locked test images' figures were looked at; *figures* are plain JSON values."""
        return self._perform(lambda connection: operations.record_reveal(connection, run_id, figures))

    def start_blind_study(self, run_id: int, images: Sequence[int], trials: int, seed: int) -> BlindStudy:
        """Keep the sample of a blind re-review, which can be continued until it is finished."""
        self._perform(lambda connection: operations.start_blind_study(connection, run_id, images, trials, seed))
        return self.blind_studies()[-1]

    def finish_blind_study(self, study: int) -> Changed:
        return self._perform(lambda connection: operations.finish_blind_study(connection, study))

    def record_judgement(self, study: int, image_id: int, reviewer: str, answer: Answer, trial: int = 1) -> Changed:
        """Keep what a reviewer said of an image in a blind re-review; not undone by undo()."""
        return self._perform(
            lambda connection: operations.record_judgement(connection, study, image_id, reviewer, answer, trial)
        )

    def take_back_judgement(self, study: int, reviewer: str, trial: int) -> Changed:
        """Take back the last answer of a reviewer in a trial; the change names its image."""
        return self._perform(lambda connection: operations.take_back_judgement(connection, study, reviewer, trial))

    def add_run(self, detector: str, preset: str, seed: int, settings: dict[str, Any], roles: dict[int, Role]) -> Run:
        """Record the start of a run and make its folder; *settings* are plain JSON values."""
        changed = self._perform(
            lambda connection: operations.add_run(connection, detector, preset, seed, settings, roles)
        )
        run = self.run(next(iter(changed.runs)))
        RunFolder(self.folder, run.name).make()
        return run

    def update_run(self, run_id: int, status: RunStatus, message: str = "") -> Changed:
        return self._perform(lambda connection: operations.update_run(connection, run_id, status, message))

    def record_export(self, run_id: int, path: str | Path, sha256: str, threshold: Threshold) -> Changed:
        return self._perform(lambda connection: operations.record_export(connection, run_id, path, sha256, threshold))

    def record_scores(self, run_id: int, images: int, scores_sha256: str) -> Changed:
        """Keep that a run's images were scored, and the digest of what came of it."""
        sentence = f"Scored {operations.count_text(images)} of run {self.run(run_id).name}"
        facts = {"scored": run_id, "scores_sha256": scores_sha256}
        return self._writer.note(Operation(sentence, (), "fact", facts=facts))

    def together(self) -> AbstractContextManager[None]:
        """Operations inside it are written as one: all or none, and one undo takes all of them back."""
        return self._writer.together()

    def undo(self) -> Changed | None:
        """Take back the last change, such as a label, mask, split, defect type or threshold, as a new event."""
        return self._writer.undo()

    def redo(self) -> Changed | None:
        """Make again what undo took back, unless something else was changed since."""
        return self._writer.redo()

    @property
    def undo_sentence(self) -> str | None:
        """What undo() would take back, for the menu."""
        last = self._writer.past().to_undo
        return last[1] if last else None

    @property
    def redo_sentence(self) -> str | None:
        """What redo() would make again."""
        last = self._writer.past().to_redo
        return last[1] if last else None

    def remember(self, key: str, value: Any) -> None:
        """Keep a JSON value for place(): where the engineer was. Not journalled; dropped where it cannot be written."""
        with suppress(InputError), self._writer.writing() as connection:
            connection.execute(
                "INSERT INTO place (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, journal.to_json(value)),
            )

    def saved_filters(self) -> dict[str, ImageFilter]:
        """Name → filter, sorted by name; one that a newer program wrote and this one cannot read is left out."""
        found = {}
        for name, plain in sorted(self.place(_FILTERS, {}).items()):
            with suppress(msgspec.ValidationError):
                found[name] = msgspec.convert(plain, ImageFilter)
        return found

    def save_filter(self, name: str, wanted: ImageFilter | None) -> None:
        """Keep *wanted* under *name*, or forget it (None). Not journalled: a filter changes nothing."""
        kept = {key: value for key, value in self.place(_FILTERS, {}).items() if key != name}
        if wanted is not None:
            kept[name] = msgspec.to_builtins(wanted)
        self.remember(_FILTERS, kept)

    def _perform(self, plan: Plan) -> Changed:
        return self._writer.perform(plan)
