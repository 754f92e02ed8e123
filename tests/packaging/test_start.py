from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "start.py"


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A fresh start.py whose .venv, pins and project are in tmp_path."""
    spec = importlib.util.spec_from_file_location("start", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "constraints.txt").write_text("# pins\ntorch==9.9.9\nnumpy==1.0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    for name, value in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "STAMP": tmp_path / ".venv" / "anomaly-gui.json",
        "CONSTRAINTS": tmp_path / "constraints.txt",
    }.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _path: Usage(free=1e12))
    monkeypatch.setattr(module.sys, "platform", "linux")
    return module


class Usage:
    def __init__(self, free: float) -> None:
        self.free = free


class Commands:
    """Stands in for running commands: notes each, and says which of them fail."""

    def __init__(self, venv_python: Path, failing: tuple[str, ...] = ()) -> None:
        self.lines: list[str] = []
        self._python = venv_python
        self._failing = failing

    def __call__(self, command: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
        line = " ".join(map(str, command))
        self.lines.append(line)
        if "-m venv" in line:
            self._python.parent.mkdir(parents=True, exist_ok=True)
            self._python.touch()
            (self._python.parent.parent / "pyvenv.cfg").touch()
        failed = any(part in line for part in self._failing)
        return subprocess.CompletedProcess(command, 1 if failed else 0, stdout=sys.version)

    def installs(self) -> list[str]:
        """What each call of pip was asked to install, options left out."""
        calls = [line.split(" install ", 1)[1] for line in self.lines if " install " in line]
        return [call.split()[-1] for call in calls]


@pytest.fixture
def commands(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Commands:
    made = Commands(start.python())
    monkeypatch.setattr(start.subprocess, "run", made)
    return made


def set_up(start: ModuleType, *, test: bool = False, torch_index: str | None = None, cuda: bool = False) -> None:
    start.set_up(test=test, torch_index=torch_index, cuda=cuda)


def test_an_old_python_is_told_so_in_a_sentence() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
    pretend = "import sys; sys.version_info = (3, 9, 2, 'final', 0); exec(open(sys.argv[1]).read())"
    out = subprocess.run([sys.executable, "-c", pretend, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert out.returncode == 1
    assert out.stderr.startswith("Anomaly GUI needs Python 3.11 or newer, and this is Python 3.9.")
    assert "Traceback" not in out.stderr


def test_the_first_call_installs_and_the_second_does_nothing(
    start: ModuleType, commands: Commands, tmp_path: Path
) -> None:
    set_up(start)
    assert commands.installs() == ["torch==9.9.9+cpu", "setuptools", start.BACKBONE, str(tmp_path)]
    done = len(commands.lines)
    set_up(start)
    assert len(commands.lines) == done


def test_the_tests_add_their_extras_and_keep_them(start: ModuleType, commands: Commands, tmp_path: Path) -> None:
    set_up(start)
    set_up(start, test=True)
    assert commands.installs()[-1] == f"{tmp_path}[test]"
    assert commands.installs().count("torch==9.9.9+cpu") == 1
    done = len(commands.lines)
    set_up(start)
    set_up(start, test=True)
    assert len(commands.lines) == done


def test_a_changed_pin_is_installed_and_the_test_extras_come_when_asked_for(
    start: ModuleType, commands: Commands
) -> None:
    set_up(start)
    before = len(commands.lines)
    start.CONSTRAINTS.write_text("torch==9.9.10\n")
    set_up(start)
    assert commands.installs()[-4] == "torch==9.9.10+cpu"
    assert len(commands.lines) > before


def test_an_installation_that_was_cut_off_is_done_again(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = Commands(start.python(), failing=("--editable",))
    monkeypatch.setattr(start.subprocess, "run", cut)
    with pytest.raises(start.SetupError, match="--editable"):
        set_up(start)
    whole = Commands(start.python())
    monkeypatch.setattr(start.subprocess, "run", whole)
    set_up(start)
    assert whole.installs()[0] == "torch==9.9.9+cpu"
    assert json.loads(start.STAMP.read_text())["test"] is False


def test_without_the_backbone_s_weights_it_goes_on_and_says_so(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    none = Commands(start.python(), failing=(start.BACKBONE,))
    monkeypatch.setattr(start.subprocess, "run", none)
    set_up(start)
    assert none.installs()[-1] == str(tmp_path)
    assert f"without {start.BACKBONE}" in capsys.readouterr().out


def test_without_a_cpu_build_of_torch_the_usual_one_is_taken_and_the_smaller_way_named(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    none = Commands(start.python(), failing=("+cpu",))
    monkeypatch.setattr(start.subprocess, "run", none)
    set_up(start)
    assert none.installs()[:2] == ["torch==9.9.9+cpu", "torch==9.9.9"]
    assert "--torch-index URL" in capsys.readouterr().out


def test_a_torch_index_is_used_for_torch_alone(start: ModuleType, commands: Commands) -> None:
    set_up(start, torch_index="https://torch.example/cpu")
    using = [line for line in commands.lines if "torch.example" in line]
    assert len(using) == 1
    assert using[0].endswith("--no-deps --index-url https://torch.example/cpu torch==9.9.9")


def test_asking_for_cuda_replaces_a_cpu_build(start: ModuleType, commands: Commands) -> None:
    set_up(start)
    set_up(start, cuda=True)
    assert commands.installs()[4] == "torch==9.9.9"
    assert any("--force-reinstall" in line for line in commands.lines)
    done = len(commands.lines)
    set_up(start)
    set_up(start, cuda=True)
    assert len(commands.lines) == done


def test_windows_takes_the_usual_build_and_wants_an_index_for_cuda(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start.sys, "platform", "win32")
    monkeypatch.setattr(start.os, "name", "nt")
    assert start.python().as_posix().endswith(".venv/Scripts/python.exe")
    windows = Commands(start.python())
    monkeypatch.setattr(start.subprocess, "run", windows)
    set_up(start)
    assert windows.installs()[0] == "torch==9.9.9"
    with pytest.raises(start.SetupError, match="--torch-index"):
        set_up(start, cuda=True)


def test_the_size_is_said_before_anything_runs(
    start: ModuleType, commands: Commands, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start.shutil, "disk_usage", lambda _path: Usage(free=1e8))
    with pytest.raises(start.SetupError, match=r"0\.1 GB free"):
        set_up(start)
    assert "a download of up to 0.5 GB" in capsys.readouterr().out
    assert commands.lines == []


def test_a_folder_of_the_users_at_venv_is_left_alone(start: ModuleType, commands: Commands) -> None:
    start.VENV.mkdir()
    (start.VENV / "mine.txt").touch()
    with pytest.raises(start.SetupError, match="no virtual environment"):
        set_up(start)
    assert (start.VENV / "mine.txt").exists()
    assert commands.lines == []


def test_a_python_without_ensurepip_lends_its_own_pip(
    start: ModuleType, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else real(name))
    set_up(start)
    assert "--without-pip" in commands.lines[0]
    assert f"pip --python {start.python()} install" in commands.lines[1]


@pytest.fixture
def no_libraries(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The libraries that are not there; take some out to install them."""
    missing = {*start.QT_LIBRARIES, *start.X11_LIBRARIES}

    def load(name: str) -> None:
        if name in missing:
            raise OSError(name)

    monkeypatch.setattr(start.ctypes, "CDLL", load)
    monkeypatch.setattr(start.shutil, "which", lambda name: f"/usr/bin/{name}")
    return missing


