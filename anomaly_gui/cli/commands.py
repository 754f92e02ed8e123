"""The verbs of the command line: each turns arguments into one job and its result into text or JSON."""

from __future__ import annotations

import argparse
import contextlib
import errno
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import msgspec

from anomaly_gui.cli import arguments, trace_commands, wording
from anomaly_gui.cli.console import ProgressLine, as_json
from anomaly_gui.cli.passwords import act_as
from anomaly_gui.detectors import registry
from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.pixel_rules import LARGEST_REGION, PixelRule
from anomaly_gui.evaluation.thresholds import RULES, Costs, Rule
from anomaly_gui.export import signing
from anomaly_gui.files import printable
from anomaly_gui.imaging.synthetic import SyntheticSettings
from anomaly_gui.jobs import audit_file as audit_job
from anomaly_gui.jobs import check_set as check_set_job
from anomaly_gui.jobs import demo as demo_job
from anomaly_gui.jobs import evaluate as evaluate_job
from anomaly_gui.jobs import export as export_job
from anomaly_gui.jobs import export_annotations as export_annotations_job
from anomaly_gui.jobs import import_annotations as import_annotations_job
from anomaly_gui.jobs import import_images as import_job
from anomaly_gui.jobs import inspect as inspect_job
from anomaly_gui.jobs import score as score_job
from anomaly_gui.jobs import train as train_job
from anomaly_gui.jobs import verify as verify_job
from anomaly_gui.jobs.import_candidates import ImportRequest
from anomaly_gui.jobs.readiness import what_is_missing
from anomaly_gui.jobs.rescoring import choose_pixel_threshold
from anomaly_gui.jobs.study import child as study_child
from anomaly_gui.jobs.study.records import CELL_VERB, StudyRequest
from anomaly_gui.jobs.study.study import study as study_job
from anomaly_gui.progress import Cancelled, CancelToken, ignore_events
from anomaly_gui.project import recovery
from anomaly_gui.project.store import Project

OK, BUG, BAD_INPUT, STOPPED = 0, 1, 2, 130
_NAME_SHOWN = 80
"""Characters of a name that is too long for the system."""
"""Exit statuses; 130 is the shell's own for Ctrl+C."""


class _Stopped(Exception):
    """Ctrl+C ended the job; the text says what is kept."""


class Terminal:
    """What a verb needs of the outside: where to print, and whether to stop."""

    def __init__(self, *, json: bool) -> None:
        self.json = json
        self.emit = ProgressLine(sys.stderr)
        self.cancel = CancelToken()

    def result(self, value: Any, text: str) -> None:
        """The verb's result, on stdout."""
        if sys.stdout.isatty():
            self.emit.close()
        print(as_json(value) if self.json else text, flush=True)


Handler = Callable[[argparse.Namespace, Terminal], int]


def run(argv: Sequence[str], log: Path, handlers: Mapping[str, Handler]) -> int:
    """Do what the command line says by one of *handlers* and return the exit status.

    A bug's traceback is logged; *log* is the file that the user is then told of.
    """
    terminal = Terminal(json="--json" in argv)
    try:
        args = arguments.parser().parse_args(argv)
        with _stop_on_interrupt(terminal.cancel), _long_names_told():
            return handlers[args.verb](args, terminal)
    except InputError as error:
        facts = {"error": str(error), "what": error.what, "cause": error.cause, "next_step": error.next_step}
        return _failed(terminal, str(error), facts, BAD_INPUT)
    except _Stopped as stopped:
        return _failed(terminal, str(stopped), {"error": str(stopped), "cancelled": True}, STOPPED)
    except KeyboardInterrupt:
        return _failed(terminal, "Stopped.", {"error": "Stopped.", "cancelled": True}, STOPPED)
    except BrokenPipeError:
        # The reader (head, say) has seen enough; the interpreter must not complain at its own flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        logging.getLogger("anomaly_gui").exception("%s failed", list(argv)[:1])
        sentence = f"A fault in the program stopped it ({type(error).__name__}). Details are in {log}."
        return _failed(terminal, sentence, {"error": sentence}, BUG)
    finally:
        terminal.emit.close()


def _failed(terminal: Terminal, sentence: str, facts: dict[str, Any], status: int) -> int:
    terminal.emit.close()
    print(printable(sentence), file=sys.stderr, flush=True)
    if terminal.json:
        print(as_json(facts), flush=True)
    return status


