"""Boundaries: who may import whom, and what must not be imported before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "anomaly_gui").rglob("*.py")
    if path.name != "__init__.py"
)
QT = ("PySide6", "shiboken6", "pyqtgraph", "superqt", "qtawesome", "qtpy")
TORCH_MODULES = [
    name
    for name in MODULES
    if name in ("anomaly_gui.export.backbone_graft", "anomaly_gui.export.onnx_writer")
    or name.startswith("anomaly_gui.training.")
    or (name.startswith("anomaly_gui.detectors.") and name.rpartition(".")[2] not in ("registry", "settings"))
]


def loaded_after_importing(modules: list[str], unwanted: tuple[str, ...]) -> str:
    """Import *modules* one by one in a fresh process; say which first pulls in something unwanted."""
    code = (
        "import importlib, sys\n"
        f"for name in {modules!r}:\n"
        "    importlib.import_module(name)\n"
        f"    found = [top for top in {unwanted!r} if top in sys.modules]\n"
        "    if found:\n"
        "        print(f'{name} imports {found}'); break\n"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert out.returncode == 0, out.stderr
    return out.stdout


def test_the_import_contracts_hold() -> None:
    # In a process of its own: the linter reconfigures logging and silences every logger that is there.
    code = "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True))"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert out.returncode == 0, out.stdout


def test_the_window_starts_without_torch() -> None:
    assert loaded_after_importing(["anomaly_gui.ui.main_window"], ("torch",)) == ""


def test_nothing_outside_the_learning_modules_imports_torch() -> None:
    free = [name for name in MODULES if name not in TORCH_MODULES]
    assert loaded_after_importing(free, ("torch",)) == ""


def test_no_core_module_imports_qt() -> None:
    core = [name for name in MODULES if not name.startswith("anomaly_gui.ui.")]
    assert loaded_after_importing(core, QT) == ""
