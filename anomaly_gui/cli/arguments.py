"""The command line's grammar."""

from __future__ import annotations

import argparse
from typing import NoReturn

from anomaly_gui import __version__
from anomaly_gui.annotations.formats import AUTO as AUTO_FORMAT
from anomaly_gui.annotations.formats import FORMATS
from anomaly_gui.cli.passwords import PASSWORD_VARIABLE
from anomaly_gui.detectors.registry import AUTO, DETECTORS, PRESETS
from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.pixel_rules import LARGEST_REGION, PIXEL_RULES
from anomaly_gui.evaluation.thresholds import RULES
from anomaly_gui.imaging.planted_defects import KINDS
from anomaly_gui.imaging.synthetic import SyntheticSettings
from anomaly_gui.jobs.study.records import ALL, CELL_VERB, StudyRequest
from anomaly_gui.project.access import ACCESS_ROLES

DEMO_FOLDER = "anomaly-demo"


class _Parser(argparse.ArgumentParser):
    """A mistake on the command line is bad input like any other."""

    def error(self, message: str) -> NoReturn:
        raise InputError("command line", message, f"See: {self.prog} --help")


def parser() -> argparse.ArgumentParser:
    """Every verb; the verb's name ends up in `verb`."""
    top = _Parser(
        prog="anomaly-gui",
        description="Find the defects that a visual inspection would miss, see why, and set the threshold.",
        epilog="With no verb, anomaly-gui [PROJECT] opens the window.",
    )
    top.add_argument("--version", action="version", version=f"anomaly-gui {__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    _demo(_verb(verbs, "demo", "make a small synthetic project, train, tune, export, open it"))
    _import(_verb(verbs, "import", "add images to a project, which is made if it is not there"))
    _annotations(_verb(verbs, "annotations", "labels and masks from and for other programs: import, export"))
    _train(_verb(verbs, "train", "train a detector on the good images, and score all others"))
    _project(_verb(verbs, "runs", "runs with their figures, side by side"))
    score = _verb(verbs, "score", "score a run's images again, with the weights it has")
    _project(score)
    _role(score)
    _run(score)
    _evaluate(_verb(verbs, "evaluate", "figures of a run; set its thresholds"))
    _export(_verb(verbs, "export", "write a tuned run to one bundle file"))
    _inspect(_verb(verbs, "inspect", "score images with a bundle"))
    _project(_verb(verbs, "check", "look for duplicates, leaks, odd and missing images: can the set be trusted?"))
    _verify(_verb(verbs, "verify", "check that a project or a bundle is whole"))
    keys = _verb(verbs, "keygen", "make a key to sign bundles with, and the public one to check them by")
    keys.add_argument("key", metavar="KEY", help="the private key's file; the public one is beside it")
    _project(_verb(verbs, "repair", "make a damaged project whole from its journal and backups; the file is kept"))
    _history(_verb(verbs, "history", "who did what, and when: the project's journal in plain words"))
    _audit(_verb(verbs, "audit", "write the journal to a file for the customer, or check such a file"))
    _roles(_verb(verbs, "roles", "who may do what in a project at a shared station: look, turn on, turn off"))
    _verb(verbs, "detectors", "what detectors there are, when to use which, and whether it can run here")
    _study(_verb(verbs, "study", "compare detectors on data sets: train, judge, export and time each"))
    verbs.add_parser(CELL_VERB)  # without help it stays out of the list: the study calls it
    return top


VERBS = frozenset(
    {
        *("demo", "import", "annotations", "train", "runs", "score", "evaluate", "export", "inspect", "verify"),
        *("check", "detectors", "study", CELL_VERB),
        *("repair", "keygen", "history", "audit", "roles"),
    }
)


def _verb(verbs: argparse._SubParsersAction[_Parser], name: str, sentence: str) -> argparse.ArgumentParser:
    made = verbs.add_parser(name, help=sentence, description=f"{sentence[0].upper()}{sentence[1:]}.")
    made.add_argument("--json", action="store_true", help="print JSON for machines")
    return made


def _project(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("project", metavar="PROJECT", help="the project's folder")


def _role(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--role",
        choices=ACCESS_ROLES[1:],
        help=f"in a project with roles: act as this one; the password is asked for, or taken from {PASSWORD_VARIABLE}",
    )


def _run(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--run", metavar="R", help="a run's number or name (default: the latest finished one)")


def _demo(verb: argparse.ArgumentParser) -> None:
    default = SyntheticSettings()
    verb.add_argument("folder", metavar="DIR", nargs="?", default=DEMO_FOLDER, help=f"a new folder ({DEMO_FOLDER})")
    verb.add_argument("--seed", type=int, default=default.seed, help="fixes every byte (%(default)s)")
    verb.add_argument("--size", type=int, default=default.size_px, metavar="PX", help="side of an image (%(default)s)")
    verb.add_argument(
        "--train-good",
        type=int,
        default=default.train_good,
        metavar="N",
        help="good images to train on (%(default)s)",
    )
    verb.add_argument(
        "--test-good",
        type=int,
        default=default.test_good,
        metavar="N",
        help="good images to test on (%(default)s)",
    )
    verb.add_argument(
        "--parts",
        type=int,
        metavar="N",
        help="all images, instead of their numbers one by one: half to train on, a fifth good and the rest to test",
    )
    verb.add_argument(
        "--defects",
        type=_defects,
        default=default.defects_per_kind,
        metavar="N|KINDS",
        help="images of each kind of defect (%(default)s), or kinds with commas, such as dots,scratches,areas",
    )
    verb.add_argument("--kinds", nargs="+", choices=KINDS, default=list(default.kinds), help="kinds of defects (all)")
    verb.add_argument(
        "--contrast",
        nargs=2,
        type=float,
        default=[default.contrast_low, default.contrast_high],
        metavar=("LOW", "HIGH"),
        help="relative change of brightness of the faintest and the clearest defect (%(default)s)",
    )
    verb.add_argument(
        "--variation", type=float, default=default.variation, help="how much good parts differ (%(default)s)"
    )
    verb.add_argument("--no-window", action="store_true", help="only make the project")


def _defects(text: str) -> int | tuple[str, ...]:
    """A number of images, or names of kinds, one or many of each."""
    if text.isdecimal():
        return int(text)
    plural = {name: kind for kind in KINDS for name in (kind, f"{kind}s", f"{kind}es")}
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in plural]:
        known = ",".join(KINDS)
        raise argparse.ArgumentTypeError(f"there is no kind of defect {unknown[0]!r}; give a number or some of {known}")
    return tuple(plural[name] for name in names)


def _import(verb: argparse.ArgumentParser) -> None:
    _project(verb)
    _role(verb)
    verb.add_argument("--good", nargs="+", action="extend", default=[], metavar="DIR", help="good parts")
    verb.add_argument("--defect", nargs="+", action="extend", default=[], metavar="DIR", help="defective parts")
    verb.add_argument("--unlabelled", nargs="+", action="extend", default=[], metavar="DIR", help="to be labelled")
    verb.add_argument("--masks", metavar="DIR", help="masks of the defects, named like the images")
    verb.add_argument("--dataset", metavar="ROOT", help="a data set in the MVTec AD layout")


def _annotations(verb: argparse.ArgumentParser) -> None:
    directions = verb.add_subparsers(dest="direction", required=True, metavar="DIRECTION", parser_class=_Parser)
    formats = ", ".join(f"{name}: {kind.title}" for name, kind in FORMATS.items())
    taken = directions.add_parser("import", help="labels and masks for images of a project, in one undoable step")
    given = directions.add_parser("export", help="a project's labels and masks in a new folder")
    for direction in (taken, given):
        # Its default is the verb's own: the option may stand before or after the direction.
        direction.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON for machines")
        _project(direction)
    _role(taken)
    taken.add_argument("path", metavar="PATH", help="a file or folder of annotations")
    taken.add_argument(
        "--format", choices=(AUTO_FORMAT, *FORMATS), default=AUTO_FORMAT, help=f"{formats} (%(default)s)"
    )
    taken.add_argument(
        "--empty",
        choices=("good", "unlabelled"),
        default="unlabelled",
        help="what an image is that is listed without any region (%(default)s)",
    )
    taken.add_argument("--add-images", action="store_true", help="take in images that the project does not have yet")
    given.add_argument("--format", choices=tuple(FORMATS), required=True, help=formats)
    given.add_argument("--to", required=True, metavar="DIR", help="a new or empty folder")


def _train(verb: argparse.ArgumentParser) -> None:
    _project(verb)
    _role(verb)
    verb.add_argument("--detector", choices=(AUTO, *DETECTORS), default=AUTO, help="(%(default)s)")
    verb.add_argument("--preset", choices=PRESETS, default=PRESETS[0], help="(%(default)s)")
    verb.add_argument("--seed", type=int, default=0, metavar="N", help="same seed, same weights (%(default)s)")
    _settings(verb)
    verb.add_argument(
        "--smallest-defect",
        type=float,
        metavar="PX",
        help="width of the smallest defect that matters, in pixels of the images: chooses tiles by it",
    )
    verb.add_argument("--resume", metavar="R", help="go on with a run that was interrupted")


def _settings(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="key=value",
        dest="settings",
        help="change a setting of the preset; anomaly-gui detectors lists them",
    )


def _study(verb: argparse.ArgumentParser) -> None:
    default = StudyRequest(datasets=(), detectors=(), out="")
    verb.add_argument("datasets", nargs="+", metavar="DATASET", help="folders in the MVTec AD layout")
    verb.add_argument(
        "--detectors", default=ALL, metavar="A,B,C", help=f"names with commas, or {ALL} of them (%(default)s)"
    )
    verb.add_argument(
        "--seeds", type=int, default=default.seeds, metavar="N", help="trainings of each detector (%(default)s)"
    )
    verb.add_argument("--preset", choices=PRESETS, default=default.preset, help="(%(default)s)")
    verb.add_argument("--minutes", type=float, metavar="M", help="the most for one training; its best is kept")
    verb.add_argument("--subset", type=int, metavar="N", help="only about N images of each data set, of every kind")
    _settings(verb)
    verb.add_argument(
        "--out", required=True, metavar="DIR", help="for the tables and all else; a study that was stopped goes on"
    )


def _evaluate(verb: argparse.ArgumentParser) -> None:
    _project(verb)
    _role(verb)
    _run(verb)
    how = verb.add_mutually_exclusive_group()
    how.add_argument("--rule", choices=RULES, metavar="NAME", help="set the threshold by: " + ", ".join(RULES))
    how.add_argument("--threshold", type=float, metavar="X", help="set the threshold to this score")
    verb.add_argument("--parameter", type=float, metavar="P", help="the rule's percentile, limit or weight")
    verb.add_argument("--defect-type", metavar="T", help="for a rule about one type of defects")
    for name, what in (
        ("--miss-price", "price of one missed defect, for least-cost"),
        ("--alarm-price", "price of one false alarm, in the same currency"),
        ("--defect-rate", "share of the parts on the line that are defective: 0.01 is 1 %%"),
    ):
        verb.add_argument(name, type=float, metavar="X", help=what)
    of_pixels = verb.add_mutually_exclusive_group()
    of_pixels.add_argument("--pixel-threshold", type=float, metavar="X", help="where in the map a region begins")
    of_pixels.add_argument(
        "--pixel-rule", choices=PIXEL_RULES, metavar="NAME", help="set that by: " + ", ".join(PIXEL_RULES)
    )
    verb.add_argument(
        "--smallest-defect",
        type=float,
        metavar="PX",
        help=f"for {LARGEST_REGION}: pixels of the original image that the smallest defect that matters covers",
    )
    verb.add_argument(
        "--recheck",
        type=_recheck,
        default="keep",
        metavar="X",
        help="images from this score up to the threshold are to be rechecked; none takes the line away (%(default)s)",
    )


def _recheck(text: str) -> float | str:
    try:
        return text if text in ("keep", "none") else float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is neither a number nor none") from None


def _export(verb: argparse.ArgumentParser) -> None:
    _project(verb)
    _role(verb)
    _run(verb)
    verb.add_argument("--to", required=True, metavar="FILE", help="the bundle to write")
    verb.add_argument("--sign", metavar="KEY", help="sign it with this private key, which keygen made")


def _inspect(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("bundle", metavar="BUNDLE", help="a file that export wrote")
    verb.add_argument("paths", nargs="+", metavar="PATH", help="images or folders of images")
    verb.add_argument("--require-key", metavar="PUB", help="refuse the bundle unless this public key's owner signed it")


def _verify(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("path", metavar="PROJECT|BUNDLE", help="a project's folder or a bundle file")
    verb.add_argument("--report", metavar="FILE", help="check the figures of this file of evaluate --json too")


def _history(verb: argparse.ArgumentParser) -> None:
    _project(verb)
    verb.add_argument("--run", metavar="R", help="only what is about this run, by number or name")
    verb.add_argument("--image", metavar="PATH", help="only what is about this image, and what was changed of it")
    verb.add_argument("--text", metavar="WORDS", help="only what has these words in it, such as a name or a day")
    verb.add_argument("--csv", action="store_true", help="print a table for a spreadsheet")


def _audit(verb: argparse.ArgumentParser) -> None:
    _project(verb)
    what = verb.add_mutually_exclusive_group(required=True)
    what.add_argument("--to", metavar="FILE", help="write the journal to this .csv or .json file, without any image")
    what.add_argument("--check", metavar="FILE", help="tell whether this file belongs to the project and is unchanged")


def _roles(verb: argparse.ArgumentParser) -> None:
    _project(verb)
    what = verb.add_mutually_exclusive_group()
    what.add_argument("--on", action="store_true", help="turn roles on; passwords are asked for")
    what.add_argument("--off", action="store_true", help="turn roles off, with the engineer's password")
    what.add_argument(
        "--forgotten", action="store_true", help="turn roles off without a password; the journal keeps who did it"
    )