@contextlib.contextmanager
def _long_names_told() -> Iterator[None]:
    """Any look at a file by a name that the system does not take, as one that was pasted by mistake, ends here."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        name = printable(str(error.filename))
        raise InputError(
            f"{name[:_NAME_SHOWN]} …", "the name is longer than this system allows", "Check the command line"
        ) from error


@contextlib.contextmanager
def _stop_on_interrupt(cancel: CancelToken) -> Iterator[None]:
    """Ctrl+C asks the job to stop, a second one to leave out its closing work; a third ends the process."""
    asked = 0

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        # Not in this frame: the interrupted one may hold the token's lock.
        threading.Thread(target=cancel.cancel).start()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def demo(args: argparse.Namespace, terminal: Terminal) -> int:
    make_demo(args, terminal)
    return OK


def make_demo(args: argparse.Namespace, terminal: Terminal) -> demo_job.DemoReport:
    """Make the demo project and print its figures."""
    request = demo_job.demo_request(args.folder, _drawing(args))
    report = _unless_cancelled(demo_job.demo(request, terminal.emit, terminal.cancel))
    terminal.result(report, wording.demo(report))
    return report


def _drawing(args: argparse.Namespace) -> SyntheticSettings:
    kinds = args.kinds if isinstance(args.defects, int) else args.defects
    counts = {"train_good": args.train_good, "test_good": args.test_good, "defects_per_kind": args.defects}
    if not isinstance(args.defects, int):
        counts["defects_per_kind"] = SyntheticSettings().defects_per_kind
    if args.parts is not None:
        train, good = args.parts // 2, args.parts // 5
        counts = {"train_good": train, "test_good": good, "defects_per_kind": (args.parts - train - good) // len(kinds)}
    chosen = {
        "seed": args.seed,
        "size_px": args.size,
        **counts,
        "kinds": kinds,
        "contrast_low": args.contrast[0],
        "contrast_high": args.contrast[1],
        "variation": args.variation,
    }
    try:
        return msgspec.convert(chosen, SyntheticSettings)
    except msgspec.ValidationError as error:
        raise InputError("command line", str(error), "See: anomaly-gui demo --help") from error


def import_images(args: argparse.Namespace, terminal: Terminal) -> int:
    """Bad files are named and the rest goes in; the status tells."""
    request = ImportRequest(
        good=tuple(args.good),
        defect=tuple(args.defect),
        unlabelled=tuple(args.unlabelled),
        masks=args.masks,
        dataset=args.dataset,
    )
    with _opened_or_made(args.project) as project:
        act_as(project, args.role)
        report = _unless_cancelled(import_job.import_images(project, request, terminal.emit, terminal.cancel))
    terminal.result(report, wording.imported(report))
    return BAD_INPUT if report.refused else OK


def _opened_or_made(place: str) -> Project:
    folder = Path(place)
    exists = (folder / "project.db").exists() or folder.is_file()
    return Project.open(folder) if exists else Project.create(folder)


def exchange_annotations(args: argparse.Namespace, terminal: Terminal) -> int:
    """What could not be matched or read is named and the rest is done; the status tells."""
    return _import_annotations(args, terminal) if args.direction == "import" else _export_annotations(args, terminal)


def _import_annotations(args: argparse.Namespace, terminal: Terminal) -> int:
    request = import_annotations_job.AnnotationsRequest(
        place=args.path, format=args.format, empty=args.empty, add_images=args.add_images
    )
    with Project.open(args.project) if not args.add_images else _opened_or_made(args.project) as project:
        act_as(project, args.role)
        report = _unless_cancelled(
            import_annotations_job.import_annotations(project, request, terminal.emit, terminal.cancel)
        )
    terminal.result(report, wording.annotations_imported(report))
    return BAD_INPUT if report.unmatched else OK


def _export_annotations(args: argparse.Namespace, terminal: Terminal) -> int:
    with Project.open(args.project, read_only=True) as project:
        prepared = _unless_cancelled(
            export_annotations_job.prepare_export(project, args.format, terminal.emit, terminal.cancel)
        )
    report = _unless_cancelled(
        export_annotations_job.export_annotations(prepared, Path(args.to), terminal.emit, terminal.cancel)
    )
    terminal.result(report, wording.annotations_exported(report))
    return BAD_INPUT if report.refused else OK


def train(args: argparse.Namespace, terminal: Terminal) -> int:
    with Project.open(args.project) as project:
        act_as(project, args.role)
        resumed = _run_id(project, args.resume)
        request = train_job.TrainRequest(
            detector=args.detector,
            preset=args.preset,
            seed=args.seed,
            settings=_key_values(args.settings),
            smallest_defect_px=args.smallest_defect,
            resume_run=resumed,
        )
        report = train_job.train(project, request, terminal.emit, terminal.cancel)
    terminal.result(report, wording.trained(report, args.project))
    return OK if report.status == "finished" else STOPPED


def _key_values(pairs: Sequence[str]) -> dict[str, str]:
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise InputError(f"--set {pair}", "it is not of the form key=value", "Write: --set epochs=30")
        settings[key] = value
    return settings


def _run_id(project: Project, given: str | None) -> int | None:
    """A run by its number or name. Raises InputError if there is none."""
    if given is None:
        return None
    runs = project.runs()
    for run in runs:
        if given in (str(run.id), run.name):
            return run.id
    known = ", ".join(f"{run.id} ({run.name})" for run in runs) or "none yet"
    raise InputError(f"run {given}", "the project has no such run", f"Choose one of: {known}")


def runs(args: argparse.Namespace, terminal: Terminal) -> int:
    with Project.open(args.project, read_only=True) as project:
        listed = []
        for run in project.runs():
            try:
                figures = evaluate_job.evaluate(project, run.id)
            except InputError:
                figures = None  # not scored: stopped early, or still training
            listed.append((run, figures))
    facts = [{**msgspec.to_builtins(run), "figures": msgspec.to_builtins(figures)} for run, figures in listed]
    for fact in facts:
        if fact["figures"]:
            del fact["figures"]["images"]
    terminal.result(facts, wording.runs(listed))
    return OK


def evaluate(args: argparse.Namespace, terminal: Terminal) -> int:
    rule, of_pixels = _rule(args), _of_pixels(args)
    changes = (rule, args.threshold, args.recheck, of_pixels) != (None, None, "keep", None)
    with Project.open(args.project, read_only=not changes) as project:
        if changes:
            act_as(project, args.role)
        run = _run_id(project, args.run)
        if of_pixels is not None:
            choose_pixel_threshold(project, project.run(run).id, of_pixels)
        figures = evaluate_job.evaluate(project, run, rule=rule, threshold=args.threshold, recheck=args.recheck)
    terminal.result(figures, wording.figures(figures))
    return OK


def _rule(args: argparse.Namespace) -> Rule | None:
    """The rule with what was given to it. Raises InputError for what it does not take."""
    info = RULES[args.rule] if args.rule else None
    prices = {"--miss-price": args.miss_price, "--alarm-price": args.alarm_price, "--defect-rate": args.defect_rate}
    missing = [name for name, value in prices.items() if value is None]
    for name, value, taken in (
        ("--parameter", args.parameter, info is not None and info.parameter_title is not None),
        ("--defect-type", args.defect_type, info is not None and info.takes_type),
        *((name, value, info is not None and info.takes_costs) for name, value in prices.items()),
    ):
        if value is not None and not taken:
            cause = f"the rule {args.rule} takes none" if info else "it belongs to a rule"
            raise InputError(name, cause, "Leave it out" if info else "Give --rule too")
    if info is None:
        return None
    if info.takes_costs and missing:
        raise InputError(f"rule {args.rule}", f"{' and '.join(missing)} are not given", "Give them")
    costs = Costs(args.miss_price, args.alarm_price, args.defect_rate) if info.takes_costs else None
    return Rule(args.rule, args.parameter, args.defect_type, costs)


def _of_pixels(args: argparse.Namespace) -> PixelRule | float | None:
    """The pixel threshold asked for. Raises InputError for what a rule does not take."""
    sized = args.pixel_rule == LARGEST_REGION
    if args.smallest_defect is not None and not sized:
        raise InputError("--smallest-defect", f"it belongs to --pixel-rule {LARGEST_REGION}", "Give that too")
    return PixelRule(args.pixel_rule, args.smallest_defect) if args.pixel_rule else args.pixel_threshold


def score(args: argparse.Namespace, terminal: Terminal) -> int:
    with Project.open(args.project) as project:
        act_as(project, args.role)
        run = project.run(_run_id(project, args.run))
        report = _unless_cancelled(score_job.score(project, run.id, terminal.emit, terminal.cancel))
    terminal.result(report, wording.scored(report))
    return OK


def export(args: argparse.Namespace, terminal: Terminal) -> int:
    with Project.open(args.project) as project:
        act_as(project, args.role)
        report = _unless_cancelled(
            export_job.export(
                project,
                _run_id(project, args.run),
                Path(args.to),
                terminal.emit,
                terminal.cancel,
                sign_with=Path(args.sign) if args.sign else None,
            )
        )
    terminal.result(report, wording.exported(report))
    return OK


def inspect(args: argparse.Namespace, terminal: Terminal) -> int:
    """One line an image, as soon as it is known. Bad files are named, and the status tells."""
    status = OK
    paths = [Path(path) for path in args.paths]
    emit = ignore_events if sys.stdout.isatty() else terminal.emit  # there the results are the progress
    key = Path(args.require_key) if args.require_key else None
    for found in inspect_job.inspect(Path(args.bundle), paths, emit, terminal.cancel, require_key=key):
        if isinstance(found, inspect_job.InspectionError):
            status = BAD_INPUT
        terminal.result(found, wording.inspected(found))
    if terminal.cancel.cancelled:
        raise _Stopped("Stopped; the images above are done.")
    return status


def verify(args: argparse.Namespace, terminal: Terminal) -> int:
    of_figures = Path(args.report) if args.report else None
    report = _unless_cancelled(verify_job.verify(Path(args.path), terminal.emit, terminal.cancel, report=of_figures))
    terminal.result(report, wording.verified(report))
    return BAD_INPUT if report.problems else OK


def check(args: argparse.Namespace, terminal: Terminal) -> int:
    """What blocks training makes the status tell."""
    with Project.open(args.project, read_only=True) as project:
        report = _unless_cancelled(check_set_job.check_set(project, terminal.emit, terminal.cancel))
        paths = {image.id: printable(image.path) for image in project.images()}
    terminal.result(wording.check_facts(report, paths), wording.checked(report, paths))
    return BAD_INPUT if any(each.severity == "blocks" for each in report.findings) else OK


def history(args: argparse.Namespace, terminal: Terminal) -> int:
    with Project.open(args.project, read_only=True) as project:
        facts, text = trace_commands.history_of(project, args, _run_id(project, args.run))
    terminal.result(facts, text)
    return OK


def audit(args: argparse.Namespace, terminal: Terminal) -> int:
    """Status 2 for a file that is of another project, or was changed."""
    with Project.open(args.project, read_only=True) as project:
        if args.check:
            check = audit_job.check_audit(project, Path(args.check))
            terminal.result(check, trace_commands.audit_checked(check))
            return OK if check.unchanged else BAD_INPUT
        to = Path(os.path.abspath(args.to))
        report = _unless_cancelled(audit_job.export_audit(project, to, terminal.emit, terminal.cancel))
    terminal.result(report, trace_commands.audited(report))
    return OK


def roles(args: argparse.Namespace, terminal: Terminal) -> int:
    with Project.open(args.project, read_only=not (args.on or args.off or args.forgotten)) as project:
        facts, text = trace_commands.change_roles(project, args)
    terminal.result(facts, text)
    return OK


def keygen(args: argparse.Namespace, terminal: Terminal) -> int:
    public = signing.generate(Path(os.path.abspath(args.key)))
    facts = {"private": printable(os.path.abspath(args.key)), "public": printable(public)}
    terminal.result(facts, wording.key_made(facts))
    return OK


def repair(args: argparse.Namespace, terminal: Terminal) -> int:
    """Status 2 where something could not be saved."""
    report = recovery.repair(Path(os.path.abspath(args.project)))
    terminal.result(report, wording.repaired(report))
    return OK if report.lost == 0 and not report.changed else BAD_INPUT


def detectors(_args: argparse.Namespace, terminal: Terminal) -> int:
    facts = [wording.detector_facts(entry, what_is_missing(entry.name)) for entry in registry.DETECTORS.values()]
    terminal.result(facts, wording.detectors(facts))
    return OK


def study(args: argparse.Namespace, terminal: Terminal) -> int:
    request = StudyRequest(
        datasets=tuple(args.datasets),
        detectors=tuple(filter(None, args.detectors.split(","))),
        out=args.out,
        seeds=args.seeds,
        preset=args.preset,
        settings=_key_values(args.settings),
        minutes=args.minutes,
        subset=args.subset,
    )
    report = _unless_cancelled(study_job(request, terminal.emit, terminal.cancel))
    terminal.result(report, wording.studied(report))
    return BAD_INPUT if report.failed else OK


def study_cell(_args: argparse.Namespace, _terminal: Terminal) -> int:
    study_child.answer_on_pipes()
    return OK


Result = TypeVar("Result")


def _unless_cancelled(result: Result | Cancelled) -> Result:
    if isinstance(result, Cancelled):
        raise _Stopped("Stopped." + (f" {result.kept.rstrip('.')}." if result.kept else ""))
    return result


HANDLERS: dict[str, Handler] = {
    "demo": demo,
    "import": import_images,
    "annotations": exchange_annotations,
    "train": train,
    "runs": runs,
    "score": score,
    "evaluate": evaluate,
    "export": export,
    "inspect": inspect,
    "verify": verify,
    "check": check,
    "repair": repair,
    "keygen": keygen,
    "history": history,
    "audit": audit,
    "roles": roles,
    "detectors": detectors,
    "study": study,
    CELL_VERB: study_cell,
}
