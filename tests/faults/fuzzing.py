"""Mutated files for whatever reads files from outside, in a process that may die of it.

main() takes KIND COUNT SEED FOLDER. The file FOLDER/result is JSON: files taken, files refused, and a sentence for each
that was neither; the number of the file under way lies in FOLDER/at, for whoever finds this process dead.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import logging
import os
import random
import resource
import shutil
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle, write_bundle
from anomaly_gui.export.runtime import BundleRuntime
from anomaly_gui.imaging.load import load_bytes
from anomaly_gui.project.store import Project
from tests.export.sample_bundle import MANIFEST, make_bundle

LONGEST_S = 5
MEMORY_BYTES = 2 << 30
"""Of addresses, beyond those that the process has before it reads."""
LIMIT_PX = 4_000_000
FORBIDDEN = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "socket.connect"}
    | {"pickle.find_class", "os.startfile", "webbrowser.open"}
)
"""What nothing in a file may bring about (Python's audit events)."""

Reader = Callable[[bytes], None]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """*data* with bits flipped, bytes replaced, parts moved, doubled, cut out or cut off."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        place = chance.randrange(max(1, len(changed)))
        end = min(len(changed), place + chance.choice((1, 2, 4, 8, 64)))
        match chance.randrange(7):
            case 0:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                changed[place:end] = chance.choice((b"\x00", b"\xff", b"\x7f")) * (end - place)
            case 2:
                del changed[place:end]
            case 3:
                changed[place:place] = changed[place:end]
            case 4:
                changed[place:end] = chance.randbytes(end - place)
            case 5:
                other = chance.randrange(max(1, len(changed)))
                changed[place:place] = changed[other : other + 32]
            case 6:
                changed[place : place + 4] = chance.choice((2**31 - 1, 2**32 - 1, 65536, 0)).to_bytes(4, "little")
    return bytes(changed)


def pictures() -> dict[str, bytes]:
    """One small picture in every kind of file."""
    rng = np.random.default_rng(0)
    colour = cv2.GaussianBlur(rng.integers(0, 256, (24, 30, 3), np.uint8), (0, 0), 2)
    found = {}
    for kind, options in (
        ("PNG", {}),
        ("JPEG", {"quality": 90}),
        ("JPEG", {"progressive": True, "exif": _turned()}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 80}),
    ):
        stream = io.BytesIO()
        Image.fromarray(colour).save(stream, kind, **options)
        found[f"{kind} {options.keys()}"] = stream.getvalue()
    found["PNG 16"] = cv2.imencode(".png", colour[:, :, 0].astype(np.uint16) * 200)[1].tobytes()
    found["TIFF 16"] = cv2.imencode(".tiff", colour[:, :, 0].astype(np.uint16) * 200)[1].tobytes()
    return found


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


def read_picture(data: bytes) -> None:
    load_bytes(data, "picture", limit_px=LIMIT_PX)


def truncated(_chance: random.Random) -> Iterator[tuple[bytes, Reader]]:
    """Every picture cut off at every byte."""

    def must_refuse(data: bytes) -> None:
        read_picture(data)
        raise AssertionError(f"a file cut off at {len(data)} bytes was taken ({data[:8]!r})")

    for data in pictures().values():
        for length in range(len(data)):
            yield data[:length], must_refuse


def images(chance: random.Random) -> Iterator[tuple[bytes, Reader]]:
    seeds = list(pictures().values())
    while True:
        yield mutated(chance.choice(seeds), chance), read_picture


def bundles(chance: random.Random, folder: Path) -> Iterator[tuple[bytes, Reader]]:
    """Sealed anew after each change, as whoever means harm would."""
    data = make_bundle(folder / "bundle")

    def read(changed: bytes) -> None:
        (folder / "changed").write_bytes(changed)
        # Dates and the like may change: nothing is made of them.
        if read_bundle(folder / "changed") != sound:
            raise AssertionError("another content was taken")

    sound = read_bundle(folder / "bundle")
    for number in range(10**9):
        # Behind the entries lies what a zip's reader believes in.
        part = data[:-64] if number % 2 else data[:-300] + mutated(data[-300:-71], chance) + data[-71:-64]
        unsealed = mutated(part, chance)[:-7] + b"sha256:"
        yield unsealed + hashlib.sha256(unsealed).hexdigest().encode(), read


def models(chance: random.Random, folder: Path) -> Iterator[tuple[bytes, Reader]]:
    make_bundle(folder / "bundle")
    graph = read_bundle(folder / "bundle").model

    def read(model: bytes) -> None:
        write_bundle(folder / "changed", MANIFEST, model, b"weights")
        BundleRuntime.open(folder / "changed", threads=1)

    while True:
        yield mutated(graph, chance), read


def manifests(chance: random.Random, folder: Path) -> Iterator[tuple[bytes, Reader]]:
    make_bundle(folder / "bundle")
    bundle = read_bundle(folder / "bundle")
    import msgspec

    from anomaly_gui.export.manifest import Manifest

    text = msgspec.json.encode(bundle.manifest)

    def read(changed: bytes) -> None:
        try:
            manifest = msgspec.json.decode(changed, type=Manifest)
        except (ValueError, RecursionError):
            return  # read_bundle() says so in words.
        write_bundle(folder / "changed", manifest, bundle.model, b"weights")
        BundleRuntime.open(folder / "changed", threads=1)

    while True:
        yield mutated(text, chance), read


def projects(chance: random.Random, folder: Path) -> Iterator[tuple[bytes, Reader]]:
    from tests.project.test_recovery import worked_in

    worked_in(folder / "p")
    database = folder / "p" / "project.db"
    data = database.read_bytes()

    def read(changed: bytes) -> None:
        database.write_bytes(changed)
        (folder / "p" / "project.db-journal").unlink(missing_ok=True)
        with Project.open(folder / "p", check=chance.random() < 0.5) as project:
            for look in (project.images, project.runs, project.events, project.exports, project.types.all):
                look()
            project.place("page")
            project.set_comment(1, "still there?")

    while True:
        yield mutated(data, chance), read


def settings(chance: random.Random, folder: Path) -> Iterator[tuple[bytes, Reader]]:
    """A run's settings and the user's keys, damaged or nested beyond all measure."""
    from anomaly_gui.project.runs import RunFolder
    from anomaly_gui.ui.key_file import read_keys, write_keys

    run = RunFolder(folder, "001-x")
    run.write_settings({"a": 1, "b": [1, 2, {"c": "d"}]})
    write_keys(folder / "keys.json", {"next_image": ("N", "Ctrl+N")})
    nested = b'{"x": ' + b"[" * 100_000
    readers: list[tuple[Path, Callable[[], object]]] = [
        (run.settings, run.read_settings),
        (folder / "keys.json", lambda: read_keys(folder / "keys.json")),
    ]
    written = [path.read_bytes() for path, _ in readers]
    while True:
        for (path, read), sound in zip(readers, written, strict=True):
            changed = nested if chance.random() < 0.02 else mutated(sound, chance)

            def look(data: bytes, path: Path = path, read: Callable[[], object] = read) -> None:
                path.write_bytes(data)
                read()

            yield changed, look


def annotations(chance: random.Random, folder: Path) -> Iterator[tuple[bytes, Reader]]:
    """Sets of every format, one of their files mutated."""
    from anomaly_gui.annotations import formats
    from anomaly_gui.annotations.records import Annotated, Box, Region
    from anomaly_gui.annotations.target import Target
    from tests.annotations.samples import with_pictures

    region = Region(Box(2, 3, 10, 9), "scratch")
    one = Annotated(image="part.png", label="defect", defect_type="scratch", width=30, height=24, regions=(region,))
    records = with_pictures([one], folder / "pictures")
    sets: dict[str, dict[Path, bytes]] = {}
    for name in formats.FORMATS:
        place = folder / name
        place.mkdir()
        formats.write(records, name, Target(place))
        sets[name] = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    while True:
        for name, files in sets.items():
            spoiled = chance.choice(sorted(files))

            def look(data: bytes, name: str = name, spoiled: Path = spoiled) -> None:
                spoiled.write_bytes(data)
                try:
                    formats.read(folder / name, name)
                finally:
                    spoiled.write_bytes(sets[name][spoiled])

            yield mutated(files[spoiled], chance), look


WORDS = (
    "", " ", "-1", "0", "1", "3", "99999999999999999999", "1e999", "nan", "inf", "0.5", "-0.0", "best-f1",
    "zero-misses",
    "--", "-", "-x", "--no-such", "key=value", "=", "epochs=", "epochs=1", "epochs=[[[[", "width=-3", "a" * 5000,
    "\udcff\udcfe", "é", "x\ny", "../x", "/nowhere/x", "p", "p/project.db", "p/runs", "out", ".", "none", "keep",
    "labelme", "coco", "mvtec", "001-conv-ae", "crack", "b.anomaly", "key", "key.pub", "dots,scratches", "conv-ae",
)  # fmt: skip
HEAVY = ("demo", "train", "score", "study", "study-cell", "detectors", "check")
"""Verbs whose words alone are tried."""


def arguments(chance: random.Random, folder: Path) -> Iterator[tuple[bytes, Reader]]:
    """Command lines of real verbs and options with any words, on a project that is there; all else lies in *folder*."""
    from anomaly_gui.cli import commands
    from anomaly_gui.cli.arguments import VERBS, parser
    from tests.ui.pages.scored_project import scored_project

    scored_project(folder / "made").close()
    make_bundle(folder / "b.anomaly")
    os.chdir(folder)
    options = sorted({word for verb in VERBS for word in _options(parser(), verb)})
    handlers = commands.HANDLERS | {verb: lambda _args, _terminal: 0 for verb in HEAVY}

    def read(line: bytes) -> None:
        if not (folder / "p").exists() or chance.random() < 0.05:
            shutil.rmtree(folder / "p", ignore_errors=True)
            shutil.copytree(folder / "made" / "project", folder / "p")
        heard: list[logging.LogRecord] = []
        said = logging.Handler(logging.ERROR)
        said.emit = heard.append  # type: ignore[method-assign]
        logging.getLogger("anomaly_gui").addHandler(said)
        try:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                status = commands.run(json.loads(line), folder / "log", handlers)
        except SystemExit as end:  # --help, --version
            status = int(end.code or 0)
        finally:
            logging.getLogger("anomaly_gui").removeHandler(said)
        if status == commands.BUG:
            assert heard[0].exc_info is not None
            raise AssertionError(f"{line!r}: {''.join(traceback.format_exception(heard[0].exc_info[1]))}")
        if status:
            raise InputError("command line", "refused", "Mend it")

    while True:
        words = [chance.choice(WORDS if chance.random() < 0.6 else options) for _ in range(chance.randrange(6))]
        verb = chance.choice(sorted(VERBS))
        inner = chance.choice((["import"], ["export"], [])) if verb == "annotations" else []
        project = chance.choice((["p"], ["p"], ["b.anomaly"], []))
        yield json.dumps([verb, *inner, *project, *words]).encode(), read


def _options(top: argparse.ArgumentParser, verb: str) -> list[str]:
    """Every option that *verb* knows."""
    found: list[str] = []
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                if name == verb or verb == "":
                    found += _options(below, "")
        else:
            found += action.option_strings
    return found


def cases(kind: str, chance: random.Random, folder: Path) -> Iterator[tuple[bytes, Reader]]:
    if kind == "truncated":
        return truncated(chance)
    if kind == "images":
        return images(chance)
    makers = {
        "bundles": bundles,
        "models": models,
        "manifests": manifests,
        "projects": projects,
        "settings": settings,
        "annotations": annotations,
        "arguments": arguments,
    }
    return makers[kind](chance, folder)


def main(arguments: Sequence[str]) -> None:
    kind, count, seed, folder = arguments[0], int(arguments[1]), int(arguments[2]), Path(arguments[3])
    limit = _address_space() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    warnings.simplefilter("ignore")
    forbidden: list[str] = []
    if kind != "arguments":  # An import decodes in a process of its own.
        sys.addaudithook(lambda event, _: forbidden.append(event) if event in FORBIDDEN else None)
    signal.signal(signal.SIGALRM, _too_long)
    taken = refused = 0
    wrong: list[str] = []
    at = os.open(folder / "at", os.O_WRONLY | os.O_CREAT)
    for number, (data, read) in enumerate(cases(kind, random.Random(seed), folder)):
        if number >= count:
            break
        os.pwrite(at, b"%12d" % number, 0)
        signal.alarm(LONGEST_S)
        try:
            read(data)
            taken += 1
        except InputError:
            refused += 1
        except BaseException as error:
            wrong.append(f"{number}: {type(error).__name__}: {error}")
        finally:
            signal.alarm(0)
        if forbidden:
            wrong.append(f"{number}: it came to {forbidden.pop()}")
    (folder / "result").write_text(json.dumps([taken, refused, len(wrong), wrong[:50]]))


def _address_space() -> int:
    """Bytes of this process, torch's libraries among them."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _too_long(*_: object) -> None:
    raise TimeoutError(f"longer than {LONGEST_S} s")