def test_root_installs_what_qt_misses_and_refreshes_the_lists_if_it_must(
    start: ModuleType, no_libraries: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []

    def apt(command: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
        lines.append(" ".join(command))
        known = "apt-get update" in lines
        if known and "install" in command:
            no_libraries.clear()
        return subprocess.CompletedProcess(command, 0 if known else 100)

    monkeypatch.setattr(start.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(start.subprocess, "run", apt)
    start.add_system_libraries()
    assert lines[0].startswith("apt-get install --yes --no-install-recommends libegl1 libgl1")
    assert lines[1] == "apt-get update"
    assert lines[2] == lines[0]


def test_others_get_the_exact_line(
    start: ModuleType, no_libraries: set[str], commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start.os, "geteuid", lambda: 1000, raising=False)
    no_libraries.intersection_update({"libEGL.so.1", "libxcb-cursor.so.0"})
    with pytest.raises(start.SetupError, match=r"sudo apt-get install .* libegl1 libxcb-cursor0$"):
        start.add_system_libraries()
    assert commands.lines == []


def test_a_machine_without_x11_goes_on_with_a_hint(
    start: ModuleType,
    no_libraries: set[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(start.os, "geteuid", lambda: 1000, raising=False)
    no_libraries.intersection_update({"libxcb-cursor.so.0"})
    start.add_system_libraries()
    assert "sudo apt-get install --yes --no-install-recommends libxcb-cursor0" in capsys.readouterr().out


@pytest.mark.parametrize("broken", ["ruff", "mypy", "lint-imports", "pytest"])
def test_the_check_runs_every_step_and_fails_if_any_does(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    steps = Commands(start.python(), failing=(broken,))
    monkeypatch.setattr(start.subprocess, "run", steps)
    assert start.check() == 1
    assert len(steps.lines) == 4
    assert "pytest" in steps.lines[-1]
    assert "FAILED: " in capsys.readouterr().err


def test_the_check_passes_when_every_step_does(start: ModuleType, commands: Commands) -> None:
    assert start.check() == 0
