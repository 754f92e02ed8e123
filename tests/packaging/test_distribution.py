"""What ships: built as a wheel and installed both editable ways, the resources are there."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = int(importlib.metadata.version("setuptools").partition(".")[0])
SHIPPED = sorted(
    path.relative_to(ROOT / "resources").as_posix() for path in (ROOT / "resources").rglob("*") if path.is_file()
)

builds = pytest.mark.skipif(SETUPTOOLS < 77, reason="this setuptools cannot build the package")

LOOK = """
import site, sys
site.addsitedir(sys.argv[1])
from anomaly_gui.ui.resources import resource
print(*(resource(name) for name in sys.argv[2:]), sep="\\n")
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build reads; building writes beside it."""
    copy = tmp_path_factory.mktemp("source")
    for name in ("anomaly_gui", "resources"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    return copy


def build(source: Path, hook: str) -> Path:
    """Run a build hook of setuptools in *source* and unpack the wheel as an installation would."""
    site = source / hook.partition("(")[0] / str(abs(hash(hook)))
    site.mkdir(parents=True)
    code = f"from setuptools import build_meta; print(build_meta.{hook})"
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=source, capture_output=True, text=True, check=False
    )
    assert out.returncode == 0, out.stderr[-2000:]
    with zipfile.ZipFile(source / out.stdout.split()[-1]) as wheel:
        wheel.extractall(site)
    return site


def found_resources(site: Path) -> list[Path]:
    """Where a fresh process that has *site* on its path, and no other installation, finds each resource."""
    out = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LOOK, str(site), *SHIPPED],
        cwd=site,
        capture_output=True,
        text=True,
        check=False,
    )
    assert out.returncode == 0, out.stderr
    return [Path(line) for line in out.stdout.split("\n") if line]


@builds
def test_a_wheel_holds_every_module_every_resource_and_the_schema(source: Path) -> None:
    site = build(source, "build_wheel('.')")
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "anomaly_gui").rglob("*.py")}
    inside = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert modules <= inside
    assert "anomaly_gui/project/schema.sql" in inside
    assert {f"anomaly_gui/resources/{name}" for name in SHIPPED} <= inside
    assert all(path.is_relative_to(site) for path in found_resources(site))


@builds
@pytest.mark.parametrize("mode", ["lenient", "strict"])
def test_an_editable_install_finds_the_resources(source: Path, mode: str) -> None:
    site = build(source, f"build_editable('.', {{'editable_mode': '{mode}'}})")
    assert all(path.is_relative_to(source) for path in found_resources(site))


def test_every_package_is_listed() -> None:
    folders = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for path in (ROOT / "anomaly_gui").rglob("__init__.py")
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == folders | {"anomaly_gui.resources"}


def test_there_are_resources() -> None:
    assert "icons/anomaly-gui.svg" in SHIPPED
